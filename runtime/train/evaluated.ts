/**
 * Figures of test examples, put together from values for each example in some of the last steps. Every example
 * and step counts for its weight, 1 where nothing is said; what only fills a batch counts for nothing.
 */
import {
  evaluatedName,
  type EvaluatedName,
  type EvaluatedPlan,
  type EvaluationPlan,
} from '../../contract/plan.ts'
import type { NamedArray } from '../engine/network.ts'
import { ComparedFigures } from './compared.ts'
import { Intervals } from './intervals.ts'

/** Sums of one figure. */
interface Sums {
  weight: number
  /** Weighted mean of the values so far, and the weighted sum of squares about it. */
  mean: number
  squares: number
  most: number
  least: number
  sum: number
}

/** Gathers what figures are made of. */
export class EvaluatedFigures {
  readonly #plans: readonly EvaluatedPlan[]
  readonly #sums: readonly Sums[]
  readonly #intervals: readonly Intervals[]
  readonly #compared: ComparedFigures
  readonly #ofWeights: readonly EvaluatedName[]

  constructor({
    measures: plans,
    compared = [],
    ofWeights = [],
  }: Pick<EvaluationPlan, 'measures' | 'compared' | 'ofWeights'>) {
    this.#plans = plans
    this.#compared = new ComparedFigures(compared)
    this.#ofWeights = ofWeights
    this.#intervals = plans.map(({ over }) => new Intervals(over))
    this.#sums = plans.map(() => ({
      weight: 0,
      mean: 0,
      squares: 0,
      most: Number.NEGATIVE_INFINITY,
      least: Number.POSITIVE_INFINITY,
      sum: 0,
    }))
  }

  /** The variables that figures need in a step that so many follow. */
  variables(following: number): readonly string[] {
    const due = this.#plans.filter(({ over }) => following < over)
    return [
      ...new Set([
        ...due.flatMap(({ value, spread, weight }) =>
          [value, spread, weight].filter((each) => each !== undefined),
        ),
        ...this.#compared.variables,
      ]),
    ]
  }

  /** The first `count` examples of a step that so many follow. */
  add(values: Readonly<Record<string, NamedArray>>, count: number, following: number): void {
    this.#compared.add(values, count)
    for (const [i, { value, spread, weight, over, combine }] of this.#plans.entries()) {
      if (following >= over) continue
      if (combine === 'cv') {
        this.#intervals[i]!.add(values[value]!, count, following)
        continue
      }
      const sums = this.#sums[i]!
      const own = values[value]!.data
      for (let example = 0; example < count; example++) {
        const counts = weight === undefined ? 1 : values[weight]!.data[example]!
        // What counts for nothing may be no number.
        if (counts === 0) continue
        const within = spread === undefined ? 0 : values[spread]!.data[example]!
        addTo(sums, own[example]!, counts, within)
      }
    }
  }

  /** By name, over all that was added, and of the weights as `derived` gives them; what has no value is left out. */
  figures(derived: () => Readonly<Record<string, NamedArray>>): Record<string, number> {
    const weights = this.#ofWeights.length > 0 ? derived() : {}
    const all: readonly (readonly [string, number | undefined])[] = [
      ...this.#plans.map(({ output, combine, factor, over }, i) => {
        if (combine === 'cv') return [output, this.#intervals[i]!.mean()] as const
        const sums = this.#sums[i]!
        const value = sums.weight === 0 ? undefined : factor * combined(sums, combine, over)
        return [output, value] as const
      }),
      ...this.#compared.figures(),
      ...this.#ofWeights.map(({ output }) => {
        const value = weights[evaluatedName(output)]?.data[0]
        return [output, Number.isNaN(value) ? undefined : value] as const
      }),
    ]
    return Object.fromEntries(
      all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    )
  }
}

function addTo(sums: Sums, value: number, counts: number, within: number): void {
  sums.weight += counts
  const off = value - sums.mean
  sums.mean += (counts / sums.weight) * off
  sums.squares += counts * (off * (value - sums.mean) + within)
  sums.most = Math.max(sums.most, value)
  sums.least = Math.min(sums.least, value)
  sums.sum += value
}

function combined(
  sums: Sums,
  combine: Exclude<EvaluatedPlan['combine'], 'cv'>,
  over: number,
): number {
  switch (combine) {
    case 'mean':
      return sums.mean
    case 'variance':
      return sums.squares / sums.weight
    case 'std':
      return Math.sqrt(sums.squares / sums.weight)
    case 'max':
      return sums.most
    case 'min':
      return sums.least
    // Over all examples, and the mean of the steps.
    case 'sum':
      return sums.sum / over
  }
}
