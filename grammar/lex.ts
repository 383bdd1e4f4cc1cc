/**
 * Cuts a text into tokens and comments, and says which characters make neither.
 *
 * Never throws. The tokens are in order and do not overlap; `token.payload` is a token's own index.
 * `partner[i]` is the index of the bracket that matches bracket `i`, found without trusting the
 * text: a closing brace also ends the parentheses that were left open inside it, so that the
 * parser can leap over whatever is balanced when it recovers.
 */
import { Lexer, type IToken } from 'chevrotain'
import { diagnostic } from './diagnostics/create.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { Comment, Span } from './ast.ts'
import { findDocs, type Docs } from './docs.ts'
import { exchange, foreignOf, OddWord } from './foreign.ts'
import { DocComment, LineComment, marks, NumberToken, OpenComment, OpenString } from './tokens.ts'
import { meantUnit } from './unit-spellings.ts'
import { allTokens } from './vocabulary.ts'

/** The longest file that is read. */
export const maxLength = 2_000_000
/** No file gets more diagnostics than this; whoever has so many has another problem. */
export const maxDiagnostics = 100

/** What the lexer makes of a text. */
export interface Lexed {
  readonly tokens: IToken[]
  readonly comments: readonly Comment[]
  readonly docs: Docs
  /** For a bracket, the index of its partner, or -1; -1 for other tokens. */
  readonly partner: Int32Array
  readonly diagnostics: Diagnostic[]
}

let lexer: Lexer | undefined

function sharedLexer(): Lexer {
  lexer ??= new Lexer(allTokens, { positionTracking: 'full', skipValidations: true })
  return lexer
}

/** The lexer with all its definition checks; only the specs need it. */
export function checkedLexer(): Lexer {
  return new Lexer(allTokens, { positionTracking: 'full', ensureOptimizations: false })
}

/** The end offset of a token, exclusive. */
export function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset) + 1
}

/** Cuts `text` into tokens. */
export function lex(text: string, path: string): Lexed {
  const span = (start: number, end: number): Span => ({ file: path, start, end })
  if (text.length > maxLength) {
    const where = span(0, Math.min(1, text.length))
    const found = diagnostic('tooLong', where, { found: text.length, limit: maxLength })
    const docs = findDocs([], [])
    return { tokens: [], comments: [], docs, partner: new Int32Array(0), diagnostics: [found] }
  }
  const result = sharedLexer().tokenize(text)
  const diagnostics: Diagnostic[] = []
  for (const error of result.errors.slice(0, maxDiagnostics)) {
    const { offset, length } = error
    const character = String.fromCodePoint(text.codePointAt(offset) ?? 0)
    diagnostics.push(
      diagnostic(
        'unexpectedCharacter',
        span(offset, offset + length),
        { found: nameCharacter(character) },
        { hint: characterHint(character) },
      ),
    )
  }
  const tokens = translate(result.tokens, path, (found) => {
    if (diagnostics.length < maxDiagnostics) diagnostics.push(found)
  })
  const commentTokens = result.groups['comments'] ?? []
  const comments = commentTokens.map((token): Comment => {
    const where = span(token.startOffset, endOf(token))
    if (token.tokenType === OpenComment) {
      const open = span(token.startOffset, token.startOffset + 2)
      diagnostics.push(diagnostic('unterminatedComment', open))
    }
    const style =
      token.tokenType === DocComment ? 'doc' : token.tokenType === LineComment ? 'line' : 'block'
    return { kind: 'Comment', style, text: token.image, span: where }
  })
  const docs = findDocs(tokens, commentTokens)
  return { tokens, comments, docs, partner: matchBrackets(tokens), diagnostics }
}

/**
 * The tokens, numbered, with those of other languages exchanged for what they stand for, or left out;
 * reports each of these, and every odd word once.
 */
