/**
 * How far a run is, as a line of text: a bar for the epoch (or the phase) and one for the run, the time left for
 * both, and how the error has gone. What a narrow terminal has no room for is left out, the least important first.
 *
 *     epoch 2/3  ━━━━━━━━────  155/250  0:05 left  run  ━━━━━━──────  0:23 left  ▇▆▄▃▂
 */
import type { ExperimentPlan } from '../../contract/plan.ts'
import { Timeline } from '../../contract/timeline.ts'
import type { RunStarted, StepDone } from '../train/reporter.ts'
import { formatDuration, formatTime } from './figures.ts'

/** What is known of a run's speed and course. */
export interface Pace {
  /** Seconds that a step takes, evaluations included; undefined until there is something to go by. */
  readonly seconds: number | undefined
  /** The course of the error in so many characters. */
  readonly course: (width: number) => string
}

const WIDE = 96
const MEDIUM = 64

/** See the module's head: parts, of which a line has as many as fit. */
export function progressParts(
  started: RunStarted,
  step: StepDone,
  pace: Pace,
  columns: number,
): readonly string[] {
  const { length, plan } = started
  const left = (steps: number): string[] =>
    pace.seconds === undefined ? [] : [`${formatDuration(pace.seconds * steps)} left`]
  const size = columns >= WIDE ? 12 : 8
  const run = [bar(step.step / length.steps, size), ...left(length.steps - step.step)]
  const inner = innerPart(started, step)
  const course = pace.course(size)
  const tail = course === '' ? [] : [course]
  if (!inner) return [...(step.phase === undefined ? [] : [step.phase]), ...run, ...tail]
  const { name, done, steps, count } = inner
  if (columns < MEDIUM) return [name, ...run, ...tail]
  const counted = columns >= WIDE ? [count] : []
  const own = [bar(done / steps, size), ...(plan.clock ? [] : counted), ...left(steps - done)]
  const [runBar = '', ...runLeft] = run
  return [name, ...own, 'run', runBar, ...(plan.clock ? counted : []), ...runLeft, ...tail]
}

/** The epoch, or the phase of a protocol, that a step belongs to; undefined where it is all of the run. */
function innerPart({ plan, length, epochs }: RunStarted, { step, epoch, batch, phase }: StepDone) {
  const { clock } = plan
  if (!clock) {
    if (epochs <= 1) return undefined
    const { batches } = length
    const count = `${String(batch).padStart(String(batches).length)}/${batches}`
    return { name: `epoch ${epoch}/${epochs}`, done: batch, steps: batches, count }
  }
  if (phase === undefined) return undefined
  const { begins, ends } = placeOf(plan, Math.max(0, step - 1))
  const last = Math.min(ends, length.steps)
  if (begins === 0 && last === length.steps) return undefined
  const count = `${formatTime(step * clock.step)} of ${formatTime(length.steps * clock.step)}`
  return { name: phase, done: step - begins, steps: last - begins, count }
}

const timelines = new WeakMap<ExperimentPlan, Timeline>()

/** The phase of a step. */
function placeOf(plan: ExperimentPlan, step: number) {
  const known = timelines.get(plan) ?? new Timeline(plan.phases, { batches: 0, batch: plan.batch })
  timelines.set(plan, known)
  return known.at(step)
}

function bar(fraction: number, size: number): string {
  const full = Math.max(0, Math.min(size, Math.round(fraction * size)))
  return '━'.repeat(full) + '─'.repeat(size - full)
}
