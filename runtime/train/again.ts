/** Steps of a run that are done once more, exactly as they were: their phase, its perturbations, what is presented, rates. */
import type { Place } from '../../contract/timeline.ts'
import type { Rates } from '../engine/network.ts'
import type { Run } from './parts.ts'
import type { PhaseSettings } from './phase-settings.ts'
import type { Batch } from './present.ts'
import { ratesAt } from './schedule.ts'
import type { RunState } from './state.ts'
import { beginStep, type Again } from './windows.ts'

/** A run, as far as its steps can be done again. */
interface Repeatable {
  readonly run: Pick<Run, 'network' | 'feed' | 'plan' | 'length' | 'timeline' | 'examples'>
  readonly settings: PhaseSettings
  readonly plateaus: () => RunState['plateaus']
  readonly perturb: (place: Place) => void
}

/** Sets what is set in a step; what it presents, and its rates. */
function enterStep(
  { run, settings, plateaus, perturb }: Repeatable,
  step: number,
  isPerturbed: boolean,
): { readonly batch: Batch; readonly rates: Rates } {
  const { feed, plan, length, timeline } = run
  const place = timeline.at(step)
  settings.enter(place.phase)
  if (isPerturbed && place.begins === step) perturb(place)
  return { batch: feed.batch(step), rates: ratesAt(plan, step, length, timeline, plateaus()) }
}

/** `prepare` readies the network for steps that are traced one by one, whose windows end as they did. */
export const againOf = (
  of: Repeatable,
): Again & { readonly prepare: (step: number) => ReturnType<typeof enterStep> } => ({
  prepare: (step) => {
    const entered = enterStep(of, step, true)
    of.run.examples?.enter(step)
    beginStep(of.run.plan, of.run.network, step)
    return entered
  },
  step: (step, isFirst) => {
    const { batch, rates } = enterStep(of, step, !isFirst)
    of.run.network.step(batch.count, batch.inputs, rates)
  },
  enter: (step) => of.settings.enter(of.run.timeline.at(step).phase),
})
