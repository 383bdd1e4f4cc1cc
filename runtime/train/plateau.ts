/**
 * Learning rates that are lowered where a figure no longer falls: PyTorch's ReduceLROnPlateau in its mode `min`
 * with a relative threshold. It is looked at after each epoch in which the optimiser moved its weights; the
 * evaluation before the first one does not count.
 *
 * All rates that there were are kept with the step from which they hold, so that steps that are gone through
 * again have theirs.
 */
import type { ExperimentPlan, FigureChoice, PlateauSchedule } from '../../contract/plan.ts'
import type { Timeline } from '../../contract/timeline.ts'

/** Where the schedule of one optimiser stands. */
export interface PlateauState {
  readonly best?: number
  /** Epochs in a row without a better figure. */
  readonly bad: number
  /** Epochs that do not count, after a reduction. */
  readonly resting: number
  /** The first step of each lower rate, in order. */
  readonly rates: readonly (readonly [step: number, rate: number])[]
}

/** By the name of the optimiser; those that were never looked at have none. */
export type PlateauStates = Readonly<Record<string, PlateauState>>

/** A change of a rate that is no greater than this is none. */
const SMALL = 1e-8

const fresh: PlateauState = { bad: 0, resting: 0, rates: [] }

/** The rate at a step, of one that begins with `rate`. */
export function plateauRate(state: PlateauState | undefined, rate: number, step: number): number {
  return state?.rates.findLast(([from]) => from <= step)?.[1] ?? rate
}

/** Where the schedules stand after the figures of the epoch that lies between two steps. */
export function afterEpoch(
  { optimisers }: Pick<ExperimentPlan, 'optimisers'>,
  states: PlateauStates,
  [from, to]: readonly [number, number],
  timeline: Timeline,
  valueOf: (choice: FigureChoice) => number | undefined,
): PlateauStates {
  const next: Record<string, PlateauState> = { ...states }
  for (const { name, rate, schedule } of optimisers) {
    if (schedule.kind !== 'plateau') continue
    const still = timeline.stillBefore(name, to) - timeline.stillBefore(name, from)
    const value = valueOf(schedule)
    if (still === to - from || value === undefined || Number.isNaN(value)) continue
    next[name] = looked(schedule, states[name] ?? fresh, { rate, step: to, value })
  }
  return next
}

function looked(
  { factor, patience, threshold, cooldown, least }: PlateauSchedule,
  { best, bad, resting, rates }: PlateauState,
  { rate, step, value }: { readonly rate: number; readonly step: number; readonly value: number },
): PlateauState {
  const isBetter = best === undefined || value < best * (1 - threshold)
  const counted = isBetter || resting > 0 ? 0 : bad + 1
  const better = isBetter ? value : best
  const rested = Math.max(0, resting - 1)
  if (counted <= patience) return { best: better, bad: counted, resting: rested, rates }
  const old = rates.at(-1)?.[1] ?? rate
  const lower = Math.max(old * factor, least)
  const all = old - lower > SMALL ? [...rates, [step, lower] as const] : rates
  return { best: better, bad: 0, resting: cooldown, rates: all }
}
