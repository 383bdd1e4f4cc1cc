/**
 * Short-term plasticity with dynamics, beside a simulation spike by spike written here: what a spike
 * transmits is x u as they are before the spike changes them.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'
import { networkOn, type Target } from '../oracles/replay.ts'

const step = 1e-3
const steps = 400
/** Pairs, triplets and single spikes. */
const isSpike = (k: number, cell: number): boolean =>
  [0, 10, 22].includes((k + 17 * cell) % 90) || (k + 31 * cell) % 61 === 0
const cells = 3

const synapses = [
  { name: 'FacilitatingSpikes', U: 0.02, tauD: 0.1, tauF: 0.1, f: 0.1 },
  { name: 'DepressingSpikes', U: 0.9, tauD: 0.02, tauF: 1, f: 0.1 },
] as const
const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'wasm', precision: 'f64' },
  { engine: 'wasm' },
  { engine: 'tfjs-wasm' },
]

const circuit = (synapse: string): string => `
import { ${synapse} } from "std/short_term"
cell Source { spike s when bernoulli(0.5) > 0 }
cell Sum { compartment soma  signal level = soma }
population a[${cells}] : Source
population b[1] : Sum
connect a.spike -> b.soma as W : ${synapse} { init 1  fixed }
experiment e { step 1 ms  duration 1 s  batch 1 }
`

describe.each(synapses)('$name', ({ name, U, tauD, tauF, f }) => {
  it.each(targets)(
    'transmits what spike after spike does, on $engine $precision',
    async (target) => {
      const { ir, diagnostics } = compileText(circuit(name))
      if (!ir) throw new Error(diagnostics.map(({ message }) => message).join(' '))
      const single = target.engine !== 'interpreter' && target.precision === undefined
      const network = await networkOn(target, ir, {
        draw: (_, at, count) => {
          const numbers = Array.from({ length: count }, (_unused, i) => (isSpike(at, i) ? 0 : 0.9))
          return single ? Float32Array.from(numbers) : Float64Array.from(numbers)
        },
      })
      const state: { x: number; u: number }[] = Array.from({ length: cells }, () => ({
        x: 1,
        u: U,
      }))
      try {
        for (let k = 0; k < steps; k++) {
          let expected = 0
          for (const [cell, each] of state.entries()) {
            each.x += (step / tauD) * (1 - each.x)
            each.u += (step / tauF) * (U - each.u)
            if (!isSpike(k, cell)) continue
            expected += each.x * each.u
            const { x, u } = each
            each.x = x - u * x
            each.u = u + f * (1 - u)
          }
          const found = network.observe(1, {}, ['b.level'])['b.level']?.data[0]
          expect(found).toBeCloseTo(expected, single ? 5 : 12)
          network.step(1, {})
        }
      } finally {
        network.dispose()
      }
    },
  )
})
