/**
 * Builds a graph, one node at a time: the shapes follow by the rules, each leaf (constant, scalar,
 * input, load) is one node, and sections only advance.
 *
 * Leaves belong to the section 'circuit' whenever they are asked for; `build` lists the nodes by
 * section, so that the ids it gives differ from those handed out while building. Nothing is
 * simplified here: that is the passes' business.
 */
import type { MatrixPart } from '../../contract/artifact.ts'
import { isSynapseDim, patternOf } from '../../contract/pattern.ts'
import { entriesOf, idsOf, nextId, type Table } from './ids.ts'
import {
  isOfFigures,
  sections,
  type ConvGeometry,
  type Distribution,
  type Dim,
  type Graph,
  type IrNode,
  type MapFunction,
  type Operation,
  type Origin,
  type PatternSides,
  type ScalarSource,
  type Section,
  type Shape,
  type Store,
  type ValueId,
} from './ir.ts'
import { isLeaf, leafKey, nodeAt, operandsOf, withOperands } from './operands.ts'
import { resultShape } from './operations.ts'
import { formatShape, sameShape } from './shapes.ts'

/** Flags of a matrix product; both default to false. */
export interface MatmulFlags {
  readonly transposeLeft?: boolean
  readonly transposeRight?: boolean
}

/** Delays of synapses: the first operand is a ring of so many rows. */
export interface Late {
  readonly ring: number
  readonly delays: ValueId
}

/** Stands where value 0 would: it is never asked for, and no part of the graph. */
const nothing: IrNode = { op: 'const', value: Number.NaN, shape: [], section: 'circuit' }

/** A graph under construction. */
export class GraphBuilder {
  /** The origin given to nodes made from now on. */
  origin: Origin | undefined
  readonly #graphName: string
  /** Values are numbered from 1 while a graph is built, so that none is taken for no value. */
  readonly #nodes: Table<ValueId, IrNode> & IrNode[] = [nothing]
  readonly #leaves = new Map<string, ValueId>()
  readonly #named = new Map<string, ValueId>()
  readonly outputs = new Map<string, ValueId>()
  readonly #figures = new Set<string>()
  readonly #stores = new Map<string, Store>()
  #section: Section = 'circuit'

  constructor(name: string) {
    this.#graphName = name
  }

  /** The section that new nodes belong to. It can only advance. */
  get section(): Section {
    return this.#section
  }

