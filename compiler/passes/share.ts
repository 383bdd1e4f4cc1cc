/**
 * Shares equal values: of nodes that do the same to the same operands, the first stays.
 *
 * Before: a verified graph. After: no two nodes are the same operation on the same operands, in
 * either order for commutative functions. Draws are the same only if their stream is.
 *
 *     %1 = mul(%x, %y) : [3]         %1 = mul(%x, %y) : [3]
 *     %2 = mul(%y, %x) : [3]   ->    %2 = add(%1, %1) : [3]
 *     %3 = add(%1, %2) : [3]
 */
import type { Graph, IrNode, MapFunction, ValueId } from '../ir/ir.ts'
import { bareOperation } from '../ir/operands.ts'
import { writeNumber } from '../ir/text.ts'
import { rewrite } from './rewrite.ts'

const commutative: ReadonlySet<MapFunction> = new Set<MapFunction>([
  'add',
  'mul',
  'min',
  'max',
  'eq',
  'ne',
  'and',
  'or',
])

/** The graph with every value computed once. */
export function share(graph: Graph): Graph {
  const first = new Map<string, ValueId>()
  return rewrite(graph, (node, old, { now }) => {
    const key = keyOf(node)
    const known = first.get(key)
    if (known !== undefined) return now(known)
    first.set(key, old)
    return undefined
  })
}

function keyOf(node: IrNode): string {
  if (node.op === 'const') return writeNumber(node.value)
  const operation = bareOperation(node)
  if (operation.op !== 'map' || !commutative.has(operation.fn)) return JSON.stringify(operation)
  return JSON.stringify({ ...operation, args: operation.args.toSorted((a, b) => a - b) })
}
