/** `measure cv(e.s)`: how irregular intervals are, beside what the events themselves say. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const EVERY = 60
const text = (measure: string): string => `
cell S(p = 0.1) { state n = 0 : dn/dt = 1 / 1 ms  spike s = bernoulli(p)  u = 1 mV * n }
population a[20] : S(p = each uniform(0.02, 0.5))
experiment e { step 1 ms  duration 1 s  batch 2  measure ${measure} every ${EVERY} steps }`

/** The mean over rows of the deviation of intervals that end in steps first .. last over their mean. */
function irregularityOf(rows: readonly (readonly number[])[], first: number, last: number): number {
  const all = rows.flatMap((events) => {
    const intervals = events
      .slice(1)
      .flatMap((at, k) => (at >= first && at <= last ? [at - events[k]!] : []))
    if (intervals.length < 3) return []
    const mean = intervals.reduce((sum, each) => sum + each, 0) / intervals.length
    const variance = intervals.reduce((sum, each) => sum + (each - mean) ** 2, 0) / intervals.length
    return [Math.sqrt(variance) / mean]
  })
  return all.reduce((sum, each) => sum + each, 0) / all.length
}

describe('the coefficient of variation of intervals', () => {
  const { ir, diagnostics } = compileText(text('cv(a.s)'))
  it.each([
    ['interpreted', () => interpretedNetwork(ir!, { seed: 4 })],
    ['wasm', () => wasmNetwork(ir!, { threads: 2 }, { seed: 4 })],
    ['wasm, f64', () => wasmNetwork(ir!, { precision: 'f64' }, { seed: 4 })],
  ] as const)(
    '%s: is that of the intervals that ended since the measure before',
    async (_, make) => {
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
      const network = await make()
      const rows = Array.from({ length: 40 }, (): number[] => [])
      for (let step = 0; step <= 3 * EVERY; step++) {
        const seen = network.observe(2, {}, ['a.s'])['a.s']!.data
        for (const [row, events] of rows.entries()) if (seen[row] !== 0) events.push(step)
        const measured = network.measuredStep(2, {}, {})['cv(a.s)']!
        if (step === 0) expect(measured).toBeNaN()
        if (step === 0 || step % EVERY !== 0) continue
        const expected = irregularityOf(rows, step - EVERY + 1, step)
        expect(expected).toBeGreaterThan(0.5)
        expect(measured).toBeCloseTo(expected, 5)
      }
      network.dispose()
    },
  )

  it('is of signals without a unit, and of circuits that go on in time', () => {
    expect(errorsOf(compileText(text('cv(a.u)')))[0]).toMatch(
      /^CCN4003 `cv` needs a signal without/,
    )
    expect(errorsOf(compileText(text('cv()')))[0]).toMatch(/`cv`/)
  })
})
