/**
 * Takes out of sums what is added and subtracted again, as in (a + p e) - p e. Real numbers would
 * not notice; rounded ones lose the digits that a small difference of large values stands on, which
 * here is the learning signal itself.
 *
 * Before: a verified graph with equal values shared. After: in no sum, taken through add, sub, neg
 * and products with host scalars, does a value occur twice with opposite factors.
 *
 *     %1 = mul(%p0, e) : [batch, 10]
 *     b = add(%1, excess) : [batch, 10]        ->   %3 = excess
 *     %3 = sub(b, %1) : [batch, 10]
 */
import type { Graph, ValueId } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { applyFactor, minusOne, one, splitFactor, times, type Factor } from './linear.ts'
import { rewrite, type Rewriter } from './rewrite.ts'

/** Sums of more terms than this are left alone. */
const longestSum = 32

interface Term {
  readonly factor: Factor
  readonly value: ValueId
}

/** The graph without terms that cancel. */
export function cancel(graph: Graph): Graph {
  return rewrite(graph, (node, old, r) => {
    if (node.op !== 'map' || (node.fn !== 'add' && node.fn !== 'sub')) return undefined
    const [left, right] = [nodeAt(node.args, 0), nodeAt(node.args, 1)]
    const terms = collect(r, [
      { value: left, factor: one },
      { value: right, factor: node.fn === 'sub' ? minusOne : one },
    ])
    if (!terms) return undefined
    const kept = withoutOpposites(terms)
    if (kept.length === terms.length || r.isHost(left) !== r.isHost(right)) return undefined
    const { shape } = nodeAt(graph.nodes, old)
    if (kept.length === 0) return r.broadcast(r.constant(0), shape)
    const values = kept.map(({ factor, value }) => applyFactor(r, factor, value))
    return r.broadcast(
      values.reduce((a, b) => r.map('add', a, b)),
      shape,
    )
  })
}

/** What the terms are sums of, in order; undefined if they are too many. */
function collect(r: Rewriter, sum: readonly Term[]): readonly Term[] | undefined {
  const terms: Term[] = []
  const pending = sum.toReversed()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, factor } = next
    const node = r.nodeOf(value)
    const split = r.isHost(value) ? undefined : splitFactor(r, node)
    if (!r.isHost(value) && node.op === 'map' && (node.fn === 'add' || node.fn === 'sub')) {
      const sign = node.fn === 'sub' ? minusOne : one
      pending.push(
        { value: nodeAt(node.args, 1), factor: times(factor, sign) },
        { value: nodeAt(node.args, 0), factor },
      )
    } else if (split) pending.push({ value: split.rest, factor: times(factor, split.factor) })
    else terms.push(next)
    // What is pending is a term at least.
    if (terms.length + pending.length > longestSum) return undefined
  }
  return terms
}

function withoutOpposites(terms: readonly Term[]): readonly Term[] {
  const kept: (Term & { readonly key: string })[] = []
  for (const term of terms) {
    const key = `${term.value} ${term.factor.scalars.toSorted((a, b) => a - b).join(' ')}`
    const opposite = kept.findIndex(
      (each) => each.key === key && each.factor.negative !== term.factor.negative,
    )
    if (opposite >= 0) kept.splice(opposite, 1)
    else kept.push({ ...term, key })
  }
  return kept
}
