/**
 * What people write who come from other languages: `&&`, `**`, `.3`, `'text'`, `−`, `# comment`, `µs`.
 *
 * The lexer knows these spellings, so that each is one diagnostic that says what to write, and what
 * follows is read as it was meant: a token is exchanged for the one that it stands for, or left out.
 * `foreignTokens` come before the marks of the language, `lateForeignTokens` behind them.
 */
import { createToken, type IToken, type TokenType } from 'chevrotain'
import { keywords, marks, Name, NumberToken, StringToken } from './tokens.ts'

/** How a spelling is reported, and what it is read as. */
export interface Foreign {
  /** The diagnostic: a character, a mark or a number that the language does not have. */
  readonly code: 'unexpectedCharacter' | 'foreignMark' | 'numberForm'
  /** The token that is meant; absent if none is. */
  readonly meant?: TokenType
  /** The text of the token that is meant. */
  readonly image?: string
  readonly hint?: string
  /** How much of the token is pointed at; all of it if it is not said. */
  readonly width?: number
}

const spellings = new Map<TokenType, (image: string) => Foreign>()

function foreign(
  name: string,
  pattern: RegExp | { exec: (text: string, offset: number) => RegExpExecArray | null },
  read: (image: string) => Foreign,
  start?: readonly string[],
): TokenType {
  const type = createToken({
    name,
    pattern: pattern instanceof RegExp ? pattern : { exec: pattern.exec.bind(pattern) },
    line_breaks: false,
    ...(start === undefined ? {} : { start_chars_hint: [...start] }),
  })
  spellings.set(type, read)
  return type
}

/** A mark of several characters. */
function mark(name: string, pattern: RegExp, meant: TokenType, image: string, hint: string) {
  return foreign(name, pattern, () => ({ code: 'foreignMark', meant, image, hint }))
}

/** One character that looks like, or is elsewhere, a mark of the language. */
function character(name: string, pattern: RegExp, meant: TokenType, image: string, hint: string) {
  return foreign(name, pattern, () => ({ code: 'unexpectedCharacter', meant, image, hint }))
}

/** A character that stands for nothing here. */
function left(name: string, pattern: RegExp, hint: string) {
  return foreign(name, pattern, () => ({ code: 'unexpectedCharacter', hint }))
}

const number = (image: string): Foreign => ({
  code: 'numberForm',
  meant: NumberToken,
  image,
  hint: `write \`${image}\``,
})

// --- words ---------------------------------------------------------------------------------------

/** Letters that no word of the language has, without marks such as `²`, `→` or `−`. */
const oddLetters =
  '\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u167f\\u1681-\\u1fff' +
  '\\u2126\\u212a\\u212b\\u2c00-\\u2dff\\u3040-\\ud7ff\\uf900-\\ufaff'

/** A word with letters other than a-z; the lexer's caller reports it. Names and units elsewhere. */
export const OddWord = createToken({
  name: 'OddWord',
  pattern: new RegExp(`[A-Za-z_]?[A-Za-z0-9_]*[${oddLetters}][A-Za-z0-9_${oddLetters}]*`),
  categories: Name,
})

// --- numbers -------------------------------------------------------------------------------------

const wordBefore = /[A-Za-z0-9_)\]]/

/** A pattern that does not match directly behind a word or a bracket. */
const apart = (pattern: RegExp) => ({
  exec(text: string, offset: number): RegExpExecArray | null {
    if (wordBefore.test(text[offset - 1] ?? ' ')) return null
    pattern.lastIndex = offset
    return pattern.exec(text)
  },
})

const numbers = [
  foreign('HexNumber', /0[xX][0-9a-fA-F]+/, (image) => number(String(Number(image)))),
  foreign('GroupedNumber', /\d+(?:_\d+)+(?:\.\d+)?/, (image) => number(image.replaceAll('_', ''))),
  // `5.` and `5.e3`, but not `0..1`, nor `1.5`.
  foreign('PointBehind', /\d+\.(?:[eE][+-]?\d+)?(?![.\w])/, (image) =>
    number(image.replace('.', '')),
  ),
  // `.3`, but not the member of `b.3`.
  foreign('PointBefore', apart(/\.\d+(?:[eE][+-]?\d+)?/y), (image) => number(`0${image}`), ['.']),
]
// --- strings -------------------------------------------------------------------------------------

