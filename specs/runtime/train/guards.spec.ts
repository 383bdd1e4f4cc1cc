/**
 * What goes wrong between two looks and is right again at the next stops a run all the same, with its exact
 * step: states that recover, what is kept of the past, and draws whose probability is none.
 */
import { describe, expect, it } from 'vitest'
import { emitProgram, emitTypeScript } from '../../../compiler/index.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import type { RunError } from '../../../runtime/train/errors.ts'
import { nonFiniteScore } from '../../../runtime/train/finite.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { made, outcome } from '../../helpers/run-outcome.ts'
import { withPatterns } from '../../helpers/drawn.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (cell: string, more = '') => `
cell N { ${cell} }
population a[3] : N
${more}
experiment e { step 1 ms  duration 0.3 s  measure mean(a.u) every 1000 steps }`

/** The variable, the step, and what is wrong in it. */
const cases: [string, string, string, number][] = [
  [
    'a state that is reset later',
    // 1, 1e4 + 1, about 1e17, then infinite.
    circuit('state u = 1 : 10 ms * du/dt = u ^ 3 * 1e5  on t >= 200 ms { u = 0 }'),
    'a.u',
    2,
  ],
  [
    'a state that is infinite below',
    circuit('state u = -1 : 10 ms * du/dt = u ^ 3 * 1e5  on t >= 200 ms { u = max(u, 0) }'),
    'a.u',
    2,
  ],
  [
    'a variable that `prev` keeps for a step',
    circuit(
      'state u = 1 : 1 s * du/dt = -u  x = exp(1000 * (t >= 50 ms and t < 51 ms))  y = prev(x) > 2',
    ),
    'a.x',
    50,
  ],
  // What leaves the ring is looked at by nobody that would see it: a comparison is 0 or 1.
  [
    'what is sent, and is nothing where it arrives',
    `cell N { state u = 1 : 1 s * du/dt = -u  event x = exp(1000 * (t >= 50 ms and t < 51 ms)) }
cell M { compartment soma  state v = 0 : 1 s * dv/dt = (soma > 2) - v  event e = v }
population a[3] : N
population b[2] : M
connect a.x -> b.soma as W { init 1  delay 20 ms }
experiment e { step 1 ms  duration 0.3 s  measure mean(a.u) every 1000 steps }`,
    'a.x',
    50,
  ],
  [
    'what is sent with a delay of each synapse',
    `cell N { state u = 1 : 1 s * du/dt = -u  event x = exp(1000 * (t >= 50 ms and t < 51 ms)) }
cell M { compartment soma  state v = 0 : 1 s * dv/dt = (soma > 2) - v  event e = v }
population a[3] : N
population b[2] : M
connect a.x -> b.soma as W { init 1  delay 5 ms + 1 ms * uniform() }
experiment e { step 1 ms  duration 0.3 s  measure mean(a.u) every 1000 steps }`,
    'a.x',
    50,
  ],
  // Clipped to its bounds it would look learnt.
  [
    'a change that bounds hide',
    `cell N { state u = 1 : 1 s * du/dt = -u  x = exp(1000 * (t >= 50 ms and t < 51 ms))  event e = u }
cell M { compartment soma  state v = 0 : 1 s * dv/dt = soma - v  event e = v }
plasticity R { dw = 0.001 - pre.x }
population a[3] : N
population b[2] : M
connect a.e -> b.soma as W { init 1  learn R  bounds 0.5 .. 2 }
experiment e { step 1 ms  duration 0.3 s  optimise W with sgd(rate = 0.001)  measure mean(a.u) every 1000 steps }`,
    'a.x',
    50,
  ],
  [
    'a reaction that the sign of a synapse hides',
    `cell N { state u = 1 : 1 s * du/dt = -u  x = exp(1000 * (t >= 50 ms and t < 51 ms))  event e = u }
