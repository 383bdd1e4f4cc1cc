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
import { allTokens, DocComment, marks, OpenComment, OpenString, LineComment } from './tokens.ts'

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
  return token.startOffset + token.image.length
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
  const tokens = result.tokens
  tokens.forEach((token, index) => {
    token.payload = index
    if (token.tokenType === OpenString && diagnostics.length < maxDiagnostics) {
      diagnostics.push(diagnostic('unterminatedString', span(token.startOffset, endOf(token))))
    }
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

function nameCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `\`${character}\`` : hex
}

const meant: ReadonlyMap<string, string> = new Map([
  ['×', 'write `*` to multiply'],
  ['·', 'write `*` to multiply'],
  ['÷', 'write `/` to divide'],
  ['−', 'write `-`, the hyphen of the keyboard'],
  ['–', 'write `-`, the hyphen of the keyboard'],
  ['→', 'write `->`'],
  ['≤', 'write `<=`'],
  ['≥', 'write `>=`'],
  ['≠', 'write `!=`'],
  ['…', 'write `..` for a range, `...` to spread a list'],
  ['²', 'write `^ 2`'],
  ['“', 'write straight quotes: `"`'],
  ['”', 'write straight quotes: `"`'],
  ["'", 'strings stand in double quotes: `"`'],
  ['`', 'strings stand in double quotes: `"`'],
  [';', 'statements need no mark between them'],
  ['#', 'comments begin with `//`'],
  ['%', 'comments begin with `//`; the remainder is not an operator'],
  ['&', 'write `and`'],
  ['|', 'write `or`'],
  ['!', 'write `not`'],
])

function characterHint(character: string): string | undefined {
  const known = meant.get(character)
  if (known !== undefined) return known
  return /\p{L}/u.test(character) ? 'names are made of the letters a-z, digits and `_`' : undefined
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
