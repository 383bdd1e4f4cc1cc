/**
 * Drops what nothing needs: values that no output and no store depends on.
 *
 * Before: a verified graph. After: every node is an output, is stored, or is read by a later node;
 * nothing else has changed. A graph without dead nodes is returned as it is.
 *
 *     %x = input x : [3]            %x = input x : [3]
 *     %1 = exp(%x) : [3]      ->
 *     y = tanh(%x) : [3]            y = tanh(%x) : [3]
 *     output y = y                  output y = y
 */
import { entriesOf, idsOf } from '../ir/ids.ts'
import type { Graph, ValueId } from '../ir/ir.ts'
import { keptValues, nodeAt, operandsOf, withOperands } from '../ir/operands.ts'

/** The graph without dead nodes. */
export function drop(graph: Graph): Graph {
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
