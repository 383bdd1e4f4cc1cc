/** What is drawn along time. */

/** Values along time: `values` is [times, units]. */
export interface Series {
  readonly name: string
  /** Seconds in a run by a clock, otherwise numbers of steps. */
  readonly times: Float64Array
  readonly units: number
  readonly values: Float64Array
}
