/**
 * What a rule asks of both sides of a synapse, or of its weight, in a way that is no sum of products: such a
 * value is computed for each pair of cells in each example, [examples, post, pre]. Of a single example it has
 * the weight's own shape; where weights are kept by synapse it is [examples, synapses]; and of synapses one to
 * one, and of biases, both sides are one axis, so that it is [examples, units], a value of the post cell.
 */
import type { Dim, ValueId } from '../../ir/ir.ts'
import { spreadChannels } from '../circuit/convolution.ts'
import { examplesOf, type LowerContext } from '../context.ts'
import type { Learner } from './learner.ts'
import { spread } from './synapse-terms.ts'
import { collapse, multiply, singlePart, type Part, type Term } from './terms.ts'

/** The part of a term that holds what is computed for each pair. */
export function pairPart(context: LowerContext, learner: Learner): Part {
  if (learner.shared) return 'post'
  if (examplesOf(context) === 1) return 'weight'
  return learner.paired ? 'post' : 'synapse'
}

/** The sum of terms as one value, where values of that part live; scalars stay what they are. */
export function valueIn(
  context: LowerContext,
  learner: Learner,
  terms: readonly Term[],
  part: Part,
): ValueId {
  const own = singlePart([terms])
  if (own === 'scalar' || own === part) return collapse(context.builder, terms, own)
  // What a synapse has in every example broadcasts to what it has in each.
  if (own === 'weight' && part === 'synapse') return collapse(context.builder, terms, part)
  return pairwise(context, learner, terms)
}

/** The sum of terms for each pair, in a shape that broadcasts to that of all pairs. */
export function pairwise(context: LowerContext, learner: Learner, terms: readonly Term[]): ValueId {
  const { builder } = context
  const { synapses } = learner
  if (synapses) {
    const value = spread(context, synapses, terms)
    const [examples, ...own] = builder.shapeOf(value)
    return examples === 1 ? builder.reshape(value, own) : value
  }
  let total: ValueId | undefined
  for (const term of terms) {
    const factors = [
      term.post && side(context, learner, term.post, 'post'),
      term.pre && side(context, learner, term.pre, 'pre'),
      term.synapse,
      term.weight && ownWeight(context, learner, term.weight),
      term.scalar,
    ]
    const value =
      factors.reduce((product, each) => multiply(builder, product, each), undefined) ??
      builder.constant(1)
    total = total === undefined ? value : builder.map('add', total, value)
  }
  return total ?? builder.constant(0)
}

/** The shape of a value for each pair of a dense weight. */
export function pairShape(context: LowerContext, learner: Learner): readonly Dim[] {
  const post = learner.post.size
  const pre = learner.range?.[1] ?? learner.pre?.size ?? post
  return [examplesOf(context), post, pre]
}

/** The mean over the examples of what pairs have, [post, pre]. */
export function meanOfPairs(
  context: LowerContext,
  learner: Learner,
  terms: readonly Term[],
): ValueId {
  const { builder } = context
  const value = pairwise(context, learner, terms)
  const shape = pairShape(context, learner)
  return builder.reduce('mean', builder.broadcast(value, shape), [0])
}

/** What the cells of one side have, [examples, units] or [units], beside what the other side has. */
function side(
  context: LowerContext,
  learner: Learner,
  value: ValueId,
  of: 'post' | 'pre',
): ValueId {
  const { builder } = context
  const shape = builder.shapeOf(value)
  const units = shape.at(-1)
  if (units === undefined) return value
  const [lead = 1] = shape.length > 1 ? shape : []
  const isOne = examplesOf(context) === 1
  if (learner.paired) return isOne && !learner.shared ? builder.reshape(value, [units]) : value
  const own = of === 'post' ? [units, 1] : [1, units]
  return builder.reshape(value, isOne ? own : [lead, ...own])
}

/** The weight of each pair; of units that share a bias, that of each. */
const ownWeight = (
  { builder }: LowerContext,
  { post, shared }: Learner,
  value: ValueId,
): ValueId =>
  shared && builder.shapeOf(value).length > 0 ? spreadChannels(builder, value, post.shape) : value
