/**
 * `total(x)` in a rule: the sum of x over the synapses of this connection onto the postsynaptic cell, or, as
 * `total(x, pre)`, over those from the presynaptic cell, for each example. Where no synapse is, nothing is added.
 */
import { synapseDim } from '../../../contract/pattern.ts'
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import { noLowering, type LowerContext } from '../context.ts'
import type { Learner, LearningSynapses } from './learner.ts'
import { pairShape, pairwise } from './pairwise.ts'
import { spread } from './synapse-terms.ts'
import { collapse, multiply, type Term } from './terms.ts'

export type Side = 'post' | 'pre'

/** A call of `total`, whose argument is lowered by `lower`; undefined after a report. */
export function lowerTotal(
  context: LowerContext,
  learner: Learner,
  { args: [of, side], span }: CallExpression,
  lower: (of: Expression) => readonly Term[] | undefined,
): readonly Term[] | undefined {
  const { convolution, range } = learner
  if (convolution ?? range) {
    const where = convolution ? 'synapses share a kernel' : 'a compartment has branches'
    return noLowering(context, span, `\`total\` where ${where}`)
  }
  const terms = of && lower(of.value)
  const isPre = side?.value.kind === 'Name' && side.value.name === 'pre'
  return terms && totalOf(context, learner, terms, isPre ? 'pre' : 'post')
}

/** The totals of terms: of each cell on a side, [examples, cells], or [cells] where examples do not differ. */
export function totalOf(
  context: LowerContext,
  learner: Learner,
  terms: readonly Term[],
  side: Side,
): readonly Term[] {
  // A cell has one synapse, which is its own total.
  if (learner.paired) return terms
  if (learner.synapses) return [{ [side]: ofSynapses(context, learner.synapses, terms, side) }]
  return terms.map((term) => ofMatrix(context, learner, term, side))
}

function ofSynapses(
  context: LowerContext,
  synapses: LearningSynapses,
  terms: readonly Term[],
  side: Side,
): ValueId {
  const { builder } = context
  const { sides, turned } = synapses
  const isSame = terms.every(
    ({ post, pre, synapse }) => post === undefined && pre === undefined && synapse === undefined,
  )
  const value = isSame
    ? builder.broadcast(collapse(builder, terms, 'weight'), [synapseDim(sides.name)])
    : spread(context, synapses, terms)
  const of = turned ? (side === 'post' ? 'pre' : 'post') : side
  return builder.fromSynapses(value, sides, of)
}

/** A term's total is a matrix product, or a sum of rows or columns where the other side has no part in it. */
function ofMatrix(context: LowerContext, learner: Learner, term: Term, side: Side): Term {
  const { builder } = context
  const [examples = 1, posts = 1, pres = 1] = pairShape(context, learner)
  const shape = [posts, pres]
  const masked = (value: ValueId): ValueId =>
    learner.mask === undefined
      ? value
      : builder.map(
          'select',
          builder.load(learner.mask, [learner.post.size, learner.pre?.size ?? 1]),
          value,
          builder.constant(0),
        )
  if (term.synapse !== undefined) {
    const each = builder.broadcast(pairwise(context, learner, [term]), [examples, ...shape])
    return { [side]: builder.reduce('sum', masked(each), [side === 'post' ? 2 : 1]) }
  }
  const matrix = masked(builder.broadcast(term.weight ?? builder.constant(1), shape))
  const other = side === 'post' ? term.pre : term.post
  const own = term[side]
  const sum =
    other === undefined
      ? builder.reduce('sum', matrix, [side === 'post' ? 1 : 0])
      : product(context, other, matrix, side)
  const total = multiply(builder, sum, own) ?? sum
  return { [side]: total, ...(term.scalar !== undefined && { scalar: term.scalar }) }
}

/** The sum over the other side's cells of what they have, [examples, cells] or [cells], times a matrix. */
function product({ builder }: LowerContext, other: ValueId, matrix: ValueId, side: Side): ValueId {
  const [posts = 1, pres = 1] = builder.shapeOf(matrix)
  const [others, owns] = side === 'post' ? [pres, posts] : [posts, pres]
  const shape = builder.shapeOf(other)
  const [lead = 1] = shape.length > 1 ? shape : []
  const rows = builder.broadcast(other, [lead, others])
  const sums = builder.matmul(rows, matrix, { transposeRight: side === 'post' })
  return shape.length > 1 ? sums : builder.reshape(sums, [owns])
}
