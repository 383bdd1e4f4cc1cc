/**
 * Leaves out outputs, for targets that make several programs of one graph: a step that is not
 * observed can be tied and fused where the observed one has to keep its variables apart.
 *
 * Before: a verified graph. After: the outputs that `keep` accepts, all stores, and what they need.
 *
 *     h = tanh(%x) : [3]             h = tanh(%x) : [3]
 *     y = exp(h) : [3]         ->    y = exp(h) : [3]
 *     output h = h
 *     output y = y                   output y = y
 */
import type { Graph } from '../ir/ir.ts'
import { drop } from './drop.ts'

/** The graph with those of its outputs whose name `keep` accepts. */
export function restrict(graph: Graph, keep: (name: string) => boolean): Graph {
  return drop({ ...graph, outputs: graph.outputs.filter(({ name }) => keep(name)) })
}
