/**
 * What may be infinite in a run, by the language's own definition: the time since an event that never
 * was, and what is no more than that time, chosen, delayed, or scaled and shifted by fixed numbers. What
 * is computed from it in any other way must come out finite, as must everything else.
 */
import { entriesOf } from '../../ir/ids.ts'
import { isTruth, nodeAt } from '../../ir/operands.ts'
import type { Graph, IrNode, MapFunction, ValueId } from '../../ir/ir.ts'

/** Functions that hand an infinite operand on where all others are fixed numbers, or infinite too. */
const scaling: ReadonlySet<MapFunction> = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'abs',
  'min',
  'max',
])

/** Names of the storages and outputs of the step's graph that may be infinite. */
export function mayBeInfinite(init: Graph, step: Graph): readonly string[] {
  const storages = new Set(
    init.stores.filter(({ value }) => isInfinite(init, value)).map(({ storage }) => storage),
  )
  if (storages.size === 0) return []
  const counting = countingStorages(step)
  let values = infiniteValues(step, storages, counting)
  for (let size = -1; size !== storages.size;) {
    size = storages.size
    for (const { storage, value } of step.stores) if (values.has(value)) storages.add(storage)
    values = infiniteValues(step, storages, counting)
  }
  const outputs = step.outputs.filter(({ value }) => values.has(value)).map(({ name }) => name)
  return [...new Set([...storages, ...outputs])]
}

/** Whether a value is a constant that is infinite, however often. */
function isInfinite(graph: Graph, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  if (node.op === 'broadcast' || node.op === 'reshape') return isInfinite(graph, node.args[0])
  return node.op === 'const' && Math.abs(node.value) === Infinity
}

function infiniteValues(
  graph: Graph,
  storages: ReadonlySet<string>,
  counting: ReadonlySet<string>,
): ReadonlySet<ValueId> {
  const found = new Set<ValueId>()
  for (const [value, node] of entriesOf(graph.nodes)) {
    if (handsOn(graph, node, found, { storages, counting })) found.add(value)
  }
  return found
}

function handsOn(
  graph: Graph,
  node: IrNode,
  found: ReadonlySet<ValueId>,
  { storages, counting }: Readonly<Record<'storages' | 'counting', ReadonlySet<string>>>,
): boolean {
  const some = (args: readonly ValueId[]): boolean => args.some((each) => found.has(each))
  switch (node.op) {
    case 'load':
      return storages.has(node.storage)
    case 'broadcast':
    case 'reshape':
    case 'transpose':
    case 'slice':
    case 'concat':
    case 'stop':
      return some(node.args)
    case 'reduce':
      return some(node.args)
    case 'map': {
      if (node.fn === 'select') return some(node.args.slice(1))
      if (!scaling.has(node.fn)) return false
      const others = node.args.filter((each) => !found.has(each))
      return some(node.args) && others.every((each) => isFixed(graph, each, counting))
    }
    default:
      return false
  }
}

/**
 * Storages that only count: they are changed by fixed numbers and truth values, whatever decides when, so
 * that what is added to them stays what it is.
 */
function countingStorages(graph: Graph): ReadonlySet<string> {
  const counting = new Set(graph.stores.map(({ storage }) => storage))
  for (let size = -1; size !== counting.size;) {
    size = counting.size
    for (const { storage, value } of graph.stores)
      if (!isFixed(graph, value, counting)) counting.delete(storage)
  }
  return counting
}

/** A constant, a parameter, a truth value, a count, or what is made of nothing else. */
function isFixed(graph: Graph, value: ValueId, counting: ReadonlySet<string>): boolean {
  const node = nodeAt(graph.nodes, value)
  switch (node.op) {
    case 'const':
      return Number.isFinite(node.value)
    case 'scalar':
      return true
    case 'load':
      return counting.has(node.storage)
    case 'map': {
      if (isTruth(node)) return true
      const args = node.fn === 'select' ? node.args.slice(1) : node.args
      return args.every((each) => isFixed(graph, each, counting))
    }
    case 'broadcast':
    case 'reshape':
      return isFixed(graph, node.args[0], counting)
    default:
      return false
  }
}
