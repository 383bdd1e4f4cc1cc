/** What outputs and stores of a graph depend on, and the graph of that alone. */
import { entriesOf, idsOf } from './ids.ts'
import type { Graph, ValueId } from './ir.ts'
import { keptValues, nodeAt, operandsOf, withOperands } from './operands.ts'

/** The graph without nodes that nothing needs; the very graph if there are none. */
export function withoutDead(graph: Graph): Graph {
  const alive = keptValues(graph)
  for (const [value, node] of entriesOf(graph.nodes).toReversed()) {
    if (!alive.has(value)) continue
    for (const operand of operandsOf(node)) alive.add(operand)
  }
  if (alive.size === graph.nodes.length) return graph
  const left = idsOf(graph.nodes).filter((value) => alive.has(value))
  const renumbered = new Map(entriesOf<ValueId, ValueId>(left).map(([now, old]) => [old, now]))
  const renumber = (value: ValueId): ValueId => renumbered.get(value)!
  return {
    name: graph.name,
    nodes: left.map((v) => withOperands(nodeAt(graph.nodes, v), renumber)),
    outputs: graph.outputs.map((output) => ({ ...output, value: renumber(output.value) })),
    stores: graph.stores.map((store) => ({ ...store, value: renumber(store.value) })),
  }
}
