/**
 * What a syntax error says: the tokens that would have fitted, named as a person would name them.
 *
 * Chevrotain asks `Messages` for a text when a token does not fit; the answer is kept here as a
 * `Misfit` (what was expected, which token stands there instead, a hint), from which the parser
 * makes the diagnostic. With two tokens of lookahead the culprit is often the second.
 */
import { EOF, tokenMatcher, type IToken, type TokenType } from 'chevrotain'
import type { IParserErrorMessageProvider } from 'chevrotain'
import { suggest } from './diagnostics/suggest.ts'
import { foreignStatement, foreignWord } from './foreign-words.ts'
import {
  contextual,
  DerivativeToken,
  Identifier,
  keywords,
  marks,
  Name,
  NumberToken,
  Role,
  Word,
  wordOf,
} from './tokens.ts'

/** A token that does not fit. */
export interface Misfit {
  readonly expected: string
  readonly token: IToken
  readonly hint?: string | undefined
}

/** Where a comma does not go on with what stands before it: what to write instead. */
const saidAgain: ReadonlyMap<string, string> = new Map([
  ['variantChange', 'a change says one thing: write `set x = 1  set y = 2`'],
  ['datasetMember', 'each field is said by itself: write `field a[2]  field b[3]`'],
  ['statement', 'each statement begins with its word, without a comma before it'],
])

/** Tells Chevrotain nothing, and remembers what it asked. */
export class Messages implements IParserErrorMessageProvider {
  private misfit: Misfit | undefined

  /** The last misfit, once. */
  take(): Misfit | undefined {
    const { misfit } = this
    this.misfit = undefined
    return misfit
  }

  buildMismatchTokenMessage(options: {
    expected: TokenType
    actual: IToken
    previous: IToken
  }): string {
    const { expected, actual: token, previous } = options
    const hint = hintFor(token, [expected], previous)
    return this.keep({ expected: labelOf(expected), token, hint })
  }

  buildNoViableAltMessage(options: {
    expectedPathsPerAlt: TokenType[][][]
    actual: IToken[]
    previous: IToken
    customUserDescription?: string
    ruleName: string
  }): string {
    const [first, second] = options.actual
    const paths = options.expectedPathsPerAlt.flat()
    const heads = paths.flatMap((path) => path.slice(0, 1))
    const what = options.customUserDescription ?? describe(heads)
    if (first === undefined) throw new Error('no lookahead')
    const again = first.tokenType === marks.Comma ? saidAgain.get(options.ruleName) : undefined
    if (again !== undefined) return this.keep({ expected: what, token: first, hint: again })
    const marked = second && markBehindWord(options.ruleName, first, second)
    if (marked) return this.keep({ expected: marked.expected, token: second, hint: marked.hint })
    const lost = options.ruleName === 'item' ? homeOf(first.image) : undefined
    const hint =
      foreignStatement(options.ruleName, first.image) ??
      lost ??
      hintFor(first, heads, options.previous) ??
      markBehindProperty(options.previous, first) ??
      (options.ruleName === 'item' && second?.tokenType === marks.Eq
        ? valueOfFile(first.image)
        : undefined)
    if (hint !== undefined || second === undefined) {
      return this.keep({ expected: what, token: first, hint })
    }
    const exact = paths.filter((path) => path[0] === first.tokenType)
    const fitting = exact.length > 0 ? exact : paths.filter((path) => fits(first, path[0]))
    const after = fitting.flatMap((path) => path.slice(1, 2))
    if (after.length === 0) return this.keep({ expected: what, token: first })
    const { previous } = options
    const midLine = previous.endLine === first.startLine && !/^[{}]$/.test(previous.image)
    if (exact.length === 0 && midLine && options.customUserDescription !== undefined) {
      return this.keep({ expected: `an operator or ${what}`, token: first })
    }
    // A sweep follows on experiments: what is missing is the end of one.
    if (options.ruleName === 'statement' && first.image === 'sweep' && tokenMatcher(second, Word))
      return this.keep({ expected: '`}`', token: first })
    // `bacth 32`: a plain statement, not a switch that lacks its `on`.
    const meant =
      options.ruleName === 'statement' && first.tokenType === Identifier
        ? suggest(first.image, plainStatements)
        : undefined
    if (meant !== undefined)
      return this.keep({ expected: what, token: first, hint: `did you mean \`${meant}\`?` })
    // `simulate 2 ms`: no switch, which `on` or `off` follows.
    if (options.ruleName === 'statement' && exact.length === 0 && !nearlySwitch(second))
      return this.keep({ expected: what, token: first })
    return this.keep({
      expected: describe(after),
      token: second,
      hint: hintFor(second, after, first),
    })
  }

