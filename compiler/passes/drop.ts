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
import { withoutDead } from '../ir/alive.ts'
import type { Graph } from '../ir/ir.ts'

/** The graph without dead nodes. */
export const drop = (graph: Graph): Graph => withoutDead(graph)
