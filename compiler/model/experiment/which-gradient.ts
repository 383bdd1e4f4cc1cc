/** Which gradient `backprop` is in an experiment: the one within a step, or the one through time. */
import type { ClockPlan } from '../../../contract/plan.ts'
import type { Bound } from '../bind/index.ts'
import { counted } from '../values.ts'
import { learnableFollowsGradient } from './learnables.ts'
import type { BoundMeasure, MeasureBody, WeightSide } from './measures.ts'
import type { ResolvedExperiment } from './resolve.ts'

/** Whether anything that an experiment optimises learns by the gradient. */
export const learnsByGradient = (
  bound: Bound,
  { optimisers }: Pick<ResolvedExperiment, 'optimisers'>,
): boolean =>
  optimisers.some(({ targets }) =>
    targets.some((target) => learnableFollowsGradient(bound, target)),
  )

/** How many steps a window has at most. */
export const windowLength = ({ window, hold }: ClockPlan, isPresented: boolean): number =>
  Math.min(window ?? Infinity, isPresented ? hold : Infinity)

/** Of each measure of `backprop`, by its label, which gradient that is; none in a circuit without a past. */
export function measuredGradients(
  bound: Bound,
  { clock, data, optimisers, measures }: ResolvedExperiment,
): ReadonlyMap<string, string> {
  const asked = clock ? measures.filter(isOfGradient) : []
  if (!clock || asked.length === 0) return new Map()
  const length = windowLength(clock, data !== undefined)
  const which = learnsByGradient(bound, { optimisers })
    ? `through time, over windows of ${counted(length, 'step')}`
    : 'within a step'
  return new Map(asked.map(({ label }) => [label, which]))
}

/** Whether a measure is of what gradient descent would change. */
export const isOfGradient = ({ body }: BoundMeasure): boolean => sidesOf(body).some(readsGradient)

function sidesOf(body: MeasureBody): readonly WeightSide[] {
  if (body.kind === 'norm') return [body.side]
  return body.kind === 'angle' || body.kind === 'ratio' ? [body.left, body.right] : []
}

const readsGradient = (side: WeightSide): boolean =>
  side.kind === 'negative' ? readsGradient(side.of) : side.kind === 'backprop'
