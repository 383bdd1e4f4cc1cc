/**
 * Copies one graph into another that is being built, its inputs replaced by values there.
 *
 * Names are left behind (they are unique in a graph, and a graph may be copied twice); origins come
 * along. Inputs that are not given stay inputs of the whole.
 */
import type { GraphBuilder } from './builder.ts'
import type { Graph, ValueId } from './ir.ts'
import { bareOperation, nodeAt, withOperands } from './operands.ts'
import { formatShape, sameShape } from './shapes.ts'

/**
 * Appends the nodes of `graph` in the builder's current section and gives its outputs by name.
 * @throws Error for a graph that stores, or an input of another shape.
 */
export function inlineGraph(
  builder: GraphBuilder,
  graph: Graph,
  inputs: Readonly<Record<string, ValueId>>,
): Record<string, ValueId> {
  if (graph.stores.length > 0) throw new Error(`${graph.name} stores, so it cannot be inlined`)
  const copies: ValueId[] = []
  const around = builder.origin
  for (const node of graph.nodes) {
    const given = node.op === 'input' ? inputs[node.name] : undefined
    if (given !== undefined) {
      if (!sameShape(builder.shapeOf(given), node.shape)) {
        const shapes = `${formatShape(builder.shapeOf(given))} for ${formatShape(node.shape)}`
        throw new Error(`Inlining ${graph.name}: an input is ${shapes}`)
      }
      copies.push(given)
      continue
    }
    builder.origin = node.origin ?? around
    const copy = withOperands(node, (value) => nodeAt(copies, value))
    copies.push(builder.node(bareOperation(copy), copy.shape))
  }
  builder.origin = around
  return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, nodeAt(copies, value)]))
}
