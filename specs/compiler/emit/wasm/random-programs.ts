/** Runs random graphs as modules on the wasm engine and on the reference interpreter. */
import { noValue, type ValueId } from '../../../../compiler/ir/ids.ts'
import { isSynapseDim } from '../../../../contract/pattern.ts'
import type { Graph, IrModule, Shape, StorageInfo } from '../../../../compiler/ir/ir.ts'
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import { nodeAt } from '../../../../compiler/ir/operands.ts'
import { print } from '../../../../compiler/ir/print.ts'
import type { CreateOptions, NamedArray, Network } from '../../../../runtime/engine/network.ts'
import { normalValues, streamKey } from '../../../../runtime/support/random.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { poisonedNetwork, type WasmRun } from '../../../helpers/wasm-network.ts'
import { interpret, tensor, type Tensor } from '../../../helpers/interpreter.ts'
import type { Surroundings } from '../../ir/random-graphs.ts'
import { sizeOfDim } from '../../../../compiler/ir/shapes.ts'

/** A module that learns by `graph` and answers by it without its stores. */
export function moduleOf(graph: Graph, { inputs, storages, synapses }: Surroundings): IrModule {
  const used = new Set(graph.nodes.flatMap((node) => (node.op === 'input' ? [node.name] : [])))
  const ordered = (last: string): Graph['outputs'] => {
    const isLast = (value: ValueId): boolean => nodeAt(graph.nodes, value).section === last
    return [
      ...graph.outputs.filter(({ value }) => !isLast(value)),
      ...graph.outputs.filter(({ value }) => isLast(value)),
    ]
  }
  const init = new GraphBuilder('init')
  for (const [name, shape] of Object.entries(storages)) init.store(name, init.filled(0.25, shape))
  const ring = synapses?.ring
  if (ring) init.store('ring', init.filled(0.25, ring.shape))
  const empty = new GraphBuilder('empty').build()
  return {
    name: 'random',
    source: 'random.ccn',
    params: [
      { name: 'p', value: 0.5, kind: 'number' },
      { name: 'q', value: -1.7, kind: 'number' },
    ],
    storages: [
      ...Object.entries(storages).map(([name, shape]): StorageInfo => ({
        name,
        shape: shape.map((dim) => (isSynapseDim(dim) ? dim : Number(dim))),
        role: 'weight',
      })),
      ...(ring
        ? [{ name: 'ring', shape: ring.shape, role: 'state', ring: ring.rows } as const]
        : []),
    ],
    ...(synapses && { patterns: [synapses.plan] }),
    inputs: Object.entries(inputs).flatMap(([name, shape]) =>
      used.has(name) ? [{ name, shape, inference: true }] : [],
    ),
    rates: [{ name: 'rate', value: 0.1 }],
    graphs: {
      init: init.build(),
      step: { ...graph, outputs: ordered('measure') },
      infer: { ...graph, outputs: ordered('score'), stores: [] },
      derived: empty,
    },
  }
}

const values = (name: string, count: number): Float32Array =>
  normalValues(streamKey(11, name), 0, count).map((value) => value / 2)

/** Sizes with the batch, and with the synapses of the one pattern. */
const dimsIn = (shape: Shape, batch: number, synapses: number): number[] =>
  shape.map((dim) => sizeOfDim(dim, batch, () => synapses))

const countOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)

/** Everything that a network computes in two steps, by name. */
type Record_ = Map<string, NamedArray>

function record(network: Network, module: IrModule, batch: number, synapses: number): Record_ {
  const dimsOf = (shape: Shape, examples: number): number[] => dimsIn(shape, examples, synapses)
  const sizeOf = (shape: Shape, examples: number): number => countOf(dimsOf(shape, examples))
  const seen: Record_ = new Map()
  const note = (call: string, found: Readonly<Record<string, NamedArray | number>>): void => {
    for (const [name, value] of Object.entries(found)) {
      const array = typeof value === 'number' ? { shape: [], data: Float64Array.of(value) } : value
      seen.set(`${call} ${name}`, array)
    }
  }
  const { step } = module.graphs
  const inputs = Object.fromEntries(
    module.inputs.map(({ name, shape }) => [name, values(name, sizeOf(shape, batch))]),
  )
  network.load(
    Object.fromEntries(
      module.storages.map(({ name, shape }) => [
        name,
        { shape: dimsOf(shape, 1), data: values(name, sizeOf(shape, 1)) },
      ]),
    ),
  )
  note('infer', network.infer(batch, inputs))
  const variables = step.outputs.filter(({ figure }) => figure !== true)
  note(
    'observe',
    network.observe(
      batch,
      inputs,
      variables.map(({ name }) => name),
    ),
  )
  network.step(batch, inputs)
  note('first', network.save())
  const measured = network.measuredStep(batch, inputs, { rate: -0.2 })
  const isNumber = (name: string): boolean =>
    nodeAt(step.nodes, step.outputs.find((each) => each.name === name)?.value ?? noValue).shape
      .length === 0
  note(
    'measured',
    Object.fromEntries(
      step.outputs.flatMap(({ name, figure }) =>
        figure === true && isNumber(name) ? [[name, measured[name] ?? Number.NaN]] : [],
      ),
    ),
  )
  note('second', network.save())
  return seen
}

