/**
 * Runs that are made longer: `--resume NAME --epochs 60`. A run goes on to the bit as if it had been so long
 * from the start, unless a learning rate follows the length of the whole run.
 */
import { Timeline } from '../../contract/timeline.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import { RunError } from './errors.ts'
import type { RunLength } from './schedule.ts'
import type { RunState } from './state.ts'

/** How long a run is; `count` is the number of training examples. */
export function lengthOf(plan: ExperimentPlan, count: number): RunLength {
  const { clock, epochs, batch, phases } = plan
  if (clock) return { steps: clock.steps, batches: clock.steps }
  const batches = Math.ceil(count / batch)
  const steps =
    epochs === undefined ? new Timeline(phases, { batches, batch }).steps : epochs * batches
  return { steps, batches }
}

/** Whether two plans are of runs that end at the same time, and for the same reasons. */
export function isAsLong(a: ExperimentPlan, b: ExperimentPlan): boolean {
  return endsAtOnce(a, b) && sameStops(a, b)
}

function endsAtOnce(a: ExperimentPlan, b: ExperimentPlan): boolean {
  return a.epochs === b.epochs && a.clock?.steps === b.clock?.steps
}

function sameStops({ stops: a = [] }: ExperimentPlan, { stops: b = [] }: ExperimentPlan): boolean {
  return a.length === b.length && a.every(({ text }, i) => text === b[i]?.text)
}

/** The state of a run that goes on by another plan: where its conditions stand is of the old ones. */
export function stateFor(state: RunState, before: ExperimentPlan, after: ExperimentPlan): RunState {
  if (sameStops(before, after)) return state
  const { stops: _, stopped: __, ...rest } = state
  const { open } = rest
  if (!open) return rest
  const { stops: ___, stopped: ____, ...then } = open
  return { ...rest, open: then }
}

/** Throws RunError if a run that has done `done` steps cannot go on as one of another length. */
export function requireLengthens(
  name: string,
  before: ExperimentPlan,
  after: ExperimentPlan,
  length: RunLength,
  done: number,
): void {
  if (endsAtOnce(before, after)) return
  const amount = after.clock ? `${after.clock.steps} steps` : `${after.epochs} epochs`
  if (length.steps < done) {
    throw new RunError(
      `Run ${name} cannot become one of ${amount}: it has done ${done} steps already.`,
    )
  }
  // In a run by a clock an epoch is the whole run.
  const follows = after.optimisers.find(
    ({ schedule: { kind } }) =>
      kind === 'cosine' ||
      kind === 'linear' ||
      (after.clock && (kind === 'step' || kind === 'warmup')),
  )
  if (follows && done > 0) {
    throw new RunError(
      `Run ${name} cannot become one of ${amount}: the schedule of ${follows.name} follows the length of the ` +
        'whole run, so that its learning rates would have been others from the start. Start a new run.',
    )
  }
}

/** What to tell of a run that was finished before; undefined if it is not. */
export function finishedText(
  name: string,
  { epochs, clock }: ExperimentPlan,
  stopped: string | undefined,
): string {
  if (stopped !== undefined)
    return `Run ${name} has ended already: ${stopped}. Go on in spite of that by --no-stop.`
  const [done, option] = clock
    ? [`${clock.steps} steps`, `--steps ${2 * clock.steps}`]
    : [`${epochs} epochs`, `--epochs ${2 * Math.max(1, epochs ?? 1)}`]
  return epochs === undefined && !clock
    ? `Run ${name} is finished already. Make it longer by e.g. --epochs.`
    : `Run ${name} is finished already, after ${done}. Make it longer by e.g. ${option}.`
}
