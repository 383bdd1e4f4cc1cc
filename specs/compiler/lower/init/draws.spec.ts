/** Draws of initialisers over synapses have the moments of their distributions; positive ones are positive. */
import { describe, expect, it } from 'vitest'
import { emitWasm } from '../../../../compiler/emit/wasm/index.ts'
import { createWasmEngine } from '../../../../runtime/node/engine/wasm.ts'
import { drawPatterns } from '../../../../runtime/node/patterns/read.ts'
import { normalValues, streamKey, uniformValues } from '../../../../runtime/support/random.ts'
import { compileText, errorsOf } from '../../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'

const head = `cell C { compartment soma  event e = soma }
population a[400] : C
population b[500] : C
`
const connected = (init: string): string =>
  `${head}connect a.e -> b.soma as W { random in_degree 80  init ${init} }`

function drawn(init: string): ArrayLike<number> {
  const { ir, diagnostics } = compileText(connected(init))
  if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return interpretedNetwork(ir, { seed: 4 }).save()['W']?.data ?? []
}

describe('the moments of', () => {
  it.each([
    ['lognormal(mean = 3, std = 2)', 3, 4, 2 / 3 + 0],
    ['lognormal(2, 0)', 2, 0, undefined],
    ['exponential(0.5)', 0.5, 0.25, 2],
    ['gamma(shape = 2.5, scale = 2)', 5, 10, 2 / Math.sqrt(2.5)],
    ['gamma(0.4, 3)', 1.2, 3.6, 2 / Math.sqrt(0.4)],
    ['gamma(1, 1)', 1, 1, 2],
  ])('%s', (init, mean, variance, skewness) => {
    const values = Array.from(drawn(init))
    expect(values.length).toBe(40_000)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    const average = (of: (x: number) => number): number =>
      values.reduce((sum, x) => sum + of(x), 0) / values.length
    const found = average((x) => x)
    const spread = average((x) => (x - found) ** 2)
    expect(Math.abs(found - mean)).toBeLessThanOrEqual(
      5 * Math.sqrt(variance / values.length) + 1e-12,
    )
    expect(Math.abs(spread - variance)).toBeLessThanOrEqual(0.1 * variance + 1e-12)
    if (skewness === undefined || init.startsWith('lognormal')) return
    const third = average((x) => (x - found) ** 3) / spread ** 1.5
    expect(Math.abs(third - skewness)).toBeLessThan(0.15 * skewness)
  })

  it('gamma by its shares: of an exponential, 1 - exp(-x) lie below x', () => {
    const values = Array.from(drawn('gamma(1, 1)'))
    for (const x of [0.1, 0.5, 1, 2, 4]) {
      const share = values.filter((each) => each < x).length / values.length
      expect(Math.abs(share - (1 - Math.exp(-x)))).toBeLessThan(0.01)
    }
  })
})

describe('the shares below the quantiles of scipy.stats, of', () => {
  const shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
  it.each([
    ['lognormal(3, 2)', [0.608989, 1.14753, 1.65821, 2.49615, 3.75753, 5.42972, 10.2313]],
    ['exponential(0.6)', [0.0060302, 0.0632163, 0.172609, 0.415888, 0.831777, 1.38155, 2.7631]],
    ['gamma(2.5, 2)', [0.554298, 1.61031, 2.6746, 4.35146, 6.62568, 9.23636, 15.0863]],
    ['gamma(0.4, 3)', [2.22462e-5, 0.00704663, 0.0706948, 0.435234, 1.51442, 3.38953, 9.00029]],
  ])('%s', (init, quantiles) => {
    const values = Float64Array.from(drawn(init))
    for (const [k, p] of shares.entries()) {
      const share = values.filter((each) => each < quantiles[k]!).length / values.length
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / values.length))
    }
  })
})

describe('many numbers', () => {
  it('go piece by piece, in memory of few pieces, and are those of a loop for each number', async () => {
    const text = connected('gamma(0.7, 3)')
      .replaceAll(/\[\d+\]/g, '[1000]')
      .replace('80', '66')
    const { ir } = compileText(text)
    if (!ir) throw new Error('it does not compile')
    const artifact = emitWasm(ir)
    const { patterns } = await drawPatterns(
      { patterns: ir.patterns ?? [], pairValues: [] },
      { seed: 4, folders: [] },
    )
    const drawnBy = async (threads: number) => {
      const engine = createWasmEngine({ threads })
      const network = await engine.instantiate(artifact, { seed: 4, batch: 1, patterns })
      const values = network.save()['W']?.data ?? []
      network.dispose()
      return Float32Array.from(values)
    }
    const values = await drawnBy(1)
    expect(await drawnBy(2)).toEqual(values)

    const count = 66_000
    const key = (name: string) => streamKey(4, `init W gamma${name}`)
    const [d, c] = [1.7 - 1 / 3, 1 / Math.sqrt(9 * (1.7 - 1 / 3))]
    const expected = new Float64Array(count)
    for (let round = 1; round <= 8; round++) {
      const x = normalValues(key(` ${round}`), 0, count)
      const u = uniformValues(key(` ${round} taken`), 0, count)
      for (let i = 0; i < count; i++) {
        const v = (1 + c * x[i]!) ** 3
        if (expected[i] || v <= 0) continue
        const most = 0.5 * x[i]! ** 2 + d - d * v + d * Math.log(v)
        if (Math.log(u[i]!) < most) expected[i] = d * v
      }
    }
    const rest = uniformValues(key(''), 0, count)
    const differing = expected.filter((each, i) => {
      const number = 3 * each * (1 - rest[i]!) ** (1 / 0.7)
      return !(Math.abs(values[i]! - number) <= 1e-5 * number)
    })
    expect([values.length, differing.length]).toEqual([count, 0])
    // The weights, their target cells, and not one of 17 draws.
    expect(artifact.memory.exampleBase).toBeLessThan(3 * 4 * count)
    const engine = createWasmEngine({ threads: 1 })
    const given = { seed: 4, batch: 1, patterns, draw: () => new Float32Array(count) }
    await expect(engine.instantiate(artifact, given)).rejects.toThrow(
      'the draw init W gamma 8 is made piece by piece and cannot be given',
    )
  })
})

describe('what cannot be drawn', () => {
  it.each([
    ['lognormal()', 'CCN2006 `lognormal` needs a value for `mean`.'],
    ['lognormal(1)', 'CCN2006 `lognormal` needs a value for `std`.'],
    ['lognormal(0, 1)', 'CCN6008 `mean` must be above 0, but is 0.'],
    ['exponential(-1)', 'CCN6008 `mean` must be at least 0, but is -1.'],
    ['gamma(0, 1)', 'CCN6008 `shape` must be above 0, but is 0.'],
  ])('%s', (init, message) => {
    expect(errorsOf(compileText(connected(init)))).toEqual([message])
  })
})
