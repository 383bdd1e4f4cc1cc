/**
 * A `Network` that runs the tensor program by the reference interpreter, in double precision: what
 * targets and oracles are compared with.
 */
import { synapseDim } from '../../contract/pattern.ts'
import type { IrModule, Shape } from '../../compiler/ir/ir.ts'
import type {
  CreateOptions,
  NamedArray,
  Network,
  Presented,
  Rates,
} from '../../runtime/engine/network.ts'
import { throughWindow, type PartOfEnd } from '../../runtime/engine/windows.ts'
import { binomialValues } from '../../runtime/support/binomial.ts'
import { poissonValues } from '../../runtime/support/poisson.ts'
import { normalValues, streamKey, uniformValues } from '../../runtime/support/random.ts'
import { partOfMatrix } from '../../runtime/support/matrix-parts.ts'
import { sizeOfDim } from '../../compiler/ir/shapes.ts'
import { withPatterns } from './drawn.ts'
import { interpret, tensor, type Environment, type Run, type Tensor } from './interpreter.ts'

export function interpretedNetwork(ir: IrModule, options: CreateOptions = {}): Network {
  let storages: Record<string, Tensor> = {}
  const scalars: Record<string, number> = Object.fromEntries(
    ir.params.map((each) => [each.name, each.value]),
  )
  for (const [name, value] of Object.entries(options.parameters ?? {}))
    scalars[name] = Number(value)
  const shapes = new Map<string, Shape>([
    ...ir.inputs.map((each) => [each.name, each.shape] as const),
    // What `init` reads.
    ...(ir.files ?? []).map(({ name, shape }) => [name, shape] as const),
    ...(ir.pairValues ?? []).map(({ name, pattern }) => [name, [synapseDim(pattern)]] as const),
  ])
  const { patterns = {}, files = {} } = withPatterns(ir, options)
  const synapses = (name: string): number => patterns[name]?.count ?? Number.NaN
  const network: Network = {
    stepCount: 0,
    infer: (count, inputs) =>
      arrays(run('infer', count, inputs).outputs, (name) => !scoreNames.has(name)),
    score: (count, inputs) =>
      numbers(run('infer', count, inputs).outputs, (name) => scoreNames.has(name)),
    step: (count, inputs, rates) => void commit(run('step', count, inputs, rates)),
    measuredStep: (count, inputs, rates) => {
      const done = run('step', count, inputs, rates)
      commit(done)
      return numbers(done.outputs, (name) => done.outputs[name]?.shape.length === 0)
    },
    ...(ir.graphs.adjoint && {
      endWindow: (steps: number, rates?: Rates, part?: PartOfEnd) => {
        throughWindow(network, [steps, part], (graph) => {
          storages = { ...storages, ...run(graph, 1, {}, rates).stores }
        })
      },
    }),
    observe: (count, inputs, names) =>
      arrays(run('step', count, inputs).outputs, (name) => names.includes(name)),
    save: () => arrays(storages, () => true),
    load: (values) => {
      for (const [name, value] of Object.entries(values)) {
        if (!storages[name]) throw new RangeError(`There is no weight named ${name}`)
        storages[name] = tensor(value.shape, value.data)
      }
      for (const { name, mask } of ir.storages) {
        const [weight, present] = [storages[name], mask === undefined ? mask : storages[mask]]
        if (!weight || !present) continue
        const data = [...weight.data].map((each, i) => (present.data[i] === 0 ? 0 : each))
        storages[name] = tensor(weight.shape, data)
      }
    },
    derived: () => arrays(run('derived', 1, {}).outputs, () => true),
    set: (name, value) => void (scalars[name] = Number(value)),
    dispose: () => {},
  }
  const scoreNames = new Set(
    ir.graphs.infer.outputs.filter(({ figure }) => figure === true).map((each) => each.name),
  )
  function run(
    graph: Exclude<keyof IrModule['graphs'], undefined>,
    batch: number,
    inputs: Presented,
    rates: Rates = {},
  ): Run {
    const rate = Object.fromEntries(
      ir.rates.map((each) => [each.name, rates[each.name] ?? each.value]),
    )
    const environment: Environment = {
      batch,
      step: network.stepCount,
      inputs: Object.fromEntries(
        Object.entries(inputs).flatMap(([name, data]) => {
          const shape = shapes.get(name)
          return shape
            ? [
                [
                  name,
                  tensor(
                    shape.map((dim) => sizeOfDim(dim, batch, synapses)),
                    data,
                  ),
                ],
              ]
            : []
        }),
      ),
      storages,
      patterns,
      scalars: { ...scalars, ...rate, batch },
      draw: (stream, distribution, count, mean, chance) => {
        const replaced = options.draw?.(stream, network.stepCount, count)
        if (replaced) return replaced
        const key = streamKey(options.seed ?? 0, stream)
        if (distribution === 'poisson')
          return poissonValues(key, network.stepCount, mean ?? [], count, new Float64Array(count))
        if (distribution === 'binomial') {
          const out = new Float64Array(count)
          return binomialValues(key, network.stepCount, mean ?? [], chance ?? [], count, out)
        }
        return distribution === 'normal'
          ? normalValues(key, network.stepCount, count)
          : uniformValues(key, network.stepCount, count)
      },
      factor: (matrix, rank, side) => {
        const [rows = 1, columns = 1] = matrix.shape
        const part = partOfMatrix(Float64Array.from(matrix.data), [rows, columns], rank, side)
        const shapes = { left: [rows, rank], right: [rank, columns], orthogonal: [rows, columns] }
        return tensor(side === 'radius' ? [] : shapes[side], part)
      },
    }
    const asked = ir.graphs[graph]
    if (!asked) throw new Error(`there is no graph ${graph}`)
    return interpret(asked, environment)
  }
  function commit(done: Run): void {
    storages = { ...storages, ...done.stores }
    network.stepCount++
  }
  const read = Object.entries(files).map(([name, { data }]) => [name, data] as const)
  storages = { ...run('init', 1, Object.fromEntries(read)).stores }
  return network
}

function arrays(
  values: Readonly<Record<string, Tensor>>,
  keep: (name: string) => boolean,
): Record<string, NamedArray> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => keep(name))
      .map(([name, value]) => [name, { shape: value.shape, data: value.data.slice() }]),
  )
}

function numbers(
  values: Readonly<Record<string, Tensor>>,
  keep: (name: string) => boolean,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => keep(name))
      .map(([name, value]) => [name, value.data[0] ?? Number.NaN]),
  )
}
