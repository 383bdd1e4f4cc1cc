/**
 * Windows of learning through time, in steps: where each ends, so that the network goes back through it. They are
 * counted from where a presentation begins, or from that of the run where nothing is presented.
 */
import { afterWindowName, type ExperimentPlan } from '../../contract/plan.ts'
import type { Network, Rates } from '../engine/network.ts'
import type { Batch } from './present.ts'

/** The step after the last one of the window that a step is in; infinite where nothing learns through time. */
export function windowEnd(
  { clock, data }: Pick<ExperimentPlan, 'clock' | 'data'>,
  step: number,
): number {
  if (clock?.window === undefined) return Number.POSITIVE_INFINITY
  const [from, hold] = data ? heldFrom(clock.hold, step) : [0, Number.POSITIVE_INFINITY]
  const past = Math.floor((step - from) / clock.window)
  return from + Math.min(hold, (past + 1) * clock.window)
}

const heldFrom = (hold: number, step: number): readonly [number, number] => [
  step - (step % hold),
  hold,
]

/** The measures of a step, which is done, and ends the window that it is the last of. */
export function measuredStep(
  plan: ExperimentPlan,
  network: Network,
  step: number,
  { count, inputs }: Batch,
  rates: Rates,
): Readonly<Record<string, number>> {
  const figures = network.measuredStep(count, inputs, rates)
  endWindow(plan, network, step, rates)
  const moved = plan.measures.filter(({ ofWindow }) => ofWindow)
  if (moved.length === 0 || windowEnd(plan, step) !== step + 1) return figures
  // Of weights that were just moved.
  const after = network.derived()
  const own = moved.flatMap(({ outputs }) =>
    outputs.map((name) => [name, after[afterWindowName(name)]?.data[0] ?? Number.NaN] as const),
  )
  return { ...figures, ...Object.fromEntries(own) }
}

/** Goes back through the window that a step was the last of, if it was that of one; to be called after each step. */
export function endWindow(
  plan: ExperimentPlan,
  network: Network,
  step: number,
  rates: Rates,
): void {
  const { clock, data } = plan
  if (clock?.window === undefined || windowEnd(plan, step) !== step + 1) return
  const from = data ? heldFrom(clock.hold, step)[0] : 0
  const steps = 1 + ((step - from) % clock.window)
  network.endWindow?.(steps, rates)
}
