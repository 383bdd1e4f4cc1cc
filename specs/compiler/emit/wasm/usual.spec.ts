/**
 * Loops with shorter code for usual arguments, and bounds that are known: every lane gives what the reference gives,
 * the same bits whatever its neighbours are, which decide what code computes it.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { emitWasm } from '../../../../compiler/emit/wasm/index.ts'
import { parseGraph } from '../../../../compiler/ir/parse.ts'
import { evaluateElementary } from '../../../../contract/elementary.ts'
import type { Network } from '../../../../runtime/engine/network.ts'
import { createWasmEngine } from '../../../../runtime/node/engine/wasm.ts'
import { moduleOf } from './random-programs.ts'

const bounds = [0, 2, -1.5, -0]
/** Outputs by name: the function, and its operands with `x` where the storage stands. */
const outputs: Readonly<
  Record<string, readonly ['exp' | 'exprel' | 'sin' | 'cos' | 'min' | 'max', ...('x' | number)[]]>
> = {
  exp: ['exp', 'x'],
  exprel: ['exprel', 'x'],
  sin: ['sin', 'x'],
  cos: ['cos', 'x'],
  ...Object.fromEntries(
    bounds.flatMap((bound) =>
      (['min', 'max'] as const).flatMap((fn) => [
        [`${fn} ${Object.is(bound, -0) ? '-0' : bound} first`, [fn, bound, 'x']],
        [`${fn} ${Object.is(bound, -0) ? '-0' : bound} last`, [fn, 'x', bound]],
      ]),
    ),
  ),
}
const number = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))
const lines = Object.entries(outputs).map(
  ([name, [fn, ...args]], i) => `
    ${args.flatMap((each, k) => (each === 'x' ? [] : [`%c${i}_${k} = const ${number(each)} : []`])).join('\n')}
    %o${i} = ${fn}(${args.map((each, k) => (each === 'x' ? '%x' : `%c${i}_${k}`)).join(', ')}) : [1, 61]
    output "${name}" = %o${i}`,
)
const usual = Array.from({ length: 40 }, (_, i) => (i - 20) / 61)
const unusual = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1e-40,
  5,
  -5,
  80,
  -80,
  95,
  -95,
  709,
  -709,
  720,
  -750,
  1e6,
  1e9,
  -1e9,
  3,
  -0.35,
]
const values = [...usual, ...unusual]
const graph = parseGraph(
  `graph usual\n%x = load x : [1, ${values.length}]\n${lines.join('\n')}\nend\n`,
)
const module = moduleOf(graph, { inputs: {}, storages: { x: [1, values.length] } })

const networks: Network[] = []
afterAll(() => networks.forEach((each) => each.dispose()))

describe.each(['f32', 'f64'] as const)('in %s', (precision) => {
  const artifact = emitWasm(module, { precision })
  const round = (value: number): number => (precision === 'f32' ? Math.fround(value) : value)
  const unit = precision === 'f32' ? 2 ** -23 : 2 ** -52

  it.each([true, false])('fused: %s', async (fused) => {
    const network = await createWasmEngine({ fused }).instantiate(artifact, { seed: 1 })
    networks.push(network)
    const names = Object.keys(outputs)
    const resultsOf = (x: readonly number[]) => {
      network.load({ x: { shape: [1, x.length], data: Float64Array.from(x) } })
      return network.observe(1, {}, names)
    }
    const found = resultsOf(values)
    for (const turned of [7, 20, 41]) {
      const other = resultsOf([...values.slice(turned), ...values.slice(0, turned)])
      for (const name of names) {
        const back = [...other[name]!.data]
        const there = [
          ...back.slice(values.length - turned),
          ...back.slice(0, values.length - turned),
        ]
        expect(there, name).toEqual([...found[name]!.data])
      }
    }
    for (const [name, [fn, ...args]] of Object.entries(outputs)) {
      values.forEach((value, i) => {
        const x = round(value)
        const result = found[name]!.data[i]!
        const expected = round(
          evaluateElementary(
            fn,
            args.map((each) => (each === 'x' ? x : each)),
          ),
        )
        const isExact = fn === 'min' || fn === 'max' || !Number.isFinite(expected) || expected === 0
        if (isExact)
          expect(Object.is(result, expected), `${name} of ${x}: ${result}, not ${expected}`).toBe(
            true,
          )
        else {
          const size = Math.max(Math.abs(expected), precision === 'f32' ? 2 ** -126 : 2 ** -1022)
          expect(Math.abs(result - expected) / size, `${name} of ${x}`).toBeLessThan(3 * unit)
        }
      })
    }
  })
})
