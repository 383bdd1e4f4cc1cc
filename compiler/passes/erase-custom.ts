/**
 * Takes out what matters to differentiation alone: `stop` and `custom` become their operand.
 *
 * Before: a verified graph in which everything is differentiated. After: no `stop`, no `custom`.
 *
 *     %1 = max(%x, 0) : [3]
 *     %2 = custom(%1, %x) : [3] with ...    ->    %1 = max(%x, 0) : [3]
 *     %3 = exp(%2) : [3]                          %2 = exp(%1) : [3]
 */
import type { Graph } from '../ir/ir.ts'
import { rewrite } from './rewrite.ts'

/** The graph without `stop` and `custom`. */
export function eraseCustom(graph: Graph): Graph {
  return rewrite(graph, (node) =>
    node.op === 'stop' || node.op === 'custom' ? node.args[0] : undefined,
  )
}
