/**
 * Programs of the wasm target compute what the interpreter does, on any number of threads. `npm run fuzz
 * -- --only programs` goes on for longer.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../../compiler/ir/parse.ts'
import type { Graph } from '../../../../compiler/ir/ir.ts'
import { optimiseGraph } from '../../../../compiler/passes/index.ts'
import { wasmNetwork, type WasmRun } from '../../../helpers/wasm-network.ts'
import {
  randomGraph,
  randomSum,
  sparseSurroundings,
  surroundings,
  widerSurroundings,
} from '../../ir/random-graphs.ts'
import { deviationOf, moduleOf, type Trial } from './random-programs.ts'

const timeout = 60_000

const anyPasses = (graphs: fc.Arbitrary<Graph>): fc.Arbitrary<Graph> =>
  fc.tuple(graphs, fc.boolean()).map(([graph, plain]) => (plain ? graph : optimiseGraph(graph)))

async function holds(trials: fc.Arbitrary<Trial>, runs: readonly WasmRun[], numRuns: number) {
  await fc.assert(
    fc.asyncProperty(trials, async (trial) => {
      const deviation = await deviationOf(trial, runs)
      fc.pre(deviation !== 'wild')
      expect(deviation).toBeUndefined()
    }),
    { numRuns, seed: 20221 },
  )
}

function trials(
  sizes: readonly (readonly [number, number])[],
  batches: readonly number[],
): fc.Arbitrary<Trial> {
  const options = { batchAnywhere: false, broadcasts: true, size: 40 }
  return fc.constantFrom(...sizes).chain(([n, m]) => {
    const around = widerSurroundings(n, m)
    const graph = anyPasses(randomGraph({ ...options, around }))
    return fc.record({ graph, around: fc.constant(around), batch: fc.constantFrom(...batches) })
  })
}

const oneThread: readonly WasmRun[] = [{}, { precision: 'f64' }]
const twoThreads: readonly WasmRun[] = [{}, { threads: 2 }, { precision: 'f64', threads: 2 }]

describe('random graphs with synapses compute the same as on the interpreter', () => {
  const sizes = [
    [4, 3],
    [9, 7],
    [33, 20],
  ] as const
  const arounds = sizes.flatMap(([n, m]) =>
    [0, 1, 2, 3].map((seed) => sparseSurroundings(n, m, seed)),
  )
  const sparse = fc.constantFrom(...arounds).chain((around) => {
    const graph = anyPasses(randomGraph({ around, batchAnywhere: false, size: 40 }))
    return fc.record({ graph, around: fc.constant(around), batch: fc.constantFrom(1, 2, 5) })
  })
  it('on one thread', () => holds(sparse, oneThread, 25), timeout)
  it('on two threads and three', () => holds(sparse, [...twoThreads, { threads: 3 }], 25), timeout)
})

describe('random graphs compute the same as on the interpreter', () => {
  const small = trials(
    [
      [4, 3],
      [5, 3],
      [1, 2],
      [8, 4],
      [3, 7],
    ],
    [1, 2, 3, 5, 8],
  )
  const large = trials(
    [
      [33, 20],
      [64, 17],
      [18, 50],
    ],
    [17, 33, 40],
  )
  it('in any shape', () => holds(small, oneThread, 60), timeout)
  it('split between threads', () => holds(large, twoThreads, 4), timeout)
  it(
    'as sums of products',
    async () => {
      const around = surroundings(4, 3)
      const sums = anyPasses(randomSum()).map((graph): Trial => ({ graph, around, batch: 3 }))
      await holds(sums, oneThread, 30)
    },
    timeout,
  )
})

/** Graphs that once went wrong, and what random ones seldom have. */
const found: Readonly<Record<string, string>> = {
  'a tensor of fewer axes meets the later axes of one of more': `
    %R = load R : [2, 3]
    %T = load T : [5, 2, 3]
    %first = slice(%T, axis=0, start=0, size=1)
    %one = sub(%R, %first)
    %every = mul(%R, %T)
    output one = %one
    output every = %every
    store T = %every`,
  'rows that are matrices are summed to a matrix': `
    %T = load T : [5, 2, 3]
    %R = load R : [2, 3]
    %square = square(%T)
    %sum = reduce.sum(%square, axes=[0])
    %kept = reduce.mean(%T, axes=[0], keep=1)
    %more = add(%sum, %R)
    output kept = %kept
    store R = %more`,
  'storages exchange their values': `
    %V = load V : [5, 3]
    %W = load W : [5, 3]
    store V = %W
    store W = %V`,
  'one value goes to two storages, and another is what one of them was': `
    %V = load V : [5, 3]
    %W = load W : [5, 3]
    %sum = add(%V, %W)
    store V = %sum
    store W = %sum
    output sum = %sum`,
  'storages get an input of no batch, a constant and a learning rate': `
    %s = load s : []
    %rate = scalar rate rate : []
    %two = const 2 : []
    %k = broadcast(%two) : [3]
    %n = load s : []
    output s = %n
    store s = %rate
    store k = %k`,
}

describe('graphs compute the same as on the interpreter', () => {
  const around = widerSurroundings(5, 3)
  const runs: readonly WasmRun[] = [{}, { threads: 2 }, { precision: 'f64' }]
  it.each(Object.entries(found))('%s', async (_, lines) => {
    const graph = parseGraph(`graph found\n${lines}\nend\n`)
    expect(await deviationOf({ graph, around, batch: 5 }, runs)).toBeUndefined()
  })

  it('a measure that is what a storage was before is read before it changes', async () => {
    const graph = parseGraph(`graph found
      %s = load s : []
      %one = const 1 : []
      measure
      %next = add(%s, %one)
      output next = %next
      output before = %s as figure
      store s = %next
      end`)
    const module = moduleOf(graph, around)
    const network = await wasmNetwork({ ...module, graphs: { ...module.graphs, step: graph } })
    expect(network.measuredStep(1, {})).toEqual({ next: 1.25, before: 0.25 })
    network.dispose()
  })
})
