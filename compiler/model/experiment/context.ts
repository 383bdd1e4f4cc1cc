/** What statements of an experiment are resolved with. */
import type { Bound } from '../bind/index.ts'
import type { Context } from '../context.ts'
import type { Freedom } from '../freedom.ts'
import type { Model } from '../model.ts'

/** Seconds of a step, of a circuit with a past. */
export type Step = number | 'unknown' | undefined

export interface Resolving {
  readonly diagnostics: Context
  readonly model: Model
  /** What names refer to. */
  readonly bound: Bound
  readonly freedom: Freedom
  readonly sources: ReadonlyMap<string, string>
  /** Seconds of a step; undefined for a circuit without a past, `unknown` where it was not said. */
  readonly step: Step
}
