/**
 * Loops that are shorter where no detection finds anything and all is finite: every lane gives what the reference gives,
 * the same bits whatever its neighbours are, which decide what code computes it.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { emitWasm } from '../../../../compiler/emit/wasm/index.ts'
import { evaluateGraph } from '../../../../compiler/ir/evaluate.ts'
import { parseGraph } from '../../../../compiler/ir/parse.ts'
import type { Network } from '../../../../runtime/engine/network.ts'
import { createWasmEngine } from '../../../../runtime/node/engine/wasm.ts'
import { moduleOf } from './random-programs.ts'

const SIZE = 203
/** A cell as lowering writes it: a detection, what it resets, what it sends, and guards of what is kept. */
const graph = parseGraph(`graph step
circuit
  %x = load x : [1, ${SIZE}]
  %y = load y : [1, ${SIZE}]
  %zero = const 0 : []
  %one = const 1 : []
  %limit = const 2 : []
  %reset = const -0.5 : []
  %infinity = const Infinity : []
  %waits = gt(%y, %zero) : [1, ${SIZE}]
  %over = gt(%x, %limit) : [1, ${SIZE}]
  %ready = not(%waits) : [1, ${SIZE}]
  s = and(%over, %ready) : [1, ${SIZE}]
  t = lt(%x, %reset) : [1, ${SIZE}]
  %none = not(s) : [1, ${SIZE}]
  %either = or(s, t) : [1, ${SIZE}]
  %sum = add(%x, %y) : [1, ${SIZE}]
  %sent = mul(s, %sum) : [1, ${SIZE}]
  %chosen = select(s, %reset, %sum) : [1, ${SIZE}]
  %back = select(%none, %chosen, %x) : [1, ${SIZE}]
  %twice = select(%either, %y, %back) : [1, ${SIZE}]
  %size = abs(%x) : [1, ${SIZE}]
  %sound = lt(%size, %infinity) : [1, ${SIZE}]
  %kept = select(%sound, %chosen, %x) : [1, ${SIZE}]
  %other = select(t, %x, %y) : [1, ${SIZE}]
output s = s
output t = t
output none = %none
output either = %either
output sent = %sent
output chosen = %chosen
output twice = %twice
output sound = %sound
store x = %kept
store y = %other
end
`)
const module = moduleOf(graph, { inputs: {}, storages: { x: [1, SIZE], y: [1, SIZE] } })
const names = graph.outputs.map(({ name }) => name)

/** Quiet cells, with single ones, runs and neighbours that are not. */
const x = Array.from({ length: SIZE }, (_, i) => {
  if (i % 29 === 11) return 3 + i
  if (i > 80 && i < 120) return i % 3 === 0 ? -1 : 2.5
  return (
    ({ 5: NaN, 130: Infinity, 131: 4, 150: -Infinity, 202: 2.1 } as Record<number, number>)[i] ??
    (i % 7) / 4
  )
})
const y = x.map((_, i) => (i % 5 === 2 ? 1 : i === 160 ? Infinity : 0))

const networks: Network[] = []
afterAll(() => networks.forEach((each) => each.dispose()))

describe.each(['f32', 'f64'] as const)('in %s', (precision) => {
  const artifact = emitWasm(module, { precision })

  it.each([1, 2, 3])('with %i threads', async (threads) => {
    const network = await createWasmEngine({ threads }).instantiate(artifact, { seed: 1 })
    networks.push(network)
    for (const turned of [0, 1, 6, 50]) {
      const turn = (values: readonly number[]): number[] => [
        ...values.slice(turned),
        ...values.slice(0, turned),
      ]
      const round = (value: number): number => (precision === 'f32' ? Math.fround(value) : value)
      const state = Object.fromEntries(
        Object.entries({ x, y }).map(([name, values]) => [
          name,
          { shape: [1, SIZE], data: Float64Array.from(turn(values), round) },
        ]),
      )
      network.load(state)
      const expected = evaluateGraph(graph, { batch: 1, storages: state })
      const found = network.observe(1, {}, names)
      for (const name of names) same(found[name]!.data, expected.outputs[name]!.data, name, round)
      network.step(1, {})
      const after = network.save()
      for (const name of ['x', 'y'])
        same(after[name]!.data, expected.stores[name]!.data, `kept ${name}`, round)
    }
  })
})

function same(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
  round: (value: number) => number,
): void {
  for (let i = 0; i < SIZE; i++) {
    const [a, b] = [found[i]!, round(expected[i]!)]
    expect(Object.is(a, b), `${name} of element ${i}: ${a}, not ${b}`).toBe(true)
  }
}
