/**
 * A run on a terminal: bars of the epoch and of the run with the time left and live figures on the last line, redrawn
 * in place a few times a second, and above it one line for every epoch, or phase, that is done.
 *
 *     epoch 0/3  0:01  test error 90.11 %
 *     epoch 1/3  0:21  test error 12.30 %  train error 20.42 %  angle(W, backprop) 31.0°
 *     epoch 2/3  ━━━━━━━━────  155/250  0:05 left  run  ━━━━━━──────  0:23 left  ▇▆▄▃▂  loss 0.0312  ...
 */
import pc from 'picocolors'
import type { Scores } from '../train/evaluate.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { Reporter, RunStarted, StepDone } from '../train/reporter.ts'
import { headline, measureTexts, overallOutput, scoreTexts } from './figures.ts'
import {
  epochText,
  fitting,
  isKept,
  isKeptPhase,
  phaseText,
  roundWord,
  startText,
  type Write,
} from './lines.ts'
import { progressParts } from './progress.ts'
import { Sparkline } from './sparkline.ts'
import { monotonic } from '../support/monotonic.ts'

/** Where to draw. */
export interface TerminalOptions {
  readonly write: Write
  /** Width in characters; asked again before every drawing. */
  readonly columns: () => number
  readonly colour: boolean
  /** Milliseconds; default one that is never set back. */
  readonly clock?: () => number
}

const REDRAW = 100
const CLEAR_LINE = '\r\u001b[2K'

/** Reports a run on a terminal. */
export function terminalReporter(options: TerminalOptions): Reporter {
  return new Terminal(options)
}

class Terminal implements Reporter {
  readonly #options: TerminalOptions
  readonly #clock: () => number
  readonly #colours: ReturnType<typeof pc.createColors>
  #info: RunStarted | undefined
  /** The first step seen, from which the time left is told: it alone takes long to warm up. */
  #first: { readonly step: number; readonly time: number } | undefined
  #drawnAt = Number.NEGATIVE_INFINITY
  #live = false
  /** The step that the last line of a phase was about. */
  #told = 0
  readonly #course = new Sparkline()
  #scores: Scores = {}
  #measures: Readonly<Record<string, number>> = {}

  constructor(options: TerminalOptions) {
    this.#options = options
    this.#clock = options.clock ?? monotonic
    this.#colours = pc.createColors(options.colour)
  }

  started(info: RunStarted): void {
    this.#info = info
    this.#print(this.#colours.dim(startText(info)))
  }

  step(info: StepDone): void {
    if (info.scores) this.#scores = info.scores
    if (info.measures) this.#measures = info.measures
    if (this.#info) this.#course.add(headlineValue(this.#info.plan, info))
    const now = this.#clock()
    this.#first ??= { step: info.step, time: now }
    if (now - this.#drawnAt < REDRAW || !this.#info) return
    this.#drawnAt = now
    this.#draw(this.#liveText(this.#info, info))
  }

  evaluating(epoch: number): void {
    if (this.#info)
      this.#draw(`${roundWord(this.#info.plan)} ${epoch}/${this.#info.epochs}  evaluating`)
  }

  epoch(info: Parameters<Reporter['epoch']>[0]): void {
    const started = this.#info
    if (!started || !isKept(info.record.epoch, started.epochs)) return
    const text = epochText(started, info, this.#options.columns())
    this.#print(text.replace(/best so far$/, (best) => this.#colours.green(best)))
  }

  phase(info: Parameters<Reporter['phase']>[0]): void {
    const started = this.#info
    if (!started || !isKeptPhase(info, started, this.#told)) return
    this.#told = info.record.step
    this.#print(phaseText(started.plan, info, this.#options.columns()))
  }

  ended(): void {
    this.#erase()
  }

  failed(): void {
    this.#erase()
  }

  #liveText(started: RunStarted, step: StepDone): string {
    const first = this.#first
    const done = step.step - (first?.step ?? step.step)
    const seconds = done > 0 ? (this.#clock() - (first?.time ?? 0)) / 1000 / done : undefined
    const columns = this.#options.columns()
    const pace = { seconds, course: (width: number) => this.#course.text(width) }
    const place = progressParts(started, step, pace, columns)
    const figures = liveFigures(started.plan, this.#scores, this.#measures)
    return fitting([...place, ...figures], columns - 1)
  }

  /** A line that stays. */
  #print(text: string): void {
    this.#erase()
    this.#options.write(`${text}\n`)
  }

  /** The line that changes; cut to the width, as a wrapped line cannot be erased. */
  #draw(text: string): void {
    const cut = [...text].slice(0, Math.max(1, this.#options.columns() - 1)).join('')
    this.#options.write(`${CLEAR_LINE}${this.#colours.cyan(cut)}`)
    this.#live = true
  }

  #erase(): void {
    if (this.#live) this.#options.write(CLEAR_LINE)
    this.#live = false
  }
}

function liveFigures(
  plan: ExperimentPlan,
  scores: Scores,
  measures: Readonly<Record<string, number>>,
): string[] {
  return [...scoreTexts(scores), ...measureTexts(plan, measures)]
}

/** What the course is of: the score that people look at first, or else the first measure. */
function headlineValue(plan: ExperimentPlan, { scores, measures }: StepDone): number {
  const score = scores && headline(scores)
  if (scores && score !== undefined) return scores[score]!
  const [measure] = plan.measures
  const output = measure && overallOutput(measure)
  return (output === undefined ? undefined : measures?.[output]) ?? Number.NaN
}
