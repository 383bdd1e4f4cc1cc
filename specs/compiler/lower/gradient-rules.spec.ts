/**
 * Rules that follow the exact gradient, `dw = backprop`, in circuits without a past: what a step adds to a weight is
 * -dL/dw by central finite differences of the score, for every connectivity, for biases, and through ties and phases.
 */
import { describe, expect, it } from 'vitest'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import type { Presented } from '../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const shared = `
nonlocal plasticity Exact { dw = backprop }
nonlocal plasticity Other(c = 0.25) { half = 0.5 * backprop  dw = clip(half, -10, 10) - c * w }
cell In { input r  event e = r }
cell Hid { compartment s  bias b = uniform(-1, 1) learn Exact  event e = tanh(s + b) }
cell Out { compartment s  input target  event e = sigmoid(s)  loss l = 0.5 * (target - e) ^ 2 }
dataset d { field v[16]  field t[3]  train constant(v = 0.5, t = 1)  test constant(v = 0.5, t = 1) }
`

const circuit = (parts: string, learns: string, more = ''): string => `${shared}
population x[16] : In
${parts}
experiment r { data d  present x = v, y.target = t  batch 3  optimise ${learns} with sgd(rate = 1) ${more} }`

interface Case {
  readonly what: string
  readonly text: string
  readonly learns: readonly string[]
  /** What is made of the gradient g and the weight w. */
  readonly asked?: (g: number, w: number) => number
}

const dense = `population h[6] : Hid
population y[3] : Out
connect x.e -> h.s as W { init normal(1) learn Exact }
connect h.e -> y.s as V { init normal(1) learn Exact }`

const cases: readonly Case[] = [
  { what: 'all to all, and biases', text: circuit(dense, 'W, V, b'), learns: ['W', 'V', 'h.b'] },
  {
    what: 'with w, a parameter and functions beside it',
    text: circuit(
      dense.replace('learn Exact }\nconnect h', 'learn Other(c = 0.1) }\nconnect h'),
      'W',
    ),
    learns: ['W'],
    asked: (g, w) => 0.5 * g - 0.1 * w,
  },
  {
    what: 'one to one, and a tie back to the weight',
    text: circuit(
      `population h[16] : Hid
population m[16] : Hid
population y[3] : Out
connect x.e -> h.s as D { one_to_one init normal(1) learn Exact }
connect h.e -> m.s as R { tied = 0.5 * D one_to_one }
connect m.e -> y.s as V { init normal(0.3) learn Exact }`,
      'D, V',
    ),
    learns: ['D', 'V'],
  },
  {
    what: 'patterns, as matrices and by synapse',
    text: circuit(
      `population h[6] : Hid
population y[3] : Out
connect x.e -> h.s as W { random synapses 30 init normal(1) learn Exact }
connect h.e -> y.s as V { random in_degree 5 repeats init normal(1) learn Exact }`,
      'W, V',
    ),
    learns: ['W', 'V'],
  },
  {
    what: 'convolutions, and a bias per channel',
    text: circuit(
      `cell Map { compartment s  bias b per channel = 0.1 learn Exact  event e = tanh(s + b) }
population g[1, 4, 4] : In
population c[2, 3, 3] : Map
population y[3] : Out
connect x.e -> g.r
connect g.e -> c.s as K { conv 2x2 init normal(1) learn Exact }
connect c.e -> y.s as V { init normal(1) learn Exact }`,
      'K, V, c.b',
    ),
    learns: ['K', 'V', 'c.b'],
  },
  {
    what: 'dendrites with branches',
    text: circuit(
      `cell Tree { compartment s[3]  event e = tanh(s) }
population h[6] : Tree
population y[3] : Out
connect x.e -> h.s as W { init normal(1) learn Exact }
connect h.e -> y.s as V { init normal(1) learn Exact }`,
      'W, V',
    ),
    learns: ['W', 'V'],
  },
]

const inputs: Presented = {
  x: Float32Array.from({ length: 48 }, (_, i) => Math.sin(1.3 * i)),
  'y.target': Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
}

function ofText(text: string): IrModule {
  const compiled = compileText(text)
  if (!compiled.ir) throw new Error(errorsOf(compiled).join('\n'))
  return compiled.ir
}

describe('dw = backprop', () => {
  for (const { what, text, learns, asked = (g: number) => g } of cases) {
    it(`gives ${what} the change of gradient descent`, () => {
      const network = interpretedNetwork(ofText(text))
      const before = network.save()
      network.step(3, inputs)
      const after = network.save()
      for (const name of learns) {
        const { shape, data } = before[name]!
        // Masks say where there is a synapse.
        const mask = before[`${name}.mask`]?.data
        for (const i of [0, 1, Math.floor(data.length / 2), data.length - 1]) {
          const lossWith = (by: number): number => {
            const moved = Float64Array.from(data)
            moved[i]! += by
            network.load({ ...before, [name]: { shape, data: moved } })
            return network.score(3, inputs)['loss']! / 3
          }
          const gradient = mask?.[i] === 0 ? 0 : (lossWith(-1e-5) - lossWith(1e-5)) / 2e-5
          const w = data[i] ?? 0
          expect((after[name]?.data[i] ?? 0) - w, `${name} ${i}`).toBeCloseTo(asked(gradient, w), 8)
        }
      }
    })
  }

  it('is refused, in a sentence, where it has no meaning', () => {
    const local = circuit(dense, 'W').replace('nonlocal plasticity Exact', 'plasticity Exact')
    expect(errorsOf(compileText(local))).toEqual([
      'CCN5003 The rule `Exact` reads `backprop`, which a synapse cannot sense.',
    ])
    const aside = circuit(
      `${dense}\npopulation z[2] : Hid\nconnect h.e -> z.s as U { init 1 learn Exact }`,
      'U',
    )
    expect(errorsOf(compileText(aside))).toEqual([
      'CCN5081 No loss depends on `U`, so that by the rule `Exact` it would never change.',
    ])
  })

  it('leaves what is called so alone', () => {
    const named = circuit(dense.replaceAll('learn Exact', 'learn Named'), 'W').replace(
      'nonlocal plasticity Other',
      'const backprop = 3\nplasticity Named { dw = backprop * post.e }\nnonlocal plasticity Other',
    )
    const network = interpretedNetwork(ofText(named.replaceAll('learn Exact', '')))
    const { data } = network.save()['W']!
    network.step(3, inputs)
    expect(network.save()['W']!.data[0]).not.toBe(data[0])
  })
})
