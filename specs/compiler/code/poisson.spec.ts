/**
 * Poisson draws: the distribution, for means of every size; those of the program beside those of the runtime,
 * bit for bit; and `poisson(mean)` of a model on the interpreter, wasm and tfjs.
 */
import { describe, expect, it } from 'vitest'
import { FunctionBuilder } from '../../../compiler/code/function.ts'
import { Lanes } from '../../../compiler/code/lanes.ts'
import { ModuleBuilder } from '../../../compiler/code/module.ts'
import { poissonRowsFunction } from '../../../compiler/code/poisson.ts'
import { call, get } from '../../../compiler/code/tree.ts'
import { wasmMachine } from '../../../compiler/emit/wasm/machine.ts'
import { poissonValues } from '../../../runtime/support/poisson.ts'
import { streamKey } from '../../../runtime/support/random.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { instantiate } from './kernels/host.ts'

const draw = (mean: number | ArrayLike<number>, count: number, stream = `mean ${String(mean)}`) =>
  poissonValues(streamKey(5, stream), 3, mean, count, new Float64Array(count))

/** The probability of k. */
function probability(mean: number, k: number): number {
  let log = -mean
  for (let j = 1; j <= k; j++) log += Math.log(mean / j)
  return Math.exp(log)
}

describe('the distribution', () => {
  it.each([1e-3, 0.1, 1, 5, 9.99, 10, 14, 30, 100, 1000, 12_345])('of mean %d', (mean) => {
    const count = 200_000
    const found = new Map<number, number>()
    let [first, second] = [0, 0]
    for (const value of draw(mean, count)) {
      found.set(value, (found.get(value) ?? 0) + 1)
      first += value - mean
      second += (value - mean) ** 2
    }
    // Five standard errors of the mean and of the variance.
    expect(Math.abs(first / count)).toBeLessThan(5 * Math.sqrt(mean / count))
    const spread = Math.sqrt((mean + 2 * mean ** 2) / count)
    expect(Math.abs(second / count - mean)).toBeLessThan(5 * spread)
    // Chi-square of bins that hold twenty on the average.
    const far = 8 * Math.sqrt(mean) + 20
    let [expected, seen, chi, bins] = [0, 0, 0, 0]
    for (let k = Math.max(0, Math.floor(mean - far)); k <= mean + far; k++) {
      expected += count * probability(mean, k)
      seen += found.get(k) ?? 0
      if (expected < 20) continue
      chi += (seen - expected) ** 2 / expected
      bins++
      expected = 0
      seen = 0
    }
    expect(bins).toBeGreaterThan(1)
    expect(chi).toBeLessThan(bins - 1 + 5 * Math.sqrt(2 * bins))
  })

  it('at its ends', () => {
    const means = [-1, Number.NaN, Infinity, 0, 1e-300, 1e9, 1e300]
    const [negative, none, infinite, zero, tiny, large, huge] = draw(means, means.length)
    expect([negative, none, infinite, zero, tiny]).toEqual([NaN, NaN, Infinity, 0, 0])
    expect(Math.abs(Number(large) - 1e9)).toBeLessThan(6 * Math.sqrt(1e9))
    expect(huge).toBeCloseTo(1e300, -287)
  })

  it('of one mean or of as many means is the same', () => {
    for (const mean of [0.3, 4, 20]) {
      const means = new Float64Array(99).fill(mean)
      expect(draw(mean, 99, 'a')).toEqual(draw(means, 99, 'a'))
    }
  })
})

describe.each(['f32', 'f64'] as const)('draws of the program in %s', (precision) => {
  const module = new ModuleBuilder()
  const target = poissonRowsFunction(module, new Lanes(wasmMachine, precision, true))
  const parameters = target.parameters.map((type, i) => [`p${i}`, type] as const)
  const fn = new FunctionBuilder('run', parameters, 'void', { exported: true })
  fn.push(call(target, ...parameters.map((_, i) => get(fn.parameter(i)))))
  module.add(fn.build())
  const { exports, buffer } = instantiate(module, 4)
  const view = (at: number, length: number) =>
    precision === 'f32'
      ? new Float32Array(buffer, at, length)
      : new Float64Array(buffer, at, length)
  const Numbers = precision === 'f32' ? Float32Array : Float64Array
  const bytes = Numbers.BYTES_PER_ELEMENT
  const [out, meanAt] = [64, 2 ** 17]

  it.each([
    ['one mean', 0, 0],
    ['one of each row', 4 * bytes, 0],
    ['one of each column', 0, bytes],
    ['one of each element', 24 * bytes, bytes],
  ])('%s, as the runtime has them', (_, rowStep, columnStep) => {
    const key = streamKey(9, 'rows')
    const means = view(meanAt, 24 * 9)
    for (let i = 0; i < means.length; i++)
      means[i] = [0, 1e-3, 0.02, 0.5, 3, 9.9, 12, 47, 300, 1e5][(i * 7) % 10]!
    for (const columns of [1, 2, 3, 7, 8, 13, 20, 21]) {
      const [firstRow, rows] = [2, 5]
      const stride = Math.ceil(columns / 4) * 4
      const drawnRows = view(out, stride * 9).fill(123.5)
      exports['run']!(out, meanAt, rowStep, columnStep, ...key, 7, firstRow, rows, columns)
      const its = Float64Array.from({ length: columns * 9 }, (__, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns]
        return means[(row * rowStep + column * columnStep) / bytes]!
      })
      const drawn = poissonValues(key, 7, its, columns * 9, new Numbers(columns * 9))
      for (let at = 0; at < drawnRows.length; at++) {
        const [row, column] = [Math.floor(at / stride), at % stride]
        const inside = column < columns && row >= firstRow && row < firstRow + rows
        expect(drawnRows[at]).toBe(inside ? drawn[row * columns + column] : 123.5)
      }
    }
  })

  it.each([1e-4, 0.03, 0.9])('many of the small mean %d', (mean) => {
    view(meanAt, 1).fill(mean)
    const many = view(out, 4000)
    exports['run']!(out, meanAt, 0, 0, 5, 6, 8, 0, 1, 4000)
    const its = new Numbers(1).fill(mean)[0]!
    expect(many.slice()).toEqual(poissonValues([5, 6], 8, its, 4000, new Numbers(4000)))
  })
})

describe('poisson(mean) of a model', () => {
  const { ir, diagnostics } = compileText(`
param rate = 400 Hz
cell Source(m) {
  state x = poisson(3) : dx/dt = 0 / 1 s
  spike s = poisson(rate * 0.1 ms)
  signal n = poisson(m * x)
}
population a[40] : Source(4)
experiment e { step 0.1 ms  batch 2  duration 1 ms }`)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const names = ['a.x', 'a.s', 'a.n']
  const numbers = (seen: Readonly<Record<string, { readonly data: ArrayLike<number> }>>) =>
    names.map((name) => [...Float64Array.from(seen[name]?.data ?? [])])

  it('is drawn alike on the interpreter and by wasm, on any number of threads', async () => {
    const reference = interpretedNetwork(ir, { seed: 4 })
    const networks = await Promise.all(
      [1, 3].map((threads) => wasmNetwork(ir, { precision: 'f64', threads }, { seed: 4 })),
    )
    for (let step = 0; step < 5; step++) {
      const expected = numbers(reference.observe(2, {}, names))
      expect(expected[2]?.some((each) => each > 9)).toBe(true)
      for (const network of networks) {
        expect(numbers(network.observe(2, {}, names))).toEqual(expected)
        network.step(2, {}, {})
      }
      reference.step(2, {}, {})
    }
    for (const network of networks) network.dispose()
  })
})
