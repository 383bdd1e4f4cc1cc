/**
 * Plain lines, for a log file or a pipe: one at the start, one an epoch, one at the end.
 */
import type { EpochDone, Reporter, RunStarted } from '../train/reporter.ts'
import type { ExperimentPlan } from '../train/plan.ts'
import { formatCount, formatDuration, formatScore, headline, measureTexts } from './figures.ts'

/** Takes text to show. */
export type Write = (text: string) => void

/** More epochs than this share lines. */
const MOST_LINES = 100

/** Reports a run as plain lines. */
export function linesReporter(write: Write): Reporter {
  let plan: ExperimentPlan | undefined
  return {
    started(info) {
      plan = info.plan
      write(`${startText(info)}\n`)
    },
    step() {},
    evaluating() {},
    epoch(info) {
      if (plan && isKept(info.record.epoch, plan.epochs)) write(`${epochText(plan, info)}\n`)
    },
    ended() {},
    failed() {},
  }
}

/** Whether the line of `epoch` is shown for good, in a run of `epochs`. */
export function isKept(epoch: number, epochs: number): boolean {
  return epoch % Math.ceil(epochs / MOST_LINES || 1) === 0 || epoch === epochs
}

/** `8,000 training, 2,000 test examples; 250 steps of 32 an epoch`. */
export function startText({ plan, batches, examples, state, resumed }: RunStarted): string {
  const parts = [
    `${formatCount(examples.train)} training`,
    ...(examples.validation > 0 ? [`${formatCount(examples.validation)} validation`] : []),
    `${formatCount(examples.test)} test examples`,
  ]
  const steps = `${formatCount(batches)} ${batches === 1 ? 'step' : 'steps'} of ${plan.batch} an epoch`
  const from = resumed ? `; going on after step ${formatCount(state.step)}` : ''
  return `${parts.join(', ')}; ${steps}${from}`
}

/** `epoch 1/3  0:12  test error 8.90 %  train error 12.00 %  angle(W, backprop) 23.1°`. */
export function epochText(
  plan: ExperimentPlan,
  { record, improved, seconds }: EpochDone,
  columns = Number.POSITIVE_INFINITY,
): string {
  const { epoch, phase, train, measures = {}, validation, test } = record
  const best = improved && epoch > 0 ? '  best so far' : ''
  const parts = [
    `epoch ${String(epoch).padStart(String(plan.epochs).length)}/${plan.epochs}`,
    ...(phase ? [phase] : []),
    formatDuration(seconds),
    ...headlineTexts('validation', validation),
    ...headlineTexts('test', test),
    ...headlineTexts('train', train),
    ...measureTexts(plan, measures),
  ]
  return `${fitting(parts, columns - best.length)}${best}`
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

function headlineTexts(part: string, scores: Readonly<Record<string, number>> = {}): string[] {
  const name = headline(scores)
  return name === undefined ? [] : [`${part} ${name} ${formatScore(name, scores[name]!)}`]
}
