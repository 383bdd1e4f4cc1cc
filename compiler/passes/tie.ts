/**
 * Factors sums of products that share an operand: one contraction instead of several. This is what
 * makes of feedback weights that are tied to others (`Q tied to -p0 * Y`) a single product.
 *
 * Before: a verified graph with scalings folded. After: in no sum do two contractions with the same
 * flags or geometry share their right operand, or their left, unless one of them is an output or is
 * used elsewhere. Sums are taken through add, sub, neg and products with host scalars; the rounding
 * may differ.
 *
 *     %1 = matmul(b, %Y) : [batch, 500]
 *     %2 = matmul(e, %Y) : [batch, 500]         %1 = mul(%p0, e) : [batch, 100]
 *     %3 = mul(%p0, %2) : [batch, 500]     ->   %2 = sub(b, %1) : [batch, 100]
 *     u = sub(%1, %3) : [batch, 500]            u = matmul(%2, %Y) : [batch, 500]
 */
import type { Graph, IrNode, ValueId } from '../ir/ir.ts'
import { countUses, keptValues, nodeAt, operandsOf } from '../ir/operands.ts'
import { sameShape } from '../ir/shapes.ts'
import {
  applyFactor,
  contract,
  isContraction,
  minusOne,
  one,
  splitFactor,
  splitFactors,
  times,
  type Contraction,
  type Factor,
} from './linear.ts'
import { rewrite, type Rewriter } from './rewrite.ts'

/** A summand: `factor` times `value`; `old` is the number of the value before the pass. */
interface Term {
  readonly factor: Factor
  readonly value: ValueId
  readonly old?: ValueId
}

/** The graph with sums of products factored. */
export function tie(graph: Graph): Graph {
  const uses = countUses(graph)
  const kept = keptValues(graph)
  const isAlone = (old: ValueId): boolean => uses[old] === 1 && !kept.has(old)
  const absorbed = absorbedSums(graph, isAlone)
  return rewrite(graph, (node, old, r) => {
    if (!isSum(node) || absorbed.has(old)) return undefined
    const terms = collectTerms(graph, r, node, old, isAlone)
    const factored = factorTerms(r, factorTerms(r, terms, 1, isAlone), 0, isAlone)
    return factored.length < terms.length ? addTerms(r, factored) : undefined
  })
}

/** Whether a node may be part of a sum; whether a product has a host scalar is seen later. */
function isSum(node: IrNode): node is Extract<IrNode, { readonly op: 'map' }> {
  return node.op === 'map' && ['add', 'sub', 'neg', 'mul'].includes(node.fn)
}

/** The sums that are terms of the sum that alone uses them: they are seen with that one. */
function absorbedSums(graph: Graph, isAlone: (old: ValueId) => boolean): Set<ValueId> {
  const absorbed = new Set<ValueId>()
  for (const node of graph.nodes) {
    if (!isSum(node)) continue
    // A product of two tensors is no sum, and what it multiplies is a sum of its own.
    const isProduct = node.fn === 'mul'
    const numbers = operandsOf(node).filter((v) => nodeAt(graph.nodes, v).shape.length === 0)
    if (isProduct && numbers.length !== 1) continue
    for (const operand of operandsOf(node)) {
      const term = nodeAt(graph.nodes, operand)
      if (isSum(term) && isAlone(operand) && sameShape(term.shape, node.shape)) {
        absorbed.add(operand)
      }
    }
  }
  return absorbed
}