cell M { compartment soma  state v = 0 : 1 s * dv/dt = soma - v  event e = v }
plasticity R { on true { w -= pre.x - 1 } }
population a[3] : N
population b[2] : M
connect a.e -> b.soma as W { init 1  learn R  sign excitatory }
experiment e { step 1 ms  duration 0.3 s  measure mean(a.u) every 1000 steps }`,
    'a.x',
    50,
  ],
]

const probabilities: [string, string, string, number][] = [
  [
    'above 1',
    circuit('state u = 0.5 : 10 ms * du/dt = 1  spike s when bernoulli(u)  on u > 2 { u = 0 }'),
    'spike s when bernoulli(u)',
    // 0.5 + 0.1 (k + 1) is 1 at k = 4, but for rounding.
    5,
  ],
  [
    'below 0',
    circuit('state u = 0.55 : 10 ms * du/dt = -1  drawn = bernoulli(u)  on u < -2 { u = 0 }'),
    'drawn = bernoulli(u)',
    5,
  ],
  [
    'no number',
    circuit('state u = 0 : 1 s * du/dt = 1  drawn = bernoulli(sqrt(1 - t / 7.5 ms))'),
    'drawn = bernoulli(sqrt(1 - t / 7.5 ms))',
    8,
  ],
]

async function networks(what: ReturnType<typeof made>) {
  const engine = await selectEngine('tfjs-cpu', {})
  const program = await emitProgram('tfjs', what.ir, new Map(), {})
  return [
    await wasmNetwork(what.ir, {}, { batch: 1 }),
    await wasmNetwork(what.ir, { precision: 'f64' }, { batch: 1 }),
    await wasmNetwork(what.ir, { threads: 2 }, { batch: 1 }),
    await engine.instantiate(program, withPatterns(what.ir, { batch: 1 })),
  ]
}

describe('what is not finite for a while', () => {
  it.each(cases)('%s', async (_, text, variable, step) => {
    const what = made(text)
    for (const [i, network] of (await networks(what)).entries()) {
      const { error } = await outcome(what, network)
      // Double precision holds 1e48, so that u is infinite one step later.
      const later = i === 1 && variable === 'a.u' ? 2 : 0
      expect((error as RunError | undefined)?.place).toEqual({
        variable,
        step: step + later,
        time: (step + later) / 1000,
      })
      network.dispose()
    }
  })
})

it.each([
  ['at the start', 'W / (W - 1)', 'The weight V is infinite before the first step.'],
  ['from some step on', '1 / max(2 - W, 0)', 'The weight V became infinite in step 7 (0.007 s).'],
])(
  'tells of a tied weight that is not finite %s, though resets hide it',
  async (_, tie, message) => {
    const what = made(`
cell N { state u = 1 : 1 s * du/dt = 0 * u  event e = u }
cell M { compartment soma  state v = 0 : 1 s * dv/dt = soma - v  spike s when v > 0.5 { v = 0 } }
plasticity R { on true { w += if t < 8 ms then ${message.includes('step 7') ? 0.125 : 0} else 0 } }
population a[3] : N
population b[2] : M
connect a.e -> b.soma as W { init 1  learn R }
connect a.e -> b.soma as V { tied = ${tie} }
experiment e { step 1 ms  duration 30 ms  measure mean(a.u) every 1000 steps }`)
    const network = await wasmNetwork(what.ir, { precision: 'f64' }, { batch: 1 })
    const { error } = await outcome(what, network)
    expect((error as RunError | undefined)?.message).toContain(message)
    network.dispose()
  },
)

it('tells of changes whose norm no number holds, which clipping would scale to 0', async () => {
  const what = made(`
cell N { state u = 1 : 1 s * du/dt = -u  event e = u }
cell M { compartment soma  state v = 0 : 1 s * dv/dt = soma - v  event e = v }
plasticity R { dw = 1e25 * pre.u }
population a[3] : N
population b[2] : M
connect a.e -> b.soma as W { init 1  learn R }
experiment e { step 1 ms  duration 5 ms  optimise W with sgd(rate = 0.1, clip = 1)  measure mean(a.u) }`)
  const network = await wasmNetwork(what.ir, {}, { batch: 1 })
  const { error } = await outcome(what, network)
  expect((error as RunError | undefined)?.place).toEqual({ variable: 'W', step: 0, time: 0 })
  network.dispose()
})

describe('a probability that the run computes', () => {
  it.each(probabilities)('%s', async (_, text, variable, step) => {
    const what = made(text)
    for (const network of await networks(what)) {
      const { error } = await outcome(what, network)
      expect((error as RunError | undefined)?.message).toBe(
        `A probability was not from 0 to 1 in step ${step} (${step / 1000} s): ` +
          `that of \`bernoulli\` in \`${variable}\`.`,
      )
      network.dispose()
    }
  })
})

