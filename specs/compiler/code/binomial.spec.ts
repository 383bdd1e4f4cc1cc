/**
 * Binomial draws: the distribution beside exact probabilities, for few and many trials and chances of every size; those
 * of the program beside those of the runtime, bit for bit; and `binomial(n, p)` of a model on the interpreter, wasm
 * and tfjs.
 */
import { describe, expect, it } from 'vitest'
import { binomialRowsFunction } from '../../../compiler/code/binomial.ts'
import { FunctionBuilder } from '../../../compiler/code/function.ts'
import { Lanes } from '../../../compiler/code/lanes.ts'
import { ModuleBuilder } from '../../../compiler/code/module.ts'
import { call, get } from '../../../compiler/code/tree.ts'
import { wasmMachine } from '../../../compiler/emit/wasm/machine.ts'
import { binomialValues } from '../../../runtime/support/binomial.ts'
import { streamKey } from '../../../runtime/support/random.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { instantiate } from './kernels/host.ts'

const draw = (n: number | ArrayLike<number>, p: number | ArrayLike<number>, count: number) => {
  const stream = typeof n === 'number' ? `${n} of ${String(p)}` : 'lists'
  return binomialValues(streamKey(5, stream), 3, n, p, count, new Float64Array(count))
}

/** The probabilities of 0 .. n, or of what lies within `far` of the mean, from the mode outwards. */
function probabilities(n: number, p: number, far: number): ReadonlyMap<number, number> {
  const mode = Math.min(n, Math.floor((n + 1) * p))
  const found = new Map([[mode, 1]])
  let total = 1
  for (const way of [1, -1]) {
    let term = 1
    for (let k = mode; Math.abs(k + way - mode) <= far; k += way) {
      const next = k + way
      if (next < 0 || next > n) break
      term *= way === 1 ? ((n - k) / next) * (p / (1 - p)) : (k / (n - next)) * ((1 - p) / p)
      found.set(next, term)
      total += term
    }
  }
  return new Map([...found].map(([k, term]) => [k, term / total]))
}

describe('the distribution', () => {
  it.each([
    [1, 0.3],
    [5, 0.5],
    [10, 0.02],
    [19, 0.5],
    [20, 0.5],
    [25, 0.4],
    [40, 0.9],
    [100, 0.11],
    [100, 0.999],
    [1000, 0.003],
    [1000, 0.35],
    [1e6, 2e-6],
    [1e9, 3e-8],
    [1e12, 1e-9],
    [1e15, 2e-14],
  ])('of %d trials with the chance %d', (n, p) => {
    const count = 50_000
    const found = new Map<number, number>()
    let first = 0
    for (const value of draw(n, p, count)) {
      found.set(value, (found.get(value) ?? 0) + 1)
      first += value - n * p
    }
    const variance = n * p * (1 - p)
    expect(Math.abs(first / count)).toBeLessThan(5 * Math.sqrt(variance / count))
    // Chi-square of bins that hold twenty on the average.
    let [expected, seen, chi, bins] = [0, 0, 0, 0]
    const exact = probabilities(n, p, 12 * Math.sqrt(variance) + 40)
    for (const k of [...exact.keys()].toSorted((a, b) => a - b)) {
      expected += count * (exact.get(k) ?? 0)
      seen += found.get(k) ?? 0
      if (expected < 20) continue
      chi += (seen - expected) ** 2 / expected
      bins++
      expected = 0
      seen = 0
    }
    expect(bins).toBeGreaterThan(1)
    expect(chi).toBeLessThan(bins - 1 + 5 * Math.sqrt(2 * bins))
    for (const k of found.keys()) expect(k >= 0 && k <= n && Number.isInteger(k)).toBe(true)
  })

  it('at its ends', () => {
    const cases = [
      [10, 0, 0],
      [10, 1, 10],
      [0, 0.5, 0],
      [-1, 0.5, Number.NaN],
      [2.5, 0.5, Number.NaN],
      [Infinity, 0.5, Number.NaN],
      [10, -0.1, Number.NaN],
      [10, 1.1, Number.NaN],
      [10, Number.NaN, Number.NaN],
      [1e15, 1e-30, 0],
    ] as const
    const [n, p, wanted] = [0, 1, 2].map((i) => cases.map((each) => each[i] ?? 0))
    expect([...draw(n ?? [], p ?? [], cases.length)]).toEqual(wanted)
  })
})

