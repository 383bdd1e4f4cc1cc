/**
 * What one program has to do: the values that its results need, with what needs no work taken away.
 *
 * Host scalars are numbered slots that the host fills before a step. A value that lies in memory just
 * as another does (a reshape within rows, `stop`) is that other value. Bernoulli draws become uniform
 * draws and a comparison; operands that do not lie to the result in one of the simple ways are first
 * spread out by a `broadcast`. What is to be stored but is no tensor of its own is copied.
 */
import { entriesOf, nextId, noValue, type Table, type WorkId } from '../ir/ids.ts'
import { isHostScalar, rowOf } from '../ir/operations.ts'
import type { Graph, IrNode, MapFunction, Origin, PatternSides, Shape, ValueId } from '../ir/ir.ts'
import { nodeAt, operandsOf, reachable } from '../ir/operands.ts'
import { classify, layoutOf, liesOf, sameLayout } from './layout.ts'
import type { Operand, Surroundings, Work, WorkStore, WorkValue } from './values.ts'

/** What a program of `graph` has to do for the outputs and stores asked for. */
export function workOf(
  graph: Graph,
  wanted: { readonly outputs: readonly string[]; readonly stores: boolean },
  { capacities, rings }: Surroundings = { capacities: new Map(), rings: new Map() },
): Work {
  const built = new WorkBuilder(graph, rings).build(wanted.outputs, wanted.stores)
  return { ...built, capacities }
}

class WorkBuilder {
  readonly #graph: Graph
  readonly #rings: Surroundings['rings']
  readonly #values: Table<WorkId, WorkValue> & WorkValue[] = []
  readonly #hosts: boolean[] = []
  readonly #operands: (Operand | undefined)[] = []
  readonly #leaves = new Map<string, WorkId>()

  constructor(graph: Graph, rings: Surroundings['rings']) {
    this.#graph = graph
    this.#rings = rings
    for (const node of graph.nodes) {
      this.#hosts.push(isHostScalar(node, (value) => this.#hosts[value] === true))
    }
  }

