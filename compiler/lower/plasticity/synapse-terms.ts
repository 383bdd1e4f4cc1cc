/**
 * Terms of a rule whose weight is kept by synapse: only what exists is computed. A product of a value of each
 * post cell and one of each pre cell is `pairs`, the sum over the examples of what the two cells of each synapse
 * have; what differs by synapse and example is written out, [examples, synapses].
 */
import type { Shape, ValueId } from '../../ir/ir.ts'
import { synapseDim } from '../../../contract/pattern.ts'
import type { Synapses } from '../circuit/weight-values.ts'
import { examplesOf, type LowerContext } from '../context.ts'
import type { Learner } from './learner.ts'
import { multiply, type Term } from './terms.ts'

/** The sum of the terms over the examples, divided by their number, [synapses]. */
export function contractSynapses(
  context: LowerContext,
  learner: Learner,
  synapses: Synapses,
  terms: readonly Term[],
): ValueId {
  const { builder } = context
  const shape: Shape = [synapseDim(synapses.sides.name)]
  let total: ValueId | undefined
  for (const term of terms) {
    const value = multiply(builder, meanOf(context, learner, synapses, term), term.weight)
    total =
      total === undefined ? value : value === undefined ? total : builder.map('add', total, value)
  }
  return builder.broadcast(total ?? builder.constant(0), shape)
}

/** The sum of the terms in each example, [examples, synapses]. */
export function spread(context: LowerContext, synapses: Synapses, terms: readonly Term[]): ValueId {
  const { builder } = context
  const shape: Shape = [examplesOf(context), synapseDim(synapses.sides.name)]
  let total: ValueId | undefined
  for (const term of terms) {
    const { weight } = term
    const value =
      multiply(builder, multiply(builder, inEach(context, synapses, term), weight), term.scalar) ??
      builder.constant(1)
    total = total === undefined ? value : builder.map('add', total, value)
  }
  return builder.broadcast(total ?? builder.constant(0), shape)
}

/** What a term is at each synapse in each example, without its weight and its scalar. */
function inEach(context: LowerContext, synapses: Synapses, term: Term): ValueId | undefined {
  const { builder } = context
  const { post, pre } = sidesOf(context, synapses)
  const cells = multiply(
    builder,
    term.post === undefined ? undefined : post(term.post),
    term.pre === undefined ? undefined : pre(term.pre),
  )
  return multiply(builder, cells, term.synapse)
}

/** The mean over the examples, without the part of the weight; undefined for 1. */
function meanOf(
  context: LowerContext,
  learner: Learner,
  synapses: Synapses,
  term: Term,
): ValueId | undefined {
  const { builder } = context
  const { scalar } = term
  if (term.synapse !== undefined) {
    const each = inEach(context, synapses, term)!
    const whole = builder.broadcast(each, [examplesOf(context), synapseDim(synapses.sides.name)])
    return multiply(builder, builder.reduce('mean', whole, [0]), scalar)
  }
  const { post: toPost, pre: toPre } = sidesOf(context, synapses)
  const [posts, pres] = [learner.post.size, learner.pre?.size ?? learner.post.size]
  const { post, pre } = term
  const examples = examplesOf(context)
  const differs = (value: ValueId): boolean => builder.shapeOf(value).length > 1
  if (post !== undefined && pre !== undefined && (differs(post) || differs(pre))) {
    const scaled = multiply(builder, post, scalar) ?? post
    const mean = examples === 1 ? scaled : builder.map('div', scaled, builder.batch())
    const a = builder.broadcast(mean, [examples, posts])
    const b = builder.broadcast(pre, [examples, pres])
    const { sides, turned } = synapses
    return turned ? builder.pairs(b, a, sides) : builder.pairs(a, b, sides)
  }
  const average = (value: ValueId, cells: number): ValueId =>
    differs(value)
      ? builder.reduce('mean', builder.broadcast(value, [examples, cells]), [0])
      : builder.broadcast(value, [cells])
  const own = multiply(
    builder,
    post === undefined ? undefined : toPost(average(post, posts)),
    pre === undefined ? undefined : toPre(average(pre, pres)),
  )
  const value = multiply(builder, own, scalar)
  // A term of nothing but its weight is that; one of nothing at all is 1.
  return value ?? (term.weight === undefined ? builder.constant(1) : undefined)
}

/** Values of the cells on each side of a connection, at each synapse. */
function sidesOf(
  { builder }: LowerContext,
  { sides, turned }: Synapses,
): Record<'post' | 'pre', (value: ValueId) => ValueId> {
  const to =
    (side: 'post' | 'pre') =>
    (value: ValueId): ValueId => {
      const shape = builder.shapeOf(value)
      const whole = [...shape.slice(0, -1), sides[side]]
      return builder.toSynapses(builder.broadcast(value, whole), sides, side)
    }
  return turned ? { post: to('pre'), pre: to('post') } : { post: to('post'), pre: to('pre') }
}
