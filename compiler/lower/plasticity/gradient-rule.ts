/**
 * Rules that follow the exact gradient: `backprop` stands for -dL/dw of the circuit's loss L, averaged over the
 * examples, in the form of the weight, and so does what the rule makes of it.
 */
import type { StorageShape, ValueId } from '../../ir/ir.ts'
import type { Learnable } from '../../model/experiment/learnables.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { masked } from '../circuit/weights.ts'
import { originOf } from '../context.ts'
import { exactChanges } from '../experiment/loss.ts'
import type { Learner } from './learner.ts'
import { RuleLowering } from './rule-lowering.ts'
import { collapse } from './terms.ts'

/** Where a target's gradient comes from: its change by gradient descent. */
export type ChangeByGradient = (target: Learnable) => ValueId | undefined

/** The gradients of a circuit's loss within one step, found together; reports weights that no loss depends on. */
export function changesInStep(
  circuit: CircuitLowering,
  targets: readonly Learnable[],
  shapeOf: (target: Learnable) => StorageShape,
): ChangeByGradient {
  const asked = targets.map((target) => ({ name: target.storage, shape: shapeOf(target) }))
  const found = exactChanges(circuit, asked)
  return (target) => {
    const change = found.get(target.storage)
    if (change === undefined) reportNoPath(circuit, target)
    return change
  }
}

export function reportNoPath({ context }: CircuitLowering, target: Learnable): undefined {
  const rule = target.kind === 'connection' ? target.connection.rule : target.bias.rule
  const span = target.kind === 'connection' ? target.connection.span : target.bias.span
  return context.diagnostics.report('noGradient', span, {
    name: target.storage,
    rule: rule?.item.name.name ?? '',
  })
}

/** Whether the rule asks for the gradient as it is. */
export function isPlainGradient(target: Learnable): boolean {
  const rule = target.kind === 'connection' ? target.connection.rule : target.bias.rule
  return (
    rule?.item.members.every(
      (member) =>
        member.kind === 'Equation' && member.name.name === 'dw' && member.value.kind === 'Name',
    ) ?? false
  )
}

/** What a rule makes of the gradient: the change that it asks for, in the shape of the weight. */
export function lowerGradientRule(
  circuit: CircuitLowering,
  target: Learnable,
  shape: StorageShape,
  gradient: ValueId,
): ValueId | undefined {
  const learner = learnerOf(circuit, target, gradient)
  const { builder } = circuit.context
  const dw = learner.rule.item.members.find(
    (member) => member.kind === 'Equation' && member.name.name === 'dw',
  )
  if (dw?.kind !== 'Equation') throw new Error(`${target.storage} learns by no gradient`)
  const outside = builder.origin
  builder.origin = originOf(circuit.context, dw.span)
  const terms = new RuleLowering(circuit, learner, () => undefined).lower(dw.value)
  const value = terms && builder.broadcast(collapse(builder, terms, 'weight'), shape)
  builder.origin = outside
  if (value === undefined) return undefined
  return target.kind === 'connection' ? masked(builder, target.connection, value) : value
}

function learnerOf(circuit: CircuitLowering, target: Learnable, gradient: ValueId): Learner {
  const backprop = (): ValueId => gradient
  if (target.kind === 'bias') {
    const { population, bias } = target
    if (!bias.rule) throw new Error(`${bias.storage} has no rule`)
    return {
      name: bias.storage,
      rule: bias.rule,
      post: population,
      weight: () => circuit.weights.bias(population, bias),
      backprop,
      sign: 1,
      inputs: 1,
      branchInputs: 1,
      paired: true,
    }
  }
  const { connection } = target
  const { rule, source, sign } = connection
  if (!rule) throw new Error(`${connection.name} has no rule`)
  return {
    name: connection.name,
    rule,
    pre: source.population,
    post: connection.target.population,
    weight: () => circuit.weights.connection(connection),
    backprop,
    sign: sign === 'inhibitory' ? -1 : 1,
    inputs: source.population.size,
    branchInputs: source.population.size,
    paired: connection.connectivity === 'one_to_one',
  }
}