  set section(section: Section) {
    if (sections.indexOf(section) < sections.indexOf(this.#section)) {
      throw new Error(`The section ${section} comes before ${this.#section}`)
    }
    this.#section = section
  }

  constant(value: number): ValueId {
    return this.node({ op: 'const', value })
  }

  scalar(source: ScalarSource, name: string): ValueId {
    return this.node({ op: 'scalar', source, name })
  }

  /** The number of examples presented, as a host scalar. */
  batch(): ValueId {
    return this.scalar('batch', 'batch')
  }

  input(name: string, shape: Shape): ValueId {
    return this.node({ op: 'input', name }, shape)
  }

  load(storage: string, shape: Shape): ValueId {
    return this.node({ op: 'load', storage }, shape)
  }

  map(fn: MapFunction, ...args: readonly ValueId[]): ValueId {
    return this.node({ op: 'map', fn, args })
  }

  matmul(left: ValueId, right: ValueId, flags: MatmulFlags = {}): ValueId {
    const { transposeLeft = false, transposeRight = false } = flags
    return this.node({ op: 'matmul', args: [left, right], transposeLeft, transposeRight })
  }

  conv(image: ValueId, kernel: ValueId, geometry: ConvGeometry): ValueId {
    return this.node({ op: 'conv', args: [image, kernel], geometry })
  }

  convImageGradient(
    gradient: ValueId,
    kernel: ValueId,
    geometry: ConvGeometry,
    imageShape: readonly [number, number, number],
  ): ValueId {
    return this.node({ op: 'convImageGradient', args: [gradient, kernel], geometry, imageShape })
  }

  convKernelGradient(
    image: ValueId,
    gradient: ValueId,
    geometry: ConvGeometry,
    kernelShape: readonly [number, number, number, number],
  ): ValueId {
    return this.node({ op: 'convKernelGradient', args: [image, gradient], geometry, kernelShape })
  }

  /** Over the given axes (negative ones count from the end), or all. `keep` leaves them with size 1. */
  reduce(
    fn: 'sum' | 'mean' | 'max' | 'min',
    value: ValueId,
    axes?: readonly number[],
    keep = false,
  ): ValueId {
    const rank = this.shapeOf(value).length
    const given = axes ?? this.shapeOf(value).map((_, axis) => axis)
    const positive = given.map((axis) => (axis < 0 ? axis + rank : axis))
    const ordered = [...new Set(positive)].toSorted((a, b) => a - b)
    return this.node({ op: 'reduce', fn, args: [value], axes: ordered, keep })
  }

  /** The value itself if it has the shape already. */
  broadcast(value: ValueId, to: Shape): ValueId {
    if (sameShape(this.shapeOf(value), to)) return value
    return this.node({ op: 'broadcast', args: [value], to })
  }

  /** The number everywhere. */
  filled(value: number, shape: Shape): ValueId {
    return this.broadcast(this.constant(value), shape)
  }

  /** The value itself if it has the shape already. */
  reshape(value: ValueId, to: Shape): ValueId {
    if (sameShape(this.shapeOf(value), to)) return value
    return this.node({ op: 'reshape', args: [value], to })
  }

  transpose(value: ValueId): ValueId {
    return this.node({ op: 'transpose', args: [value] })
  }

  slice(value: ValueId, axis: number, start: number, size: number): ValueId {
    return this.node({ op: 'slice', args: [value], axis, start, size })
  }

  concat(values: readonly ValueId[], axis: number): ValueId {
    return this.node({ op: 'concat', args: values, axis })
  }

  argmax(value: ValueId): ValueId {
    return this.node({ op: 'argmax', args: [value] })
  }

  /** Independent draws; `args` are the probability of 'bernoulli', the mean of 'poisson', trials and chance of 'binomial'. */
  random(distribution: Distribution, stream: string, to: Shape, ...args: ValueId[]): ValueId {
    return this.node({ op: 'random', distribution, stream, to, args })
  }

  identity(rows: number, columns: number): ValueId {
    return this.node({ op: 'identity', to: [rows, columns] })
  }

  factor(value: ValueId, rank: number, side: MatrixPart): ValueId {
    return this.node({ op: 'factor', args: [value], rank, side })
  }

  /** The number of a pattern's synapses, as a host scalar. */
  synapses(pattern: string): ValueId {
    return this.scalar('synapses', pattern)
  }

  /** The size of an axis as a host scalar. */
  sizeOf(dim: Dim): ValueId {
    if (dim === 'batch') return this.batch()
    return isSynapseDim(dim) ? this.synapses(patternOf(dim)) : this.constant(dim)
  }

  /** What arrives over the synapses of a pattern; `late` for delays of their own. */
  deliver(
    x: ValueId,
    weights: ValueId,
    pattern: PatternSides,
    { transpose = false, late }: { readonly transpose?: boolean; readonly late?: Late } = {},
  ): ValueId {
    const args = late ? ([x, weights, late.delays] as const) : ([x, weights] as const)
    return this.node({ op: 'deliver', args, pattern, transpose, ...ringOf(late) })
  }

  /** Of each synapse, the sum over the examples of what post and pre have. */
  pairs(
    post: ValueId,
    pre: ValueId,
    pattern: PatternSides,
    { late }: { readonly late?: Late } = {},
  ): ValueId {
    const args = late ? ([post, pre, late.delays] as const) : ([post, pre] as const)
    return this.node({ op: 'pairs', args, pattern, ...ringOf(late) })
  }

  /** What each synapse's cell on that side has. */
  toSynapses(
    value: ValueId,
    pattern: PatternSides,
    side: 'pre' | 'post',
    { late }: { readonly late?: Late } = {},
  ): ValueId {
    const args = late ? ([value, late.delays] as const) : ([value] as const)
    return this.node({ op: 'toSynapses', args, pattern, side, ...ringOf(late) })
  }

  /** The sum over the synapses of each cell on that side. */
  fromSynapses(value: ValueId, pattern: PatternSides, side: 'pre' | 'post'): ValueId {
    return this.node({ op: 'fromSynapses', args: [value], pattern, side })
  }

  toMatrix(value: ValueId, pattern: PatternSides): ValueId {
    return this.node({ op: 'toMatrix', args: [value], pattern })
  }

  fromMatrix(value: ValueId, pattern: PatternSides): ValueId {
    return this.node({ op: 'fromMatrix', args: [value], pattern })
  }

  /** What was pushed to a ring of so many rows `lag` steps ago; `value` is its load. */
  recall(value: ValueId, ring: number, lag: number): ValueId {
    return this.node({ op: 'recall', args: [value], ring, lag })
  }

  stop(value: ValueId, into?: string): ValueId {
    return this.node({ op: 'stop', args: [value], ...(into !== undefined && { into }) })
  }

  /** A value of its own that equals another, to differentiate by: gradients pass on to what it equals. */
  point(value: ValueId): ValueId {
    const shape = this.shapeOf(value)
    const identity = new GraphBuilder('identity')
    identity.output('result', identity.input('g', shape))
    return this.custom(value, value, identity.build())
  }

  /** `value`, whose gradient with respect to `argument` is what the graph `pullback` says. */
  custom(
    value: ValueId,
    argument: ValueId,
    pullback: Graph,
    captured: readonly ValueId[] = [],
  ): ValueId {
    return this.node({ op: 'custom', args: [value, argument, ...captured], pullback })
  }

  /**
   * Appends any operation; `shape` is needed for inputs and loads, and ignored for the others.
   * Leaves that exist already are not made again.
   */
  node(operation: Operation, shape?: Shape): ValueId {
    const key = isLeaf(operation) ? leafKey(operation) : undefined
    const known = key === undefined ? undefined : this.#leaves.get(key)
    if (known !== undefined) {
      if (shape && !sameShape(shape, this.shapeOf(known))) {
        throw new Error(
          `${key} is ${formatShape(this.shapeOf(known))} and ${formatShape(shape)} at once`,
        )
      }
      return known
    }
    const value = nextId(this.#nodes)
    this.#nodes.push({
      ...operation,
      shape: this.#shape(operation, shape),
      section: key === undefined ? this.#section : 'circuit',
      ...(this.origin && key === undefined ? { origin: this.origin } : {}),
    })
    if (key !== undefined) this.#leaves.set(key, value)
    return value
  }

