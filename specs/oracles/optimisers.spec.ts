/**
 * Optimisers, clipping and schedules beside PyTorch, step by step in double precision: `torch/optimisers.py`
 * wrote the figures.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Timeline } from '../../contract/timeline.ts'
import type { Network, NamedArray } from '../../runtime/engine/network.ts'
import { afterEpoch, plateauRate, type PlateauStates } from '../../runtime/train/plateau.ts'
import { ratesAt } from '../../runtime/train/schedule.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { root } from '../helpers/repository.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

interface Case {
  readonly written: string
  readonly apart: boolean
  readonly rates: readonly number[]
  readonly W: readonly (readonly number[])[]
  readonly k: readonly (readonly number[])[]
}

interface Fixture {
  readonly batches: number
  readonly x: readonly (readonly number[])[]
  readonly target: readonly (readonly number[])[]
  readonly W: readonly number[]
  readonly k: readonly number[]
  readonly cases: readonly Case[]
  readonly plateaus: readonly {
    readonly written: string
    readonly losses: readonly number[]
    readonly rate: number
    readonly rates: readonly number[]
  }[]
}

const fixture = JSON.parse(
  readFileSync(`${root}/specs/oracles/torch/fixtures/optimisers.json`, 'utf8'),
) as Fixture
const { batches } = fixture
const steps = fixture.x.length
const timeline = new Timeline([], { batches, batch: 4 })

function compiled(optimise: string) {
  const compilation = compileText(`
cell In { input value  event e = value }
plasticity Delta { dw = (post.target - post.e) * pre.e }
plasticity Bias { dw = post.target - post.e }
cell Out {
  compartment soma  input target  bias k = 0 learn Bias
  event e = soma + k  loss l = sum((e - target) ^ 2) / 2
}
dataset one { field v[3]  field t[2]  train constant(v = 1, t = 1)  test constant(v = 1, t = 1) }
population x[3] : In
population y[2] : Out
connect x.e -> y.soma as W { init 1  learn Delta }
experiment a { data one  present x = v, y.target = t  epochs ${steps / batches}  precision f64  ${optimise}  measure loss }`)
  expect(errorsOf(compilation)).toEqual([])
  return { ir: compilation.ir!, plan: compilation.plan! }
}

const of = (shape: readonly number[], data: readonly number[]): NamedArray => ({
  shape,
  data: Float64Array.from(data),
})

const farthest = (found: NamedArray | undefined, expected: readonly number[]): number =>
  Math.max(...expected.map((each, i) => Math.abs(each - found!.data[i]!)))

describe.each(fixture.cases)('$written (apart: $apart)', ({ written, apart, rates, W, k }) => {
  const optimise = apart
    ? `optimise W with ${written}  optimise k with ${written}`
    : `optimise W, k with ${written}`
  const { ir, plan } = compiled(optimise)

  it.each([
    ['interpreter', () => Promise.resolve(interpretedNetwork(ir))],
    ['wasm', () => wasmNetwork(ir, { precision: 'f64' })],
  ] satisfies [string, () => Promise<Network>][])('is that of PyTorch: %s', async (_, make) => {
    const network = await make()
    network.load({ W: of([2, 3], fixture.W), 'y.k': of([2], fixture.k) })
    for (let step = 0; step < steps; step++) {
      const now = ratesAt(plan, step, { steps, batches }, timeline)
      for (const rate of Object.values(now)) expect(rate).toBeCloseTo(rates[step]!, 14)
      const inputs = {
        x: Float64Array.from(fixture.x[step]!),
        'y.target': Float64Array.from(fixture.target[step]!),
      }
      network.step(4, inputs, now)
      const stored = network.save()
      expect(farthest(stored['W'], W[step]!)).toBeLessThan(1e-12)
      expect(farthest(stored['y.k'], k[step]!)).toBeLessThan(1e-12)
    }
    network.dispose()
  })
})

it.each(fixture.plateaus)('$written', ({ written, losses, rate, rates }) => {
  const { plan } = compiled(`optimise W, k with sgd(${rate}, schedule = ${written})`)
  let states: PlateauStates = {}
  const found = losses.map((loss, epoch) => {
    const [from, to] = [epoch * batches, (epoch + 1) * batches]
    states = afterEpoch(plan, states, [from, to], timeline, ({ figure, of: part }) => {
      expect([figure, part]).toEqual(['loss', 'evaluation'])
      return loss
    })
    expect(plateauRate(states['W, k'], rate, from)).toBe(rates[epoch - 1] ?? rate)
    return plateauRate(states['W, k'], rate, to)
  })
  expect(found).toEqual(rates)
  expect(new Set(rates).size).toBeGreaterThan(1)
})
