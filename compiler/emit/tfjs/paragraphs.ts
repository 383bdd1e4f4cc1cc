/**
 * Where the statements of a method begin a new paragraph: with each ensemble, together with the
 * connections that feed it, or in other methods with each connection and what belongs to it.
 */

/** Follows the statements of one method. */
export class Paragraphs {
  readonly #connections: ReadonlySet<string>
  readonly #seen = new Set<string>()
  #previous: string | undefined

  /** `started`: statements of another kind come first. */
  constructor(connections: ReadonlySet<string>, started: boolean) {
    this.#connections = connections
    this.#previous = started ? '' : undefined
  }

  /** Whether the value of this name opens a paragraph; to be asked in order. */
  opens(name: string): boolean {
    const subject = subjectOf(name)
    const previous = this.#previous
    this.#previous = subject
    if (previous === undefined || this.#seen.has(subject) || this.#isConnection(previous)) {
      this.#seen.add(subject)
      return false
    }
    this.#seen.clear()
    this.#seen.add(subject)
    return true
  }

  #isConnection(subject: string): boolean {
    return this.#connections.has(subject)
  }
}

/** `h[0]` of `h[0].e`, `W[0]` of `update(W[0])`, `angle` of `angle(W, Y)`. */
function subjectOf(name: string): string {
  const argument = /^\w+\(([^,]*)\)$/.exec(name)?.[1] ?? name.replace(/\(.*/, '')
  const subject = argument.replace(/\.next$/, '')
  const dot = subject.lastIndexOf('.')
  return dot < 0 ? subject : subject.slice(0, dot)
}