  /**
   * Names a value after the variable that it is the value of. The first name of a value stays, and
   * leaves keep their own (`input x`, `load W[0]`): further names are `output` names at most.
   */
  name(value: ValueId, name: string, origin?: Origin): void {
    const node = this.nodeOf(value)
    if (isLeaf(node) || node.name !== undefined) return
    if (this.#named.has(name)) throw new Error(`Two values are named ${name}`)
    this.#named.set(name, value)
    this.#nodes[value] = { ...node, name, ...(origin ? { origin } : {}) }
  }

  /**
   * Makes a value an output. A value may have several outputs, a name stands for one value. What is computed among
   * measures or scores is a figure, and what is `told` as one.
   */
  output(name: string, value: ValueId, figure = isOfFigures(this.nodeOf(value).section)): void {
    const known = this.outputs.get(name)
    if (known !== undefined && known !== value) throw new Error(`Two outputs are named ${name}`)
    this.outputs.set(name, value)
    if (figure) this.#figures.add(name)
  }

  /** Makes outputs figures, whatever part of the graph computes them. */
  tell(names: readonly string[]): void {
    for (const name of names) this.#figures.add(name)
  }

  /** Writes a value to a storage, after everything is computed. */
  store(storage: string, value: ValueId): void {
    this.#write({ storage, value })
  }

  /** Writes a value to the row of a ring whose turn it is, after everything is computed. */
  push(storage: string, value: ValueId): void {
    this.#write({ storage, value, push: true })
  }

  #write(store: Store): void {
    const { storage, value } = store
    if (this.#stores.has(storage)) throw new Error(`${storage} is stored twice`)
    nodeAt(this.#nodes, value)
    this.#stores.set(storage, store)
  }

  shapeOf(value: ValueId): Shape {
    return this.nodeOf(value).shape
  }

  nodeOf(value: ValueId): IrNode {
    return nodeAt(this.#nodes, value)
  }

  /** The values so far, in the order in which they were made. */
  values(): readonly ValueId[] {
    return idsOf<ValueId>(this.#nodes).slice(1)
  }

  /** The graph so far, its nodes in the order of their sections. */
  build(): Graph {
    const bySection = new Map<Section, ValueId[]>(sections.map((section) => [section, []]))
    for (const value of this.values()) bySection.get(this.nodeOf(value).section)!.push(value)
    const order = [...bySection.values()].flat()
    const places: ValueId[] = []
    for (const [place, value] of entriesOf<ValueId, ValueId>(order)) places[value] = place
    const renumber = (value: ValueId): ValueId => places[value]!
    return {
      name: this.#graphName,
      nodes: order.map((value) => withOperands(this.nodeOf(value), renumber)),
      outputs: [...this.outputs].map(([name, value]) => ({
        name,
        value: renumber(value),
        ...(this.#figures.has(name) && { figure: true as const }),
      })),
      stores: [...this.#stores.values()].map((store) => ({
        ...store,
        value: renumber(store.value),
      })),
    }
  }

  #shape(operation: Operation, declared: Shape | undefined): Shape {
    if (operation.op === 'input' || operation.op === 'load') {
      if (!declared) throw new Error(`${leafKey(operation)} needs a shape`)
      return declared
    }
    return resultShape(
      operation,
      operandsOf(operation).map((value) => this.shapeOf(value)),
    )
  }
}

const ringOf = (late: Late | undefined): { readonly ring?: number } =>
  late ? { ring: late.ring } : {}
