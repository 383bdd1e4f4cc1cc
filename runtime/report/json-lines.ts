/**
 * A run for machines: one JSON object a line. `started`, then `step` for every measured step and
 * `epoch` for every epoch, or `phase` for every phase of a run by a clock (the lines of
 * `metrics.jsonl`), and at last `ended`, or `failed` if numbers were no longer finite.
 */
import type { ClockPlan, ExperimentPlan } from '../../contract/plan.ts'
import { json } from '../../contract/escape.ts'
import { RunError } from '../train/errors.ts'
import type { Reporter } from '../train/reporter.ts'
import { timeAt } from '../../contract/timeline.ts'
import type { Scores } from '../train/evaluate.ts'
import { measureFigures, scoreFigures } from './figures.ts'
import type { Write } from './lines.ts'
import { lastRound, roundFigures } from './rounds.ts'

interface Figured {
  readonly train?: Scores | undefined
  readonly validation?: Scores
  readonly test?: Scores
  readonly measures?: Readonly<Record<string, number>>
}

/**
 * Reports a run as JSON lines; `extra` joins the first one, e.g. the name of the run, and `each` every one. Beside
 * `measures`, which are in SI, `figures` lists every number by name, in the unit that it is told in.
 */
export function jsonLinesReporter(
  write: Write,
  extra: Readonly<Record<string, unknown>> = {},
  each: Readonly<Record<string, unknown>> = {},
): Reporter {
  const emit = (record: Readonly<Record<string, unknown>>) =>
    write(`${json({ ...record, ...each }, infinite)}\n`)
  let clock: ClockPlan | undefined
  let ofPlan: ExperimentPlan | undefined
  const figures = (record: Figured) => {
    const { train, validation, test, measures = {} } = record
    return [
      ...scoreFigures('train', train, ofPlan),
      ...scoreFigures('validation', validation, ofPlan),
      ...scoreFigures('test', test, ofPlan),
      ...(ofPlan ? measureFigures(ofPlan, measures) : []),
    ]
  }
  return {
    started({ plan, length, epochs, examples, state, resumed }) {
      const { name: experiment, batch, seed } = plan
      clock = plan.clock
      ofPlan = plan
      const at = { epoch: state.epoch, step: state.step }
      const extent = clock
        ? { steps: length.steps, stepSeconds: clock.step }
        : { epochs, batches: length.batches, examples }
      emit({ kind: 'started', ...extra, experiment, batch, seed, ...extent, resumed, at })
    },
    step({ epoch, step, phase, scores, measures }) {
      if (!measures) return
      const before = step - 1
      const told = { figures: figures({ train: scores, measures }) }
      if (clock)
        emit({ kind: 'step', step: before, t: timeAt(clock, before), phase, measures, ...told })
      else emit({ kind: 'step', epoch, step: before, train: scores, measures, ...told })
    },
    evaluating() {},
    epoch({ record, improved, seconds }) {
      emit({ ...record, figures: figures(record), improved, seconds })
    },
    phase({ record, seconds }) {
      emit({ ...record, figures: figures(record), seconds })
    },
    ended({ status, state }) {
      const { step, best, last, evaluation, stopped } = state
      const round = ofPlan && lastRound(ofPlan, state)
      emit({
        kind: 'ended',
        status,
        ...(stopped !== undefined && { stopped }),
        step,
        best,
        last,
        ...(evaluation && { evaluation }),
        ...(round && { round: roundFigures(ofPlan, round) }),
        figures: [...(evaluation ? figures(evaluation) : []), ...(last ? figures(last) : [])],
      })
    },
    failed(error) {
      if (!(error instanceof RunError) || !error.place) return
      const { variable, step, epoch, time } = error.place
      const at = clock ? { step, t: time } : { epoch, step }
      emit({ kind: 'failed', variable, ...at, message: error.message })
    },
  }
}

/** JSON has no word for infinity; NaN, which is no value, is null. */
export function infinite(_: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? String(value) : value
}

/** What `infinite` wrote, as numbers again; names are none. */
export function finiteAgain(key: string, value: unknown): unknown {
  const isNumber = (value === 'Infinity' || value === '-Infinity') && key !== 'phase'
  return isNumber ? Number(value) : value
}
