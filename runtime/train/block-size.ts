/** How many steps are done at once: as many as fit in a turn, as far as is known. */

/** Most steps that are done at once. */
const MOST_STEPS = 100_000

export class BlockSize {
  readonly #turn: number
  /** Steps that fit in a turn. */
  steps = 8

  /** `turn` is how long one is, in milliseconds. */
  constructor(turn: number) {
    this.#turn = turn
  }

  /** Notes that so many steps took so many milliseconds. */
  note(count: number, took: number): void {
    const each = Math.max(1e-4, took / count)
    if (count === this.steps || each * this.steps > this.#turn)
      this.steps = Math.max(2, Math.min(MOST_STEPS, Math.round(this.#turn / each)))
  }
}
