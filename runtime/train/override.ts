/**
 * What may be changed of an experiment from outside without compiling again: its length, batch
 * size, seed and amount of data. Everything else belongs to the model's file.
 */
import { RunError } from './errors.ts'
import type { ExperimentPlan } from './plan.ts'

/** Changes to a plan; what is undefined stays as it is. */
export interface PlanOverrides {
  readonly epochs?: number | undefined
  readonly batch?: number | undefined
  readonly seed?: number | undefined
  /** Number of training examples to keep. */
  readonly limit?: number | undefined
  readonly precision?: 'f32' | 'f64' | undefined
}

/** The plan with `overrides` in place. Throws RunError for a value that makes no sense. */
export function overridePlan(plan: ExperimentPlan, overrides: PlanOverrides): ExperimentPlan {
  const { epochs = plan.epochs, batch = plan.batch, seed = plan.seed } = overrides
  const limit = overrides.limit ?? plan.data.limit
  requireWhole('The number of epochs', epochs, 0)
  requireWhole('The batch size', batch, 1)
  requireWhole('The seed', seed, Number.MIN_SAFE_INTEGER)
  if (limit !== undefined) requireWhole('The number of training examples', limit, 1)
  const { precision: planned, ...rest } = plan
  return {
    ...rest,
    ...((overrides.precision ?? planned) === 'f64' && { precision: 'f64' }),
    epochs,
    batch,
    seed,
    data: { ...plan.data, ...(limit === undefined ? {} : { limit }) },
  }
}

function requireWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  const bound = least > Number.MIN_SAFE_INTEGER ? ` of at least ${least}` : ''
  throw new RunError(`${what} must be a whole number${bound}, not ${value}.`)
}
