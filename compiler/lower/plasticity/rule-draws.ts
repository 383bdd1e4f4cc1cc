/**
 * What a rule draws: a number for each synapse, in each example and step; of a bias, for each cell; of a rule by the
 * gradient, for each weight. Each place in
 * the rule's text has a stream of its own for each connection that learns by it, `W rule bernoulli`, the second place `W rule
 * bernoulli 2`. Patterns whose rules draw are kept by synapse (`model/patterns/kept.ts`), so that a number is
 * that of the synapse, whatever other pairs there could be.
 */
import type { CallExpression, PlasticityItem } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { synapseDim } from '../../../contract/pattern.ts'
import type { Shape, ValueId } from '../../ir/ir.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { applyBuiltin } from '../circuit/builtins.ts'
import { examplesOf, noLowering, type LowerContext } from '../context.ts'
import { partShape, type Learner } from './learner.ts'
import { pairPart, pairShape, valueIn } from './pairwise.ts'
import type { Part, Term } from './terms.ts'

/** Where a draw stands: `keeps` is false where only the part of the synapse is asked for that it lives on. */
interface DrawPlace {
  readonly circuit: CircuitLowering
  readonly learner: Learner
  readonly keeps: boolean
}

/** A call of `bernoulli` or another draw; undefined after a report. */
export function lowerDraw(
  { circuit, learner, keeps }: DrawPlace,
  name: string,
  call: CallExpression,
  args: readonly (readonly Term[])[],
): readonly Term[] | undefined {
  const { context } = circuit
  // Beside the gradient, which is one number for each weight.
  const gradient = learner.backprop?.()
  if (learner.convolution && gradient === undefined)
    return noLowering(context, call.span, 'A draw, where synapses share a kernel,')
  const part = gradient === undefined ? pairPart(context, learner) : 'weight'
  if (!keeps) return [{ [part]: context.builder.constant(1) }]
  const place = placeOf(learner.rule.item, name, call)
  const prefix = context.phase?.prefix ?? ''
  const drawing = {
    stream: () => `${prefix}${learner.name} rule ${name}${place === 0 ? '' : ` ${place + 1}`}`,
    drawShape:
      gradient === undefined
        ? drawShape(circuit, learner, part)
        : context.builder.shapeOf(gradient),
  }
  const values = args.map((terms): ValueId => valueIn(context, learner, terms, part))
  return [{ [part]: applyBuiltin(context.builder, drawing, name, values, undefined) }]
}

/** How many calls of that name stand before this one in the rule; what states begin with has streams of its own. */
function placeOf(rule: PlasticityItem, name: string, { span }: CallExpression): number {
  const initials = new Set(rule.members.map((each) => each.kind === 'State' && each.initial))
  let count = 0
  walk(rule, (node) => {
    if ([...initials].some((each) => each === node)) return false
    const isDraw = node.kind === 'Call' && node.callee.kind === 'Name' && node.callee.name === name
    if (isDraw && node.span.start < span.start) count++
    return true
  })
  return count
}

/** One number for each synapse and example. */
function drawShape(circuit: CircuitLowering, learner: Learner, part: Part): Shape {
  const context: LowerContext = circuit.context
  if (part === 'weight') return partShape(circuit, learner, part)
  if (part === 'post') return [examplesOf(context), learner.post.size]
  return learner.synapses
    ? [examplesOf(context), synapseDim(learner.synapses.sides.name)]
    : pairShape(context, learner)
}
