/**
 * Moves reshapes behind the element-wise functions of what they reshape, so that sums of convolutions,
 * which lowering takes apart into channels and space and puts together again, meet as sums.
 *
 * Before: a verified graph. After: no element-wise function reads nothing but reshapes of values of one
 * shape to its own, and host scalars.
 *
 *     %1 = reshape(%a) : [batch, 18]
 *     %2 = reshape(%b) : [batch, 18]           %3 = add(%a, %b) : [batch, 2, 3, 3]
 *     u = add(%1, %2) : [batch, 18]       ->   u = reshape(%3) : [batch, 18]
 */
import type { Graph, Shape, ValueId } from '../ir/ir.ts'
import { sameShape } from '../ir/shapes.ts'
import { rewrite } from './rewrite.ts'

/** The graph with reshapes behind element-wise functions. */
export function liftReshapes(graph: Graph): Graph {
  return rewrite(graph, (node, _, r) => {
    if (node.op !== 'map') return undefined
    let inner: Shape | undefined
    const args: ValueId[] = []
    for (const arg of node.args) {
      if (r.isHost(arg)) {
        args.push(arg)
        continue
      }
      const operand = r.nodeOf(arg)
      if (operand.op !== 'reshape' || !sameShape(operand.shape, node.shape)) return undefined
      const [value] = operand.args
      const shape = r.shapeOf(value)
      if (inner && !sameShape(inner, shape)) return undefined
      inner = shape
      args.push(value)
    }
    if (!inner) return undefined
    return r.emit({ op: 'reshape', args: [r.map(node.fn, ...args)], to: node.shape })
  })
}
