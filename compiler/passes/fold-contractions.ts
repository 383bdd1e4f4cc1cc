/**
 * Moves transpositions into the flags of matrix products, and scaling by host scalars to where it
 * touches the fewest numbers: an operand or the result of a contraction or a sum. A weight matrix
 * is never scaled as a whole.
 *
 * Before: a verified, folded graph. After: no operand of a matrix product is a transposition; no
 * operand of a contraction is scaled that is larger than the other or the result, and no result
 * that is larger than an operand - unless the value is used elsewhere, where it may stay. Sizes are
 * static, a batch counts as 32.
 *
 *     %1 = mul(%p, %W) : [500, 100]
 *     %2 = transpose(%1) : [100, 500]            %1 = matmul(%x, %W^T) : [batch, 500]
 *     %3 = matmul(%x, %2) : [batch, 500]    ->   %2 = mul(%p, %1) : [batch, 500]
 */
import type { Graph, IrNode, ValueId } from '../ir/ir.ts'
import { countUses, nodeAt, operandsOf } from '../ir/operands.ts'
import {
  applyFactor,
  contract,
  isContraction,
  isOne,
  one,
  sizeOf,
  splitFactor,
  splitFactors,
  times,
  type Contraction,
  type Factor,
} from './linear.ts'
import { rewrite, type Rewriter } from './rewrite.ts'

/** The graph with transpositions and scalings folded. */
export function foldContractions(graph: Graph): Graph {
  const uses = countUses(graph)
  return rewrite(graph, (node, old, r) => {
    const counts = operandsOf(nodeAt(graph.nodes, old)).map((operand) => uses[operand] ?? 0)
    const isAlone = (value: ValueId): boolean => counts[operandsOf(node).indexOf(value)] === 1
    if (isContraction(node)) return foldOperands(r, node, counts)
    if (node.op === 'reduce') return isAlone(node.args[0]) ? foldReduction(r, node) : undefined
    if (node.op === 'transpose') {
      return isAlone(node.args[0]) ? transposeProduct(r, r.nodeOf(node.args[0])) : undefined
    }
    const scaled = splitFactor(r, node)
    if (!scaled || !isAlone(scaled.rest)) return undefined
    const contraction = r.nodeOf(scaled.rest)
    return isContraction(contraction) ? foldResult(r, contraction, scaled.factor) : undefined
  })
}

interface Operand {
  readonly base: ValueId
  readonly factor: Factor
  readonly transposed: boolean
}

/** Takes transpositions, and host scalars among them, off an operand. */
function peel(r: Rewriter, value: ValueId, transposes: boolean): Operand {
  const { factor, rest } = splitFactors(r, value)
  const node = r.nodeOf(rest)
  if (!transposes || node.op !== 'transpose') return { base: rest, factor, transposed: false }
  const inner = peel(r, node.args[0], transposes)
  return { ...inner, factor: times(factor, inner.factor), transposed: !inner.transposed }
}

/** Moves the factors of both operands to the smallest of operands and result. */
function foldOperands(
  r: Rewriter,
  node: Contraction,
  counts: readonly number[],
): ValueId | undefined {
  const result = sizeOf(node.shape)
  const peeled = node.args.map((value) => peel(r, value, node.op === 'matmul'))
  const sizes = peeled.map(({ base }) => sizeOf(r.shapeOf(base)))
  const smallest = Math.min(result, ...sizes)
  // A scaled value with other uses is computed anyway: it must be much larger to be avoided.
  const [left, right] = peeled.map((operand, i) =>
    isOne(operand.factor) || nodeAt(sizes, i) >= smallest * nodeAt(counts, i)
      ? operand
      : { base: nodeAt(node.args, i), factor: one, transposed: false },
  ) as [Operand, Operand]
  const factor = times(left.factor, right.factor)
  const places = [left, right].flatMap((operand, i) => (isOne(operand.factor) ? [] : [i]))
  const flips = [left.transposed, right.transposed] as const
  const stays = places.length === 1 && sizes[places[0]!] === smallest
  if (!flips[0] && !flips[1] && (places.length === 0 || stays)) return undefined
  const place = stays ? places[0] : result === smallest ? undefined : sizes.indexOf(smallest)
  const operands = [left, right].map(({ base }, i) =>
    i === place ? applyFactor(r, factor, base) : base,
  ) as [ValueId, ValueId]
  const product = contract(r, node, operands, flips)
  return place === undefined ? applyFactor(r, factor, product) : product
}

/** Moves the factor of a result to an operand that is smaller. */
function foldResult(r: Rewriter, node: Contraction, factor: Factor): ValueId | undefined {
  const sizes = node.args.map((value) => sizeOf(r.shapeOf(value)))
  const smallest = Math.min(...sizes)
  if (smallest >= sizeOf(node.shape)) return undefined
  const place = sizes.indexOf(smallest)
  const operands = node.args.map((value, i) =>
    i === place ? applyFactor(r, factor, value) : value,
  ) as [ValueId, ValueId]
  return contract(r, node, operands)
}

/** The transpose of a product is the product of the transposes, in the other order. */
function transposeProduct(r: Rewriter, node: IrNode): ValueId | undefined {
  if (node.op !== 'matmul') return undefined
  const [left, right] = node.args
  const [transposeLeft, transposeRight] = [!node.transposeRight, !node.transposeLeft]
  return r.emit({ op: 'matmul', args: [right, left], transposeLeft, transposeRight })
}

/** A sum or mean of what is scaled is scaled after. */
function foldReduction(
  r: Rewriter,
  node: Extract<IrNode, { readonly op: 'reduce' }>,
): ValueId | undefined {
  if (node.fn !== 'sum' && node.fn !== 'mean') return undefined
  const { factor, rest } = splitFactors(r, node.args[0])
  if (isOne(factor) || sizeOf(node.shape) >= sizeOf(r.shapeOf(rest))) return undefined
  const { op, fn, axes, keep } = node
  return applyFactor(r, factor, r.emit({ op, fn, axes, keep, args: [rest] }))
}