/** The largest number that is met on the way, which bounds rounding. */
function largest(
  module: IrModule,
  batch: number,
  create: CreateOptions,
  stored: Readonly<Record<string, Tensor>>,
): { readonly most: number; readonly stores: Readonly<Record<string, Tensor>> } {
  const { patterns = {} } = create
  const synapses = patterns['pattern']?.count ?? 0
  const { values: all, stores } = interpret(module.graphs.step, {
    batch,
    patterns,
    inputs: Object.fromEntries(
      module.inputs.map(({ name, shape }) => [
        name,
        tensor(
          dimsIn(shape, batch, synapses),
          values(name, countOf(dimsIn(shape, batch, synapses))),
        ),
      ]),
    ),
    storages: stored,
    scalars: { p: 0.5, q: -1.7, rate: 0.1 },
    draw: (stream, _, count) => create.draw?.(stream, 0, count) ?? new Float32Array(count),
  })
  let most = 1
  for (const { data } of all) for (const value of data) most = Math.max(most, Math.abs(value))
  return { most, stores: { ...stored, ...stores } }
}

export interface Trial {
  readonly graph: Graph
  readonly around: Surroundings
  readonly batch: number
}

const draw = (stream: string, step: number, count: number): Float32Array =>
  normalValues(streamKey(3, stream), step, count).map((value) => Math.abs(value) % 1)

/**
 * How wasm runs deviate from the interpreter and from each other, as a text; undefined if they do
 * not. `wild` if the numbers become too large to compare.
 */
export async function deviationOf(
  { graph, around, batch }: Trial,
  runs: readonly WasmRun[],
): Promise<string | undefined> {
  const module = moduleOf(graph, around)
  const drawn = around.synapses?.drawn
  const synapses = drawn?.count ?? 0
  const create: CreateOptions = {
    seed: 3,
    draw,
    ...(drawn && { patterns: { [drawn.name]: drawn } }),
  }
  const stored = Object.fromEntries(
    module.storages.map(({ name, shape }) => [
      name,
      tensor(dimsIn(shape, 1, synapses), values(name, countOf(dimsIn(shape, 1, synapses)))),
    ]),
  )
  const first = largest(module, batch, create, stored)
  const size = Math.max(first.most, largest(module, batch, create, first.stores).most)
  if (!(size < 1e4)) return 'wild'
  const reference = record(interpretedNetwork(module, create), module, batch, synapses)
  const found: Record_[] = []
  for (const run of runs) {
    const network = await poisonedNetwork(module, batch, run, create)
    try {
      found.push(record(network, module, batch, synapses))
    } finally {
      network.dispose()
    }
  }
  for (const [i, each] of found.entries()) {
    const { precision = 'f32', threads = 1 } = runs[i] ?? {}
    const tolerance = (precision === 'f32' ? 1e-4 : 1e-9) * size
    for (const [name, { shape, data }] of reference) {
      const other = each.get(name)
      if (other?.shape.join() !== shape.join()) return `${name}: another shape\n${print(graph)}`
      for (const [k, value] of data.entries()) {
        const actual = other.data[k] ?? Number.NaN
        if (Math.abs(actual - value) <= tolerance || Object.is(actual, value)) continue
        const where = `${name}[${k}] with ${threads} threads, ${precision}, batch ${batch}`
        return `${where}: ${actual} for ${value}\n${print(graph)}`
      }
    }
    const twin = runs.findIndex((run) => (run.precision ?? 'f32') === precision)
    for (const [name, { data }] of found[twin] ?? []) {
      const other = each.get(name)?.data
      const at = [...data.keys()].find((k) => !Object.is(data[k], other?.[k]))
      if (at !== undefined) {
        return `${name}[${at}] is ${other?.[at]} with ${threads} threads, ${data[at]} with ${runs[twin]?.threads}, batch ${batch}\n${print(graph)}`
      }
    }
  }
  return undefined
}
