/**
 * Running means of figures over an epoch. Figures that have no value, which is NaN (the angle to a zero
 * vector), are left out; infinite ones are not: their mean is infinite. The state is plain JSON, so that a checkpoint in the middle
 * of an epoch keeps the sums to the last bit.
 */

/** Sum and number of the values of each figure. */
export type MeansState = Readonly<Record<string, { readonly sum: number; readonly count: number }>>

/** Collects figures and gives their means. */
export class RunningMeans {
  readonly #entries = new Map<string, { sum: number; count: number }>()

  constructor(state: MeansState = {}) {
    for (const [name, { sum, count }] of Object.entries(state)) {
      this.#entries.set(name, { sum, count })
    }
  }

  /** Adds one value of each figure. */
  add(figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) {
      const entry = this.#entries.get(name) ?? { sum: 0, count: 0 }
      this.#entries.set(name, entry)
      if (Number.isNaN(value)) continue
      entry.sum += value
      entry.count++
    }
  }

  /** Puts one value of each figure in the place of all before. */
  replace(figures: Readonly<Record<string, number>>): void {
    for (const name of Object.keys(figures)) this.#entries.delete(name)
    this.add(figures)
  }

  /** The means so far; NaN for a figure that never had a value. */
  means(): Record<string, number> {
    return Object.fromEntries(
      [...this.#entries].map(([name, { sum, count }]) => [name, sum / count]),
    )
  }

  /** What `new RunningMeans(state)` continues from. */
  state(): MeansState {
    return Object.fromEntries([...this.#entries].map(([name, entry]) => [name, { ...entry }]))
  }
}
