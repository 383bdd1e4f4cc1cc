/**
 * A run for machines: one JSON object a line. `started`, then `step` for every measured step and
 * `epoch` for every epoch, or `phase` for every phase of a run by a clock (the lines of
 * `metrics.jsonl`), and at last `ended`, or `failed` if numbers were no longer finite.
 */
import type { ClockPlan } from '../../contract/plan.ts'
import { RunError } from '../train/errors.ts'
import type { Reporter } from '../train/reporter.ts'
import { timeAt } from '../../contract/timeline.ts'
import type { Write } from './lines.ts'

/** Reports a run as JSON lines; `extra` joins the first one, e.g. the name of the run. */
export function jsonLinesReporter(
  write: Write,
  extra: Readonly<Record<string, unknown>> = {},
): Reporter {
  const emit = (record: Readonly<Record<string, unknown>>) => write(`${JSON.stringify(record)}\n`)
  let clock: ClockPlan | undefined
  return {
    started({ plan, length, epochs, examples, state, resumed }) {
      const { name: experiment, batch, seed } = plan
      clock = plan.clock
      const at = { epoch: state.epoch, step: state.step }
      const extent = clock
        ? { steps: length.steps, stepSeconds: clock.step }
        : { epochs, batches: length.batches, examples }
      emit({ kind: 'started', ...extra, experiment, batch, seed, ...extent, resumed, at })
    },
    step({ epoch, step, phase, scores, measures }) {
      if (!measures) return
      const before = step - 1
      if (clock) emit({ kind: 'step', step: before, t: timeAt(clock, before), phase, measures })
      else emit({ kind: 'step', epoch, step: before, train: scores, measures })
    },
    evaluating() {},
    epoch({ record, improved, seconds }) {
      emit({ ...record, improved, seconds })
    },
    phase({ record, seconds }) {
      emit({ ...record, seconds })
    },
    ended({ status, state }) {
      emit({ kind: 'ended', status, step: state.step, best: state.best, last: state.last })
    },
    failed(error) {
      if (!(error instanceof RunError) || !error.place) return
      const { variable, step, epoch, time } = error.place
      const at = clock ? { step, t: time } : { epoch, step }
      emit({ kind: 'failed', variable, ...at, message: error.message })
    },
  }
}
