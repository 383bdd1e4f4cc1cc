/**
 * What every part of the parser shares: spans, doc texts, nesting limits, and recovery.
 *
 * Recovery is our own, not Chevrotain's: a member or item that does not parse is reported once and
 * left out, and reading goes on at the next closing brace, or at the next line that starts with a
 * word; whatever is bracketed in between is leapt over whole. `value` does the same for the right
 * side of `=`, so that the name on its left survives with an `ErrorExpression`.
 *
 * Invariants: recovery always consumes a token; a token is reported once; tokens beside a
 * character that the lexer refused are not reported at all; more than `maxDepth` levels of nesting
 * (of the source, or of the tree that long chains make) end the item.
 */
import { EmbeddedActionsParser, EOF, isRecognitionException, tokenMatcher } from 'chevrotain'
import type { IToken, ParserMethod, TokenType } from 'chevrotain'
import { diagnostic } from '../diagnostics/create.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Expression, Identifier, Span } from '../ast.ts'
import { formOf } from '../forms.ts'
import { endOf, maxDiagnostics, type Lexed } from '../lex.ts'
import { describeFound, Messages, type Misfit } from '../messages.ts'
import { ItemKeyword, marks, Name, NumberToken, OpenString, Word } from '../tokens.ts'
import { allTokens } from '../vocabulary.ts'
import { memberWords, namesIn, unnamed } from './lost.ts'

/** How deep brackets, blocks and operators may nest. */
export const maxDepth = 256

/** A grammar rule that returns `R`. */
export type Rule<R, A extends unknown[] = []> = ParserMethod<A, R>

/** Ends the member being read; the parser reports its misfit and recovers. */
class Failure extends Error {
  readonly diagnostic: Diagnostic
  /** Index of the token at fault. */
  readonly at: number
  readonly deep: boolean

  constructor(found: Diagnostic, at: number, deep = false) {
    super(found.message)
    this.diagnostic = found
    this.at = at
    this.deep = deep
  }
}

/** Ends the reading of a file that has too many mistakes. */
class Surrender extends Error {}

/** What the parser reads. */
export interface Input {
  readonly path: string
  readonly text: string
  readonly lexed: Lexed
}

/** The ground that the grammar's rules stand on. */
export abstract class ParserBase extends EmbeddedActionsParser {
  private source: Input | undefined
  private problems: Diagnostic[] = []
  private lastReported = -1
  /** What failed lacks the brace that opens its block. */
  private lacksBrace = false
  /** Names in what was left out: what they would have meant is not known. */
  protected lost = new Set<string>()
  private depth = 0
  private heights = new WeakMap<Expression, number>()
  private readonly messages: Messages

  constructor(validate: boolean) {
    const messages = new Messages()
    super(allTokens, {
      maxLookahead: 2,
      recoveryEnabled: false,
      skipValidations: !validate,
      errorMessageProvider: messages,
    })
    this.messages = messages
  }

  /** Reads `input` with `rule`; `otherwise` if it had to give up. */
  protected run<R>(input: Input, rule: () => R, otherwise: () => R): [R, readonly Diagnostic[]] {
    this.source = input
    // What an earlier text left behind is not of this one.
    this.messages.take()
    this.problems = []
    this.lastReported = -1
    this.lost = new Set()
    this.depth = 0
    this.heights = new WeakMap()
    // A copy, because Chevrotain pads its input while it reads: the last token would not be the last.
    this.input = [...input.lexed.tokens]
    try {
      return [rule(), this.problems]
    } catch (error) {
      if (error instanceof Surrender) return [otherwise(), this.problems]
      if (error instanceof RangeError) {
        // The stack ended before our own limit did (a host with a small stack).
        this.problems.push(this.tooDeep(input.lexed.tokens[0] ?? this.LA(1)))
        return [otherwise(), this.problems]
      }
      throw error
    } finally {
      this.source = undefined
    }
  }

  protected get origin(): Input {
    if (this.source === undefined) throw new Error('the parser reads nothing')
    return this.source
  }

  // --- spans and docs ------------------------------------------------------------------------

  /** From `first` to the token consumed last; the place behind that one if `first` was not consumed. */
  protected spanFrom(first: IToken): Span {
    const last = this.LA(0)
    const start = first.tokenType === EOF ? this.origin.text.length : first.startOffset
    const end = last.tokenType === EOF ? start : endOf(last)
    return { file: this.origin.path, start: Math.min(start, end), end }
  }

  protected spanOf(token: IToken): Span {
    const { path, text } = this.origin
    if (token.tokenType === EOF) return { file: path, start: text.length, end: text.length }
    return { file: path, start: token.startOffset, end: endOf(token) }
  }

  /** The empty span at the end of `token`: where something is missing that nothing stands for. */
  protected placeBehind(token: IToken): Span {
    const { end } = this.spanOf(token)
    return { file: this.origin.path, start: end, end }
  }

  protected identifier(token: IToken): Identifier {
    return { kind: 'Identifier', name: token.image, span: this.spanOf(token) }
  }

