/** A delay for each synapse: rounded once, delivered so many steps later, refused where it has no end. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (connectivity: string, delay: string): string => `
cell S { state n = 0 ms : dn/dt = 1  spike s when n >= 1.95 ms and n < 2.05 ms }
cell C { compartment soma  x = soma }
population a[5] : S at line(spacing = 100 um)
population b[4] : C at line(spacing = 100 um)
pattern P = b -> a random synapses 20
connect a.s -> b.soma as W { ${connectivity}  init pre.index + 10 * post.index + 1  delay ${delay} }
experiment r { step 0.1 ms  duration 10 ms  record b.x }`

describe.each(['all_to_all', 'pattern P'])('%s: the steps of', (connectivity) => {
  it.each([
    ['(0.25 ms + distance / (0.1 m/s))', (j: number, i: number) => Math.abs(i - j) * 10 + 3],
    ['(post.index + 1) * 1 step', (_: number, i: number) => i + 1],
    ['0 ms * distance / (1 m)', () => 1],
    ['if dx > 0 um then 0.5 ms else 0.7 ms', (j: number, i: number) => (i > j ? 5 : 7)],
    ['clip((pre.index - 2) * 1 ms, 0.3 ms, 1 ms)', (j: number) => (j < 3 ? 3 : 10)],
  ])('%s', async (delay, steps) => {
    const { ir, diagnostics } = compileText(circuit(connectivity, delay))
    if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
    const networks = [
      interpretedNetwork(ir),
      await wasmNetwork(ir, { precision: 'f64' }),
      await wasmNetwork(ir, { threads: 2 }),
    ]
    for (const network of networks) {
      const delays = network.save()['W.delay']?.data ?? []
      const expected = Array.from({ length: 20 }, (_, s) => steps(Math.floor(s / 4), s % 4))
      expect(Array.from(delays)).toEqual(expected)
      // All cells spike once; what arrives, and when, is known.
      let spiked = Number.NaN
      for (let step = 0; step < 80; step++) {
        const seen = network.observe(1, {}, ['a.s', 'b.x'])
        if (seen['a.s']?.data[0] === 1) spiked = step
        const arrived = Array.from({ length: 4 }, (_, i) =>
          [0, 1, 2, 3, 4].reduce(
            (sum, j) => sum + (step - spiked === steps(j, i) ? j + 10 * i + 1 : 0),
            0,
          ),
        )
        expect(Array.from(seen['b.x']?.data ?? []), `step ${step}`).toEqual(arrived)
        network.step(1, {}, {})
      }
      expect(spiked).toBeGreaterThan(0)
      network.dispose()
    }
  })
})

describe('delays that are refused:', () => {
  it.each([
    [
      'normal(2 ms, 1 ms)',
      'CCN4070 The delays of `W` may be negative, but each must be known to be at least 0, and at most some time.',
    ],
    [
      'exponential(2 ms)',
      'CCN4070 The delays of `W` may be of any length, but each must be known to be at least 0, and at most some time.',
    ],
    // Its shape has no unit, and its scale has.
    [
      'gamma(2, 1 ms)',
      'CCN4070 The delays of `W` may be of any length, but each must be known to be at least 0, and at most some time.',
    ],
    [
      'truncated_normal(std = 1 ms, mean = 1 ms, within = 3)',
      'CCN4070 The delays of `W` may be -2 ms, but each must be known to be at least 0, and at most some time.',
    ],
    [
      'uniform(-1 ms, 1 ms)',
      'CCN4070 The delays of `W` may be -1 ms, but each must be known to be at least 0, and at most some time.',
    ],
    [
      'distance / (1 m)',
      'CCN4003 A delay needs a time or a number of steps, but this has no unit.',
    ],
    [
      'uniform(1, 2) * 1 mV',
      'CCN4003 A delay needs a time or a number of steps, but this has the dimension',
    ],
  ])('%s', (delay, message) => {
    const errors = errorsOf(compileText(circuit('random in_degree 2', delay)))
    expect(errors.map((each) => each.slice(0, message.length))).toEqual([message])
  })
})