describe('what measures keep', () => {
  it('is kept beside guards of states', () => {
    const { ir, diagnostics } = compileText(`
cell N {
  state v = 0 : 20 ms * dv/dt = 1.5 - v
  spike s when v > 1 { v = 0 }
  state sum = 0 s : dsum/dt = 0
  on s { sum += if since(s) < t then since(s) else 0 s }
}
population a[3] : N
experiment e { step 1 ms  duration 0.3 s  measure rate(a.s), mean(a.sum)  every 100 steps }`)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(ir?.graphs.step.stores.map(({ storage }) => storage)).toContain('a.sum')
  })
})

describe('emitted TypeScript', () => {
  it('says each guard by one named function', async () => {
    const { ir } = made(cases[0]![1])
    const text = await emitTypeScript(ir)
    expect(text).toContain('unlessBroken(tf, a_u_before, ')
    expect(text.match(/tf\.less\(tf\.abs\(/g)).toHaveLength(1)
  })
})

describe('a probability in what evaluates', () => {
  it('is told of, also where only the score reads it', async () => {
    const { ir, plan } = compileText(`
dataset d { field v[2]  field label class 2  train constant(v = 0.5, label = 1)  test constant(v = 2, label = 1) }
cell In { input value  event e = value }
cell Y { compartment soma  input target  e = bernoulli(soma)  delta = target - e  loss l = delta ^ 2 / 2 }
population x[2] : In
population y[2] : Y
connect x.e -> y.soma as W { init identity() }
experiment r { data d  present x = v, y.target = one_hot(label)  batch 1  epochs 1 }`)
    const network = await wasmNetwork(ir!, {}, { batch: 1 })
    const score = (v: number): number =>
      network.score(1, { x: Float32Array.of(v, v), 'y.target': new Float32Array(2) })['loss']!
    expect([Number.isFinite(score(0.5)), score(2), score(-1)]).toEqual([true, Infinity, Infinity])
    network.dispose()
    const bad = { name: 'loss', value: Infinity, kind: 'score' } as const
    const { message } = nonFiniteScore(bad, bad, 'test', { epoch: 0, step: 0 }, {}, plan!.checks)
    expect(message).toBe(
      'A probability was not from 0 to 1 in the evaluation of the test examples in epoch 0, after 0 steps: ' +
        'that of `bernoulli` in `e = bernoulli(soma)`.',
    )
  })

  it('makes the scores infinite where it is none, and changes nothing else', async () => {
    const { ir, diagnostics } = compileText(`
import { Input } from "std/cells"
import { xor } from "std/data"
cell O {
  compartment soma
  input target
  event y = bernoulli(soma)
  loss squared_error = sum((y - target) ^ 2)
}
population x[2] : Input
population y[2] : O
connect x.event -> y.soma as W { init 0.5 }
experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  batch 4  epochs 1
  measure loss  every 1 steps
}`)
    expect(diagnostics.map(({ message }) => message)).toEqual([])
    const network = await wasmNetwork(ir!, {}, { batch: 2 })
    const score = (values: readonly number[]) =>
      network.score(2, { x: Float32Array.from(values), 'y.target': new Float32Array(4) })
    expect(score([1, 1, 0.5, 0.5])['loss']).toBeGreaterThanOrEqual(1)
    expect(score([1, 1, 0.5, 0.5])['loss']).toBeLessThan(5)
    expect(score([1, 1, 3, 1])['loss']).toBe(Infinity)
    expect(score([Number.NaN, 1, 1, 1])['loss']).toBe(Infinity)
    network.dispose()
  })
})
