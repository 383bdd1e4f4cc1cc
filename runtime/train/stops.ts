/**
 * When a run ends before its time: `stop when ...`. A condition must have held, or a figure must not have
 * got lower, for as long as the plan says: in a run by epochs at so many evaluations in a row, in a run by
 * a clock at every measured step for so many steps.
 */
import type { StopPlan } from '../../contract/plan.ts'

/** Where a condition stands, in epochs or steps. */
export interface StopState {
  /** Since when it has held; absent while it does not. */
  readonly since?: number
  /** The lowest value so far, and when it was reached. */
  readonly best?: { readonly value: number; readonly at: number }
}

/** What has come of the conditions, in the order of the plan. */
export type StopStates = readonly StopState[]

/** Where conditions stand after figures at `at`, an epoch or a step; `stopped` is the text of one that is met. */
export function afterFigures(
  stops: readonly StopPlan[],
  states: StopStates,
  at: number,
  valueOf: (stop: StopPlan) => number | undefined,
): { readonly states: StopStates; readonly stopped?: string } {
  let stopped: string | undefined
  const next = stops.map((stop, i): StopState => {
    const before = states[i] ?? {}
    const value = valueOf(stop)
    if (value === undefined || Number.isNaN(value)) return before
    if (stop.test === 'stalls') {
      const best = !before.best || value < before.best.value ? { value, at } : before.best
      if (at - best.at >= stop.lasts.count) stopped ??= stop.text
      return { best }
    }
    if (!holds(stop, value)) return {}
    const since = before.since ?? at
    // Once is enough where nothing is said; n epochs are n evaluations in a row.
    const held = stop.lasts.unit === 'epochs' ? at - since + 1 : at - since
    const wanted = stop.lasts.unit === 'steps' && stop.lasts.count === 1 ? 0 : stop.lasts.count
    if (held >= wanted) stopped ??= stop.text
    return { since }
  })
  return { states: next, ...(stopped !== undefined && { stopped }) }
}

/** Whether a value is as a condition says; what stalls is no matter of one value. */
export function holds(
  { test, value: limit = 0 }: Pick<StopPlan, 'test' | 'value'>,
  value: number,
): boolean {
  switch (test) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case 'stalls':
      return false
  }
}
