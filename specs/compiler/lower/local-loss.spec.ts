/**
 * Losses that are local to populations, `loss l local = ...`: what learns by them, beside PyTorch, which detaches what
 * arrives (`local-loss.py`), over 20 updates on every target, within a step and through time; and by finite differences.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { emitTfjs, toJavaScript } from '../../../compiler/emit/tfjs/index.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { renderDescription } from '../../../service/description/render.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { withPatterns } from '../../helpers/drawn.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { expectDifferences, moduleOf } from './through/differences.ts'

interface Course {
  readonly losses: readonly (readonly number[])[]
  readonly weights: Readonly<Record<string, readonly number[]>>
}

const fixture = JSON.parse(
  readFileSync(new URL('local-loss.fixture.json', import.meta.url), 'utf8'),
) as Readonly<Record<'within' | 'through', Course>>

const shared = `
nonlocal plasticity Exact { dw = backprop }
cell In { input r  event e = r }
dataset d { field f2[2]  field f3[3]  field f4[4]  field f5[5]  field f6[6]  train constant(f2 = 0, f3 = 0, f4 = 0, f5 = 0, f6 = 0)
  test constant(f2 = 0, f3 = 0, f4 = 0, f5 = 0, f6 = 0) }
`

const within = `${shared}
cell H0 {
  compartment s, apical
  input code
  bias b0 learn Exact
  event e = tanh(s + b0)
  loss l local = 0.5 * (code - e) ^ 2 + 0.2 * (apical - e) ^ 2
}
cell H1 {
  compartment s
  bias b1 learn Exact
  event e = tanh(s + b1)
  loss l local = 0.1 * (e ^ 2 - 0.5) ^ 2 + 0.05 * e
}
cell Out { compartment s  input target  event e = sigmoid(s)  loss l = 0.5 * (target - e) ^ 2 }
population x[4] : In
population h0[6] : H0
population relay[6] : In
population h1[5] : H1
population y[3] : Out
connect x.e -> h0.s as U { init 0 learn Exact }
connect h0.e -> h1.s as W { init 0 learn Exact }
connect h1.e -> h0.apical as B { init 0 learn Exact }
connect h0.e -> relay.r
connect relay.e -> h0.apical as C { init 0 learn Exact }
connect h0.e -> h0.apical as L { init 0 learn Exact }
connect h1.e -> y.s as V { init 0 learn Exact }
experiment r { data d  batch 4  present x = f4, y.target = f3, h0.code = f6
  optimise U, W, B, C, L, V, b0, b1 with sgd(rate = 0.3)  precision f64 }`

const through = `${shared}
cell Rate {
  compartment s, back
  input goal
  state v = 0 : 50 ms * dv/dt = -v + tanh(s + 0.5 * back)
  event e = v
  loss l local = 0.5 * (v - goal) ^ 2
}
cell Read { compartment s  input target  loss l = 0.5 * (s - target) ^ 2 }
population x[3] : In
population h[5] : Rate
population g[4] : Rate
population y[2] : Read
connect x.e -> h.s as U { init 0 learn Exact }
connect h.e -> h.s as W { init 0 learn Exact delay 1 step }
connect g.e -> h.back as F { init 0 learn Exact delay 2 steps }
connect h.e -> g.s as P { init 0 learn Exact }
connect g.e -> g.s as Q { init 0 learn Exact delay 3 steps }
connect g.e -> y.s as R { init 0 learn Exact }
experiment r { step 10 ms  duration 1 s  batch 3  data d  present x = f3, y.target = f2, h.goal = f5, g.goal = f4 for 1 s
  unroll 6 steps  precision f64  optimise U, W, F, P, Q, R with sgd(rate = 0.05) }`

/** Of each case what is presented: units, phase, scale, shift. */
const cases = {
  within: {
    text: within,
    batch: 4,
    steps: 1,
    losses: ['h0.l', 'h1.l', 'y.l'],
    inputs: {
      x: [4, 0, 1, 0],
      'h0.code': [6, 1, 0.5, 0],
      'y.target': [3, 2, 0.5, 0.5],
    },
  },
  through: {
    text: through,
    batch: 3,
    steps: 6,
    losses: ['h.l', 'g.l', 'y.l'],
    inputs: {
      x: [3, 0, 1, 0],
      'h.goal': [5, 1, 0.4, 0],
      'g.goal': [4, 1, 0.4, 0],
      'y.target': [2, 2, 0.5, 0],
    },
  },
} as const

const sines = (count: number, scale: number, at: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => scale * Math.sin(at(i)))

