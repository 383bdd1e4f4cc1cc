/** A pattern without a synapse: its weights are none, sums over them 0, on every target and backend. */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { run as tfjsNetwork } from './emitted.ts'

const { ir, diagnostics } = compileText(`
cell S { spike s = bernoulli(0.5)  state tr = 0 : 5 ms * dtr/dt = -tr  on s { tr += 1 } }
cell C { compartment soma  state v = 0 : 5 ms * dv/dt = soma - v  spike s when v > 0.1 { v = 0 } }
plasticity R { state z = 0 : 5 ms * dz/dt = -z  on post.s { z += pre.tr }
  dw = z * post.v  bounds 0..1 }
population a[6] : S
population b[3] : C
connect a.s -> b.soma as N { random synapses 0 repeats  init if pre.index == 2 then 1 else 2  learn R }
connect a.s -> b.soma as L { random probability 0  init lognormal(1, 1)  delay uniform(1 ms, 3 ms) }
connect a.s -> b.soma as W { random in_degree 2 repeats  init 0.3 }
experiment e { step 1 ms  duration 1 s  batch 2  optimise N with adam(rate = 0.1)
  measure norm(N), norm(update(N)), angle(N, L), norm(W) }`)

describe('a pattern without a synapse', () => {
  const create = { seed: 3 }
  it.each([
    ['interpreter', () => interpretedNetwork(ir!, create)],
    ['wasm', () => wasmNetwork(ir!, {}, create)],
    ['wasm, f64, two threads', () => wasmNetwork(ir!, { precision: 'f64', threads: 2 }, create)],
    ['tfjs-wasm', () => tfjsNetwork(ir!, create, 'tfjs-wasm')],
  ] as const)('%s', async (_, make) => {
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    const network = await make()
    for (let step = 0; step < 3; step++) network.step(2, {}, {})
    const measured = network.measuredStep(2, {}, {})
    const { N, L } = network.save()
    network.dispose()
    expect([N?.data.length, L?.data.length]).toEqual([0, 0])
    const values = Object.entries(measured).filter(([name]) => /norm|angle/.test(name))
    expect(values.map(([name, value]) => [name.replace(/^measure /, ''), value])).toEqual([
      ['norm(N)', 0],
      ['norm(update(N))', 0],
      ['angle(N, L)', Number.NaN],
      ['norm(W)', expect.closeTo(0.3 * Math.sqrt(6), 5)],
    ])
  })
})
