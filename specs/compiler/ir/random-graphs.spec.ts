/** Properties that hold of all graphs: what is built is sound, prints, and has true gradients. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { gradients } from '../../../compiler/ir/gradient.ts'
import { inlineGraph } from '../../../compiler/ir/inline.ts'
import type { Graph } from '../../../compiler/ir/ir.ts'
import { parseGraph } from '../../../compiler/ir/parse.ts'
import { print } from '../../../compiler/ir/print.ts'
import { verify } from '../../../compiler/ir/verify.ts'
import { interpret, tensor } from '../../helpers/interpreter.ts'
import {
  environment,
  environmentOf,
  randomGraph,
  sparseSurroundings,
  type Surroundings,
} from './random-graphs.ts'

const sparse = [0, 1, 2, 3].map((seed) => sparseSurroundings(4, 3, seed))
const anySparse = fc.constantFrom(...sparse)

it('random graphs with synapses are sound, run, and read back as they are printed', () => {
  const graphs = anySparse.chain((around) =>
    fc.record({ around: fc.constant(around), graph: randomGraph({ around, size: 40 }) }),
  )
  fc.assert(
    fc.property(graphs, ({ around, graph }) => {
      expect(() => verify(graph)).not.toThrow()
      const { outputs } = interpret(graph, environmentOf(around))
      expect(Object.keys(outputs)).toHaveLength(graph.outputs.length)
      expect(parseGraph(print(graph))).toEqual(graph)
    }),
    { numRuns: 150 },
  )
})

it('random graphs are sound and run', () => {
  fc.assert(
    fc.property(randomGraph(), (graph) => {
      expect(() => verify(graph)).not.toThrow()
      const { outputs } = interpret(graph, environment)
      expect(Object.keys(outputs)).toHaveLength(graph.outputs.length)
    }),
    { numRuns: 100 },
  )
})

it('what is printed reads back exactly', () => {
  fc.assert(
    fc.property(randomGraph({ size: 60 }), (graph) => {
      const text = print(graph)
      const again = parseGraph(text)
      expect(again).toEqual(graph)
      expect(print(again)).toBe(text)
    }),
    { numRuns: 300 },
  )
})

it('inlining computes the same', () => {
  fc.assert(
    fc.property(randomGraph(), (graph) => {
      const b = new GraphBuilder('around')
      const values = inlineGraph(b, { ...graph, stores: [] }, {})
      for (const [name, value] of Object.entries(values)) b.output(name, value)
      const around = b.build()
      verify(around)
      expect(interpret(around, environment).outputs).toEqual(interpret(graph, environment).outputs)
    }),
    { numRuns: 50 },
  )
})

it.each([
  ['random graphs', undefined],
  ['random graphs with synapses', sparse[0]],
  ['random graphs with repeated synapses', sparse[2]],
] as const)('gradients of %s are those of finite differences', (_, around) => {
  const graphs = randomGraph({ differentiable: true, size: 20, ...(around && { around }) })
  fc.assert(
    fc.property(graphs, fc.nat(100), (graph, where) => {
      const { loss, slope } = directional(graph, where, around)
      const step = 1e-5
      const numeric = (loss(step) - loss(-step)) / (2 * step)
      // At a kink the two one-sided slopes differ; there is nothing to compare with.
      const [left, right] = [(loss(0) - loss(-step)) / step, (loss(step) - loss(0)) / step]
      const scale = Math.max(1, Math.abs(numeric))
      fc.pre(Math.abs(left - right) < 1e-2 * scale)
      expect(Math.abs(slope - numeric) / scale).toBeLessThan(1e-4)
    }),
    { numRuns: 150 },
  )
})

/** The loss along the axis of one element of an input or storage, and its derivative at 0. */
function directional(
  graph: Graph,
  where: number,
  around: Surroundings | undefined,
): { loss: (by: number) => number; slope: number } {
  const base = around ? environmentOf(around) : environment
  const [inputs, storages] = [base.inputs!, base.storages!]
  // No gradient passes a ring.
  const names = [...Object.keys(inputs), ...Object.keys(storages)].filter(
    (each) => each !== 'ring' && (inputs[each] ?? storages[each])!.data.length > 0,
  )
  const name = names[where % names.length]!
  const before = inputs[name] ?? storages[name]!
  const element = where % before.data.length
  const moved = (by: number) => {
    const value = tensor(before.shape, before.data.with(element, before.data[element]! + by))
    const change = { [name]: value }
    return name in inputs
      ? { ...base, inputs: { ...inputs, ...change } }
      : { ...base, storages: { ...storages, ...change } }
  }
  const b = new GraphBuilder('differentiated')
  const { loss } = inlineGraph(b, { ...graph, stores: [] }, {})
  const shape =
    around?.storages[name] ??
    before.shape.map((dim, axis) => (axis === 0 && name in inputs ? 'batch' : dim))
  const value = name in inputs ? b.input(name, shape) : b.load(name, shape)
  b.section = 'backprop'
  b.output('gradient', gradients(b, loss!, [value])[0]!)
  const differentiated = b.build()
  verify(differentiated)
  return {
    loss: (by) => interpret(graph, moved(by)).outputs['loss']!.data[0]!,
    slope: interpret(differentiated, base).outputs['gradient']!.data[element]!,
  }
}