  buildEarlyExitMessage(options: {
    expectedIterationPaths: TokenType[][]
    actual: IToken[]
    previous: IToken
    customUserDescription?: string
  }): string {
    const [first, second] = options.actual
    if (first === undefined) throw new Error('no lookahead')
    // `present v -> x`: the first fits, the second does not.
    const after = options.expectedIterationPaths.filter((path) => fits(first, path[0]))
    const isSecond = second !== undefined && after.length > 0
    const token = isSecond ? second : first
    const heads = isSecond
      ? after.flatMap((path) => path.slice(1, 2))
      : options.expectedIterationPaths.flatMap((path) => path.slice(0, 1))
    return this.keep({
      expected: options.customUserDescription ?? describe(heads),
      token,
      hint: hintFor(token, heads, options.previous),
    })
  }

  buildNotAllInputParsedMessage(options: { firstRedundant: IToken }): string {
    return this.keep({ expected: 'a declaration', token: options.firstRedundant })
  }

  private keep(misfit: Misfit): string {
    this.misfit = misfit
    return misfit.expected
  }
}

function fits(token: IToken, type: TokenType | undefined): boolean {
  return type !== undefined && tokenMatcher(token, type)
}

function labelOf(type: TokenType): string {
  if (type === EOF) return 'the end of the file'
  return type.LABEL ?? type.name
}

/** The alternatives in words: "`,` or `)`", "an expression". */
export function describe(types: readonly TokenType[]): string {
  const set = new Set(types)
  const labels = new Set<string>()
  if (set.has(NumberToken) && set.has(marks.LSquare)) {
    labels.add('an expression')
    const { Minus, LParen, LSquare } = marks
    const starts = [NumberToken, Minus, LParen, LSquare, Name, keywords.not, keywords.if]
    for (const type of [...starts, keywords.true, keywords.false, keywords.on, keywords.off]) {
      set.delete(type)
    }
    for (const type of set) if (type.name === 'String') set.delete(type)
  }
  if (set.has(Name) || set.has(Word)) {
    for (const type of set) if (isWordType(type)) set.delete(type)
    labels.add('a name')
  }
  // `W.x`, `W[0]` and `f(x)` go on with what is there; they matter only if nothing else fits.
  const { Dot, LSquare, LParen } = marks
  const others = [...set].some((type) => type !== Dot && type !== LSquare && type !== LParen)
  if (others && set.has(Dot)) for (const type of [Dot, LSquare, LParen]) set.delete(type)
  for (const type of set) labels.add(labelOf(type))
  const list = [...labels]
  if (list.length > 6) list.splice(5, list.length, 'the like')
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`
}

/** Where words stand that are met outside of it. */
const homes: readonly (readonly [string, readonly string[]])[] = [
  [
    'a `cell`',
    ['compartment', 'input', 'bias', 'state', 'event', 'burst', 'spike', 'signal', 'loss'],
  ],
  [
    'a connection or a `synapse`',
    ['learn', 'tied', 'fixed', 'delay', 'bounds', 'sign', 'transmit'],
  ],
  [
    'an `experiment`',
    ['data', 'present', 'augment', 'optimise', 'measure', 'record', 'protocol', 'batch', 'epochs'],
  ],
  ['a `variant` or an `experiment`', ['set']],
  ['a `variant`', ['drop']],
  ['a `dataset`', ['field', 'train', 'test']],
]

function isWordType(type: TokenType): boolean {
  return type === Identifier || (type.CATEGORIES ?? []).some((c) => c === Name || c === Word)
}

/** The found token in words. */
export function describeFound(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file'
  const text = token.image.length > 40 ? `${token.image.slice(0, 37)}...` : token.image
  return `\`${text}\``
}

function homeOf(word: string): string | undefined {
  const home = homes.find(([, words]) => words.includes(word))
  return home === undefined ? undefined : `\`${word}\` stands inside ${home[0]}`
}

/** Rules whose words are followed by a value, or by `=` and a value. */
const equations: ReadonlySet<string> = new Set(['cellMember', 'stpMember', 'plasticityMember'])

