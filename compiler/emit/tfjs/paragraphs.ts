/**
 * Where the statements of a method begin a new paragraph: with each ensemble, together with the
 * connections that feed it, or in other methods with each connection and what belongs to it.
 */

/** Follows the statements of one method. */
export class Paragraphs {
  readonly #storages: ReadonlySet<string>
  readonly #seen = new Set<string>()
  /** Whether a paragraph is due as soon as the subject changes. */
  #due: boolean

  /** `started`: statements of another kind come first. */
  constructor(storages: ReadonlySet<string>, started: boolean) {
    this.#storages = storages
    this.#due = started
  }

  /** Whether the value of this name opens a paragraph; to be asked in order. */
  opens(name: string): boolean {
    const subject = subjectOf(name)
    const opens = this.#due && !this.#seen.has(subject)
    if (opens) this.#seen.clear()
    this.#seen.add(subject)
    // What a connection computes belongs to the ensemble that comes next.
    this.#due = subject !== name && !this.#storages.has(subject)
    return opens
  }
}

/** `h[0]` of `h[0].e`, `W[0]` of `update(W[0])`, `angle` of `angle(W, Y)`. */
function subjectOf(name: string): string {
  const argument = /^\w+\(([^,]*)\)$/.exec(name)?.[1] ?? name.replace(/\(.*/, '')
  const subject = argument.replace(/\.next$/, '')
  const dot = subject.lastIndexOf('.')
  return dot < 0 ? subject : subject.slice(0, dot)
}
