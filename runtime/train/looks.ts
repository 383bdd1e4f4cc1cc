/** When a run is looked at: the steps at which measures and records are due. */
import { segmentEnd } from './windows.ts'
import type { ExperimentPlan, Interval } from '../../contract/plan.ts'
import type { RunLength } from './schedule.ts'

/** What is recorded at a step. */
export interface Recorded {
  readonly shown: readonly string[]
  /** Signals of which the times are recorded. */
  readonly signals: readonly string[]
  readonly weights: readonly string[]
  /** What is looked at at the same steps has the same name. */
  readonly groups: readonly string[]
}

/** What is looked at at every step. */
export const EVERY_STEP = 'record 1'

type RecordPlan = ExperimentPlan['records'][number]

export class Looks {
  readonly #plan: Pick<ExperimentPlan, 'measures' | 'records' | 'clock' | 'data'>
  readonly #steps: number
  readonly #measureEvery: readonly number[]
  readonly #recordEvery: readonly number[]
  readonly #records: boolean
  /** What is recorded, by the numbers of the records that are due: mostly the same step after step. */
  readonly #recorded = new Map<string, Recorded>()
  /** Signals of which every event is listed on the way, so that no step waits for it; none if the engine cannot. */
  readonly listed: readonly string[]

  /** `records`: whether anything is recorded, so that it matters when; `lists`: whether steps list events. */
  constructor(
    plan: Pick<ExperimentPlan, 'measures' | 'records' | 'clock' | 'data'>,
    { steps, batches }: RunLength,
    { records, lists }: Readonly<Record<'records' | 'lists', boolean>>,
  ) {
    const inSteps = ({ unit, count }: Interval) => (unit === 'steps' ? count : count * batches)
    this.#plan = plan
    this.#steps = steps
    this.#measureEvery = plan.measures.map(({ every }) => inSteps(every))
    this.#recordEvery = plan.records.map(({ every }) => inSteps(every))
    this.#records = records
    const own = plan.records.filter((_, i) => this.#listsAlone(i))
    this.listed = records && lists ? [...new Set(own.flatMap(({ times = [] }) => times))] : []
  }

  /** Numbers of the measures that are due at a step: all of them at the last one. */
  dueMeasures(step: number): number[] {
    const all = [...this.#measureEvery.keys()]
    return step === this.#steps - 1 ? all : all.filter((i) => this.isDue(step, i))
  }

  /** Whether a step is one at which a measure is taken, whether or not it is the last. */
  isDue(step: number, measure: number): boolean {
    return fits(step, this.#measureEvery[measure])
  }

  /** The measures whose interval is so long that none was taken but in the first step, when a run ends with `step`. */
  takenOnce(step: number): number[] {
    return [...this.#measureEvery.keys()].filter(
      (i) => step > 0 && step < (this.#measureEvery[i] ?? 1),
    )
  }

  /** What is recorded at a step, each name once; undefined for nothing. */
  recorded(step: number): Recorded | undefined {
    const due = this.#recordEvery.flatMap((every, i) => (fits(step, every) ? [i] : []))
    if (due.length === 0) return undefined
    const key = due.join(' ')
    const known = this.#recorded.get(key)
    if (known) return known
    const names = (of: (plan: RecordPlan) => readonly string[]): readonly string[] => [
      ...new Set(due.flatMap((i) => of(this.#plan.records[i]!))),
    ]
    const found = {
      shown: names(({ variables }) => variables),
      signals: names(({ times = [] }) => times),
      weights: names(({ weights }) => weights),
      groups: due.map((i) => `record ${this.#recordEvery[i]}`),
    }
    this.#recorded.set(key, found)
    return found
  }

  /** The first step from `step` on at which something is looked at. */
  next(step: number): number {
    let next = this.#measureEvery.length > 0 ? this.#steps - 1 : Number.POSITIVE_INFINITY
    const waits = (record: number): boolean => this.listed.length === 0 || !this.#listsAlone(record)
    const records = this.#recordEvery.filter((_, i) => waits(i))
    const intervals = [...this.#measureEvery, ...(this.#records ? records : [])]
    for (const every of intervals) next = Math.min(next, Math.ceil(step / every) * every)
    return Math.min(next, segmentEnd(this.#plan, step))
  }

  /** Whether a record is of the events of every step, and of nothing else. */
  #listsAlone(record: number): boolean {
    const { variables, weights, times = [] } = this.#plan.records[record]!
    const isAlone = variables.length === 0 && weights.length === 0 && times.length > 0
    return isAlone && this.#recordEvery[record] === 1
  }

  /** What is looked at at the same steps has the same name. */
  measureGroup(measure: number): string {
    return `measure ${this.#measureEvery[measure]}`
  }
}

const fits = (step: number, every = 1): boolean => step % every === 0
