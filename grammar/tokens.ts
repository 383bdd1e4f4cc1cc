/**
 * The words and marks of CCN.
 *
 * Two sorts of words: reserved ones (`keywords`, about thirty), which are never names, and
 * contextual ones (`contextual`), which open a member or clause where one may stand and are names
 * everywhere else. Every word matches the abstract token `Word`; every word that may be a name
 * matches `Name`. Comments are collected in a group of their own and never reach the parser.
 * A broken string or comment is one token, so that it costs one diagnostic.
 */
import { createToken, Lexer, type IToken, type TokenType } from 'chevrotain'
import { words } from './words.ts'

/** Any word, reserved or not: what may follow a `.`. */
export const Word = createToken({ name: 'Word', pattern: Lexer.NA, label: 'a name' })
/** Any word that may be a name. */
export const Name = createToken({
  name: 'Name',
  pattern: Lexer.NA,
  categories: Word,
  label: 'a name',
})
/** A reserved word that opens an item at the top level of a file. */
export const ItemKeyword = createToken({
  name: 'ItemKeyword',
  pattern: Lexer.NA,
  categories: Word,
  label: 'a declaration',
})
/** Any operator between two operands. */
export const BinaryMark = createToken({
  name: 'BinaryMark',
  pattern: Lexer.NA,
  label: 'an operator',
})

/** A plain name. */
export const Identifier = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: Name,
  label: 'a name',
})

const texts = new Map<TokenType, string>()

function word(text: string, category: TokenType | TokenType[]): TokenType {
  const type = createToken({
    name: `${text}Word`,
    pattern: new RegExp(`${text}(?![A-Za-z0-9_])`),
    categories: [category].flat(),
    label: `\`${text}\``,
  })
  texts.set(type, text)
  return type
}

/** The word that a token type stands for, if it is a keyword, reserved or contextual. */
export function wordOf(type: TokenType): string | undefined {
  return texts.get(type)
}

function table<N extends string>(
  names: readonly N[],
  category: TokenType | TokenType[],
): Readonly<Record<N, TokenType>> {
  return Object.fromEntries(names.map((name) => [name, word(name, category)])) as Record<
    N,
    TokenType
  >
}

const itemKeywords = table(
  [
    'import',
    'param',
    'const',
    'function',
    'cell',
    'stp',
    'synapse',
    'plasticity',
    'dataset',
    'population',
    'connect',
    'matrix',
    'let',
    'for',
    'motif',
    'use',
    'variant',
    'experiment',
  ],
  ItemKeyword,
)

const binaryWords = table(['and', 'or'], [Word, BinaryMark])

/** The reserved words. */
export const keywords = {
  ...itemKeywords,
  ...binaryWords,
  ...table(
    ['extends', 'in', 'as', 'if', 'then', 'else', 'not', 'true', 'false', 'on', 'off'],
    Word,
  ),
}

/** A statement of an experiment that is a name and a value. */
export const ValueName = createToken({
  name: 'ValueName',
  pattern: Lexer.NA,
  categories: Name,
  label: 'a setting such as `batch`',
})
/** How a connection reaches its targets, other than by a convolution. */
export const Pattern = createToken({
  name: 'Pattern',
  pattern: Lexer.NA,
  categories: Name,
  label: 'a connectivity such as `one_to_one`',
})
/** What a variable is to the outside of its cell. */
export const Role = createToken({
  name: 'Role',
  pattern: Lexer.NA,
  categories: Name,
  label: 'a signal such as `event`',
})
/** The sign of a synapse. */
export const SignName = createToken({
  name: 'SignName',
  pattern: Lexer.NA,
  categories: Name,
  label: '`excitatory`, `inhibitory` or `unsigned`',
})
/** A named number that describes a connectivity. */
export const PatternOption = createToken({
  name: 'PatternOption',
  pattern: Lexer.NA,
  categories: Name,
  label: 'an option such as `stride`',
})

/** A word that says something of a connectivity by itself. */
export const PatternFlag = createToken({
  name: 'PatternFlag',
  pattern: Lexer.NA,
  categories: Name,
  label: 'a word such as `no_self`',
})

/** The names of statements such as `batch 32`. */
export const valueNames = table(
  ['batch', 'epochs', 'seed', 'step', 'solver', 'evaluate', 'precision', 'duration', 'unroll'],
  ValueName,
)
/** The options of a connectivity. */
export const patternOptions = table(
  ['stride', 'padding', 'dilation', 'groups', 'probability', 'in_degree', 'out_degree', 'synapses'],
  PatternOption,
)
/** The words that say something of a connectivity by themselves. */
export const patternFlags = table(['no_self', 'repeats'], PatternFlag)

/** The contextual words: keywords where a member or clause may start, names elsewhere. */
export const contextual = {
  ...valueNames,
  ...patternOptions,
  ...patternFlags,
  ...table(
    ['all_to_all', 'one_to_one', 'random', 'pairs', 'pattern', 'mask', 'conv', 'conv_transpose'],
    Pattern,
  ),
  ...table(['event', 'burst', 'spike', 'signal', 'loss'], Role),
  ...table(['excitatory', 'inhibitory', 'unsigned'], SignName),
  ...table(words, Name),
}

