/**
 * Figures of weights in an evaluation. What is of the weights as they are is an output of the graph `derived`. What is
 * of changes that rules or gradients ask for is made of these changes, averaged over the test examples: outputs of
 * the step, before any measure, which an engine gives without learning.
 */
import { evaluatedName, type ComparedPlan, type EvaluatedName } from '../../../contract/plan.ts'
import type { BoundEvaluated, BoundEvaluation } from '../../model/experiment/evaluation.ts'
import { isOfWeightsAlone } from '../../model/experiment/measures.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import type { Updates } from '../plasticity/updates.ts'
import type { Backprop } from './loss.ts'
import { MeasureLowering } from './measures.ts'
import type { OfVectors } from './vectors.ts'

const asMeasure = (bound: BoundEvaluated) => ({
  ...bound,
  every: { unit: 'steps', count: 1 } as const,
})

/** Makes outputs of `context`'s graph that are of the weights alone; gives what they are called. */
export function lowerOfWeights(
  context: LowerContext,
  experiment: ResolvedExperiment,
): readonly EvaluatedName[] {
  const { builder } = context
  const bound = (experiment.evaluation?.measures ?? []).filter(({ body }) => isOfWeightsAlone(body))
  if (bound.length === 0) return []
  const circuit = new CircuitLowering(context, (name, shape) => builder.load(name, shape), false)
  const lowering = new MeasureLowering(circuit, noUpdates, experiment, circuit, {
    named: evaluatedName,
  })
  return bound.flatMap((each): readonly EvaluatedName[] => {
    const measure = lowering.lower(asMeasure(each))
    if (!measure) return []
    const { label, outputs, unit, scale } = measure
    const told = { ...(unit !== undefined && { unit }), ...(scale !== undefined && { scale }) }
    return outputs.map((output) => ({ label, output, ...told }))
  })
}

const noUpdates: Updates = {
  asked: new Map(),
  stored: new Map(),
  slots: [],
  following: new Set(),
}

/** Makes outputs of the step for figures of changes; `updates` are those of training, `backprop` the gradients of its measures. */
export function lowerCompared(
  circuit: CircuitLowering,
  answer: CircuitLowering,
  experiment: ResolvedExperiment,
  { measures }: Pick<BoundEvaluation, 'measures'>,
  { updates, backprop }: { readonly updates: Updates; readonly backprop: Backprop },
): readonly ComparedPlan[] {
  // Weights are those that the evaluation begins with, not as a step of training would leave them.
  const lowering = new MeasureLowering(
    circuit,
    { ...updates, stored: new Map() },
    experiment,
    answer,
    { backprop },
  )
  const { builder } = circuit.context
  return measures.flatMap((bound): readonly ComparedPlan[] => {
    const { label, body, expression } = bound
    if (!isOfVectors(body) || isOfWeightsAlone(body)) return []
    lowering.prepare(asMeasure(bound))
    const found = lowering.vectors(label, body, expression)
    if (!found) return []
    const { each, ...unit } = found
    const named = each.map(({ name, left, right }) => {
      const [one, other] = [`left of ${evaluatedName(name)}`, `right of ${evaluatedName(name)}`]
      builder.output(one, left)
      if (right !== undefined) builder.output(other, right)
      return { output: name, left: [one], right: right === undefined ? [] : [other] }
    })
    const isAll = named.some(({ output }) => output === label)
    const all = {
      output: label,
      left: named.flatMap(({ left }) => left),
      right: named.flatMap(({ right }) => right),
    }
    return [...named, ...(isAll || named.length === 0 ? [] : [all])].map((one) => ({
      kind: body.kind,
      label,
      ...unit,
      ...one,
    }))
  })
}

const isOfVectors = (body: BoundEvaluated['body']): body is OfVectors =>
  body.kind === 'angle' || body.kind === 'ratio' || body.kind === 'norm'