  /** The doc text of the declaration from `first` to the token consumed last. */
  protected docOf(first: IToken): { readonly doc?: string } {
    const { above, behind } = this.origin.lexed.docs
    const last = this.LA(0)
    const texts = [above.get(Number(first.payload)), behind.get(Number(last.payload))]
    const doc = texts.filter((text) => text !== undefined).join('\n')
    return doc === '' ? {} : { doc }
  }

  /** Span and doc text of the declaration from `first` to the token consumed last. */
  protected declared(first: IToken): { readonly span: Span; readonly doc?: string } {
    return { span: this.spanFrom(first), ...this.docOf(first) }
  }

  // --- where we are --------------------------------------------------------------------------

  protected at(type: TokenType, ahead = 1): boolean {
    return tokenMatcher(this.LA(ahead), type)
  }

  /** Index of the next token. */
  protected get position(): number {
    const token = this.LA(1)
    return token.tokenType === EOF ? this.origin.lexed.tokens.length : Number(token.payload)
  }

  protected startsLine(token: IToken): boolean {
    const before = this.origin.lexed.tokens[Number(token.payload) - 1]
    return before === undefined || (before.endLine ?? 0) < (token.startLine ?? 0)
  }

  /**
   * A name stands next, not the word with which the next line begins: `compartment`, and below it `input x`.
   * What would have been declared is not known.
   */
  protected requireName(...rules: readonly string[]): void {
    if (this.RECORDING_PHASE) return
    const next = this.LA(1)
    const isNext = this.startsLine(next) && this.beginsMember()
    if (!isNext) return
    this.lost.add(unnamed)
    this.fail('a name', next, formOf(rules))
  }

  /** Whether a member begins here, by its word and a name on the same line: `event e`. */
  protected beginsMember(): boolean {
    const [word, name] = [this.LA(1), this.LA(2)]
    if (!memberWords.some((type) => tokenMatcher(word, type))) return false
    return tokenMatcher(name, Name) && !this.startsLine(name)
  }

  // --- limits --------------------------------------------------------------------------------

  /**
   * What follows, up to `leave`, nests inside what is being read. (A pair of calls rather than a
   * function that takes a function: frames are dear where nesting is deep.) A failure in between
   * needs no `leave`; recovery restores the depth.
   */
  protected enter(): void {
    if (this.RECORDING_PHASE) return
    if (this.depth >= maxDepth) throw new Failure(this.tooDeep(this.LA(1)), this.position, true)
    this.depth++
  }

  protected leave(): void {
    if (!this.RECORDING_PHASE) this.depth--
  }

  /** Returns `node`, which holds `children`, if the tree is not too high with it. */
  protected grown<E extends Expression>(node: E, children: readonly Expression[]): E {
    let height = 0
    for (const child of children) height = Math.max(height, this.heights.get(child) ?? 1)
    if (height >= maxDepth) throw new Failure(this.tooDeep(this.LA(1)), this.position, true)
    this.heights.set(node, height + 1)
    return node
  }

  private tooDeep(token: IToken): Diagnostic {
    const hint = 'give parts of it names of their own'
    return diagnostic('tooDeep', this.spanOf(token), { limit: maxDepth }, { hint })
  }

  // --- misfits -------------------------------------------------------------------------------

  /** Ends what is being read: `token` should have been `expected`. */
  protected fail(expected: string, token: IToken, hint?: string): never {
    throw new Failure(this.misfit({ expected, token, hint }), this.indexOf(token))
  }

  private indexOf(token: IToken): number {
    return token.tokenType === EOF ? this.origin.lexed.tokens.length : Number(token.payload)
  }

  private misfit(misfit: Misfit, related?: Diagnostic['related']): Diagnostic {
    const { expected, token } = misfit
    const hint = this.decimalComma(token) ?? misfit.hint
    const parameters = { expected, found: describeFound(token) }
    return diagnostic('unexpectedToken', this.spanOf(token), parameters, { hint, related })
  }

  /** `0,5`: a comma between two numbers, without spaces. */
  private decimalComma(comma: IToken): string | undefined {
    if (comma.tokenType !== marks.Comma) return undefined
    const index = this.indexOf(comma)
    const [before, after] = [index - 1, index + 1].map((at) => this.origin.lexed.tokens[at])
    if (before?.tokenType !== NumberToken || after?.tokenType !== NumberToken) return undefined
    if (endOf(before) !== comma.startOffset || after.startOffset !== endOf(comma)) return undefined
    return `write \`${before.image}.${after.image}\`, with a decimal point`
  }

  /** What is missing is often missing at the end of the line before: points there. */
  private breakBefore(token: IToken): Diagnostic['related'] {
    const before = this.origin.lexed.tokens[this.indexOf(token) - 1]
    const brace = before?.tokenType === marks.LBrace || before?.tokenType === marks.RBrace
    if (before === undefined || brace || before.endLine === token.startLine) return undefined
    return [{ span: this.spanOf(before), message: 'expected after this' }]
  }

  /** How many mistakes have been reported. */
  protected get problemCount(): number {
    return this.problems.length
  }

