/**
 * What a run by a clock came to at last: means over its last whole round, by the phases in it. A round is
 * one turn of the outermost repetition of the protocol, or a phase that stands by itself; without a
 * protocol, the run.
 */
import type { ExperimentPlan } from '../../contract/plan.ts'
import { timeAt } from '../../contract/timeline.ts'
import { RunningMeans } from '../train/means.ts'
import type { Round, RunState } from '../train/state.ts'
import { measureFigures } from './figures.ts'

/** The last round that was gone through, or the only one; undefined if nothing was measured. */
export function lastRound({ clock }: ExperimentPlan, state: RunState): Round | undefined {
  if (!clock || !state.rounds) return undefined
  const { current, last } = state.rounds
  return !last || (current.ends !== null && state.step >= current.ends) ? current : last
}

/** Means of each phase of a round, by name; of the run without a protocol, by an empty one. */
export function meansOf(round: Round): readonly [string, Readonly<Record<string, number>>][] {
  return Object.entries(round.phases).map(([name, state]) => [
    name,
    new RunningMeans(state).means(),
  ])
}

/** From when to when a round went, in seconds. */
export function timesOf({ clock }: ExperimentPlan, { step }: RunState, round: Round) {
  if (!clock) return { from: 0, to: 0 }
  const end = round.ends === null ? step : Math.min(round.ends, step)
  return { from: timeAt(clock, round.begins), to: timeAt(clock, end) }
}

/** A round as plain data, with units. */
export function roundFigures(plan: ExperimentPlan | undefined, round: Round) {
  if (!plan) return undefined
  return meansOf(round).map(([phase, measures]) => ({
    ...(phase !== '' && { phase }),
    figures: measureFigures(plan, measures),
  }))
}