  build(outputs: readonly string[], stores: boolean): Omit<Work, 'capacities'> {
    const graph = this.#graph
    const wanted = new Set(outputs)
    const results = graph.outputs.filter(({ name }) => wanted.has(name))
    const writes = stores ? graph.stores : []
    const live = reachable(
      graph,
      [...results, ...writes].map(({ value }) => value),
    )
    for (const [id, node] of entriesOf(graph.nodes)) {
      this.#operands.push(live.has(id) && !this.#hosts[id] ? this.#place(node) : undefined)
    }
    const changed = new Set(writes.map(({ storage }) => storage))
    const shown = results.map(({ name, value }) => {
      const operand = this.#operand(value)
      const { making } = nodeAt(this.#values, operand.value)
      // What a storage held before is gone when the outputs are read; a row of a ring is another one then.
      const isGone =
        operand.from !== undefined ||
        making.kind === 'recall' ||
        (making.kind === 'storage' && changed.has(making.name))
      if (!isGone) return { name, operand }
      return { name, operand: { value: this.#copy(operand, undefined), shape: operand.shape } }
    })
    const placed = new Set<WorkId>()
    const written = writes.flatMap(({ storage, value, push }): WorkStore[] => {
      const node = nodeAt(graph.nodes, value)
      const ring = push ? this.#rings.get(storage) : undefined
      if (node.op === 'load' && node.storage === storage && ring === undefined) return []
      const operand = this.#operand(value)
      const { making, shape } = nodeAt(this.#values, operand.value)
      const isOwn = (making.kind === 'map' || making.kind === 'other') && !operand.from
      const fits = sameLayout(layoutOf(shape), layoutOf(operand.shape))
      const ready = isOwn && fits && !placed.has(operand.value)
      const result = ready ? operand.value : this.#copy(operand, node.origin)
      placed.add(result)
      return [{ storage, value: result, ...(ring !== undefined && { ring }) }]
    })
    return { values: this.#values, outputs: shown, stores: written, graph }
  }

  #push(value: WorkValue): WorkId {
    const id = nextId(this.#values)
    this.#values.push(value)
    return id
  }

  #leaf(key: string, value: WorkValue): WorkId {
    const known = this.#leaves.get(key)
    if (known !== undefined) return known
    const id = this.#push(value)
    this.#leaves.set(key, id)
    return id
  }

  #operand(id: ValueId): Operand {
    const node = nodeAt(this.#graph.nodes, id)
    if (this.#hosts[id]) {
      const making = { kind: 'host', node: id, as: 'value' } as const
      return { value: this.#leaf(`host ${id}`, { making, args: [], shape: [] }), shape: node.shape }
    }
    const operand = this.#operands[id]
    if (!operand) throw new Error(`%${id} is read before it is made`)
    return operand
  }

  #place(node: IrNode): Operand | undefined {
    const { shape } = node
    const about = {
      ...(node.name !== undefined && { name: node.name }),
      ...(node.origin && { origin: node.origin }),
    }
    switch (node.op) {
      case 'const':
      case 'scalar':
        return undefined
      case 'input': {
        const making = { kind: 'input', name: node.name } as const
        return { value: this.#leaf(`input ${node.name}`, { making, args: [], shape }), shape }
      }
      case 'load': {
        const making = { kind: 'storage', name: node.storage } as const
        return { value: this.#leaf(`load ${node.storage}`, { making, args: [], shape }), shape }
      }
      case 'reshape': {
        const operand = this.#operand(node.args[0])
        const from = nodeAt(this.#values, operand.value)
        const isHost = from.making.kind === 'host'
        if (isHost) return this.#map('copy', [operand], shape, about)
        if (sameLayout(layoutOf(operand.shape), layoutOf(shape))) return { ...operand, shape }
        return this.#other(node, about)
      }
      case 'map':
        return this.#map(
          node.fn,
          node.args.map((arg) => this.#operand(arg)),
          shape,
          about,
        )
      case 'broadcast': {
        const operand = this.#operand(node.args[0])
        if (classify(operand.shape, shape) === 'general') return this.#other(node, about)
        return this.#map('copy', [operand], shape, about)
      }
      case 'reduce':
        // One number is its own sum, mean, largest and smallest.
        if (nodeAt(this.#graph.nodes, node.args[0]).shape.every((dim) => dim === 1)) {
          return this.#map('copy', [this.#operand(node.args[0])], shape, about)
        }
        return this.#other(node, about)
      case 'random': {
        if (node.distribution === 'poisson' || node.distribution === 'binomial')
          return this.#counts(node, about)
        if (node.distribution !== 'bernoulli') return this.#other(node, about)
        const uniform = this.#push({
          making: { kind: 'other', node: { ...node, distribution: 'uniform', args: [] } },
          args: [],
          shape,
        })
        const probability = node.args[0]
        if (probability === undefined) throw new Error('a Bernoulli draw needs a probability')
        return this.#map(
          'lt',
          [{ value: uniform, shape }, this.#threshold(probability)],
          shape,
          about,
        )
      }
      case 'matmul': {
        const { transposeLeft, transposeRight } = node
        if (!transposeLeft || !transposeRight) return this.#other(node, about)
        // There is no kernel for a product of two transposes.
        const left = this.#inMemory(this.#operand(node.args[0]))
        const right = this.#inMemory(this.#operand(node.args[1]))
        const turned = left.shape.toReversed()
        const transpose: IrNode = {
          op: 'transpose',
          args: [noValue],
          shape: turned,
          section: node.section,
        }
        const made = { making: { kind: 'other', node: transpose }, args: [left] } as const
        const first = { value: this.#push({ ...made, shape: turned }), shape: turned }
        const making = { kind: 'other', node: { ...node, transposeLeft: false } } as const
        return { value: this.#push({ making, args: [first, right], shape, ...about }), shape }
      }
      case 'concat':
        return this.#concat(node, about)
      case 'slice':
        return this.#part(node) ?? this.#other(node, about)
      case 'factor': {
        const operand = this.#inMemory(this.#operand(node.args[0]))
        const whole = operand.from ? this.#map('copy', [operand], operand.shape, {}) : operand
        const made = { making: { kind: 'other', node }, args: [whole], shape, ...about } as const
        return { value: this.#push(made), shape }
      }
      case 'toSynapses': {
        if (node.ring !== undefined) return this.#other(node, about)
        return this.#map('copy', [this.#through(node, node.side, node.args[0])], shape, about)
      }
      case 'pairs':
        return this.#pairs(node, about)
      case 'recall': {
        const { ring, lag } = node
        const { making } = nodeAt(this.#values, this.#operand(node.args[0]).value)
        if (making.kind !== 'storage') throw new Error('what is recalled is no ring')
        const { name } = making
        const recalled = { making: { kind: 'recall', name, ring, lag }, args: [], shape } as const
        return { value: this.#leaf(`recall ${lag} ${name}`, recalled), shape }
      }
      default: {
        const [first] = operandsOf(node)
        if (rowOf(node).isOperand && first !== undefined) return { ...this.#operand(first), shape }
        return this.#other(node, about)
      }
    }
  }

  /** What a draw of counts needs lies as its kernel reads it: one number, of each row, of each column, or whole. */
  #counts(
    node: IrNode & { readonly op: 'random' },
    about: Pick<WorkValue, 'name' | 'origin'>,
  ): Operand {
    const { shape, args } = node
    const its = args.map((each) => {
      const operand = this.#operand(each)
      return classify(operand.shape, shape) === 'general' ? this.#spread(operand, shape) : operand
    })
    const value = this.#push({ making: { kind: 'other', node }, args: its, shape, ...about })
    return { value, shape }
  }

  /** A part that lies in one piece is read where it is: rows, or some of the columns of a single row. */
  #part(node: IrNode & { readonly op: 'slice' }): Operand | undefined {
    const operand = this.#inMemory(this.#operand(node.args[0]))
    const { axis, start, shape } = node
    const { row, column } = operand.from ?? { row: 0, column: 0 }
    if (operand.through) return undefined
    if (axis === 0 && shape.length > 1)
      return column === 0 ? { ...operand, shape, from: { row: row + start, column } } : undefined
    if (operand.shape.slice(0, axis).some((dim) => dim !== 1)) return undefined
    const after = operand.shape.slice(axis + 1)
    if (after.some((dim) => typeof dim !== 'number')) return undefined
    const each = after.reduce<number>((product, dim) => product * Number(dim), 1)
    return { ...operand, shape, from: { row, column: column + start * each } }
  }

  /** What each synapse's cell on that side has. */
  #through(
    { pattern }: { readonly pattern: PatternSides },
    side: 'pre' | 'post',
    value: ValueId,
  ): Operand {
    return { ...this.#inMemory(this.#operand(value)), through: { pattern, side } }
  }

  /** The products of each synapse's cells, and their sum over the examples where there are several. */
  #pairs(
    node: IrNode & { readonly op: 'pairs' },
    about: Pick<WorkValue, 'name' | 'origin'>,
  ): Operand {
    const [post, pre, delays] = node.args
    const { pattern, ring, section } = node
    const [examples = 1] = nodeAt(this.#graph.nodes, post).shape
    const all = [examples, ...node.shape]
    const sent = (): Operand => {
      if (ring === undefined || delays === undefined) return this.#through(node, 'pre', pre)
      const late = { op: 'toSynapses', args: [pre, delays], pattern, side: 'pre', ring } as const
      const { value } = this.#other({ ...late, shape: all, section }, {})
      return { value, shape: examples === 1 ? node.shape : all }
    }
    const factors = [this.#through(node, 'post', post), sent()]
    if (examples === 1) return this.#map('mul', factors, node.shape, about)
    const products = this.#map('mul', factors, all, {})
    const sum = { op: 'reduce', fn: 'sum', args: [noValue], axes: [0], keep: false } as const
    const making = { kind: 'other', node: { ...sum, shape: node.shape, section } } as const
    const value = this.#push({ making, args: [products], shape: node.shape, ...about })
    return { value, shape: node.shape }
  }

  /**
   * What a uniform draw is compared with. A chance that the host knows is rounded up to what uniform
   * draws can be in double precision, as the other target does; rounded to f32 it might be another.
   */
  #threshold(probability: ValueId): Operand {
    if (!this.#hosts[probability]) return this.#operand(probability)
    const making = { kind: 'host', node: probability, as: 'threshold' } as const
    const key = `threshold ${probability}`
    return { value: this.#leaf(key, { making, args: [], shape: [] }), shape: [] }
  }

  #map(
    fn: MapFunction | 'copy',
    operands: readonly Operand[],
    shape: Shape,
    about: Pick<WorkValue, 'name' | 'origin'>,
  ): Operand {
    const args = operands.map((operand) =>
      liesOf(operand, shape) === 'general' ? this.#spread(operand, shape) : operand,
    )
    const making = { kind: 'map', fn } as const
    return { value: this.#push({ making, args, shape, ...about }), shape }
  }

  /** An operand spread over all axes but the first, or over all if it needs the first as well. */
  #spread(operand: Operand, result: Shape): Operand {
    const extra = result.length - operand.shape.length
    const hasFirst = extra === 0 && operand.shape[0] !== 1
    const to = hasFirst ? result : [1, ...result.slice(1)]
    const node: IrNode = { op: 'broadcast', to, args: [noValue], shape: to, section: 'circuit' }
    const making = { kind: 'other', node } as const
    return { value: this.#push({ making, args: [operand], shape: to }), shape: to }
  }

  #other(node: IrNode, about: Pick<WorkValue, 'name' | 'origin'>): Operand {
    const args = operandsOf(node).map((arg) => this.#inMemory(this.#operand(arg)))
    const value = this.#push({
      making: { kind: 'other', node },
      args,
      shape: node.shape,
      ...about,
    })
    return { value, shape: node.shape }
  }

  /** Many parts are joined a hundred at a time: each operand is an address that its kernel is given. */
  #concat(
    node: IrNode & { readonly op: 'concat' },
    about: Pick<WorkValue, 'name' | 'origin'>,
  ): Operand {
    const most = 100
    const join = (args: readonly Operand[], made: typeof about): Operand => {
      if (args.length > most) {
        const groups = Array.from({ length: Math.ceil(args.length / most) }, (_, i) =>
          join(args.slice(i * most, (i + 1) * most), {}),
        )
        return join(groups, made)
      }
      const { axis } = node
      const size = args.reduce((sum, { shape }) => sum + Number(shape[axis]), 0)
      const shape = node.shape.map((dim, i) => (i === axis ? size : dim))
      const making = { kind: 'other', node: { ...node, shape } } as const
      return { value: this.#push({ making, args, shape, ...made }), shape }
    }
    return join(
      node.args.map((arg) => this.#inMemory(this.#operand(arg))),
      about,
    )
  }

  /** Kernels other than maps read tensors: a host scalar is written to memory for them. */
  #inMemory(operand: Operand): Operand {
    if (nodeAt(this.#values, operand.value).making.kind !== 'host') return operand
    return this.#map('copy', [operand], operand.shape, {})
  }

  #copy(operand: Operand, origin: Origin | undefined): WorkId {
    return this.#map('copy', [operand], operand.shape, origin ? { origin } : {}).value
  }
}
