/** What the limits of a file were measured to be, as plain data. */
import type { Convergence } from './convergence.ts'

/** One pair of what corresponds, along the limit. */
export interface MeasuredPair extends Convergence {
  /** `h.e = h.e`. */
  readonly text: string
  /** Root mean square of what is compared, of the circuit that the other comes to. */
  readonly scale: number
  readonly points: readonly {
    /** As written: `100 ms`. */
    readonly text: string
    readonly at: number
    /** Root mean square over units, examples and seeds. */
    readonly difference: number
  }[]
}

/** A refinement. */
export interface MeasuredRefinement {
  readonly left: string
  readonly right: string
  /** `when settled`, `as cells grow`. */
  readonly limit: string
  /** Of the limit's parameter: its name, or `time`. */
  readonly parameter: string
  readonly seeds: number
  readonly pairs: readonly MeasuredPair[]
  readonly holds: boolean
}
