/** Data that runs share: those of the same examples, in the same parts, are loaded once. */
import type { ExperimentPlan } from '../../contract/plan.ts'

export class SharedData<T> {
  readonly #loaded = new Map<string, Promise<T>>()

  /** What a plan presents, loaded now if no plan before had the same. */
  of(plan: ExperimentPlan, load: () => Promise<T>): Promise<T> {
    const key = keyOf(plan)
    const found = this.#loaded.get(key) ?? load()
    this.#loaded.set(key, found)
    return found
  }
}

/** The seed tells which examples are split off for validation, and nothing else of the data. */
function keyOf({ data, seed, precision }: ExperimentPlan): string {
  if (!data) return ''
  const { dataset, standardise, validation, limit } = data
  return JSON.stringify([
    dataset,
    standardise,
    validation,
    limit ?? null,
    precision ?? 'f32',
    validation > 0 ? seed : null,
  ])
}
