/**
 * Networks trained through time beside the same in PyTorch, loss by loss over 50 updates: a rate network, and leaky
 * integrate-and-fire cells with surrogate gradients and each of the usual resets. The figures are those of `surrogate.py`.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../../helpers/wasm-network.ts'
import { moduleOf } from './differences.ts'

const STEPS = 12
const BATCH = 4

const fixture = JSON.parse(
  readFileSync(new URL('surrogate.fixture.json', import.meta.url), 'utf8'),
) as Record<string, readonly number[]>

const shared = `
nonlocal plasticity Exact { dw = backprop }
cell In { input r  event e = r }
dataset d { field v[3]  field t[2]  train constant(v = 0.5, t = 1)  test constant(v = 0.5, t = 1) }
population x[3] : In
`
const experiment = (units: string, optimiser: string): string => `
experiment r { step ${units}  duration 1 s  batch ${BATCH}  data d  present x = v, y.target = t for 1 s  unroll ${STEPS} steps
  precision f64  optimise U, W, R with ${optimiser} }`

const lif = (dynamics: string, block: string): string => `${shared}
cell Lif {
  compartment s
  state i = 0 : 5 ms * di/dt = s - i
  state v = 0 : 20 ms * dv/dt = ${dynamics}
  spike z when v > 1 pullback(g) = g / (1 + 10 * abs(v - 1)) ^ 2 ${block}
}
cell Out { compartment s  input target  state o = 0 : 10 ms * do/dt = s - o  loss l = 0.5 * (o - target) ^ 2 }
population h[6] : Lif
population y[2] : Out
connect x.e -> h.s as U { init 0 learn Exact }
connect h.z -> h.s as W { init 0 learn Exact delay 1 step }
connect h.z -> y.s as R { init 0 learn Exact }
${experiment('1 ms', 'sgd(rate = 0.05)')}`

const drive = '8 * prev_i - v'
/** PyTorch's program advances i first, and v by what came of it. */
const afterwards = (text: string): string =>
  text.replaceAll('prev_i', 'i2').replace('state v', 'i2 = i\n  state v')

const rates = `${shared}
cell Rate { compartment s  state v = 0 : 50 ms * dv/dt = -v + tanh(s)  event e = v }
cell Read { compartment s  input target  loss l = 0.5 * (s - target) ^ 2 }
population h[8] : Rate
population y[2] : Read
connect x.e -> h.s as U { init 0 learn Exact }
connect h.e -> h.s as W { init 0 learn Exact delay 1 step }
connect h.e -> y.s as R { init 0 learn Exact }
${experiment('10 ms', 'adam(rate = 0.01)')}`

interface Case {
  readonly key: string
  readonly text: string
  readonly gain: number
  readonly weights: Readonly<Record<string, readonly [number, number, number, number]>>
}

const spiking = { U: [6, 3, 0.1, 1.5], W: [6, 6, 0.5, 0.6], R: [2, 6, 0.9, 0.5] } as const
const cases: readonly Case[] = [
  {
    key: 'rates',
    text: rates,
    gain: 1,
    weights: { U: [8, 3, 0.1, 1], W: [8, 8, 0.5, 0.5], R: [2, 8, 0.9, 0.5] },
  },
  { key: 'where', text: afterwards(lif(drive, '{ v = 0 }')), gain: 3, weights: spiking },
  {
    key: 'through',
    text: afterwards(lif(`${drive} - 20 * prev(z)`, '')),
    gain: 3,
    weights: spiking,
  },
  {
    key: 'detached',
    text: afterwards(lif(`${drive} - 20 * stop(prev(z))`, '')),
    gain: 3,
    weights: spiking,
  },
]

const wave = (count: number, value: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => value(i))

describe('networks trained through time have the losses that PyTorch has', () => {
  for (const { key, text, gain, weights } of cases) {
    it(`of 50 updates: ${key}`, async () => {
      const ir = moduleOf(text)
      const rate = Object.fromEntries(ir.rates.map(({ name, value }) => [name, value]))
      const shift = gain === 1 ? 0 : 0.5
      const networks = [
        interpretedNetwork(ir),
        await wasmNetwork(ir, { precision: 'f64' }, { batch: BATCH }),
      ]
      for (const network of networks) {
        const start = Object.entries(weights).map(([name, [rows, columns, phase, scale]]) => {
          const data = wave(rows * columns, (i) => Math.sin(1.7 * i + phase) * scale)
          return [name, { shape: [rows, columns], data }] as const
        })
        network.load(Object.fromEntries(start))
        const losses = fixture[key]!.map((_, update) => {
          let loss = 0
          for (let t = 0; t < STEPS; t++) {
            const step = update * STEPS + t
            const inputs = {
              x: wave(BATCH * 3, (i) => gain * (shift + Math.sin(0.7 * i + 0.9 * step))),
              'y.target': wave(BATCH * 2, (i) => 0.5 * Math.sin(0.7 * i + 0.9 * step)),
            }
            for (const each of network.observe(BATCH, inputs, ['y.l'])['y.l']!.data)
              loss += each / BATCH
            network.step(BATCH, inputs, rate)
          }
          network.endWindow!(STEPS, rate)
          return loss
        })
        const apart = losses.map((loss, i) => Math.abs(loss / fixture[key]![i]! - 1))
        expect(Math.max(...apart)).toBeLessThan(1e-9)
        network.dispose()
      }
    })
  }
})
