/**
 * Numbers to try a derivation on: the weights as the file initialises them with a seed, random inputs, the
 * parameters' values. Draws are the product's own, so that a seed means the network that it means elsewhere.
 */
import { evaluateGraph, type Run, type Tensor } from '../../compiler/ir/evaluate.ts'
import { drop } from '../../compiler/passes/drop.ts'
import type { Dim, Graph, IrModule, IrNode, ValueId } from '../../compiler/ir/ir.ts'
import { sizeOfDim } from '../../compiler/ir/shapes.ts'
import type { DrawnPattern } from '../../contract/pattern.ts'
import { normalValues, streamKey, uniformValues } from '../../runtime/support/random.ts'
import { partOfMatrix } from '../../runtime/support/matrix-parts.ts'
import { drawPattern, pairArrays } from '../../runtime/patterns/draw.ts'
import type { NamedAtom } from '../../compiler/analysis/expressions.ts'
import { Evaluator, type Values } from '../../compiler/analysis/evaluate.ts'
import type { Reading } from '../../compiler/analysis/from-graph.ts'
import type { ExplainedGraph } from './graph.ts'

/** Steps after which a circuit that has not settled is taken as it is, and as many operations as they may take in all. */
const mostSteps = 2000
const mostWork = 1e8

/** Steps after which what moves as much as before is taken to go on moving. */
const patience = 64

/** Fewer of a large circuit. */
function stepsOf({ nodes }: Graph, storages: readonly Tensor[]): number {
  const size = storages.reduce((all, { data }) => all + data.length, 100 * nodes.length)
  return Math.min(mostSteps, Math.ceil(mostWork / size))
}

/** What a trial is run on, besides its own. */
export interface Instead {
  readonly inputs?: Readonly<Record<string, Tensor>>
  readonly storages?: Readonly<Record<string, Tensor>>
  /** Draws of a stream, in place of none. */
  readonly draws?: Readonly<Record<string, Float64Array>>
}

/** What a step leaves of a state; of a ring, of which it is the newest rows, in all of them. */
const everywhere = (value: Tensor, { shape, data }: Tensor): Tensor =>
  value.data.length === data.length
    ? value
    : { shape, data: data.map((_, i) => value.data[i % value.data.length]!) }

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1)

export class Trial {
  readonly seed: number
  storages: Readonly<Record<string, Tensor>>
  readonly inputs: Readonly<Record<string, Tensor>>
  /** States that are held where they are; the others settle before anything is read. */
  held: ReadonlySet<string> = new Set()
  readonly scalars: Readonly<Record<string, number>>
  readonly #patterns: Readonly<Record<string, DrawnPattern>>
  readonly #pairs: Readonly<Record<string, Tensor>>
  readonly #explained: ExplainedGraph
  readonly #module: IrModule
  /** States where the circuit rests, once it was asked for. */
  #moving: Graph | undefined
  #changing: Graph | undefined
  readonly #asked = new Set<string>()
  #resting: Readonly<Record<string, Tensor>> | undefined

