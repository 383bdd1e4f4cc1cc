/**
 * Data that runs share: those of the same examples, in the same parts, are loaded once. Of sets that differ the last one
 * alone is kept, so that a long list of points needs no more memory than one of them.
 */
import type { ExperimentPlan } from '../../contract/plan.ts'

export class SharedData<T> {
  #last: { readonly key: string; readonly data: Promise<T> } | undefined

  /** What a plan presents, loaded now if no plan before had the same. */
  of(plan: ExperimentPlan, load: () => Promise<T>): Promise<T> {
    const key = keyOf(plan)
    if (this.#last?.key === key) return this.#last.data
    this.#last = { key, data: load() }
    return this.#last.data
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
