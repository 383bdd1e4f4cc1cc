/** What is thrown where a pattern cannot be drawn: one sentence, with what to do. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}
