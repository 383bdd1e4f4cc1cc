/**
 * Multiplexing: which of the two messages of a spike train, event rate and burst probability, each type of
 * short-term plasticity with dynamics passes, from its equations. Plain data, which can be written as JSON.
 */
import type { Compilation } from '../../compiler/compile.ts'
import { diagnostic } from '../../grammar/diagnostics/create.ts'
import type { Diagnostic } from '../../grammar/diagnostics/diagnostic.ts'
import { analyticOf, type Analytic } from './analytic.ts'
import { mostStates } from './chain.ts'
import { Unsolvable } from './equations.ts'
import {
  courseOf,
  gainsOf,
  onsetOf,
  solverOf,
  type CoursePoint,
  type Gains,
  type OnsetPoint,
  type Shape,
} from './gains.ts'
import { terminalOf } from './terminal.ts'
import { dynamicTypes, type DynamicType } from './types.ts'

export type { CoursePoint, Gains, OnsetPoint, Shape } from './gains.ts'
export type { Analytic } from './analytic.ts'

/** For which spike trains. */
export interface TrainOptions extends Shape {
  /** Of events, in Hz. */
  readonly rates: readonly number[]
  /** More mixing than this, from 0 to 1/2, is warned of. */
  readonly mostMixing: number
}

/** Bursts of two spikes 10 ms apart, nothing new within 20 ms: those of the library's sources. */
export const usualTrains: TrainOptions = {
  rates: [1, 2, 5, 10, 15, 20, 30, 40],
  probability: 0.5,
  interval: 0.01,
  dead: 0.02,
  mostMixing: 0.45,
}

/** What a type passes, or why that cannot be said. */
export interface Multiplexed {
  /** `TsodyksMarkram(U = 0.5, tau_d = 100 ms)`. */
  readonly type: string
  /** What has it. */
  readonly of: readonly string[]
  /** Which signal it passes. */
  readonly passes: string
  /** Whether it follows a rate, in place of single spikes. */
  readonly isOfRates: boolean
  /** In the steady state, for each rate. */
  readonly steady: readonly Gains[]
  /** Along time, after a small step at the rate in the middle; `at`: that rate, in Hz. */
  readonly course: { readonly at: number; readonly points: readonly CoursePoint[] }
  readonly onset: readonly OnsetPoint[]
  /** In closed form, where there is one. */
  readonly analytic?: Analytic
  /** Why nothing is said. */
  readonly unknown?: string
}

/** What was found in a file. */
export interface Multiplexing {
  readonly trains: TrainOptions
  readonly types: readonly Multiplexed[]
  readonly diagnostics: readonly Diagnostic[]
}

/** How many events are followed along time. */
const followed = 8

/** See the module's head. */
export function multiplexing(
  compilation: Compilation,
  trains: TrainOptions = usualTrains,
): Multiplexing {
  const types = dynamicTypes(compilation)
  const all = types.map((type) => ({ type, found: ofType(type, trains) }))
  return {
    trains,
    types: all.map(({ found }) => found),
    diagnostics: all.flatMap(({ type, found }) => warnings(type, found, trains)),
  }
}

function ofType({ stp, text, of }: DynamicType, trains: TrainOptions): Multiplexed {
  const { rates, mostMixing: _, ...shape } = trains
  const middle = rates[Math.floor((rates.length - 1) / 2)] ?? 10
  const empty = {
    type: text,
    of,
    passes: stp.item.passes.name,
    isOfRates: false,
    steady: [],
    course: { at: middle, points: [] },
    onset: [],
  }
  try {
    const terminal = terminalOf(stp)
    if (terminal.states.length > mostStates && !terminal.isOfRates)
      return { ...empty, unknown: `it has more than ${mostStates} states` }
    const solver = solverOf(terminal, shape)
    const steady = gainsOf(solver, shape, rates)
    if (steady.some(({ transmitted }) => !Number.isFinite(transmitted)))
      return { ...empty, unknown: 'what it transmits is not finite' }
    const analytic = analyticOf(stp.item)
    return {
      ...empty,
      isOfRates: terminal.isOfRates,
      steady,
      course: { at: middle, points: courseOf(solver, shape, middle, followed) },
      onset: onsetOf(solver, shape, middle, followed),
      ...(analytic && { analytic }),
    }
  } catch (error) {
    if (error instanceof Unsolvable) return { ...empty, unknown: error.message }
    throw error
  }
}

/** A warning where the channels mix too much, at the rate where they do so most. */
function warnings(
  { span }: DynamicType,
  { type, steady, isOfRates }: Multiplexed,
  { mostMixing }: TrainOptions,
): readonly Diagnostic[] {
  const [worst] = steady.toSorted((a, b) => b.mixing - a.mixing)
  if (!worst || isOfRates || worst.mixing <= mostMixing) return []
  const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`
  return [
    diagnostic('channelsMix', span, {
      stp: type,
      rate: `${worst.rate} Hz`,
      share: percent(worst.ofBursts),
      mixing: percent(worst.mixing),
      most: percent(mostMixing),
    }),
  ]
}
