/**
 * Which values are host scalars: single numbers that are known before the tensors, since they depend
 * on constants, parameters, rates and the batch size alone. Targets compute them outside of the
 * tensor code, and the passes move them about freely.
 */
import type { Graph, IrNode, ValueId } from './ir.ts'
import { operandsOf } from './operands.ts'

/** Whether a node is a host scalar, if `isHost` tells it of its operands. */
export function isHostScalar(node: IrNode, isHost: (value: ValueId) => boolean): boolean {
  if (node.shape.length > 0) return false
  switch (node.op) {
    case 'const':
    case 'scalar':
      return true
    case 'map':
    case 'stop':
    case 'custom':
      return operandsOf(node).every(isHost)
    default:
      return false
  }
}

/** For every value of the graph, whether it is a host scalar. */
export function hostScalars(graph: Graph): boolean[] {
  const hosts: boolean[] = []
  for (const node of graph.nodes) {
    hosts.push(isHostScalar(node, (value) => hosts[value] === true))
  }
  return hosts
}
