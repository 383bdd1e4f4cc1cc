/**
 * Copies of a circuit that differ in their seed alone, `replicate 8 seeds`: each is what a run of that seed by itself
 * is, to the bit.
 */
import type { ExperimentPlan } from './plan.ts'

/** The seeds of so many copies: that of the experiment, and those after it. */
export function seedsOfCopies(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

/** The seeds of the copies of an experiment; none where it is run once. */
export function copiesOf({ seed, replicate = 1 }: ExperimentPlan): readonly number[] {
  return replicate > 1 ? seedsOfCopies(seed, replicate) : []
}

/** The plan of one copy: that of a run by itself. */
export function planOfCopy(plan: ExperimentPlan, seed: number): ExperimentPlan {
  const { replicate: _, ...alone } = plan
  return { ...alone, seed }
}