  /** Reports that `token` should have been `expected`, and reads on. */
  protected complain(
    expected: string,
    token: IToken,
    extra: { hint?: string; related?: NonNullable<Diagnostic['related']> } = {},
  ): void {
    this.report(this.misfit({ expected, token, hint: extra.hint }, extra.related), token)
  }

  /** Reports something else than a misfit, at `token`. */
  protected report(found: Diagnostic, token: IToken): void {
    const index = this.indexOf(token)
    if (index === this.lastReported) return
    this.lastReported = index
    if (token.tokenType === OpenString || this.isBesideRefused(index)) return
    this.problems.push(found)
    if (this.problems.length >= maxDiagnostics) throw new Surrender()
  }

  /** Whether the lexer refused characters directly before or behind token `index`. */
  private isBesideRefused(index: number): boolean {
    const { tokens, diagnostics } = this.origin.lexed
    const before = tokens[index - 1]
    const from = before === undefined ? 0 : endOf(before)
    const to = tokens[index + 1]?.startOffset ?? this.origin.text.length
    return diagnostics.some(({ span }) => span.start >= from && span.end <= to)
  }

  // --- recovery ------------------------------------------------------------------------------

  /**
   * Reads with `read`; if that fails, reports it, skips the rest and returns nothing. In a loop
   * something `must` be skipped.
   */
  protected guarded<R>(read: () => R, must = true): R | undefined {
    const start = this.position
    const { depth } = this
    try {
      return read()
    } catch (error) {
      this.depth = depth
      this.recover(start, this.settle(error, must ? start : start - 1), must)
      const { tokens } = this.origin.lexed
      for (const name of namesIn(tokens, start, this.position)) this.lost.add(name)
      // What was too deep has swallowed the braces; that they are missing is no second mistake.
      if (error instanceof Failure && error.deep) this.lastReported = this.position
      return undefined
    }
  }

  /**
   * Reports a failure of the grammar; returns the index of the token at fault. Behind token `start`
   * the fault may lie at the end of the line before.
   */
  private settle(error: unknown, start: number): number {
    if (error instanceof Failure) {
      const token = this.origin.lexed.tokens[error.at] ?? this.LA(1)
      const related = error.at > start && !error.deep ? this.breakBefore(token) : undefined
      this.report(related ? { ...error.diagnostic, related } : error.diagnostic, token)
      return error.at
    }
    if (!(error instanceof Error) || !isRecognitionException(error)) throw error
    const recognition = error as Error & {
      token: IToken
      context?: { readonly ruleStack?: readonly string[] }
    }
    const kept = this.messages.take() ?? {
      expected: recognition.message,
      token: recognition.token,
    }
    const misfit: Misfit = {
      ...kept,
      // Where the line may go on, what else could stand there is no advice.
      hint:
        kept.hint ??
        (kept.expected.startsWith('an operator')
          ? undefined
          : formOf(recognition.context?.ruleStack ?? [])),
    }
    const at = this.indexOf(misfit.token)
    this.lacksBrace = misfit.expected === '`{`'
    this.report(
      this.misfit(misfit, at > start ? this.breakBefore(misfit.token) : undefined),
      misfit.token,
    )
    return at
  }

  /** Skips from what began at token `start` and failed at token `at` to where reading can go on. */
  private recover(start: number, at: number, must: boolean): void {
    const { tokens, partner } = this.origin.lexed
    let index = Math.max(at, this.position)
    for (let i = start; i < at; i++) index = Math.max(index, (partner[i] ?? -1) + 1)
    const leap = (i: number) => Math.max(i, partner[i] ?? -1) + 1
    if (index <= start && must) index = leap(start)
    if (this.lacksBrace) index = this.behindBlock(index)
    this.lacksBrace = false
    while (index < tokens.length && !this.resumesAt(index)) index = leap(index)
    while (this.position < Math.min(index, tokens.length)) this.SKIP_TOKEN()
  }

  /**
   * Where the block ends that begins at token `index` without its opening brace: behind the brace that
   * closes nothing else, or before the next declaration.
   */
  private behindBlock(index: number): number {
    const { tokens, partner } = this.origin.lexed
    for (let i = index; i < tokens.length; i = Math.max(i, partner[i] ?? -1) + 1) {
      const token = tokens[i]
      if (token === undefined) return i
      if (token.tokenType === marks.RBrace) return (partner[i] ?? -1) < 0 ? i + 1 : i
      if (tokenMatcher(token, ItemKeyword) && this.startsLine(token)) return i
    }
    return index
  }

  private resumesAt(index: number): boolean {
    const { tokens } = this.origin.lexed
    const token = tokens[index]
    if (token === undefined || token.tokenType === marks.RBrace) return true
    if (!this.startsLine(token)) return false
    if (tokenMatcher(token, ItemKeyword)) return true
    const before = tokens[index - 1]
    const continues = before !== undefined && /^[-+*/@^,=<>(]|^(and|or|not)$/.test(before.image)
    return tokenMatcher(token, Word) && !continues
  }
}
