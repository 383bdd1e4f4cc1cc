/** What is drawn along time. */

/** Values along time: `values` is [times, units]. */
export interface Series {
  readonly name: string
  /** Seconds in a run by a clock, otherwise numbers of steps. */
  readonly times: Float64Array
  readonly units: number
  readonly values: Float64Array
}

/** Events of units along time, one entry each: at `times[k]`, of unit `cells[k]`. */
export interface Events {
  readonly name: string
  /** As in a series; ascending. */
  readonly times: Float64Array
  readonly cells: Int32Array
  readonly units: number
  /** Between which times they were looked for. */
  readonly from: number
  readonly to: number
}

export const isEvents = (series: Series | Events): series is Events => 'cells' in series
