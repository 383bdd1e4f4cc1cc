/**
 * The operands of a node, whatever its operation: the one place that knows where an operation keeps
 * them. Passes read and renumber operands through these functions and stay ignorant of the rest.
 */
import type { Table } from './ids.ts'
import type { Graph, IrNode, Operation, ValueId } from './ir.ts'

/** The values that `operation` reads, in order; one that is read twice is listed twice. */
export function operandsOf(operation: Operation): readonly ValueId[] {
  return 'args' in operation ? operation.args : []
}

/** The same operation, reading `renumber(value)` for every value that it reads. */
export function withOperands<O extends Operation>(
  operation: O,
  renumber: (value: ValueId) => ValueId,
): O {
  if (!('args' in operation)) return operation
  return { ...operation, args: operation.args.map(renumber) }
}

/** Operations without operands that are known before the step, one node each in a built graph. */
export function isLeaf(operation: Operation): boolean {
  return (
    operation.op === 'const' ||
    operation.op === 'scalar' ||
    operation.op === 'input' ||
    operation.op === 'load'
  )
}

/** The operation alone, without shape, section, variable name and origin. */
export function bareOperation(node: IrNode): Operation {
  const { shape: _, section: __, origin: ___, ...operation } = node
  if (operation.op === 'scalar' || operation.op === 'input') return operation
  const { name: ____, ...nameless } = operation
  return nameless
}

/** The variable that a node is the value of, if any; leaves are not. */
export function variableOf(node: IrNode): string | undefined {
  return isLeaf(node) ? undefined : node.name
}

/** How often each value is read by nodes, outputs and stores. */
export function countUses(graph: Graph): number[] {
  const uses = graph.nodes.map(() => 0)
  const read = (value: ValueId): void => {
    uses[value] = (uses[value] ?? 0) + 1
  }
  for (const node of graph.nodes) operandsOf(node).forEach(read)
  for (const output of graph.outputs) read(output.value)
  for (const store of graph.stores) read(store.value)
  return uses
}

/** Values that are an output or are stored. */
export function keptValues(graph: Graph): Set<ValueId> {
  return new Set([...graph.outputs, ...graph.stores].map(({ value }) => value))
}

/** Everything that the given values depend on, themselves included. */
export function reachable(graph: Graph, roots: readonly ValueId[]): ReadonlySet<ValueId> {
  const found = new Set<ValueId>()
  const pending = [...roots]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (found.has(value)) continue
    found.add(value)
    pending.push(...operandsOf(nodeAt(graph.nodes, value)))
  }
  return found
}

/** What stands at a place of a table, as the node of a value; throws for one that the table lacks. */
export function nodeAt<K extends number, T>(table: Table<K, T>, place: NoInfer<K>): T {
  const found = table[place]
  if (found === undefined) throw new Error(`There is no value %${place}`)
  return found
}

/** Marks a case that the types rule out. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected ${JSON.stringify(value)}`)
}

/** Functions whose result is 0 or 1. */
export const truths: ReadonlySet<string> = new Set('eq ne lt le gt ge and or not'.split(' '))

/** Whether a value is 0 or 1 by the function that it is made by. */
export const isTruth = (node: IrNode): boolean => node.op === 'map' && truths.has(node.fn)

/** What two leaves that are the same share. */
export function leafKey(operation: Operation): string {
  switch (operation.op) {
    case 'const':
      return `const ${Object.is(operation.value, -0) ? '-0' : operation.value}`
    case 'scalar':
      return `${operation.source} ${operation.name}`
    case 'input':
      return `input ${operation.name}`
    case 'load':
      return `load ${operation.storage}`
    default:
      throw new Error(`${operation.op} is no leaf`)
  }
}
