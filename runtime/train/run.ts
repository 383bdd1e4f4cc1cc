/**
 * Runs an experiment: by epochs of training steps, each followed by an evaluation, or a circuit with a
 * past by a clock. See `state.ts` for how a run is counted, `stepper.ts` for what it depends on.
 */
import { Augmenter } from '../data/augment.ts'
import { DataError, type LoadedDataset } from '../data/types.ts'
import type { Network } from '../engine/network.ts'
import { ClockRun } from './clock-run.ts'
import { exampleStates } from './example-states.ts'
import { EpochRun } from './epoch-run.ts'
import { feedFor } from './feeds.ts'
import { lengthOf } from './longer.ts'
import type { RunOptions } from './options.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import { Presenter } from './present.ts'
import type { Reporter, RunResult } from './reporter.ts'
import type { Run } from './parts.ts'
import { Timeline } from '../../contract/timeline.ts'

/**
 * Runs the experiment to its end or to an interrupt; `data` are absent where the plan has none.
 * Throws RunError if a weight, score or variable is no longer finite; the last checkpoint then is of a
 * step before.
 */
export async function runExperiment(
  plan: ExperimentPlan,
  network: Network,
  data: LoadedDataset | undefined,
  options: RunOptions,
  reporter: Reporter,
): Promise<RunResult> {
  try {
    const presenter = data && presenterFor(plan, data)
    const batches = Math.ceil((data?.train.count ?? 0) / plan.batch)
    const timeline = new Timeline(plan.phases, { batches, batch: plan.batch })
    const feed = feedFor(plan, data?.train, presenter)
    const { clock } = plan
    const length = lengthOf(plan, data?.train.count ?? 0)
    if (clock) {
      const { initial: begin, examples: kept } = options
      const own = exampleStates(plan, network, feed, { begin, kept })
      const all = { plan, network: own?.network ?? network, feed, timeline, length, options }
      const run: Run = { ...all, reporter, ...(own && { examples: own }) }
      return await new ClockRun(run, clock, data).run()
    }
    if (!data || !presenter) throw new DataError('There are no training examples.')
    const run: Run = { plan, network, feed, timeline, length, options, reporter }
    return await new EpochRun(run, data, presenter).run()
  } catch (error) {
    reporter.failed(error)
    throw error
  }
}

function presenterFor(plan: ExperimentPlan, data: LoadedDataset): Presenter {
  const { augment, smoothing = 0 } = plan.data ?? {}
  const augmenter = augment && new Augmenter(augment, data.plan.fields, data.zero ?? {}, plan.seed)
  return new Presenter(plan.present, data.plan, smoothing, augmenter, plan.clock?.hold)
}