/** What is wrong with a mark behind the first word of a member or statement: `batch: 32`, `q += 1`. */
function markBehindWord(
  rule: string,
  word: IToken,
  mark: IToken,
): { readonly expected: string; readonly hint: string } | undefined {
  const { Eq, EqEq, Colon, PlusEq, MinusEq } = marks
  const isOne = [Eq, EqEq, Colon, PlusEq, MinusEq].includes(mark.tokenType)
  if (!isOne || !tokenMatcher(word, Name)) return undefined
  const name = word.image
  if (rule === 'statement') {
    const isWord = word.tokenType !== Identifier
    return isWord
      ? { expected: 'a value', hint: `write \`${name} ...\`, without \`${mark.image}\`` }
      : {
          expected: 'a statement of the experiment',
          hint: foreignStatement(rule, name) ?? `a parameter is set by \`set ${name} = ...\``,
        }
  }
  if (!equations.has(rule) || mark.tokenType === Eq) return undefined
  if (rule === 'plasticityMember' && (mark.tokenType === PlusEq || mark.tokenType === MinusEq)) {
    const image = mark.image
    const hint = `the change of a weight is \`dw = ...\`; \`${image}\` stands in a reaction: \`on post.spike { w ${image} ... }\``
    return { expected: '`=`', hint }
  }
  const hint =
    foreignStatement(rule, name) ??
    (mark.tokenType === EqEq
      ? `\`==\` compares; a variable is \`${name} = ...\``
      : mark.tokenType === Colon
        ? `a variable is \`${name} = ...\`, a state \`state ${name} = 0 : d${name}/dt = ...\``
        : `\`${mark.image}\` stands in a reaction: \`on spike { ${name} ${mark.image} ... }\``)
  return { expected: '`=`', hint }
}

/** `init = 1`, `delay: 2 ms`: properties stand before their value without a mark. */
function markBehindProperty(word: IToken, mark: IToken): string | undefined {
  if (mark.tokenType !== marks.Eq && mark.tokenType !== marks.Colon) return undefined
  if (!tokenMatcher(word, Word) || word.tokenType === Identifier) return undefined
  return `write \`${word.image} ...\`, without \`${mark.image}\``
}

/** `n = 4` where declarations stand. */
const valueOfFile = (name: string): string =>
  `a value of the whole file is written \`param ${name} = ...\` or \`const ${name} = ...\``

/** Whether a word is nearly `on` or `off`. */
const nearlySwitch = (token: IToken): boolean =>
  tokenMatcher(token, Word) && suggest(token.image, ['on', 'off']) !== undefined

/** Words of signals, which share a type. */
const roles = ['event', 'burst', 'spike', 'signal', 'loss']

/** Words that begin a plain statement of an experiment. */
const plainStatements = 'batch epochs evaluate seed step solver duration precision'.split(' ')

/** Words of the grammar, as candidates. */
const grammarWords = [...Object.values(keywords), ...Object.values(contextual)].flatMap(
  (type) => wordOf(type) ?? [],
)

/** Whether `word` is nearly a word of the grammar, or means one elsewhere. */
export function isMisspeltWord(word: string): boolean {
  return foreignWord(word) !== undefined || suggest(word, grammarWords) !== undefined
}

/** Advice for a token that stands where one of `expected` should. */
function hintFor(
  token: IToken,
  expected: readonly TokenType[],
  previous: IToken,
): string | undefined {
  if (token.tokenType === DerivativeToken) {
    if (expected.some((type) => wordOf(type) === 'state') || expected.includes(marks.Colon)) {
      const name = token.image.slice(1, -'/dt'.length)
      return `a state is written \`state ${name} = 0 : d${name}/dt = ...\``
    }
    return `\`${token.image}\` stands on the left of a \`state\`; to divide by \`dt\`, put spaces around \`/\``
  }
  const wantsName = expected.some((type) => type === Name || type === Word || type === Identifier)
  // `1 if a else 0`
  const isValue = !expected.includes(contextual.when)
  if (isValue && token.tokenType === keywords.if && token.startLine === previous.endLine) {
    return 'a choice is written `if a then b else c`'
  }
  const isWord = tokenMatcher(token, Word)
  if (!isWord) return undefined
  if (token.tokenType === Identifier) {
    const words = expected.flatMap((type) => (type === Role ? roles : (wordOf(type) ?? [])))
    const known = foreignWord(token.image)
    const meant = known !== undefined && words.some((word) => known.startsWith(word))
    const near = meant ? known : suggest(token.image, words)
    return near === undefined ? undefined : `did you mean \`${near}\`?`
  }
  if (wantsName && !tokenMatcher(token, Name) && token.startLine === previous.endLine) {
    return `\`${token.image}\` is a word of the language and cannot be a name`
  }
  return undefined
}
