/**
 * Plain lines, for a log file or a pipe: one at the start, one for every epoch, or for every phase of a
 * run by a clock.
 */
import type { EpochDone, PhaseDone, Reporter, RunStarted } from '../train/reporter.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import {
  formatCount,
  formatDuration,
  formatScore,
  formatTime,
  headline,
  measureTexts,
  type ScorePlan,
} from './figures.ts'

/** Takes text to show. */
export type Write = (text: string) => void

/** More epochs than this share lines. */
const MOST_LINES = 100

/** Reports a run as plain lines. */
export function linesReporter(write: Write): Reporter {
  let started: RunStarted | undefined
  let told = 0
  return {
    started(info) {
      started = info
      write(`${startText(info)}\n`)
    },
    step() {},
    evaluating() {},
    epoch(info) {
      if (started && isKept(info.record.epoch, started.epochs))
        write(`${epochText(started, info)}\n`)
    },
    phase(info) {
      if (!started || !isKeptPhase(info, started, told)) return
      told = info.record.step
      write(`${phaseText(started.plan, info)}\n`)
    },
    ended() {},
    failed() {},
  }
}

/** Whether the line of `epoch` is shown for good, in a run of `epochs`. */
export function isKept(epoch: number, epochs: number): boolean {
  return epoch % Math.max(1, Math.ceil(epochs / MOST_LINES)) === 0 || epoch === epochs
}

/**
 * Whether the line of a phase is shown for good, after one that ended at step `told`: of many short
 * phases only some.
 */
export function isKeptPhase(
  { record }: PhaseDone,
  { length, plan }: RunStarted,
  told: number,
): boolean {
  const few = plan.phases.every(({ kind }) => kind === 'phase') && plan.phases.length <= MOST_LINES
  return few || record.step - told >= length.steps / MOST_LINES || record.step === length.steps
}

/**
 * `8,000 training, 2,000 test examples; 250 steps of 32 an epoch`, or by a clock `210,000 steps of
 * 10 ms, 2100 s in all`.
 */
export function startText({ plan, length, examples, state, resumed }: RunStarted): string {
  const from = resumed ? `; going on after step ${formatCount(state.step)}` : ''
  if (plan.clock) {
    const { step, steps } = plan.clock
    const count = `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}`
    return `${count} of ${formatTime(step)}, ${formatTime(step * steps)} in all${from}`
  }
  const { batches } = length
  const { train = 0, validation = 0, test = 0 } = examples ?? {}
  const parts = [
    `${formatCount(train)} training`,
    ...(validation > 0 ? [`${formatCount(validation)} validation`] : []),
    `${formatCount(test)} test examples`,
  ]
  const steps = `${formatCount(batches)} ${batches === 1 ? 'step' : 'steps'} of ${plan.batch} an epoch`
  return `${parts.join(', ')}; ${steps}${from}`
}

/** What the numbers of evaluations count. */
export const roundWord = ({ clock }: Pick<ExperimentPlan, 'clock'>): string =>
  clock ? 'evaluation' : 'epoch'

/** `epoch 1/3  0:12  test error 8.90 %  train error 12.00 %  angle(W, backprop) 23.1°`. */
export function epochText(
  { plan, epochs }: Pick<RunStarted, 'plan' | 'epochs'>,
  { record, improved, seconds }: EpochDone,
  columns = Number.POSITIVE_INFINITY,
): string {
  const { epoch, phase, train, measures = {}, validation, test } = record
  const best = improved && epoch > 0 ? '  best so far' : ''
  const parts = [
    `${roundWord(plan)} ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    ...(phase === undefined ? [] : [phase]),
    ...(record.t === undefined ? [] : [`at ${formatTime(record.t)}`]),
    formatDuration(seconds),
    ...headlineTexts(plan, 'validation', validation),
    ...headlineTexts(plan, 'test', test),
    ...headlineTexts(plan, 'train', train),
    ...measureTexts(plan, measures),
  ]
  return `${fitting(parts, columns - best.length)}${best}`
}

/** `up  to 40 s  0:04  rate 9.93 Hz`. */
export function phaseText(
  plan: ExperimentPlan,
  { record, seconds }: PhaseDone,
  columns = Number.POSITIVE_INFINITY,
): string {
  const { phase, t, measures } = record
  const parts = [
    ...(phase === undefined ? [] : [phase]),
    `to ${formatTime(t)}`,
    formatDuration(seconds),
    ...measureTexts(plan, measures),
  ]
  return fitting(parts, columns)
}

/** The parts that a line of so many characters has room for, the first ones first. */
export function fitting(parts: readonly string[], columns: number): string {
  let line = parts[0] ?? ''
  for (const part of parts.slice(1)) {
    if (line.length + part.length + 2 > columns) break
    line += `  ${part}`
  }
  return line
}

function headlineTexts(
  plan: ScorePlan,
  part: string,
  scores: Readonly<Record<string, number>> = {},
): string[] {
  const name = headline(scores)
  return name === undefined ? [] : [`${part} ${name} ${formatScore(name, scores[name]!, plan)}`]
}
