/**
 * Angles, ratios and norms of what rules and gradients ask of weights, over all test examples: the vectors of each
 * batch are averaged, each batch counting for its examples, and then compared as one.
 */
import type { ComparedPlan } from '../../contract/plan.ts'
import type { NamedArray } from '../engine/network.ts'

export class ComparedFigures {
  readonly #plans: readonly ComparedPlan[]
  readonly #sums = new Map<string, Float64Array>()
  #count = 0

  constructor(plans: readonly ComparedPlan[]) {
    this.#plans = plans
  }

  /** What the figures are made of. */
  get variables(): readonly string[] {
    return [...new Set(this.#plans.flatMap(({ left, right }) => [...left, ...right]))]
  }

  /** Means over the examples of a batch of so many. */
  add(values: Readonly<Record<string, NamedArray>>, count: number): void {
    this.#count += count
    for (const name of this.variables) {
      const { data } = values[name]!
      const sums = this.#sums.get(name) ?? new Float64Array(data.length)
      for (const [i, value] of data.entries()) sums[i]! += count * value
      this.#sums.set(name, sums)
    }
  }

  /** By name; undefined where a vector is zero. */
  figures(): readonly (readonly [string, number | undefined])[] {
    return this.#plans.map(({ output, kind, left, right }) => {
      const a = left.flatMap((name) => [...this.#mean(name)])
      const b = right.flatMap((name) => [...this.#mean(name)])
      if (kind === 'norm') return [output, length(a)]
      const value = kind === 'ratio' ? length(a) / length(b) : angle(a, b)
      const isNone = length(b) === 0 || (kind === 'angle' && length(a) === 0)
      return [output, isNone ? undefined : value]
    })
  }

  #mean(name: string): Float64Array {
    return (this.#sums.get(name) ?? new Float64Array(0)).map((each) => each / this.#count)
  }
}

const length = (of: readonly number[]): number => Math.sqrt(of.reduce((sum, x) => sum + x * x, 0))

/** In degrees, by Kahan's formula, which is accurate for small angles too. */
function angle(a: readonly number[], b: readonly number[]): number {
  const [inA, inB] = [length(a), length(b)]
  const difference = length(a.map((x, i) => x / inA - b[i]! / inB))
  const sum = length(a.map((x, i) => x / inA + b[i]! / inB))
  return (2 * Math.atan2(difference, sum) * 180) / Math.PI
}
