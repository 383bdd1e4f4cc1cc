/**
 * How irregular a signal is in an evaluation: the standard deviation of the intervals between events over their mean, of
 * each unit and test example with at least three intervals, averaged over these. Only events in the last steps, as
 * many as are looked at, are seen, so that an interval has both of its ends there.
 */
import type { NamedArray } from '../engine/network.ts'

/** Of fewer intervals a deviation says little. */
const ENOUGH = 3

export class Intervals {
  readonly #over: number
  /** Of each example and unit of the batch: the step of the last event, -1 before any, and its intervals. */
  #last = new Float64Array(0)
  #count = new Float64Array(0)
  #sum = new Float64Array(0)
  #squares = new Float64Array(0)
  /** Coefficients of the batches before. */
  #seen = 0
  #total = 0

  /** `over`: in how many of the last steps it is looked at. */
  constructor(over: number) {
    this.#over = over
  }

  /** What the first `count` examples emitted in a step that so many follow, [examples, units]. */
  add({ data, shape }: NamedArray, count: number, following: number): void {
    const step = this.#over - 1 - following
    const size = (data.length / (shape[0] ?? 1)) * count
    if (step === 0) this.#begin(size)
    for (let i = 0; i < size; i++) {
      if (data[i] === 0) continue
      const before = this.#last[i]!
      this.#last[i] = step
      if (before < 0) continue
      const length = step - before
      this.#count[i]! += 1
      this.#sum[i]! += length
      this.#squares[i]! += length * length
    }
  }

  /** The mean coefficient of variation of all that was added; undefined without one. */
  mean(): number | undefined {
    this.#close()
    return this.#seen === 0 ? undefined : this.#total / this.#seen
  }

  #begin(size: number): void {
    this.#close()
    this.#last = new Float64Array(size).fill(-1)
    this.#count = new Float64Array(size)
    this.#sum = new Float64Array(size)
    this.#squares = new Float64Array(size)
  }

  #close(): void {
    for (const [i, intervals] of this.#count.entries()) {
      if (intervals < ENOUGH) continue
      const mean = this.#sum[i]! / intervals
      const relative = this.#squares[i]! / intervals / (mean * mean)
      this.#total += Math.sqrt(Math.max(relative - 1, 0))
      this.#seen++
    }
    this.#count = new Float64Array(0)
  }
}
