/**
 * Copies that are run side by side, on a terminal or as plain lines: a line for each epoch, or phase, once all copies
 * that are still going have passed it, with the mean over them and its standard error.
 *
 *     epoch  20/600  0:01  test error 25.00 ± 6.68 %  train error 31.25 ± 5.66 %
 *
 * Of copies that set values of their own no mean is taken, but the least and the greatest are told.
 */
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { Scores } from '../train/evaluate.ts'
import { silentReporter, type Reporter, type RunStarted } from '../train/reporter.ts'
import type { EpochRecord, PhaseRecord, RunState } from '../train/state.ts'
import {
  formatDuration,
  formatMeasure,
  formatTime,
  headline,
  overallOutput,
  scaled,
  scoreFigures,
  type Figure,
} from './figures.ts'
import { fitting, isKept, isKeptPhase, roundWord, startText } from './lines.ts'
import { lastRound, meansOf } from './rounds.ts'
import { meanOf, spreadText, type Spread } from './spread.ts'

/** Where the lines go. */
export interface CopiesOptions {
  /** A line that stays. */
  readonly print: (line: string) => void
  /** What stands below them until the next one; absent where nothing can be drawn anew. */
  readonly draw?: (line: string) => void
  /** Width in characters; asked again before every line. */
  readonly columns: () => number
  /** Whether copies set values of their own, over which no mean is taken: lines tell from where to where figures go. */
  readonly varied?: boolean
}

/** A figure over copies. */
export interface FigureOfCopies extends Spread {
  readonly name: string
  readonly unit?: string
}

type Round = { readonly record: EpochRecord | PhaseRecord; readonly seconds: number }

/** A copy as far as it has told. */
interface Copy {
  /** The number of its last epoch, or the last step of its last phase; -1 before. */
  at: number
  ended: boolean
}

/** See the module's head. */
export class CopiesReport {
  readonly #options: CopiesOptions
  readonly #copies: ReadonlyMap<string, Copy>
  /** By number what copies told of an epoch or phase that is not printed yet. */
  readonly #rounds = new Map<number, Round[]>()
  #started: RunStarted | undefined
  /** The step that the last line of a phase was about. */
  #told = 0
  /** What all copies have passed that are still going. */
  #passed = -1

  /** `names`: what tells copies apart. */
  constructor(names: readonly string[], options: CopiesOptions) {
    this.#options = options
    this.#copies = new Map(names.map((name) => [name, { at: -1, ended: false }]))
  }

  /** What a copy tells goes here. */
  of(name: string): Reporter {
    const copy = this.#copies.get(name)
    if (!copy) throw new Error(`there is no copy called ${name}`)
    const reached = (at: number, round: Round): void => {
      copy.at = at
      this.#rounds.set(at, [...(this.#rounds.get(at) ?? []), round])
      this.#printReached()
    }
    const end = (): void => {
      copy.ended = true
      this.#printReached()
    }
    return {
      ...silentReporter,
      started: (info) => this.#start(info),
      epoch: (done) => reached(done.record.epoch, done),
      phase: (done) => reached(done.record.step, done),
      ended: end,
      failed: end,
    }
  }

  #start(info: RunStarted): void {
    if (!this.#started) this.#options.print(startText(info))
    this.#started ??= info
  }

