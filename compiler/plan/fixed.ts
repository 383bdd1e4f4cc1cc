/**
 * What follows from weights that nothing moves and from parameters alone: a weight that is tied to fixed
 * ones, masked or scaled, a table of a formula. In every step it would come out the same; so a graph of its
 * own, `fixed`, computes it into storages, and the others load them. The engine runs that graph before
 * whatever follows a change from outside (weights that are loaded, a parameter that is set).
 *
 * Before: an optimised module. After: the same outputs and stores, to the bit, since each value is computed by the
 * operations that made it before. Values that only arrange what is stored (a transposed weight, a row of it) stay
 * where they are, and so do vectors of cheap arithmetic, which loops compute as fast as they read them.
 */
import type { Graph, IrModule, IrNode, StorageInfo, StorageShape, ValueId } from '../ir/ir.ts'
import { entriesOf, nextId, type Table } from '../ir/ids.ts'
import { hostScalars } from '../ir/host-scalars.ts'
import { withoutDead } from '../ir/alive.ts'
import { bareOperation, nodeAt, operandsOf, withOperands } from '../ir/operands.ts'
import { operations } from '../ir/operations.ts'
import { quickFunctions } from './cost.ts'

/** The module with what is fixed computed apart; the module itself where there is nothing. */
export function withFixed(module: IrModule): IrModule {
  const moved = new Set(
    [module.graphs.step, module.graphs.infer, module.graphs.adjoint, module.graphs.learn].flatMap(
      (graph) => graph?.stores.map(({ storage }) => storage) ?? [],
    ),
  )
  const still = new Set(
    module.storages.flatMap(({ name, role, ring }) =>
      (role === 'weight' || role === 'constant') && ring === undefined && !moved.has(name)
        ? [name]
        : [],
    ),
  )
  const made = new Made()
  const { step, infer, adjoint } = module.graphs
  const graphs = {
    ...module.graphs,
    step: without(step, still, made),
    infer: without(infer, still, made),
    ...(adjoint && { adjoint: without(adjoint, still, made) }),
  }
  if (made.storages.length === 0) return module
  const fixed: Graph = { name: 'fixed', nodes: made.nodes, outputs: [], stores: made.stores }
  return {
    ...module,
    storages: [...module.storages, ...made.storages],
    graphs: { ...graphs, fixed },
  }
}

/** The graph `fixed`, while it is made; what two graphs ask for is computed once. */
class Made {
  readonly nodes: Table<ValueId, IrNode> & IrNode[] = []
  readonly storages: StorageInfo[] = []
  readonly stores: { readonly storage: string; readonly value: ValueId }[] = []
  readonly #known = new Map<string, ValueId>()
  readonly #stored = new Map<ValueId, string>()
  readonly #seen = new Map<Graph, Map<ValueId, ValueId>>()

  /** The value that a node of another graph is here. */
  value(graph: Graph, from: ValueId): ValueId {
    const seen = this.#seen.get(graph) ?? new Map<ValueId, ValueId>()
    this.#seen.set(graph, seen)
    const value = seen.get(from) ?? this.#copy(graph, from)
    seen.set(from, value)
    return value
  }

  #copy(graph: Graph, from: ValueId): ValueId {
    const node = nodeAt(graph.nodes, from)
    const operation = withOperands(bareOperation(node), (each) => this.value(graph, each))
    const key = JSON.stringify([operation, node.shape])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const value = nextId(this.nodes)
    const { shape, origin } = node
    this.nodes.push({ ...operation, shape, section: 'circuit', ...(origin && { origin }) })
    this.#known.set(key, value)
    return value
  }

  /** The storage that holds a value from then on. */
  storageOf(graph: Graph, from: ValueId): string {
    const value = this.value(graph, from)
    const known = this.#stored.get(value)
    if (known !== undefined) return known
    // No name of a model has a blank in it.
    const name = `fixed ${this.storages.length}`
    const shape = nodeAt(graph.nodes, from).shape as StorageShape
    this.storages.push({ name, shape, role: 'constant', computed: true })
    this.stores.push({ storage: name, value })
    this.#stored.set(value, name)
    return name
  }
}

/** A graph in which what is fixed is loaded. */
function without(graph: Graph, still: ReadonlySet<string>, made: Made): Graph {
  const fixed = fixedValues(graph, still)
  const hosts = hostScalars(graph)
  const worth = worthwhile(graph, fixed, hosts)
  const wanted = new Set<ValueId>()
  const want = (value: ValueId): void => {
    if (fixed[value] !== true || hosts[value] === true || worth[value] !== true) return
    const node = nodeAt(graph.nodes, value)
    if (arranges(node)) operandsOf(node).forEach(want)
    else wanted.add(value)
  }
  // What is only looked at now and then is computed then, and takes no memory in between.
  for (const [value, node] of entriesOf(graph.nodes))
    if (fixed[value] !== true && (node.section === 'circuit' || node.section === 'update'))
      operandsOf(node).forEach(want)
  if (wanted.size === 0) return graph
  const nodes = graph.nodes.map((node, place): IrNode => {
    const value = place as ValueId
    if (!wanted.has(value)) return node
    const { shape, section, origin } = node
    const storage = made.storageOf(graph, value)
    return { op: 'load', storage, shape, section, ...(origin && { origin }) }
  })
  return withoutDead({ ...graph, nodes })
}

/** Whether each value depends on nothing but constants, parameters and storages that stay. */
function fixedValues(graph: Graph, still: ReadonlySet<string>): boolean[] {
  const fixed: boolean[] = []
  for (const node of graph.nodes) {
    const own =
      node.op === 'load'
        ? still.has(node.storage)
        : node.op === 'scalar'
          ? node.source === 'param' || node.source === 'synapses'
          : node.op !== 'input' && node.op !== 'random' && node.op !== 'custom'
    const isSized = !node.shape.includes('batch')
    fixed.push(own && isSized && operandsOf(node).every((each) => fixed[each] === true))
  }
  return fixed
}

/**
 * Whether it saves something to keep each fixed value: one with an element for each pair of cells or each
 * synapse that is computed at all, or one that takes more than sums and products.
 */
function worthwhile(graph: Graph, fixed: readonly boolean[], hosts: readonly boolean[]): boolean[] {
  const worth: boolean[] = []
  for (const [value, node] of entriesOf(graph.nodes)) {
    const inherits = operandsOf(node).some((each) => worth[each] === true)
    const isLarge =
      node.shape.some((dim) => typeof dim !== 'number') ||
      node.shape.filter((dim) => typeof dim === 'number' && dim > 1).length > 1
    const { cost } = operations[node.op]
    const own =
      node.op === 'map'
        ? isLarge || !quickFunctions.has(node.fn)
        : !arranges(node) && cost !== 'nothing'
    worth.push(fixed[value] === true && hosts[value] !== true && (inherits || own))
  }
  return worth
}

const arranging: ReadonlySet<string> = new Set([
  'reshape',
  'transpose',
  'broadcast',
  'slice',
  'concat',
  'stop',
])

/** Whether an operation gives the elements of its operand in another order or form. */
const arranges = ({ op }: IrNode): boolean => arranging.has(op)