function translate(found: readonly IToken[], path: string, report: (each: Diagnostic) => void) {
  const tokens: IToken[] = []
  const odd = new Set<string>()
  for (const token of found) {
    const { startOffset: start, tokenType } = token
    const span = (end: number): Span => ({ file: path, start, end })
    if (tokenType === OpenString) report(diagnostic('unterminatedString', span(endOf(token))))
    if (tokenType === OddWord && !isUnitOf(tokens.at(-1), token) && !odd.has(token.image)) {
      odd.add(token.image)
      report(oddWord(token, path))
    }
    const foreign = foreignOf(token)
    if (foreign) {
      const { code, meant, image, hint, width } = foreign
      const end = width === undefined ? endOf(token) : start + width
      const character = token.image.slice(0, end - start)
      report(diagnostic(code, span(end), { found: `\`${character}\`` }, { hint }))
      if (meant === undefined || image === undefined) continue
      exchange(token, meant, image)
    }
    token.payload = tokens.length
    tokens.push(token)
  }
  return tokens
}

/** Whether `word` stands where the unit of the number `before` would; the parser reports it then. */
function isUnitOf(before: IToken | undefined, word: IToken): boolean {
  return before?.tokenType === NumberToken && before.endLine === word.startLine
}

function oddWord(token: IToken, path: string): Diagnostic {
  const at = /[^A-Za-z0-9_]/u.exec(token.image)
  const character = String.fromCodePoint(token.image.codePointAt(at?.index ?? 0) ?? 0)
  const start = token.startOffset + (at?.index ?? 0)
  const span = { file: path, start, end: start + character.length }
  const unit = meantUnit(token.image)
  const hint = unit === undefined ? oddLetter : `write \`${unit}\``
  return diagnostic('unexpectedCharacter', span, { found: nameCharacter(character) }, { hint })
}

const oddLetter = 'names are made of the letters a-z, digits and `_`'

function nameCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `\`${character}\`` : hex
}

const meant: ReadonlyMap<string, string> = new Map([
  ['²', 'write `^ 2`'],
  ['³', 'write `^ 3`'],
  ['√', 'write `sqrt(x)`'],
  ['∞', 'there is no number without end: leave the bound out'],
  ['°', 'angles are in radians, and there are no temperatures'],
  ['“', 'write straight quotes: `"`'],
  ['”', 'write straight quotes: `"`'],
  ["'", 'a derivative is written `dv/dt`; strings stand in double quotes: `"`'],
  ['`', 'strings stand in double quotes: `"`'],
  ['%', 'a share is a number, as in `0.02` or `2 %`; a remainder is `a - b * floor(a / b)`'],
  ['?', 'write `if a then b else c`'],
  ['~', 'a draw is written as an equation: `x = normal()`'],
  ['$', oddLetter],
])

function characterHint(character: string): string | undefined {
  const known = meant.get(character)
  if (known !== undefined) return known
  return /\p{L}/u.test(character) ? oddLetter : undefined
}

function matchBrackets(tokens: readonly IToken[]): Int32Array {
  const partner = new Int32Array(tokens.length).fill(-1)
  const stack: number[] = []
  // How many of each opening bracket stand above the innermost open brace, so that a stray closer
  // does not search the stack.
  let open = { '(': 0, '[': 0 }
  const outer: (typeof open)[] = []
  const join = (a: number, b: number) => {
    partner[a] = b
    partner[b] = a
  }
  tokens.forEach((token, index) => {
    const { tokenType } = token
    if (tokenType === marks.LBrace) {
      stack.push(index)
      outer.push(open)
      open = { '(': 0, '[': 0 }
    } else if (tokenType === marks.LParen || tokenType === marks.LSquare) {
      stack.push(index)
      open[token.image === '(' ? '(' : '[']++
    } else if (tokenType === marks.RBrace && outer.length > 0) {
      let top = stack.pop()
      while (top !== undefined && tokens[top]?.image !== '{') top = stack.pop()
      if (top !== undefined) join(top, index)
      open = outer.pop() ?? open
    } else if (tokenType === marks.RParen || tokenType === marks.RSquare) {
      const wanted = token.image === ')' ? '(' : '['
      if (open[wanted] === 0) return
      let top = stack.pop()
      while (top !== undefined && tokens[top]?.image !== wanted) {
        open[wanted === '(' ? '[' : '(']--
        top = stack.pop()
      }
      if (top === undefined) return
      open[wanted]--
      join(top, index)
    }
  })
  return partner
}
