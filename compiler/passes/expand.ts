/**
 * Writes out the functions that are made of others, for targets, which do without them. It comes last: what rounding
 * does to 1 + x is what `log1p` undoes, and no pass may take it for nothing.
 *
 * Before: any verified graph. After: no function of `contract/composed.ts`.
 *
 *     %1 = tan(%x) : [3]    ->    %1 = sin(%x) : [3]
 *                                 %2 = cos(%x) : [3]
 *                                 %3 = div(%1, %2) : [3]
 */
import { compose } from '../../contract/composed.ts'
import { isComposed } from '../../contract/elementary.ts'
import type { Graph } from '../ir/ir.ts'
import { rewrite } from './rewrite.ts'

export function expand(graph: Graph): Graph {
  return rewrite(graph, (node, _, { map, constant, broadcast }) =>
    node.op === 'map' && isComposed(node.fn)
      ? broadcast(compose({ map, number: constant }, node.fn, node.args), node.shape)
      : undefined,
  )
}
