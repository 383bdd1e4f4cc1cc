/**
 * Bounds of weights hide what is infinite: a change that divides by 0 would leave a weight at its bound, as if it had
 * learned. A weight that is stored as `min(max(x, low), high)`, or as one of them, is stored as
 * `select(abs(x) < infinity, min(max(x, low), high), x)`, so that a run sees it. What is finite is not changed.
 */
import { GraphBuilder } from '../ir/builder.ts'
import { nodeAt, isTruth, withOperands, isLeaf, variableOf } from '../ir/operands.ts'
import type { Graph, IrNode, ValueId } from '../ir/ir.ts'

/** The graph with these guards; `weights` are the storages that hold weights. */
export function guardBounds(graph: Graph, weights: ReadonlySet<string>): Graph {
  const hidden = new Map<ValueId, ValueId>()
  for (const { storage, value } of graph.stores) {
    const inner = weights.has(storage) ? unlimited(graph, value) : undefined
    if (inner !== undefined) hidden.set(value, inner)
  }
  if (hidden.size === 0) return graph
  const builder = new GraphBuilder(graph.name)
  const renumbered: ValueId[] = []
  const now = (value: ValueId): ValueId => nodeAt(renumbered, value)
  for (const [i, node] of graph.nodes.entries()) {
    const made = copied(builder, node, now)
    renumbered.push(made)
    const value = i as ValueId
    const inner = hidden.get(value)
    if (inner === undefined) continue
    const x = now(inner)
    const isFinite = builder.map('lt', builder.map('abs', x), builder.constant(Infinity))
    // What measures read of the weight is what is stored.
    renumbered[value] = builder.map('select', isFinite, made, x)
  }
  for (const { name, value, figure } of graph.outputs)
    builder.output(name, now(value), figure === true)
  for (const { storage, value, push } of graph.stores) {
    if (push === true) builder.push(storage, now(value))
    else builder.store(storage, now(value))
  }
  return builder.build()
}

/** Whether a condition is that a value is finite, as guards ask it: the value; else undefined. */
export function askedFinite(graph: Graph, condition: ValueId): ValueId | undefined {
  const node = nodeAt(graph.nodes, condition)
  if (node.op !== 'map' || node.fn !== 'lt') return undefined
  const [magnitude, bound] = node.args.map((each) => nodeAt(graph.nodes, each))
  const isInfinite = bound?.op === 'const' && bound.value === Infinity
  return isInfinite && magnitude?.op === 'map' && magnitude.fn === 'abs'
    ? magnitude.args[0]
    : undefined
}

/** What is clipped to bounds, where a value is that, times a mask perhaps; undefined for all else. */
function unlimited(graph: Graph, value: ValueId): ValueId | undefined {
  const node = nodeAt(graph.nodes, value)
  if (node.op !== 'map') return undefined
  if (node.fn === 'mul') {
    const inner = node.args.flatMap((each) => unlimited(graph, each) ?? [])
    return inner.length === 1 ? inner[0] : undefined
  }
  if (node.fn !== 'min' && node.fn !== 'max') return undefined
  const isLimit = (each: ValueId): boolean => nodeAt(graph.nodes, each).shape.length === 0
  const [first, second] = node.args
  if (first === undefined || second === undefined || isLimit(first) || !isLimit(second))
    return undefined
  const inner = nodeAt(graph.nodes, first)
  if (inner.op !== 'map' || isTruth(inner)) return undefined
  return unlimited(graph, first) ?? first
}

/** A node of a graph that is built anew, where it belongs and with what it is called. */
export function copied(
  builder: GraphBuilder,
  node: IrNode,
  now: (value: ValueId) => ValueId,
): ValueId {
  if (!isLeaf(node)) builder.section = node.section
  builder.origin = node.origin
  const { shape, section: _, origin: __, ...operation } = withOperands(node, now)
  const value = builder.node(operation, shape)
  const name = variableOf(node)
  if (name !== undefined) builder.name(value, name)
  return value
}
