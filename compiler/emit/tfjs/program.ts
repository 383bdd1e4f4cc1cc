/**
 * The graphs of a module as one list of values in parts, each of which becomes a method: what is
 * needed to answer (`forward`) is shared by inference and learning, so the equations of the cells
 * stand in the generated code once.
 *
 * A value of the step's circuit is shared when it is the same operation on shared operands. If the
 * passes shaped the two graphs differently, less is shared and the code is longer; it is never
 * wrong. Values that nothing reads are left out, and `stop` is left out of the way.
 */
import { entriesOf, nextId, type Table } from '../../ir/ids.ts'
import type { Graph, IrModule, IrNode, Operation, Store, ValueId } from '../../ir/ir.ts'
import {
  bareOperation,
  isLeaf,
  nodeAt,
  operandsOf,
  reachable,
  withOperands,
} from '../../ir/operands.ts'

/** A method of the generated class that computes values. */
export const parts = [
  'initial',
  'derived',
  'forward',
  'score',
  'circuit',
  'update',
  'backprop',
  'measure',
  'adjoint',
  'learn',
] as const
export type Part = (typeof parts)[number]

/** A value under the name that callers know it by. */
export interface NamedValue {
  readonly name: string
  readonly value: ValueId
}

/** One or more graphs, merged. */
export interface Program {
  readonly nodes: Table<ValueId, IrNode>
  /** The part that computes each value; undefined for leaves. */
  readonly homes: readonly (Part | undefined)[]
  /** What the circuit answers. */
  readonly answers: readonly NamedValue[]
  /** Sums over the batch. */
  readonly scores: readonly NamedValue[]
  /** What can be observed: variables, updates, reference gradients. */
  readonly variables: readonly NamedValue[]
  readonly measures: readonly NamedValue[]
  readonly stores: readonly Store[]
}

/** Inference and learning in one. */
export function networkProgram({ graphs: { infer, step } }: IrModule): Program {
  const merger = new Merger()
  const [answers, scores] = splitOutputs(infer)
  const answering = reachable(
    infer,
    answers.map(({ value }) => value),
  )
  const inferIds = merger.add(infer, (value) => (answering.has(value) ? 'forward' : 'score'))
  // What is stored is needed in every step, what is measured alone is not.
  const stored = reachable(
    step,
    step.stores.map(({ value }) => value),
  )
  const stepIds = merger.add(step, (value) => {
    const { section } = nodeAt(step.nodes, value)
    if (section !== 'circuit' && stored.has(value)) return 'update'
    return section === 'score' ? 'measure' : section
  })
  const stores = merger.storable(step.stores.map(renamed(stepIds)))
  const [variables, measures] = splitOutputs(step)
  const inInfer = renamed(inferIds)
  const inStep = renamed(stepIds)
  return {
    nodes: merger.nodes,
    homes: merger.homes,
    answers: answers.map(inInfer),
    scores: scores.map(inInfer),
    variables: variables.map(inStep),
    measures: measures.map(inStep),
    stores,
  }
}

/** A single graph as a single part: the initial weights, or the weights tied to others. */
export function singleProgram(graph: Graph, part: Part): Program {
  const merger = new Merger()
  const ids = merger.add(graph, () => part)
  const inGraph = renamed(ids)
  return {
    nodes: merger.nodes,
    homes: merger.homes,
    answers: [],
    scores: [],
    variables: graph.outputs.map(inGraph),
    measures: [],
    stores: graph.stores.map(inGraph),
  }
}

/** A graph that stores, as a single part: a step backwards, or the end of a window. */
export function storingProgram(graph: Graph, part: Part): Program {
  const merger = new Merger()
  const ids = merger.add(graph, () => part)
  return {
    nodes: merger.nodes,
    homes: merger.homes,
    answers: [],
    scores: [],
    variables: [],
    measures: [],
    stores: merger.storable(graph.stores.map(renamed(ids)), part),
  }
}

