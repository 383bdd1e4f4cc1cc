/** What the engine layer throws: one sentence for people, without a stack trace on the command line. */

/** An engine that does not exist or cannot be used here. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