  constructor(module: IrModule, explained: ExplainedGraph, seed: number) {
    this.seed = seed
    this.#module = module
    this.#explained = explained
    this.scalars = {
      ...Object.fromEntries(module.rates.map(({ name, value }) => [name, value])),
      ...Object.fromEntries(module.params.map(({ name, value }) => [name, value])),
    }
    this.#patterns = Object.fromEntries(
      (module.patterns ?? []).map((plan) => [plan.name, drawPattern(plan, seed)]),
    )
    const { pairValues = [], patterns = [] } = module
    this.#pairs = Object.fromEntries(
      Object.entries(pairArrays(pairValues, patterns, this.#patterns)).map(
        ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }],
      ),
    )
    this.storages = this.#initial(module)
    this.inputs = Object.fromEntries(
      inputsOf(explained.graph, this.#patterns).map(({ name, shape }) => [
        name,
        this.drawn(`input ${name}`, shape),
      ]),
    )
  }

  /** Numbers of mean 0 and variance 1, of a name. */
  drawn(name: string, shape: readonly number[]): Tensor {
    const values = normalValues(streamKey(this.seed, `explain ${name}`), 0, sizeOf(shape))
    return { shape, data: Float64Array.from(values) }
  }

  /** Numbers for a deviation: any that are what is known of it. */
  any({ name, role, shape, total }: NamedAtom): Tensor | undefined {
    if (role !== 'deviation') return undefined
    const { data } = this.drawn(`deviation ${name}`, shape)
    const mean = total === 0 ? data.reduce((a, b) => a + b, 0) / data.length : 0
    return { shape, data: data.map((value) => value - mean) }
  }

  /** Names of what the optimiser remembers of a weight. */
  slotsOf(weight: string): readonly string[] {
    return this.#module.storages.flatMap(({ name, role }) =>
      role === 'slot' && name.startsWith(`${weight}.`) ? [name] : [],
    )
  }

  /** From now on what is copied at every step is what it is copied from, and what moves by itself is held. */
  rest(found: {
    readonly held: ReadonlySet<string>
    readonly settled: ReadonlyMap<string, Reading>
  }): void {
    this.held = found.held
    const evaluator = new Evaluator(this.values())
    const copied = [...found.settled].flatMap(([name, { series }]) =>
      this.#explained.states.has(name) ? [] : [[name, evaluator.value(series.coefficients[0]!)]],
    )
    this.#resting = undefined
    this.storages = { ...this.storages, ...Object.fromEntries(copied) }
  }

  /** Where a state comes to rest without teaching; undefined where the circuit goes on moving. */
  restOf(storage: string): Tensor | undefined {
    this.#asked.add(storage)
    this.#resting ??= this.restWith({})
    const found = this.#resting[storage]
    return found && this.latest(storage, found)
  }

  /** Where the circuit settles with the teacher asking for what it answers; nothing where it does not settle. */
  restWith(instead: Instead): Readonly<Record<string, Tensor>> {
    const free = this.#settle(instead, true)
    if (!free.isStill) return {}
    const inputs = Object.fromEntries(
      this.#explained.teachers.map(({ input, answer }) => [
        input,
        free.outputs[`value ${answer}`]!,
      ]),
    )
    const { isStill, storages } = this.#settle({
      ...instead,
      inputs: { ...instead.inputs, ...inputs },
    })
    return isStill
      ? Object.fromEntries([...this.#explained.states].map((name) => [name, storages[name]!]))
      : {}
  }

  /** What is pushed to a ring of a delay is the same everywhere in it, where nothing moves. */
  latest(name: string, { shape, data }: Tensor): Tensor {
    const { ring = 1 } = this.#module.storages.find((each) => each.name === name) ?? {}
    if (ring === 1) return { shape, data }
    const [rows = 1, ...others] = shape
    return { shape: [rows / ring, ...others], data: data.slice(0, data.length / ring) }
  }

  /** The program of what moves from step to step alone. */
  #movingProgram(): Graph {
    const { program, states } = this.#explained
    const moves = new Set([...states].map((name) => `next ${name}`))
    this.#moving ??= drop({
      ...program,
      outputs: program.outputs.filter(({ name }) => moves.has(name)),
    })
    return this.#moving
  }

  /** What rules ask for, and nothing else: for runs by the hundred of a circuit that is not in time. */
  changes(instead: Instead): Run['outputs'] {
    const { program } = this.#explained
    this.#changing ??= drop({
      ...program,
      outputs: program.outputs.filter(({ name }) => name.startsWith('update ')),
    })
    return this.#step(instead, this.#changing)
  }

  /** The outputs of the program; of a circuit in time, once it has settled. */
  run(instead: Instead = {}): Run['outputs'] {
    const { states } = this.#explained
    return states.size === 0 ? this.#step(instead) : this.#settle(instead).outputs
  }

  /** `isImpatient`: it is given up where it does not move less and less. */
  #settle(
    instead: Instead,
    isImpatient = false,
  ): {
    readonly outputs: Run['outputs']
    readonly storages: Readonly<Record<string, Tensor>>
    readonly isStill: boolean
  } {
    const { states } = this.#explained
    let storages = { ...this.storages, ...this.#resting, ...instead.storages }
    let before = Number.POSITIVE_INFINITY
    let earlier = Number.POSITIVE_INFINITY
    const most = stepsOf(this.#explained.program, Object.values(storages))
    const moving = this.#movingProgram()
    for (let step = 0; ; step++) {
      const outputs = this.#step({ ...instead, storages }, moving)
      let moved = 0
      let size = 0
      const next: Record<string, Tensor> = { ...storages }
      for (const name of states) {
        const [old, after] = [storages[name]!, outputs[`next ${name}`]!]
        if (this.held.has(name)) continue
        next[name] = everywhere(after, old)
        after.data.forEach((value, i) => {
          moved = Math.max(moved, Math.abs(value - old.data[i]!))
          size = Math.max(size, Math.abs(value))
        })
      }
      storages = next
      // Nothing but the last bits moves, and by no less than before: a slow state is still on its way until then.
      if (moved === 0 || (moved < 4e-16 * Math.max(1, size) && moved >= before) || step >= most) {
        const isStill = moved <= 1e-12 * Math.max(1, size)
        return { outputs: this.#step({ ...instead, storages }), storages, isStill }
      }
      if (isImpatient && step % patience === 0 && step > patience) {
        if (moved >= earlier) return { outputs, storages, isStill: false }
      }
      if (step % patience === 0) earlier = moved
      before = moved
    }
  }

  #step(
    { inputs, storages, draws }: Instead,
    program: Graph = this.#explained.program,
  ): Run['outputs'] {
    return evaluateGraph(program, {
      batch: 1,
      inputs: { ...this.inputs, ...inputs },
      storages: { ...this.storages, ...storages },
      scalars: this.scalars,
      patterns: this.#patterns,
      draw: (stream, _, count) => draws?.[stream] ?? new Float64Array(count),
    }).outputs
  }

  /** What symbols are worth, with what is said of others. */
  values(more: Values = () => undefined): Values {
    return (symbol) => {
      const given = more(symbol)
      if (given) return given
      const { name, role, shape } = symbol
      if (role === 'parameter' || role === 'rate') {
        const value = this.scalars[name]
        return value === undefined ? undefined : { shape: [], data: Float64Array.of(value) }
      }
      if (role === 'weight') return this.storages[name]
      if (role === 'state') {
        const state = (this.#asked.has(name) ? this.restOf(name) : undefined) ?? this.storages[name]
        return state && { shape, data: state.data }
      }
      const input = role === 'input' ? this.inputs[name] : undefined
      return input && { shape, data: input.data }
    }
  }

  /** All weights where some are set to other values: what begins as an expression of them follows. */
  following(set: ReadonlyMap<string, Tensor>): Record<string, Tensor> {
    return this.#initial(this.#module, set)
  }

  #initial(module: IrModule, set: ReadonlyMap<string, Tensor> = new Map()): Record<string, Tensor> {
    const init = withInputs(module.graphs.init, set)
    const read = inputsOf(module.graphs.init, this.#patterns)
    const files = read.map(({ name, shape }): [string, Tensor] => {
      const { data, ...rest } = this.drawn(`file ${name}`, shape)
      return [name, { ...rest, data: data.map((value) => 0.1 * value) }]
    })
    const { stores } = evaluateGraph(init, {
      batch: 1,
      inputs: { ...Object.fromEntries(files), ...this.#pairs, ...Object.fromEntries(set) },
      scalars: this.scalars,
      patterns: this.#patterns,
      draw: (stream, distribution, count) => {
        const key = streamKey(this.seed, stream)
        return distribution === 'normal'
          ? normalValues(key, 0, count)
          : uniformValues(key, 0, count)
      },
      factor: ({ shape, data }, rank, side) => {
        const [rows = 1, columns = 1] = shape
        const sizes = { left: [rows, rank], right: [rank, columns], orthogonal: shape, radius: [] }
        return { shape: sizes[side], data: partOfMatrix(data, [rows, columns], rank, side) }
      },
    })
    return { ...stores }
  }
}

/** A graph that stores, with inputs in place of what is stored of those names. */
function withInputs(graph: Graph, set: ReadonlyMap<string, Tensor>): Graph {
  const places = new Map(
    graph.stores.flatMap(({ storage, value }) => (set.has(storage) ? [[value, storage]] : [])),
  )
  const nodes = graph.nodes.map((node, value): IrNode => {
    const name = places.get(value as ValueId)
    return name === undefined
      ? node
      : { op: 'input', name, shape: node.shape, section: node.section }
  })
  return { ...graph, nodes }
}

/** Inputs of a graph, of one example. */
function inputsOf(
  graph: Graph,
  patterns: Readonly<Record<string, DrawnPattern>>,
): readonly { readonly name: string; readonly shape: number[] }[] {
  const sizeOfAxis = (dim: Dim): number => sizeOfDim(dim, 1, (name) => patterns[name]?.count ?? 1)
  const found = graph.nodes.flatMap((node) =>
    node.op === 'input' ? [{ name: node.name, shape: node.shape.map(sizeOfAxis) }] : [],
  )
  return [...new Map(found.map((each) => [each.name, each])).values()]
}
