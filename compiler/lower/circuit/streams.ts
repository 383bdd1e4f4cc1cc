/** Names of draws of what is lowered several times in a step, and draws once. */
import type { Reading } from './expressions.ts'

/** The names of the draws of one equation, in the order in which it draws. */
export class Streams {
  readonly #names: string[] = []

  /** The names from the first on, whatever else draws meanwhile. */
  from(make: Reading['stream']): Reading['stream'] {
    let at = 0
    return (distribution) => {
      const name = this.#names[at] ?? make(distribution)
      this.#names[at++] = name
      return name
    }
  }
}
