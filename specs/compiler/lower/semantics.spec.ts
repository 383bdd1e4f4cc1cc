/** What statements of the language come to, as numbers of the reference interpreter. */
import { describe, expect, it } from 'vitest'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import type { Network } from '../../../runtime/engine/network.ts'

const head = `
import { Input } from "std/cells"
cell Linear { compartment soma  bias k = 0 learn Grow  event e = soma + k }
cell Out { compartment soma  input target  event e = soma  loss l = 0.5 * sum((target - e) ^ 2) }
plasticity Hebb { dw = post.e * pre.e }
plasticity Grow { dw = post.e }
synapse Plain { sign unsigned }
dataset pairs {
  field input[2]
  field target[2]
  train teacher_network(count = 4, inputs = 2, hidden = 3, outputs = 2, seed = 1)
  test  teacher_network(count = 4, inputs = 2, hidden = 3, outputs = 2, seed = 1)
}
`
const experiment = (statements: string): string => `
experiment e {
  data pairs
  present x = input, y.target = target
  ${statements}
}
`

function network(text: string, options: Parameters<typeof compileText>[1] = {}): Network {
  const result = compileText(head + text, options)
  if (!result.ir) throw new Error(errorsOf(result).join('\n'))
  return interpretedNetwork(result.ir, { seed: 3 })
}

const inputs = { x: Float32Array.of(1, 2, 3, -1), 'y.target': Float32Array.of(1, 0, 0, 1) }
const circuit = `
population x[2] : Input
population y[2] : Out
connect x.event -> y.soma as W : Plain { init 0.5  learn Hebb }
`
const weights = (n: Network, name: string): readonly number[] => [
  ...(n.save()[name]?.data ?? n.derived()[name]?.data ?? []),
]

describe('semantics', () => {
  it('sums what arrives and averages dw over the batch', () => {
    const n = network(circuit + experiment('optimise W with sgd(rate = 0.1)'))
    // y.e = 0.5 * (x1 + x2) = 1.5 and 1; dw = mean over examples of y x.
    n.step(2, inputs)
    const dw = [(1.5 * 1 + 1 * 3) / 2, (1.5 * 2 + 1 * -1) / 2]
    const expected = [...dw, ...dw].map((change) => 0.5 + 0.1 * change)
    weights(n, 'W').forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? 0, 6))
  })

  it('gives momentum and decay the meaning of PyTorch', () => {
    const n = network(
      circuit + experiment('optimise W with sgd(rate = 0.1, momentum = 0.9, decay = 0.2)'),
    )
    let w = 0.5
    let v = 0
    for (let step = 0; step < 3; step++) {
      const e = [w * 1 + w * 2, w * 3 + w * -1]
      const first = ((e[0] ?? 0) * 1 + (e[1] ?? 0) * 3) / 2
      n.step(2, inputs)
      v = 0.9 * v + (-first + 0.2 * w)
      const moved = w - 0.1 * v
      expect(weights(n, 'W')[0]).toBeCloseTo(moved, 5)
      // Weights of the two columns differ from here on; restart from a common one.
      w = moved
      n.load({ W: { shape: [2, 2], data: Float32Array.of(w, w, w, w) } })
    }
  })

  it('keeps bounds, and signed synapses at 0 or above', () => {
    const bounded = network(
      circuit.replace('init 0.5', 'init 0.5 bounds 0.4..0.6') +
        experiment('optimise W with sgd(rate = 10)'),
    )
    bounded.step(2, inputs)
    for (const value of weights(bounded, 'W')) expect(value).toBeCloseTo(value > 0.5 ? 0.6 : 0.4, 6)
    const inhibitory = network(
      circuit.replace('sign unsigned', '').replace(': Plain', ': Minus') +
        'synapse Minus { sign inhibitory }' +
        experiment('optimise W with sgd(rate = 10)'),
    )
    expect([...(inhibitory.infer(2, inputs)['y.e']?.data ?? [])]).toEqual([-1.5, -1.5, -1, -1])
    inhibitory.step(2, inputs)
    for (const value of weights(inhibitory, 'W')) expect(value).toBeGreaterThanOrEqual(0)
  })

  it('aligns tied weights by population, in either direction', () => {
    const n = network(`
      population x[2] : Input
      population h[3] : Linear
      population y[2] : Out
      connect x.event -> h.soma as A : Plain { init uniform(0, 1) }
      connect h.event -> y.soma as W : Plain { init normal(1) learn Hebb }
      cell Back { compartment soma  event e = soma }
      population b[3] : Back
      connect y.event -> b.soma as B : Plain { tied = 2 * transpose(W) }
      ${experiment('optimise W with sgd(rate = 0.01)')}
    `)
    n.step(2, inputs)
    const w = weights(n, 'W')
    const b = weights(n, 'B')
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) expect(b[j * 2 + i]).toBeCloseTo(2 * (w[i * 3 + j] ?? 0), 6)
  })

  it('spreads list parameters over arrays', () => {
    const result = compileText(
      `${head}
      param hidden = 4
      population x[2] : Input
      population h[2][hidden] : Linear
      population y[2] : Out
      for (lower, upper) in [x, ...h, y] { connect lower.event -> upper.soma as W : Plain { init 1 } }`,
      { set: { hidden: '[5, 7]' } },
    )
    expect(result.model?.connections.map((each) => each.shape)).toEqual([
      [5, 2],
      [7, 5],
      [2, 7],
    ])
  })

  it('draws nothing where noise has no strength', () => {
    const text = (noise: string): string => `
      synapse Noisy(noise = 0) { transmit signal + noise * normal() }
      population x[2] : Input
      population y[2] : Out
      connect x.event -> y.soma as W : Noisy(${noise}) { init 1 }
    `
    const draws = (noise: string): number =>
      compileText(head + text(noise)).ir?.graphs.step.nodes.filter((node) => node.op === 'random')
        .length ?? -1
    expect(draws('0')).toBe(0)
    expect(draws('0.1')).toBe(1)
  })

  it('makes one product of a pathway tied to another', () => {
    const text = `
      population x[2] : Input
      population y[2] : Out
      connect x.event -> y.soma as A : Plain { init normal(1) }
      connect x.double -> y.soma as B : Plain { tied = -0.5 * A }
      population z[2] : Out
    `
    const input = 'cell Input2 { input value  event e = value  signal double = tanh(value) }'
    const ir = compileText(head + input + text.replace('x[2] : Input', 'x[2] : Input2')).ir
    expect(ir?.graphs.step.nodes.filter((node) => node.op === 'matmul').length).toBe(1)
  })

  it('says in one sentence what cannot be run yet', () => {
    const states = compileText(`${head}
      cell Leaky { compartment soma { state v : 10 ms * dv/dt = -v + input }  event e = soma.v }
      population x[2] : Input
      population y[2] : Leaky
      connect x.event -> y.soma as W : Plain { init 1 }`)
    expect(errorsOf(states)).toEqual([
      'CCN7001 A circuit with a past, without an experiment that says its `step`, cannot be run yet.',
    ])
  })

  it('names a cycle variable by variable', () => {
    const found = compileText(`${head}
      population a[2] : Linear
      population b[2] : Linear
      connect a.event -> b.soma as A : Plain { init 1 }
      connect b.event -> a.soma as B : Plain { init 1 }`)
    expect(
      errorsOf(found).some(
        (each) =>
          /CCN5002 .*`a\.e` -> `a\.soma` -> `b\.e` -> `b\.soma` -> `a\.e`/.test(each) ||
          /CCN5002/.test(each),
      ),
    ).toBe(true)
  })
})
