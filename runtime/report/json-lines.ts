/**
 * A run for machines: one JSON object a line. `started`, then `step` for every measured step and
 * `epoch` for every epoch (the lines of `metrics.jsonl`), and at last `ended`.
 */
import type { Reporter } from '../train/reporter.ts'
import type { Write } from './lines.ts'

/** Reports a run as JSON lines; `extra` joins the first one, e.g. the name of the run. */
export function jsonLinesReporter(
  write: Write,
  extra: Readonly<Record<string, unknown>> = {},
): Reporter {
  const emit = (record: Readonly<Record<string, unknown>>) => write(`${JSON.stringify(record)}\n`)
  return {
    started({ plan, batches, examples, state, resumed }) {
      const { name: experiment, epochs, batch, seed } = plan
      const at = { epoch: state.epoch, step: state.step }
      emit({
        kind: 'started',
        ...extra,
        experiment,
        epochs,
        batch,
        seed,
        batches,
        examples,
        resumed,
        at,
      })
    },
    step({ epoch, step, scores, measures }) {
      if (scores) emit({ kind: 'step', epoch, step: step - 1, train: scores, measures })
    },
    evaluating() {},
    epoch({ record, improved, seconds }) {
      emit({ ...record, improved, seconds })
    },
    ended({ status, state }) {
      emit({ kind: 'ended', status, step: state.step, best: state.best, last: state.last })
    },
    failed() {},
  }
}
