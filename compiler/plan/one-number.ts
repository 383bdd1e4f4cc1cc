/**
 * Weights of synapses that are one number for all of them and stay so: deliveries read the number, and memory for
 * each synapse is set aside but not touched, unless somebody loads other values. (Memory that nothing touches takes none of the machine's.)
 */
import { isSynapseDim } from '../../contract/pattern.ts'
import { entriesOf, nextId } from '../ir/ids.ts'
import type { Graph, IrModule, StorageInfo, ValueId } from '../ir/ir.ts'
import { nodeAt, operandsOf } from '../ir/operands.ts'

/** The names of those storages. */
export function onesOf({ storages, graphs }: IrModule): ReadonlySet<string> {
  const { init, ...others } = graphs
  const masks = new Set(storages.map(({ mask }) => mask))
  const isOne = (storage: StorageInfo): boolean =>
    mayBeOne(storage) &&
    !masks.has(storage.name) &&
    fillingOf(init, storage.name) !== undefined &&
    !isRead(init, storage.name) &&
    Object.values(others).every(
      (graph) => graph === undefined || isDeliveredAlone(graph, storage.name),
    )
  return new Set(storages.filter(isOne).map(({ name }) => name))
}

/** The graph `init`, in which each of these storages gets its number once. */
export function withOnes(init: Graph, ones: ReadonlySet<string>): Graph {
  const nodes = [...init.nodes]
  const stores = init.stores.map((store) => {
    const filling = ones.has(store.storage) ? fillingOf(init, store.storage) : undefined
    if (filling === undefined) return store
    const { origin, section } = nodeAt(init.nodes, store.value)
    const value = nextId<ValueId>(nodes)
    nodes.push({
      op: 'broadcast',
      args: [filling],
      to: [1],
      shape: [1],
      name: store.storage,
      section,
      ...(origin && { origin }),
    })
    return { ...store, value }
  })
  return { ...init, nodes: nodes as typeof init.nodes, stores }
}

const mayBeOne = ({ shape, mask, ring }: StorageInfo): boolean =>
  shape.length === 1 && isSynapseDim(shape[0]) && mask === undefined && ring === undefined

/** The scalar that a storage is filled with. */
function fillingOf({ nodes, stores }: Graph, name: string): ValueId | undefined {
  const store = stores.find(({ storage }) => storage === name)
  const node = store && nodeAt(nodes, store.value)
  if (node?.op !== 'broadcast') return undefined
  return nodeAt(nodes, node.args[0]).shape.length === 0 ? node.args[0] : undefined
}

const isRead = ({ nodes }: Graph, name: string): boolean =>
  nodes.some((node) => node.op === 'load' && node.storage === name)

/** Whether a graph does nothing with a storage but deliver by it. */
function isDeliveredAlone({ nodes, outputs, stores }: Graph, name: string): boolean {
  if (stores.some(({ storage }) => storage === name)) return false
  const loads = new Set<ValueId>(
    entriesOf(nodes).flatMap(([id, node]) =>
      node.op === 'load' && node.storage === name ? [id] : [],
    ),
  )
  if ([...outputs, ...stores].some(({ value }) => loads.has(value))) return false
  return nodes.every((node) => {
    const isForward = node.op === 'deliver' && node.ring === undefined && node.transpose !== true
    return operandsOf(node).every((arg, i) => !loads.has(arg) || (isForward && i === 1))
  })
}