  /** Prints what all copies that are still going have passed. */
  #printReached(): void {
    const going = [...this.#copies.values()].filter(({ ended }) => !ended)
    const passed = Math.min(...going.map(({ at }) => at))
    if (passed === this.#passed) return
    this.#passed = passed
    const numbers = [...this.#rounds.keys()].filter((at) => at <= passed).toSorted((a, b) => a - b)
    for (const at of numbers) {
      this.#print(this.#rounds.get(at)!)
      this.#rounds.delete(at)
    }
    const done = this.#copies.size - going.length
    if (done > 0) this.#options.draw?.(`${done} of ${this.#copies.size} copies done`)
  }

  #print(rounds: readonly Round[]): void {
    const [first] = rounds
    const started = this.#started
    if (!first || !started) return
    const { record } = first
    const { plan, epochs } = started
    const isShown =
      record.kind === 'epoch'
        ? isKept(record.epoch, epochs)
        : isKeptPhase({ record, seconds: first.seconds }, started, this.#told)
    if (!isShown) return
    if (record.kind === 'phase') this.#told = record.step
    const seconds = Math.max(...rounds.map((each) => each.seconds))
    const lines = rounds.map((each) => lineFigures(plan, each.record))
    const texts = this.#options.varied
      ? rangesOfCopies(lines)
      : figuresOfCopies(lines).map((each) => `${each.name} ${spreadText(each, each.unit)}`)
    const parts = [
      ...placeTexts(plan, record, epochs),
      formatDuration(seconds),
      ...(rounds.length < this.#copies.size
        ? [`${rounds.length} of ${this.#copies.size} copies`]
        : []),
      ...texts,
    ]
    this.#options.print(fitting(parts, this.#options.columns()))
  }
}

function placeTexts(
  plan: ExperimentPlan,
  record: EpochRecord | PhaseRecord,
  epochs: number,
): readonly string[] {
  const phase = record.phase === undefined ? [] : [record.phase]
  if (record.kind === 'phase') return [...phase, `to ${formatTime(record.t)}`]
  const number = String(record.epoch).padStart(String(epochs).length)
  const at = record.t === undefined ? [] : [`at ${formatTime(record.t)}`]
  return [`${roundWord(plan)} ${number}/${epochs}`, ...phase, ...at]
}

/** The figures of a line: the first score of each part, and the overall value of each measure that is no score. */
function lineFigures(plan: ExperimentPlan, record: EpochRecord | PhaseRecord): readonly Figure[] {
  const parts = record.kind === 'epoch' ? (['validation', 'test', 'train'] as const) : []
  const scores = parts.flatMap((part) => {
    const found = record.kind === 'epoch' ? (record[part] ?? {}) : {}
    const name = headline(found)
    return name === undefined ? [] : scoreFigure(plan, part, name, found)
  })
  return [...scores, ...overallFigures(plan, record.measures ?? {})]
}

const scoreFigure = (
  plan: ExperimentPlan,
  part: string,
  name: string,
  scores: Scores,
): readonly Figure[] => scoreFigures(part, { [name]: scores[name]! }, plan)

function overallFigures(
  plan: ExperimentPlan,
  values: Readonly<Record<string, number>>,
  suffix = '',
): readonly Figure[] {
  return plan.measures.flatMap((measure) => {
    const output = overallOutput(measure)
    const value = output === undefined ? undefined : values[output]
    if (value === undefined || (!plan.clock && plan.scores.includes(output!))) return []
    const { label, unit, scale } = measure
    return [
      {
        name: `${label}${suffix}`,
        value: scaled(value, scale),
        ...(unit !== undefined && { unit }),
      },
    ]
  })
}

/** What a copy came to at its end: all scores of its last evaluation, and its measures. */
export function endFigures(plan: ExperimentPlan, state: RunState): readonly Figure[] {
  const record = state.evaluation ?? state.last
  const scores = (['validation', 'test'] as const).flatMap((part) => {
    const found = record?.kind === 'epoch' ? (record[part] ?? {}) : {}
    return Object.keys(found)
      .toSorted((a, b) => Number(b === headline(found)) - Number(a === headline(found)))
      .flatMap((name) => scoreFigure(plan, part, name, found))
  })
  const round = lastRound(plan, state)
  const measures = round
    ? meansOf(round).flatMap(([phase, values]) =>
        overallFigures(plan, values, phase === '' ? '' : ` in ${phase}`),
      )
    : overallFigures(plan, state.last?.measures ?? {})
  return [...scores, ...measures]
}

/** From where to where the same figures of several copies go: `test error 25.00 % to 31.25 %`. */
function rangesOfCopies(copies: readonly (readonly Figure[])[]): readonly string[] {
  const all = copies.flat()
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const found = all.filter((each) => each.name === name)
    const numbers = found.map(({ value }) => value).filter((value) => !Number.isNaN(value))
    const ends = numbers.length > 0 ? [Math.min(...numbers), Math.max(...numbers)] : [Number.NaN]
    const texts = new Set(ends.map((value) => formatMeasure(value, found[0]?.unit)))
    return `${name} ${[...texts].join(' to ')}`
  })
}

/** The same figures of several copies as means; of one that has no value in a copy, over the others. */
export function figuresOfCopies(copies: readonly (readonly Figure[])[]): readonly FigureOfCopies[] {
  const names = [...new Set(copies.flatMap((figures) => figures.map(({ name }) => name)))]
  return names.map((name) => {
    const found = copies.flatMap((figures) => figures.filter((each) => each.name === name))
    const unit = found[0]?.unit
    const values = found.map(({ value }) => value).filter((value) => !Number.isNaN(value))
    const spread = values.length > 0 ? meanOf(values) : { mean: Number.NaN, count: 0 }
    return { name, ...(unit !== undefined && { unit }), ...spread }
  })
}
