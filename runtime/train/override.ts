/**
 * What may be changed of an experiment from outside without compiling again: its length, batch
 * size, seed and amount of data. Everything else belongs to the model's file.
 */
import { RunError } from './errors.ts'
import type { ClockPlan, ExperimentPlan, StopPlan } from '../../contract/plan.ts'

/** Changes to a plan; what is undefined stays as it is. */
export interface PlanOverrides {
  readonly epochs?: number | undefined
  /** Of a run by a clock. */
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly seed?: number | undefined
  /** Copies, with this seed and those after it. */
  readonly replicate?: number | undefined
  /** Number of training examples to keep. */
  readonly limit?: number | undefined
  readonly precision?: 'f32' | 'f64' | undefined
  /** Ends the run once its loss is below. */
  readonly untilLoss?: number | undefined
  /** Passes over `stop when`. */
  readonly noStop?: boolean | undefined
}

/** The plan with `overrides` in place. Throws RunError for a value that makes no sense. */
export function overridePlan(plan: ExperimentPlan, overrides: PlanOverrides): ExperimentPlan {
  const { epochs = plan.epochs, batch = plan.batch, seed = plan.seed } = overrides
  const { data } = plan
  const limit = overrides.limit ?? data?.limit
  if (epochs !== undefined) requireWhole('The number of epochs', epochs, 0)
  requireWhole('The batch size', batch, 1)
  requireWhole('The seed', seed, Number.MIN_SAFE_INTEGER)
  if (limit !== undefined) requireWhole('The number of training examples', limit, 1)
  if (overrides.limit !== undefined && !data) {
    throw new RunError('The experiment presents no examples that could be limited.')
  }
  const clock = overrideClock(plan, overrides)
  const { precision: planned, stops: said = [], replicate: copies = 1, varied, ...rest } = plan
  const { replicate = copies } = overrides
  requireWhole('The number of copies', replicate, 1)
  // What was asked for in so many words counts, whatever the experiment says.
  const stops = [
    ...(overrides.noStop === true ? [] : said),
    ...untilLoss(plan, overrides.untilLoss),
  ]
  return {
    ...rest,
    ...((overrides.precision ?? planned) === 'f64' && { precision: 'f64' }),
    ...(epochs !== undefined && { epochs }),
    ...(clock && { clock }),
    ...(stops.length > 0 && { stops }),
    batch,
    seed,
    ...(replicate > 1 && { replicate }),
    // One copy is a run by itself.
    ...(varied && overrides.replicate !== 1 && { varied }),
    ...(data && { data: { ...data, ...(limit === undefined ? {} : { limit }) } }),
  }
}

/** `--until-loss`, as the statement that says the same. */
function untilLoss(plan: ExperimentPlan, value: number | undefined): readonly StopPlan[] {
  if (value === undefined) return []
  if (!Number.isFinite(value)) throw new RunError(`--until-loss takes a number, not ${value}.`)
  const { clock, scores, measures } = plan
  const isKnown = clock
    ? measures.some(({ outputs }) => outputs.includes('loss'))
    : scores.includes('loss')
  if (!isKnown) {
    throw new RunError(
      clock
        ? 'A run by a clock stops for what is measured: write `measure loss` in the experiment.'
        : 'There is no loss that could get so small: no cell of the circuit declares one.',
    )
  }
  const lasts = { unit: clock ? 'steps' : 'epochs', count: 1 } as const
  const of = clock ? 'measure' : 'evaluation'
  return [{ text: `stop when loss < ${value}`, figure: 'loss', of, test: '<', value, lasts }]
}

function overrideClock(plan: ExperimentPlan, overrides: PlanOverrides): ClockPlan | undefined {
  const { clock } = plan
  const { steps } = overrides
  if (!clock) {
    if (steps === undefined) return undefined
    throw new RunError('This circuit has no past and is run by epochs: say --epochs, not --steps.')
  }
  if (overrides.epochs !== undefined) {
    throw new RunError('This circuit has a past and is run by a clock: say --steps, not --epochs.')
  }
  if (overrides.batch !== undefined && overrides.batch !== plan.batch) {
    throw new RunError(
      'The batch size of a circuit with a past is fixed when it is compiled: change `batch` in the file.',
    )
  }
  if (steps === undefined) return clock
  requireWhole('The number of steps', steps, 1)
  return { ...clock, steps }
}

function requireWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  const bound = least > Number.MIN_SAFE_INTEGER ? ` of at least ${least}` : ''
  throw new RunError(`${what} must be a whole number${bound}, not ${value}.`)
}
