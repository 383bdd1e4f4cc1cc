/**
 * Which values are host scalars: single numbers that are known before the tensors, since they depend
 * on constants, parameters, rates and the batch size alone. Targets compute them outside of the
 * tensor code, and the passes move them about freely.
 */
import type { Graph } from './ir.ts'
import { isHostScalar } from './operations.ts'

/** For every value of the graph, whether it is a host scalar. */
export function hostScalars(graph: Graph): boolean[] {
  const hosts: boolean[] = []
  for (const node of graph.nodes) {
    hosts.push(isHostScalar(node, (value) => hosts[value] === true))
  }
  return hosts
}
