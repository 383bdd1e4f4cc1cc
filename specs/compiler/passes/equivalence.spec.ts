/** Every pass, and all of them together, leave what a graph computes as it was. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Graph } from '../../../compiler/ir/ir.ts'
import { sections } from '../../../compiler/ir/ir.ts'
import { countUses, variableOf } from '../../../compiler/ir/operands.ts'
import { print } from '../../../compiler/ir/print.ts'
import { verify } from '../../../compiler/ir/verify.ts'
import { optimiseGraph, passes, passNames } from '../../../compiler/passes/index.ts'
import { interpret, type Tensor } from '../../helpers/interpreter.ts'
import {
  environment,
  environmentOf,
  randomGraph,
  randomSum,
  sparseSurroundings,
} from '../ir/random-graphs.ts'

/** What `after` computes otherwise than `before`, with the texts of both. */
function difference(before: Graph, after: Graph, on = environment): string | undefined {
  verify(after)
  const [old, now] = [interpret(before, on), interpret(after, on)]
  const pairs = (run: typeof old): [string, Tensor][] => [
    ...Object.entries(run.outputs),
    ...Object.entries(run.stores),
  ]
  const [olds, news] = [pairs(old), pairs(now)]
  if (olds.map(([name]) => name).join() !== news.map(([name]) => name).join()) return 'names'
  // Intermediate values bound the rounding: a small difference of large values is inexact.
  const size = Math.max(1, ...old.values.flatMap(({ data }) => [...data].map(Math.abs)))
  for (const [i, [name, value]] of olds.entries()) {
    const other = news[i]![1]
    if (other.shape.join() !== value.shape.join()) return `${name} has another shape`
    const differs = (k: number): boolean =>
      !Object.is(value.data[k], other.data[k]) &&
      !(Math.abs(value.data[k]! - other.data[k]!) <= 1e-9 * size)
    const at = [...value.data.keys()].find(differs)
    if (at !== undefined) {
      const numbers = `${value.data[at]} before, ${other.data[at]} after`
      return `${name}[${at}]: ${numbers}\n${print(before)}\n${print(after)}`
    }
  }
  return undefined
}

describe('what a graph computes stays', () => {
  it.each(passes.map((pass) => [pass.name, pass] as const))('%s', (_, { run }) => {
    fc.assert(
      fc.property(randomGraph(), (graph) => {
        expect(difference(graph, run(graph))).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })
  it('all passes', () => {
    fc.assert(
      fc.property(randomGraph({ size: 60 }), (graph) => {
        const onUnsettled = (): void => expect.fail('the passes do not come to an end')
        expect(difference(graph, optimiseGraph(graph, { onUnsettled }))).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('what a graph with synapses computes stays', () => {
  const graphs = fc
    .constantFrom(...[0, 1, 2, 3].map((seed) => sparseSurroundings(4, 3, seed)))
    .chain((around) =>
      fc.record({ around: fc.constant(around), graph: randomGraph({ around, size: 40 }) }),
    )
  it.each(passes.map((pass) => [pass.name, pass] as const))('%s', (_, { run }) => {
    fc.assert(
      fc.property(graphs, ({ around, graph }) => {
        expect(difference(graph, run(graph), environmentOf(around))).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })
  it('all passes', () => {
    fc.assert(
      fc.property(graphs, ({ around, graph }) => {
        expect(difference(graph, optimiseGraph(graph), environmentOf(around))).toBeUndefined()
      }),
      { numRuns: 150 },
    )
  })
})

describe('what a sum of products computes stays', () => {
  const each = [...passes.map(({ run }) => run), (graph: Graph) => optimiseGraph(graph)]
  it.each(each.map((run, i) => [passNames[i] ?? 'all passes', run] as const))('%s', (_, run) => {
    fc.assert(
      fc.property(randomSum(), (graph) => {
        expect(difference(graph, run(graph))).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('after all passes', () => {
  const settled = (check: (graph: Graph, before: Graph) => void): void => {
    fc.assert(
      fc.property(randomGraph({ size: 60 }), (graph) => {
        check(optimiseGraph(graph), graph)
      }),
      { numRuns: 100 },
    )
  }
  it('nothing is left to do', () => {
    settled((graph) => {
      expect(optimiseGraph(graph)).toBe(graph)
    })
  })
  it('every value is used', () => {
    settled((graph) => {
      expect(countUses(graph)).not.toContain(0)
    })
  })
  it('names are those of before, and none is in a later section than any of its users', () => {
    settled((graph, before) => {
      const names = new Set(before.nodes.map(variableOf))
      for (const node of graph.nodes) expect(names).toContain(variableOf(node))
      const order = graph.nodes.map(({ section }) => sections.indexOf(section))
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    })
  })
})