describe('losses that are local to a population', () => {
  for (const key of ['within', 'through'] as const) {
    const { text, batch, steps, losses, inputs } = cases[key]
    it(`${key}: move what PyTorch moves, on every target`, async () => {
      const ir = moduleOf(text)
      const expected = fixture[key]
      const rates = Object.fromEntries(ir.rates.map(({ name, value }) => [name, value]))
      const storageOf = (name: string): string =>
        ir.storages.find((each) => each.name === name || each.name.endsWith(`.${name}`))!.name
      const tfjs = await selectEngine('tfjs-wasm')
      const javascript = toJavaScript(await emitTfjs(ir, { isForReading: false }))
      const double = { precision: 'f64' } as const
      const networks: readonly (readonly [string, Network, number])[] = [
        ['interpreter', interpretedNetwork(ir), 1e-9],
        ['wasm f64', await wasmNetwork(ir, double, { batch }), 1e-9],
        ['threads', await wasmNetwork(ir, { ...double, threads: 2 }, { batch }), 1e-9],
        ['wasm f32', await wasmNetwork(ir, {}, { batch }), 1e-4],
        ['tfjs', await tfjs.instantiate(javascript, withPatterns(ir)), 1e-4],
      ]
      for (const [target, network, tolerance] of networks) {
        const start = Object.keys(expected.weights).map((name, k) => {
          const storage = storageOf(name)
          const shape = ir.storages.find((each) => each.name === storage)!.shape as number[]
          const size = shape.reduce((a, b) => a * b, 1)
          return [
            storage,
            { shape, data: sines(size, 0.7, (i) => 1.7 * i + 0.1 + 0.4 * k) },
          ] as const
        })
        network.load(Object.fromEntries(start))
        const seen = expected.losses.map((_, update) => {
          const sums = losses.map(() => 0)
          for (let step = update * steps; step < (update + 1) * steps; step++) {
            const given = Object.fromEntries(
              Object.entries(inputs).map(([name, [units, phase, scale, shift]]) => {
                const waves = sines(batch * units, scale, (i) => 0.7 * i + 0.9 * step + phase)
                const values = waves.map((each) => each + shift)
                return [name, target === 'tfjs' ? Float32Array.from(values) : values]
              }),
            )
            const found = network.observe(batch, given, [...losses])
            losses.forEach((name, i) => {
              for (const value of found[name]!.data) sums[i] = (sums[i] ?? 0) + value / batch
            })
            network.step(batch, given, rates)
          }
          network.endWindow?.(steps, rates)
          return sums
        })
        const apart = seen.flatMap((sums, i) =>
          sums.map((sum, k) => Math.abs(sum / expected.losses[i]![k]! - 1)),
        )
        expect(Math.max(...apart), target).toBeLessThan(tolerance)
        const after = network.save()
        for (const [name, values] of Object.entries(expected.weights)) {
          const { data } = after[storageOf(name)]!
          const worst = Math.max(...values.map((value, i) => Math.abs(value - data[i]!)))
          expect(worst, `${target}: ${name}`).toBeLessThan(tolerance)
        }
        network.dispose()
      }
    })
  }

  it('are differences of that loss alone, where nothing leads back', () => {
    const chain = through
      .replace(/connect g\.e -> h\.back.*\n/, '')
      .replace('U, W, F, P', 'U, W, P')
      .replace(/loss l = .*target\) \^ 2 \}/, 'loss l local = 0.5 * (s - target) ^ 2 }')
      .replaceAll('init 0', 'init normal(1)')
      .replaceAll(/rate = 0.05/g, 'rate = 1')
    for (const [loss, weights] of [
      ['h.l', ['U', 'W']],
      ['g.l', ['P', 'Q']],
      ['y.l', ['R']],
    ] as const)
      expectDifferences({ text: chain, weights, losses: [loss], batch: 3, windows: [6, 4, 6] })
  })

  it('are told of, and a weight that none of them moves is reported', () => {
    const described = renderDescription(compileText(within), 'text')!.replaceAll(/\s+/g, ' ')
    expect(described).toContain('a loss local to the population')
    const alone = within
      .replace('loss l = 0.5 * (target - e) ^ 2', '')
      .replace('input target', '')
      .replace(', y.target = f3', '')
    expect(errorsOf(compileText(alone)).join()).toContain('CCN5081')
    expect(
      errorsOf(compileText(within.replace('loss l local = 0.1', 'signal l local = 0.1'))),
    ).not.toEqual([])
  })
})
