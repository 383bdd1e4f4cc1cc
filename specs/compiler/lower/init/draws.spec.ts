/** Draws of initialisers over synapses have the moments of their distributions; positive ones are positive. */
import { describe, expect, it } from 'vitest'
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
