/**
 * Measures of whole weights, `mean(W)`: over the synapses that there are, after the step, whether they are kept by synapse, as
 * a matrix with a mask, or as a whole matrix; on every target. And sums of so many numbers that single precision
 * would lose some of them.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { withPatterns } from '../../helpers/drawn.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { networkOn, type Target } from '../../oracles/replay.ts'

const names = ['mean', 'std', 'variance', 'sum', 'max_of', 'min_of'] as const
const weights = ['S', 'M', 'F', 'O', 'E'] as const
const measures = weights.flatMap((weight) => names.map((name) => `${name}(${weight})`))

const { ir, diagnostics } = compileText(`
cell A { state v = 0 : 10 ms * dv/dt = 12 - v  spike s when v > 1 { v = 0 } }
cell B { compartment x  compartment y  compartment z  compartment o  compartment n  event out = x + y + z + o + n }
plasticity Grows { on pre.s { w += 0.25 } }
population a[80] : A
population b[80] : B
connect a.s -> b.x as S { random synapses 300 repeats  init uniform(1, 2)  learn Grows }
connect a.s -> b.y as M { random probability 0.5  init uniform(-2, -1)  learn Grows }
connect a.s -> b.z as F { init normal(1, 0.5)  learn Grows }
connect a.s -> b.o as O { one_to_one  init uniform(1, 2)  learn Grows }
connect a.s -> b.n as E { random probability 0  init 1  fixed }
experiment e { step 0.1 ms  duration 10 ms
  measure ${measures.join(', ')}, steps = norm(F)  every 1 step }`)

/** What a measure is of these numbers. */
function wanted(name: (typeof names)[number], found: readonly number[]): number {
  const sum = found.reduce((a, b) => a + b, 0)
  const mean = sum / found.length
  const variance = found.reduce((a, b) => a + (b - mean) ** 2, 0) / found.length
  const most = found.length > 0 ? Math.max(...found) : Number.NaN
  const least = found.length > 0 ? Math.min(...found) : Number.NaN
  return { mean, variance, std: Math.sqrt(variance), sum, max_of: most, min_of: least }[name]
}

describe('statistics of weights', () => {
  it.each<Target>([
    { engine: 'interpreter' },
    { engine: 'wasm', precision: 'f64', threads: 2 },
    { engine: 'wasm' },
    { engine: 'tfjs-wasm' },
  ])('are over the synapses that there are, after the step, on %j', async (target) => {
    if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
    expect(ir.storages.find(({ name }) => name === 'S')?.shape).toHaveLength(1)
    const network = await networkOn(target, ir, withPatterns(ir, { seed: 1 }))
    for (let step = 0; step < 10; step++) {
      const figures = network.measuredStep(1, {}, {})
      if (step < 9) continue
      const saved = network.save()
      for (const weight of weights) {
        const found = [...(saved[weight]?.data ?? [])].filter((each) => each !== 0)
        expect(found).toHaveLength(
          { S: found.length, M: found.length, F: 6400, O: 80, E: 0 }[weight],
        )
        for (const name of names) {
          const [is, its] = [figures[`${name}(${weight})`], wanted(name, found)]
          const isPrecise = target.precision === 'f64' || target.engine === 'interpreter'
          const error = Math.abs(Number(is) - its) / Math.max(1, Math.abs(its))
          if (Number.isNaN(its)) expect(is, `${name}(${weight})`).toBeNaN()
          else expect(error, `${name}(${weight})`).toBeLessThan(isPrecise ? 1e-12 : 1e-5)
        }
      }
    }
    network.dispose()
  })

  it('lose nothing of many numbers in single precision, whatever stands in the row', async () => {
    const { ir: large, diagnostics: said } = compileText(`
cell A { state v = 0 : 10 ms * dv/dt = -v  spike s when v > 1 { v = 0 } }
cell B { compartment x  event out = x }
population a[4000] : A
population b[4000] : B
connect a.s -> b.x as W { random out_degree 500  init 0.1  fixed }
experiment e { step 0.1 ms  duration 10 ms  measure n = norm(W), m = mean(W), s = sum(W)  every 1 step }`)
    if (!large) throw new Error(said.map((each) => each.message).join('\n'))
    const network = await wasmNetwork(large, { precision: 'f32' })
    const { n, m, s } = network.measuredStep(1, {}, {})
    network.dispose()
    const tenth = Math.fround(0.1)
    expect(Math.abs(Number(m) / tenth - 1)).toBeLessThan(2e-5)
    expect(Math.abs(Number(s) / (2e6 * tenth) - 1)).toBeLessThan(2e-5)
    expect(Math.abs(Number(n) / Math.sqrt(2e6 * tenth ** 2) - 1)).toBeLessThan(2e-5)
  })

  it('are measured, not recorded', () => {
    const { diagnostics: said } = compileText(`
cell A { state v = 0 : 10 ms * dv/dt = -v  spike s when v > 1 { v = 0 } }
cell B { compartment x  event out = x }
population a[4] : A
population b[4] : B
connect a.s -> b.x as W { init 1  fixed }
experiment e { step 0.1 ms  duration 10 ms  record mean(W) }`)
    const [first, ...more] = said
    expect(more).toEqual([])
    expect(first?.hint).toContain('`measure mean(W)`')
  })
})
