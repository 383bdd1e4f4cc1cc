/** What rules draw, for each synapse, example and place in the text, on every target. */
import { describe, expect, it } from 'vitest'
import { streamKey, uniformValues } from '../../../runtime/support/random.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'
import { run as tfjsNetwork } from '../emit/emitted.ts'

const text = `
plasticity Once { dw = uniform() }
plasticity Twice { dw = uniform() - uniform() * pre.e }
stp Filled { state full = uniform() : dfull/dt = 0 / 1 s  passes signal as 1 + 0 * full }
plasticity Kept { state a = uniform() : 2 ms * da/dt = uniform() - a  on true { w += if bernoulli(0.5) then a else 0 } }
dataset one { field v[3]  train constant(v = 0.5)  test constant(v = 0.5) }
cell In { input v  event e = v }
cell Out { compartment soma  bias k = 0  learn Once  event e = soma + k  loss l = 0 * e }
population x[3] : In
population y[2] : Out
population z[3] : Out
connect x.e -> y.soma as A { learn Once }
connect x.e -> y.soma as B { learn Twice }
connect x.e -> y.soma as C { random synapses 4  learn Once }
connect x.e -> z.soma as D { one_to_one  learn Kept  stp Filled }
experiment e { data one  present x = v  step 1 ms  batch 2  duration 2 ms
  optimise A, B, C, y.k with sgd(rate = 1) }`

describe('draws of rules', () => {
  const compilation = compileText(text)
  const ir = compilation.ir!
  const seed = 5
  const patterns = Object.fromEntries(
    ir.patterns!.map((plan) => [plan.name, drawPattern(plan, seed)]),
  )
  const uniform = (stream: string, count: number): number[] => [
    ...uniformValues(streamKey(seed, stream), 0, count, new Float32Array(count)),
  ]
  const mean = (of: readonly number[]): number[] => {
    const half = of.length / 2
    return of.slice(0, half).map((each, i) => (each + of[half + i]!) / 2)
  }
  /** Of one step, from weights of 0 and inputs of a half. */
  const expected: Readonly<Record<string, readonly number[]>> = {
    A: mean(uniform('A rule uniform', 12)),
    B: mean(
      uniform('B rule uniform', 12).map((a, i) => a - uniform('B rule uniform 2', 12)[i]! / 2),
    ),
    C: mean(uniform('C rule uniform', 8)),
    D: mean(
      uniform('D rule uniform', 6).map((a, i) =>
        uniform('D rule bernoulli', 6)[i]! < 0.5 ? (a + uniform('init  uniform 2', 6)[i]!) / 2 : 0,
      ),
    ),
    'D.full': uniform('init  uniform', 6),
    'y.k': mean(uniform('y.k rule uniform', 4)),
  }

  it.each([
    ['interpreter', () => Promise.resolve(interpretedNetwork(ir, { seed, patterns }))],
    ['wasm', () => wasmNetwork(ir, { threads: 2 }, { seed, patterns })],
    ['tfjs', () => Promise.resolve(tfjsNetwork(ir, { seed, patterns }))],
  ] satisfies [string, () => Promise<Network>][])('%s', async (_, make) => {
    expect(errorsOf(compilation)).toEqual([])
    const network = await make()
    network.step(2, { x: new Float32Array(6).fill(0.5) })
    const saved = network.save()
    for (const [name, values] of Object.entries(expected)) {
      expect(saved[name]!.data.length, name).toBe(values.length)
      values.forEach((each, i) => expect(saved[name]!.data[i], name).toBeCloseTo(each, 5))
    }
    network.dispose()
  })

  const image = (rule: string): string => `
${rule}
cell In { input value  event e = value }
cell Out { compartment soma  event e = soma  loss l = 0 * e }
dataset one { field v[4]  train constant(v = 1)  test constant(v = 1) }
population x[1, 2, 2] : In
population y[1, 2, 2] : Out
connect x.e -> y.soma as A { conv 1x1  learn Once }
experiment e { data one  present x = v  batch 3  optimise A with sgd(rate = 1) }`

  it('are of a synapse: a kernel has none', () => {
    const { diagnostics } = compileText(image('plasticity Once { dw = uniform() }'))
    expect(diagnostics.map(({ code }) => code)).toContain('CCN7001')
  })

  it('are of each weight beside the gradient', () => {
    const { ir } = compileText(image('nonlocal plasticity Once { dw = backprop + uniform() }'))
    const network = interpretedNetwork(ir!, { seed })
    network.step(3, { x: new Float32Array(12).fill(0.5) })
    expect(network.save()['A']!.data[0]).toBeCloseTo(uniform('A rule uniform', 1)[0]!, 5)
  })
})