function mark(name: string, text: string, category: readonly TokenType[] = []): TokenType {
  const pattern = text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  return createToken({
    name,
    pattern: new RegExp(pattern),
    categories: [...category],
    label: `\`${text}\``,
  })
}

/** Brackets, separators and operators by name. */
export const marks = {
  Ellipsis: mark('Ellipsis', '...'),
  DotDot: mark('DotDot', '..'),
  Dot: mark('Dot', '.'),
  Arrow: mark('Arrow', '->'),
  Comma: mark('Comma', ','),
  Colon: mark('Colon', ':'),
  LBrace: mark('LBrace', '{'),
  RBrace: mark('RBrace', '}'),
  LParen: mark('LParen', '('),
  RParen: mark('RParen', ')'),
  LSquare: mark('LSquare', '['),
  RSquare: mark('RSquare', ']'),
  PlusEq: mark('PlusEq', '+='),
  MinusEq: mark('MinusEq', '-='),
  EqEq: mark('EqEq', '==', [BinaryMark]),
  NotEq: mark('NotEq', '!=', [BinaryMark]),
  LessEq: mark('LessEq', '<=', [BinaryMark]),
  GreaterEq: mark('GreaterEq', '>=', [BinaryMark]),
  Less: mark('Less', '<', [BinaryMark]),
  Greater: mark('Greater', '>', [BinaryMark]),
  Eq: mark('Eq', '='),
  Plus: mark('Plus', '+', [BinaryMark]),
  Minus: mark('Minus', '-', [BinaryMark]),
  Star: mark('Star', '*', [BinaryMark]),
  Slash: mark('Slash', '/', [BinaryMark]),
  At: mark('At', '@', [BinaryMark]),
  Caret: mark('Caret', '^'),
}

/** `1`, `0.5`, `5e-5`; the dots of `1..` are not its own. */
export const NumberToken = createToken({
  name: 'Number',
  pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/,
  label: 'a number',
})

const percentPattern = /%(?![ \t]*[\d(])/y
const kernelPattern = /\d+(?:x\d+)+/y

/** `5x5`, directly after `conv` or `conv_transpose`. */
export const Kernel = createToken({
  name: 'Kernel',
  pattern: {
    exec(text: string, offset: number, matched: IToken[]) {
      const type = matched.at(-1)?.tokenType
      if (type !== contextual.conv && type !== contextual.conv_transpose) return null
      kernelPattern.lastIndex = offset
      return kernelPattern.exec(text)
    },
  },
  line_breaks: false,
  start_chars_hint: [...'0123456789'],
  label: 'a kernel such as `5x5`',
})

/** The `%` of `80 %`: directly behind a number, and before no operand of a remainder. */
export const Percent = createToken({
  name: 'Percent',
  pattern: {
    exec(text: string, offset: number, matched: IToken[]) {
      if (text[offset] !== '%' || matched.at(-1)?.tokenType !== NumberToken) return null
      percentPattern.lastIndex = offset
      return percentPattern.exec(text)
    },
  },
  line_breaks: false,
  start_chars_hint: ['%'],
  label: '`%`',
})

/** `dNAME/dt` */
export const DerivativeToken = createToken({
  name: 'Derivative',
  pattern: /d[A-Za-z_][A-Za-z0-9_]*\/dt(?![A-Za-z0-9_])/,
  label: 'a derivative such as `dv/dt`',
})

/** A string in double quotes, on one line. */
export const StringToken = createToken({
  name: 'String',
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  label: 'a string in double quotes',
})
/** A string whose closing quote is missing; the lexer's caller reports it. */
export const OpenString = createToken({
  name: 'OpenString',
  pattern: /"[^\r\n]*/,
  categories: StringToken,
})

/** `/// text` */
export const DocComment = createToken({
  name: 'DocComment',
  pattern: /\/\/\/[^\r\n]*/,
  group: 'comments',
})
/** `// text` */
export const LineComment = createToken({
  name: 'LineComment',
  pattern: /\/\/[^\r\n]*/,
  group: 'comments',
})
/** A comment between `/*` and its end. */
export const BlockComment = createToken({
  name: 'BlockComment',
  pattern: /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//,
  line_breaks: true,
  group: 'comments',
})
/** A block comment that never ends; the lexer's caller reports it. */
export const OpenComment = createToken({
  name: 'OpenComment',
  pattern: /\/\*[^]*/,
  line_breaks: true,
  group: 'comments',
})
/** What separates words, and means nothing else. */
export const WhiteSpace = createToken({
  name: 'WhiteSpace',
  pattern: /[ \t\r\n\f\v\u00a0\ufeff]+/,
  line_breaks: true,
  group: Lexer.SKIPPED,
})