/** `'text'`; the prime of `v'` is none. */
const singleQuotes = foreign(
  'SingleQuotes',
  apart(/'[^'"\\\r\n]*'/y),
  (image) => ({
    code: 'unexpectedCharacter',
    meant: StringToken,
    image: `"${image.slice(1, -1)}"`,
    hint: 'strings stand in double quotes: `"`',
    width: 1,
  }),
  ["'"],
)
const smartQuotes = foreign('SmartQuotes', /[“”„«][^“”«»"\\\r\n]*[“”»]/, (image) => ({
  code: 'unexpectedCharacter',
  meant: StringToken,
  image: `"${image.slice(1, -1)}"`,
  hint: 'write straight quotes: `"`',
  width: 1,
}))

// --- comments ------------------------------------------------------------------------------------

/** `# text`, to the end of its line. */
export const HashComment = foreign('HashComment', /#[^\r\n]*/, () => ({
  code: 'unexpectedCharacter',
  hint: 'comments begin with `//`',
  width: 1,
}))

/** What must be tried before the marks of the language, of which some are the beginning of these. */
export const foreignTokens: readonly TokenType[] = [
  ...numbers,
  singleQuotes,
  smartQuotes,
  HashComment,
  mark('StarStar', /\*\*/, marks.Caret, '^', 'write `^` for a power'),
  mark('AndAnd', /&&/, keywords.and, 'and', 'write `and`'),
  mark('OrOr', /\|\|/, keywords.or, 'or', 'write `or`'),
  mark('Walrus', /:=/, marks.Eq, '=', 'write `=`'),
  mark('FatArrow', /=>/, marks.Arrow, '->', 'write `->` for a connection, `>=` to compare'),
  mark('Diamond', /<>/, marks.NotEq, '!=', 'write `!=`'),
  mark('TripleEq', /===/, marks.EqEq, '==', 'write `==`'),
  mark('StarEq', /\*=/, marks.Eq, '=', 'write `a = a * ...`'),
  mark('SlashEq', /\/=/, marks.Eq, '=', 'write `a = a / ...`'),
  foreign('PlusPlus', /\+\+(?!\s*[\w(])/, () => ({
    code: 'foreignMark',
    hint: 'write `v += 1`, in a reaction',
  })),
]

/** What is tried when no mark of the language fits. */
export const lateForeignTokens: readonly TokenType[] = [
  character('Times', /[×·∗⋅]/, marks.Star, '*', 'write `*` to multiply'),
  character('Obelus', /[÷∕]/, marks.Slash, '/', 'write `/` to divide'),
  character('OddMinus', /[−–—‐‑]/, marks.Minus, '-', 'write `-`, the hyphen of the keyboard'),
  character('OddArrow', /[→⟶⇒]/, marks.Arrow, '->', 'write `->`'),
  character('LessOrEqual', /[≤⩽]/, marks.LessEq, '<=', 'write `<=`'),
  character('GreaterOrEqual', /[≥⩾]/, marks.GreaterEq, '>=', 'write `>=`'),
  character('Unequal', /≠/, marks.NotEq, '!=', 'write `!=`'),
  character('OddDots', /…/, marks.DotDot, '..', 'write `..` for a range, `...` to spread a list'),
  character('Conjunction', /[&∧]/, keywords.and, 'and', 'write `and`'),
  character('Disjunction', /∨/, keywords.or, 'or', 'write `or`'),
  character('Negation', /[!¬]/, keywords.not, 'not', 'write `not`'),
  left('Semicolon', /;/, 'statements need no mark between them'),
  left('Bar', /\|/, 'write `or`, or `abs(x)`'),
]

/** What `token` stands for, if it is none of the language. */
export function foreignOf(token: IToken): Foreign | undefined {
  return spellings.get(token.tokenType)?.(token.image)
}

/** Makes of `token` the token that it stands for, at the same place. */
export function exchange(token: IToken, meant: TokenType, image: string): void {
  token.tokenType = meant
  token.tokenTypeIdx = meant.tokenTypeIdx ?? token.tokenTypeIdx
  token.image = image
}
