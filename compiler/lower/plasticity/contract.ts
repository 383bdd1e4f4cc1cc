/**
 * The change of a weight from the terms of a rule: their mean over the examples. A term that is a product of a
 * postsynaptic part [batch, post], a presynaptic part [batch, pre], a part of the weight's own shape, and a scalar
 * is one matrix product; what differs by pair and example is computed for each of these (`pairwise.ts`).
 */
import type { ValueId } from '../../ir/ir.ts'
import type { Convolution, Population } from '../../model/model.ts'
import { kernelProduct, sumChannels } from '../circuit/convolution.ts'
import { examplesOf, type LowerContext } from '../context.ts'
import type { Learner } from './learner.ts'
import { meanOfPairs } from './pairwise.ts'
import { contractSynapses } from './synapse-terms.ts'
import { multiply, type Term } from './terms.ts'

/** The sum of the terms over the examples, divided by their number. */
export function contract(context: LowerContext, learner: Learner, terms: readonly Term[]): ValueId {
  if (learner.synapses) return contractSynapses(context, learner, learner.synapses, terms)
  const { builder } = context
  const post = learner.post.size
  const pre = learner.range?.[1] ?? learner.pre?.size ?? post
  const { convolution, shared = false } = learner
  const biases = shared ? (learner.post.shape[0] ?? post) : post
  const shape = convolution?.kernel ?? (learner.paired ? [biases] : [post, pre])
  // What is no sum of products is computed for each pair, all of it at once.
  const ofPairs = terms.filter(({ synapse }) => synapse !== undefined)
  let total = ofPairs.length > 0 ? meanOfPairs(context, learner, ofPairs) : undefined
  for (const term of terms.filter(({ synapse }) => synapse === undefined)) {
    const value = convolution
      ? kernelTerm(context, term, convolution, post, pre)
      : learner.paired
        ? pairedTerm(context, term, learner.post, shared)
        : outerTerm(context, term, post, pre)
    const weighted = term.weight === undefined ? value : builder.map('mul', value, term.weight)
    total = total === undefined ? weighted : builder.map('add', total, weighted)
  }
  return builder.broadcast(total ?? builder.constant(0), shape)
}

/** Mean over the examples of post * pre on one shared axis; summed over channels that share a bias. */
function pairedTerm(
  context: LowerContext,
  term: Term,
  { size, shape }: Population,
  shared: boolean,
): ValueId {
  const { builder } = context
  const both = multiply(builder, term.post, term.pre)
  const value = multiply(builder, both, term.scalar) ?? builder.constant(1)
  const mean = hasBatch(builder, value)
    ? builder.reduce('mean', builder.broadcast(value, [examplesOf(context), size]), [0])
    : builder.broadcast(value, [size])
  return shared ? sumChannels(builder, mean, shape) : mean
}

/** Mean over the examples of post * pre, summed over the pairs that share a weight. */
function kernelTerm(
  context: LowerContext,
  term: Term,
  convolution: Convolution,
  post: number,
  pre: number,
): ValueId {
  const { builder } = context
  const parts = [term.post, term.pre]
  const isMean = parts.some((part) => part !== undefined && hasBatch(builder, part))
  const count = isMean ? examplesOf(context) : 1
  const left = multiply(builder, term.post, term.scalar) ?? builder.constant(1)
  const mean = isMean ? builder.map('div', left, builder.batch()) : left
  return kernelProduct(
    builder,
    convolution,
    builder.broadcast(mean, [count, post]),
    builder.broadcast(term.pre ?? builder.constant(1), [count, pre]),
    count,
  )
}

function outerTerm(context: LowerContext, term: Term, post: number, pre: number): ValueId {
  const { builder } = context
  const examples = examplesOf(context)
  const left = term.post
  const right = term.pre
  const scale = (value: ValueId): ValueId => multiply(builder, value, term.scalar) ?? value
  if (
    left !== undefined &&
    right !== undefined &&
    (hasBatch(builder, left) || hasBatch(builder, right))
  ) {
    const mean = builder.map('div', scale(left), builder.batch())
    return builder.matmul(
      builder.broadcast(mean, [examples, post]),
      builder.broadcast(right, [examples, pre]),
      {
        transposeLeft: true,
      },
    )
  }
  const average = (value: ValueId | undefined, units: number): ValueId | undefined => {
    if (value === undefined || !hasBatch(builder, value)) return value
    return builder.reduce('mean', builder.broadcast(value, [examples, units]), [0])
  }
  const column = average(left, post)
  const row = average(right, pre)
  const columns =
    column === undefined ? undefined : builder.reshape(builder.broadcast(column, [post]), [post, 1])
  return builder.broadcast(scale(multiply(builder, columns, row) ?? builder.constant(1)), [
    post,
    pre,
  ])
}

type Builder = LowerContext['builder']

/** Whether a part of a term has one value for each example: those of a bias have not. */
const hasBatch = (builder: Builder, value: ValueId): boolean => builder.shapeOf(value).length > 1