describe.each(['f32', 'f64'] as const)('draws of the program in %s', (precision) => {
  const module = new ModuleBuilder()
  const target = binomialRowsFunction(module, new Lanes(wasmMachine, precision, true))
  const parameters = target.parameters.map((type, i) => [`p${i}`, type] as const)
  const fn = new FunctionBuilder('run', parameters, 'void', { exported: true })
  fn.push(call(target, ...parameters.map((_, i) => get(fn.parameter(i)))))
  module.add(fn.build())
  const { exports, buffer } = instantiate(module, 4)
  const Numbers = precision === 'f32' ? Float32Array : Float64Array
  const view = (at: number, length: number) =>
    precision === 'f32'
      ? new Float32Array(buffer, at, length)
      : new Float64Array(buffer, at, length)
  const bytes = Numbers.BYTES_PER_ELEMENT
  const [out, trialsAt, chanceAt] = [64, 2 ** 16, 2 ** 17]

  it.each([
    ['one of all', 0, 0],
    ['one of each row', 4 * bytes, 0],
    ['one of each column', 0, bytes],
    ['one of each element', 24 * bytes, bytes],
  ])('%s, as the runtime has them', (_, rowStep, columnStep) => {
    const key = streamKey(9, 'rows')
    const [trials, chances] = [view(trialsAt, 24 * 9), view(chanceAt, 24 * 9)]
    for (let i = 0; i < trials.length; i++) {
      trials[i] = [20, 1, 7, 1000, 30, 3e6, 0, 12, -2, 250][(i * 7) % 10]!
      chances[i] = [0.5, 0.03, 0.9, 0.2, 0, 1e-6, 1, 0.66, 0.015, 1.5, 0.4][(i * 5) % 11]!
    }
    for (const columns of [1, 3, 8, 13, 21]) {
      const [firstRow, rows] = [2, 5]
      const stride = Math.ceil(columns / 4) * 4
      const drawn = view(out, stride * 9).fill(123.5)
      const places = [trialsAt, chanceAt].flatMap((at) => [at, rowStep, columnStep])
      exports['run']!(out, ...places, ...key, 7, firstRow, rows, columns)
      const [n, p] = [trials, chances].map((from) =>
        Float64Array.from({ length: columns * 9 }, (__, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns]
          return from[(row * rowStep + column * columnStep) / bytes]!
        }),
      )
      const wanted = binomialValues(key, 7, n!, p!, columns * 9, new Numbers(columns * 9))
      for (let at = 0; at < drawn.length; at++) {
        const [row, column] = [Math.floor(at / stride), at % stride]
        const inside = column < columns && row >= firstRow && row < firstRow + rows
        expect(drawn[at]).toBe(inside ? wanted[row * columns + column] : 123.5)
      }
    }
  })
})

describe('binomial(n, p) of a model', () => {
  const model = `
param rate = 400 Hz
cell Source(p) {
  state x = binomial(30, 0.5) : dx/dt = 0 / 1 s
  spike s = binomial(1, rate * 0.1 ms)
  signal n = binomial(x, p)
  signal vesicles = binomial(200, 0.2)
}
population a[40] : Source(0.75)
experiment e { step 0.1 ms  batch 2  duration 1 ms }`
  const names = ['a.x', 'a.s', 'a.n', 'a.vesicles']
  const numbers = (seen: Readonly<Record<string, { readonly data: ArrayLike<number> }>>) =>
    names.map((name) => [...Float64Array.from(seen[name]?.data ?? [])])

  it('is drawn alike on the interpreter and by wasm, on any number of threads', async () => {
    const { ir, diagnostics } = compileText(model)
    if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
    const reference = interpretedNetwork(ir, { seed: 4 })
    const networks = await Promise.all(
      [1, 3].map((threads) => wasmNetwork(ir, { precision: 'f64', threads }, { seed: 4 })),
    )
    for (let step = 0; step < 4; step++) {
      const expected = numbers(reference.observe(2, {}, names))
      expect(expected[2]?.some((each) => each > 9)).toBe(true)
      expect(expected[3]?.some((each) => each > 40)).toBe(true)
      for (const network of networks) {
        expect(numbers(network.observe(2, {}, names))).toEqual(expected)
        network.step(2, {}, {})
      }
      reference.step(2, {}, {})
    }
    for (const network of networks) network.dispose()
  })

  it.each([
    ['binomial(2.5, 0.5)', 'The number of trials of `binomial` must be a whole number from 0 on'],
    ['binomial(-1, 0.5)', 'The number of trials of `binomial` must be a whole number from 0 on'],
    ['binomial(5, 1.5)', 'The probability of `binomial` must be from 0 to 1'],
    ['binomial(5)', '`binomial`'],
    ['binomial(5, 3 mV)', 'a number without a unit'],
  ])('%s is refused', (draw, reason) => {
    const { diagnostics } = compileText(model.replace('binomial(200, 0.2)', draw))
    const messages = diagnostics.filter(({ severity }) => severity === 'error')
    expect(messages.map(({ message }) => message).join(' ')).toContain(reason)
    expect(messages).toHaveLength(1)
  })
})
