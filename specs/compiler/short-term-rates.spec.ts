/**
 * Short-term plasticity of rates, `TsodyksMarkramRate`: beside forward Euler written here, and at rest,
 * where resources and utilisation have settled, beside the mean of the spiking synapse in closed form.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'
import { networkOn, type Target } from '../oracles/replay.ts'

const step = 1e-3
const synapses = [
  { name: 'facilitating', U: 0.02, tauD: 0.1, tauF: 0.1, f: 0.1 },
  { name: 'depressing', U: 0.9, tauD: 0.02, tauF: 1, f: 0.1 },
] as const
const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'wasm', precision: 'f64' },
  { engine: 'wasm' },
  { engine: 'tfjs-wasm' },
]
const rateAt = (k: number): number => 8 + 6 * Math.sin(k / 40)

const circuit = ({ U, tauD, tauF, f }: (typeof synapses)[number]): string => `
import { TsodyksMarkramRate } from "std/short_term"
cell Source { input r  event e = r }
cell Sum { compartment soma  signal level = soma }
synapse Rated { stp TsodyksMarkramRate(${U}, ${tauD} s, ${tauF} s, ${f}) }
population a[1] : Source
population b[1] : Sum
connect a.event -> b.soma as W : Rated { init 1  fixed }
experiment e { step 1 ms  duration 1 s  batch 1 }
`

describe.each(synapses)('$name rates', (synapse) => {
  const { U, tauD, tauF, f } = synapse
  it.each(targets)('transmit r x u, on $engine', async (target) => {
    const { ir, diagnostics } = compileText(circuit(synapse))
    if (!ir) throw new Error(diagnostics.map(({ message }) => message).join(' '))
    const single = target.engine !== 'interpreter' && target.precision === undefined
    const present = (r: number) => ({ a: single ? Float32Array.of(r) : Float64Array.of(r) })
    const network = await networkOn(target, ir, {})
    const level = (r: number): number =>
      network.observe(1, present(r), ['b.level'])['b.level']?.data[0] ?? Number.NaN
    let x = 1
    let u: number = U
    try {
      for (let k = 0; k < 200; k++) {
        const r = rateAt(k)
        const dx = 1 - x - tauD * u * x * r
        const du = U - u + tauF * f * (1 - u) * r
        x += (step / tauD) * dx
        u += (step / tauF) * du
        expect(level(r) / (r * x * u)).toBeCloseTo(1, single ? 4 : 10)
        network.step(1, present(r))
      }
      const r = 20
      for (let k = 0; k < 8000; k++) network.step(1, present(r))
      const rest = (U + tauF * f * r) / (1 + tauF * f * r)
      expect(level(r)).toBeCloseTo((r * rest) / (1 + tauD * rest * r), 3)
    } finally {
      network.dispose()
    }
  })
})
