/** When a run is looked at: the steps at which measures and records are due. */
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

type RecordPlan = ExperimentPlan['records'][number]

export class Looks {
  readonly #plan: Pick<ExperimentPlan, 'measures' | 'records'>
  readonly #steps: number
  readonly #measureEvery: readonly number[]
  readonly #recordEvery: readonly number[]
  readonly #records: boolean

  /** `records`: whether anything is recorded, so that it matters when. */
  constructor(
    plan: Pick<ExperimentPlan, 'measures' | 'records'>,
    { steps, batches }: RunLength,
    records: boolean,
  ) {
    const inSteps = ({ unit, count }: Interval) => (unit === 'steps' ? count : count * batches)
    this.#plan = plan
    this.#steps = steps
    this.#measureEvery = plan.measures.map(({ every }) => inSteps(every))
    this.#recordEvery = plan.records.map(({ every }) => inSteps(every))
    this.#records = records
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

  /** What is recorded at a step, each name once; undefined for nothing. */
  recorded(step: number): Recorded | undefined {
    const due = this.#recordEvery.flatMap((every, i) => (fits(step, every) ? [{ every, i }] : []))
    if (due.length === 0) return undefined
    const names = (of: (plan: RecordPlan) => readonly string[]): readonly string[] => [
      ...new Set(due.flatMap(({ i }) => of(this.#plan.records[i]!))),
    ]
    return {
      shown: names(({ variables }) => variables),
      signals: names(({ times = [] }) => times),
      weights: names(({ weights }) => weights),
      groups: due.map(({ every }) => `record ${every}`),
    }
  }

  /** The first step from `step` on at which something is looked at. */
  next(step: number): number {
    let next = this.#measureEvery.length > 0 ? this.#steps - 1 : Number.POSITIVE_INFINITY
    const intervals = [...this.#measureEvery, ...(this.#records ? this.#recordEvery : [])]
    for (const every of intervals) next = Math.min(next, Math.ceil(step / every) * every)
    return next
  }

  /** What is looked at at the same steps has the same name. */
  measureGroup(measure: number): string {
    return `measure ${this.#measureEvery[measure]}`
  }
}

const fits = (step: number, every = 1): boolean => step % every === 0