function renamed(
  ids: readonly (ValueId | undefined)[],
): <T extends { readonly value: ValueId }>(item: T) => T {
  return (item) => ({ ...item, value: nodeAt(ids, item.value)! })
}

/** The outputs that are no figures, and those that are. */
function splitOutputs({ outputs }: Graph): [readonly NamedValue[], readonly NamedValue[]] {
  return [outputs.filter(({ figure }) => !figure), outputs.filter(({ figure }) => figure)]
}

class Merger {
  readonly nodes: Table<ValueId, IrNode> & IrNode[] = []
  readonly homes: (Part | undefined)[] = []
  /** Leaves, and the values of `forward`, by operation. */
  readonly #shared = new Map<string, ValueId>()

  /** Adds what the outputs and stores of `graph` need; gives the new number of each old value. */
  add(graph: Graph, partOf: (value: ValueId) => Part): (ValueId | undefined)[] {
    const live = reachable(
      graph,
      [...graph.outputs, ...graph.stores].map(({ value }) => value),
    )
    const ids: (ValueId | undefined)[] = []
    for (const [value, node] of entriesOf(graph.nodes)) {
      ids.push(live.has(value) ? this.#place(node, ids, partOf(value)) : undefined)
    }
    return ids
  }

  /** The stores that change something, with values that are no storage's own tensor. */
  storable(stores: Program['stores'], part: Part = 'update'): Program['stores'] {
    // What is pushed of another storage is copied before that storage changes.
    const isEarly = ({ push, value }: Store): boolean => push === true && this.#mayBeStorage(value)
    const inOrder = [...stores.filter(isEarly), ...stores.filter((each) => !isEarly(each))]
    return inOrder.flatMap((store) => {
      const { storage, value } = store
      const node = nodeAt(this.nodes, value)
      if (node.op === 'load' && node.storage === storage) return []
      // What is pushed is copied into its ring.
      if (store.push || !this.#mayBeStorage(value)) return [store]
      const { shape } = node
      const copy = nextId(this.nodes)
      this.nodes.push({ op: 'reshape', args: [value], to: shape, shape, section: 'update' })
      this.homes.push(part)
      return [{ storage, value: copy }]
    })
  }

  /** Whether generated code may pass on a storage's tensor as this value. */
  #mayBeStorage(value: ValueId): boolean {
    const node = nodeAt(this.nodes, value)
    if (node.op === 'load') return true
    const passes = node.op === 'map' ? node.fn === 'select' : node.op === 'reduce'
    return passes && operandsOf(node).some((operand) => this.#mayBeStorage(operand))
  }

  #place(node: IrNode, ids: readonly (ValueId | undefined)[], part: Part): ValueId {
    const moved = withOperands(node, (value) => nodeAt(ids, value)!)
    if (moved.op === 'stop') return this.#pass(moved, moved.args[0])
    const key = keyOf(bareOperation(moved))
    const known = this.#shared.get(key)
    if (known !== undefined && (isLeaf(node) || part === 'forward' || part === 'circuit')) {
      return this.#pass(moved, known)
    }
    const value = nextId(this.nodes)
    this.nodes.push(moved)
    this.homes.push(isLeaf(node) ? undefined : part)
    if (isLeaf(node) || part === 'forward') this.#shared.set(key, value)
    return value
  }

  /** `node` is the value that is there already, which may take over its name. */
  #pass(node: IrNode, value: ValueId): ValueId {
    const there = nodeAt(this.nodes, value)
    if (node.name !== undefined && there.name === undefined && !isLeaf(there)) {
      const origin = node.origin ? { origin: node.origin } : {}
      this.nodes[value] = { ...there, name: node.name, ...origin }
    }
    return value
  }
}

function keyOf(operation: Operation): string {
  return JSON.stringify(operation, (_, part: unknown) =>
    typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0))
      ? `number ${Object.is(part, -0) ? '-0' : part}`
      : part,
  )
}
