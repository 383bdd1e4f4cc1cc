/**
 * The walk that most passes are made of: nodes in order, each either kept or replaced by a value
 * that may be new.
 *
 * New nodes take the section and origin of the node being replaced, so they come after their
 * operands and in order of sections whatever the pass does. A replacement takes over the name of
 * what it replaces if it has none of its own. Dead nodes are dropped at the end; a graph in which
 * nothing was replaced is returned as it is, which is how the passes see that they are done.
 */
import { entriesOf, nextId, type Table } from '../ir/ids.ts'
import type { Graph, IrNode, MapFunction, Operation, Shape, ValueId } from '../ir/ir.ts'
import { countUses, isLeaf, nodeAt, operandsOf, withOperands } from '../ir/operands.ts'
import { isHostScalar, resultShape } from '../ir/operations.ts'
import { sameShape } from '../ir/shapes.ts'
import { drop } from './drop.ts'

/** The graph being made. All values are its own, except where `now` is asked. */
export interface Rewriter {
  nodeOf(value: ValueId): IrNode
  shapeOf(value: ValueId): Shape
  isHost(value: ValueId): boolean
  /** Whether a value has several uses, so that it is computed even if one of them goes. */
  isShared(value: ValueId): boolean
  /** What a value of the old graph has become. */
  now(old: ValueId): ValueId
  /** Appends an operation that is neither an input nor a load. */
  emit(operation: Exclude<Operation, { readonly op: 'input' | 'load' }>): ValueId
  map(fn: MapFunction, ...args: readonly ValueId[]): ValueId
  constant(value: number): ValueId
  /** The value itself if it has the shape already. */
  broadcast(value: ValueId, to: Shape): ValueId
}

/**
 * Gives the value that replaces a node, or undefined to keep it. `node` reads values of the new
 * graph; `old` is its number in the old one.
 */
export type Visitor = (node: IrNode, old: ValueId, rewriter: Rewriter) => ValueId | undefined

/** The graph with every node kept or replaced, without dead nodes. */
export function rewrite(graph: Graph, visit: Visitor): Graph {
  const nodes: Table<ValueId, IrNode> & IrNode[] = []
  const hosts: boolean[] = []
  const constants = new Map<number, ValueId>()
  const renumbered: ValueId[] = []
  const usesBefore = countUses(graph)
  const uses: number[] = []
  let current = graph.nodes[0]!
  let changed = false
  const push = (node: IrNode): ValueId => {
    hosts.push(isHostScalar(node, (value) => hosts[value] === true))
    const value = nextId(nodes)
    nodes.push(node)
    return value
  }
  const now = (old: ValueId): ValueId => nodeAt(renumbered, old)
  const shapeOf = (value: ValueId): Shape => nodeAt(nodes, value).shape
  const emit: Rewriter['emit'] = (operation) => {
    const { section, origin } = current
    const shape = resultShape(operation, operandsOf(operation).map(shapeOf))
    const place = origin && !isLeaf(operation) ? { shape, section, origin } : { shape, section }
    return push({ ...operation, ...place })
  }
  const rewriter: Rewriter = {
    nodeOf: (value) => nodeAt(nodes, value),
    shapeOf,
    isHost: (value) => hosts[value] === true,
    isShared: (value) => (uses[value] ?? 0) > 1,
    now,
    emit,
    map: (fn, ...args) => emit({ op: 'map', fn, args }),
    constant(value) {
      const known = constants.get(value) ?? emit({ op: 'const', value })
      constants.set(value, known)
      return known
    },
    broadcast: (value, to) =>
      sameShape(shapeOf(value), to) ? value : emit({ op: 'broadcast', args: [value], to }),
  }
  for (const [old, node] of entriesOf(graph.nodes)) {
    current = node
    const moved = withOperands(node, now)
    const replacement = visit(moved, old, rewriter)
    const value = replacement ?? push(moved)
    uses[value] = (uses[value] ?? 0) + nodeAt(usesBefore, old)
    renumbered.push(value)
    if (replacement === undefined) continue
    changed = true
    if (!sameShape(shapeOf(replacement), node.shape)) {
      throw new Error(`Graph ${graph.name}, %${old} = ${node.op}: replaced by another shape`)
    }
    inheritName(nodes, replacement, node)
  }
  if (!changed) return drop(graph)
  return drop({
    name: graph.name,
    nodes,
    outputs: graph.outputs.map((output) => ({ ...output, value: now(output.value) })),
    stores: graph.stores.map((store) => ({ ...store, value: now(store.value) })),
  })
}

/** Gives the name and origin of a replaced node to its replacement, unless that has a name. */
function inheritName(nodes: IrNode[], replacement: ValueId, replaced: IrNode): void {
  const node = nodeAt(nodes, replacement)
  if (isLeaf(replaced) || isLeaf(node)) return
  if (node.name !== undefined || replaced.name === undefined) return
  const { name, origin } = replaced
  nodes[replacement] = { ...node, name, ...(origin ? { origin } : {}) }
}
