/**
 * Modulators: three-factor rules are what a loop over synapses, examples and steps says, in double precision, on
 * all synapses, on some and one to one; and a modulator stands in everything that tells of a circuit.
 */
import { describe, expect, it } from 'vitest'
import type { IrModule } from '../../compiler/ir/ir.ts'
import type { NamedArray, Network } from '../../runtime/engine/network.ts'
import { certify } from '../../service/certificates/index.ts'
import { describe as describeCircuit } from '../../service/describe.ts'
import { documentOf } from '../../service/description/index.ts'
import { differences } from '../../service/difference/index.ts'
import { drawDiagram } from '../../service/graph/diagram.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'
import { run as tfjsNetwork } from './emit/emitted.ts'

const forms = ['', 'pairs "p.csv"', 'one_to_one'] as const
type Form = (typeof forms)[number]

const [pres, posts] = [6, 5]
const sizeOf = (form: Form): number => (form === 'one_to_one' ? posts : pres)

const text = (form: Form, batch: number, modulator = '2 * (reward.r - mean(b.e))'): string => `
cell A { input v  event e = v }
cell B { compartment soma  input e }
cell Reward { input r }
/// Three factors, the trace of two of them supralinear (Miconi 2017).
plasticity R {
  state c = 0 : 4 ms * dc/dt = -c + (post.e - pre.e) ^ 3
  on pre.e > 0.6 { c += 0.1 * dopamine * w }
  dw = 0.1 * dopamine * c - 0.01 * abs(dopamine * pre.e)
}
dataset one { field va[${sizeOf(form)}]  field vb[${posts}]  field vr[1]
  train constant(va = 0.5, vb = 0.2, vr = 1)  test constant(va = 0.5, vb = 0.2, vr = 1) }
population a[${sizeOf(form)}] : A
population b[${posts}] : B
population reward[1] : Reward
/// What was not expected.
modulator dopamine = ${modulator}
connect a.e -> b.soma as V { ${form}  init normal(1)  learn R }
experiment r { data one  present a.v = va, b.e = vb, reward.r = vr  batch ${batch}
  step 1 ms  duration 9 ms  optimise V with sgd(rate = 1) }`

function compiled(source: string): IrModule {
  const compilation = compileText(source)
  if (!compilation.ir) throw new Error(errorsOf(compilation).join('\n'))
  return compilation.ir
}

const steps = 8

/** What is presented in a step: the same numbers in single precision. */
function presented(ir: IrModule, batch: number, step: number): Record<string, Float32Array> {
  return Object.fromEntries(
    ir.inputs.map(({ name, shape }, k) => [
      name,
      Float32Array.from({ length: batch * Number(shape[1]) }, (_, i) =>
        Math.sin(3.7 * i + 2 * k + 0.9 * step),
      ),
    ]),
  )
}

const pairsOf = (form: Form, listed: readonly (readonly [number, number])[]) => {
  if (form === 'one_to_one') return Array.from({ length: posts }, (_, i) => [i, i] as const)
  if (form !== '') return listed
  return Array.from({ length: posts * pres }, (_, k) => [Math.floor(k / pres), k % pres] as const)
}

/** By loops: the weights after each step. */
function looped(
  ir: IrModule,
  batch: number,
  pairs: readonly (readonly [number, number])[],
  first: ArrayLike<number>,
): readonly (readonly number[])[] {
  let weights = Array.from(first)
  const traces = pairs.map(() => Array.from({ length: batch }, () => 0))
  return Array.from({ length: steps }, (_, step) => {
    const inputs = presented(ir, batch, step)
    const at = (name: string, e: number, unit: number): number => {
      const all = inputs[name] ?? new Float32Array()
      return all[(e * all.length) / batch + unit] ?? Number.NaN
    }
    const dopamine = Array.from({ length: batch }, (_one, e) => {
      let sum = 0
      for (let i = 0; i < posts; i++) sum += at('b.e', e, i)
      return 2 * (at('reward', e, 0) - sum / posts)
    })
    weights = weights.map((w, k) => {
      const [i, j] = pairs[k] ?? [0, 0]
      let change = 0
      for (let e = 0; e < batch; e++) {
        const [post, pre, d] = [at('b.e', e, i), at('a', e, j), dopamine[e] ?? 0]
        let c = traces[k]?.[e] ?? 0
        c += (1 / 4) * (-c + (post - pre) ** 3)
        if (pre > 0.6) c += 0.1 * d * w
        traces[k]![e] = c
        change += 0.1 * d * c - 0.01 * Math.abs(d * pre)
      }
      return w + change / batch
    })
    return weights
  })
}

const listed = Array.from({ length: pres }, (_, j) =>
  Array.from({ length: posts }, (_one, i) => i).filter((i) => (i * 3 + j) % 4 !== 1),
)
const pattern = {
  count: listed.flat().length,
  starts: Int32Array.from({ length: pres + 1 }, (_, j) => listed.slice(0, j).flat().length),
  targets: Int32Array.from(listed.flat()),
}

describe('three-factor rules', () => {
  const cases = forms.flatMap((form) => [3, 1].map((batch) => ({ form, batch })))
  it.each(cases)('$form, $batch examples', async ({ form, batch }) => {
    const ir = compiled(text(form, batch))
    const patterns = Object.fromEntries(
      (ir.patterns ?? []).map(({ name }) => [name, { ...pattern, name }]),
    )
    const options = { patterns, seed: 4 }
    const first = interpretedNetwork(ir, options).save()
    const pairs = pairsOf(
      form,
      listed.flatMap((targets, j) => targets.map((i) => [i, j] as const)),
    )
    const expected = looped(ir, batch, pairs, first['V']?.data ?? [])
    const rates = Object.fromEntries(ir.rates.map(({ name }) => [name, 1]))
    const run = (network: Network, tolerance: number, halfway?: Network): void => {
      network.load(first)
      let half: Record<string, NamedArray> | undefined
      for (let step = 0; step < steps; step++) {
        network.step(batch, presented(ir, batch, step), rates)
        const data = Array.from(network.save()['V']?.data ?? [])
        const off = expected[step]?.map((each, k) => Math.abs(each - (data[k] ?? Number.NaN))) ?? []
        expect(off.length === data.length && off.every((each) => each < tolerance), `${off}`).toBe(
          true,
        )
        if (step === 3) half = network.save()
      }
      if (halfway && half) {
        halfway.load(half)
        for (let step = 4; step < steps; step++)
          halfway.step(batch, presented(ir, batch, step), rates)
        expect(halfway.save()).toEqual(network.save())
        halfway.dispose()
      }
      network.dispose()
    }
    run(interpretedNetwork(ir, options), 1e-12)
    run(await tfjsNetwork(ir, options), 1e-5)
    run(await wasmNetwork(ir, { threads: 2 }, options), 1e-5, await wasmNetwork(ir, {}, options))
    run(await wasmNetwork(ir, { precision: 'f64' }, options), 1e-12)
  })
})

describe('what may modulate', () => {
  it.each([
    ['reward.r', []],
    ['sum(b.e) + max_of(a.e) - 1', []],
    ['if reward.r > mean(b.e) then 1 else -1', []],
    ['b.e', ['CCN5090']],
    ['mean(b.e) + a.v', ['CCN5090']],
    ['reward.r + normal()', ['CCN5090']],
    ['prev(reward.r)', ['CCN7001']],
    ['reward.q', ['CCN2004']],
    ['nobody.r', ['CCN2001']],
  ] as const)('%s', (modulator, codes) => {
    const { diagnostics } = compileText(text('', 2, modulator))
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code }) => code)).toEqual(codes)
  })

  it('gives way to what a rule calls so itself', () => {
    const { diagnostics } = compileText(
      text('', 2).replace('plasticity R {', 'plasticity R(dopamine = 1) {'),
    )
    expect(diagnostics.map(({ message }) => message)).toContain(
      'The modulator `dopamine` is never used.',
    )
  })
})

describe('in cells', () => {
  /** Two populations: one reads the modulators, one hears the same by wires. */
  const cells = (activity = 'prev(activity)'): string => `
cell Reward { state e = 0 : 5 ms * de/dt = -e + 1  signal out = 2 * (1 - e) }
cell Mean { compartment c  signal e = c }
cell N { state v = 0.1 * index : 10 ms * dv/dt = 0.3 - v + dopamine * (1 + v) + 0.1 * ${activity}
  slow = v * dopamine  signal e = tanh(v + 0.2 * slow)  spike s when slow > 0.3 - 0.1 * dopamine { v = 0 } }
cell M { input d : scalar  input act : scalar
  state v = 0.1 * index : 10 ms * dv/dt = 0.3 - v + d * (1 + v) + 0.1 * act
  slow = v * d  signal e = tanh(v + 0.2 * slow)  spike s when slow > 0.3 - 0.1 * d { v = 0 } }
population b[4] : N
population c[4] : M
population reward[1] : Reward
population m[1] : Mean
modulator dopamine = reward.out
modulator activity = mean(b.e)
connect reward.out -> c.d
connect c.e -> m.c as Q { init 0.25  fixed  delay 1 step }
connect m.e -> c.act
experiment r { step 1 ms  duration 9 ms  record b.s }`

  it('is what wires bring', async () => {
    const ir = compiled(cells())
    for (const network of [interpretedNetwork(ir, {}), await wasmNetwork(ir, {}, {})]) {
      let spikes = 0
      for (let step = 0; step < 30; step++) {
        spikes += [...network.observe(1, {}, ['b.s'])['b.s']!.data].filter(Boolean).length
        network.step(1, {}, {})
        const { 'b.v': b, 'c.v': c } = network.save()
        for (const [i, each] of [...b!.data].entries()) expect(each).toBeCloseTo(c!.data[i]!, 6)
      }
      expect(spikes).toBeGreaterThan(3)
      network.dispose()
    }
  })

  it('goes in no circle within a step', () => {
    expect(errorsOf(compileText(cells('activity')))).toEqual([
      'CCN5002 These depend on each other within one step: `b.v` -> `b.e` -> `b.v`.',
    ])
  })

  it('is told where the circuit is told', () => {
    const { modulators } = describeCircuit(compileText(cells()))!
    expect(modulators.map((each) => each.cells)).toEqual([['b'], ['b']])
    const hidden = compileText(cells().replace('cell N {', 'cell N(dopamine = 1) {'))
    expect(describeCircuit(hidden)!.modulators.map((each) => each.cells)).toEqual([
      undefined,
      ['b'],
    ])
  })
})

describe('what tells of a circuit tells of its modulators', () => {
  const compilation = compileText(text('', 2))

  it('describes them', async () => {
    const description = describeCircuit(compilation)!
    expect(description.modulators).toEqual([
      { name: 'dopamine', text: '2 * (reward.r - mean(b.e))', rules: ['R'] },
    ])
    expect(description.connections[0]?.modulators).toEqual(['dopamine'])
    expect(JSON.stringify(documentOf(compilation))).toContain('A modulator, a number')
    const drawn = await drawDiagram(description)
    expect(drawn).toContain('◇ dopamine')
    expect(drawn).toContain('dopamine = 2 * (reward.r - mean(b.e))')
  })

  it('compares them', () => {
    const other = compileText(text('', 2, '3 * reward.r'))
    expect(differences(compilation, other).map(({ kind, names }) => [kind, names])).toEqual([
      ['modulator', ['dopamine']],
    ])
  })

  it('certifies that they are local by declaration', () => {
    const local = certify(compilation).find(({ property }) => property === 'local')
    expect(local?.holds).toBe(true)
    expect(JSON.stringify(local)).toContain('a modulator that reaches every synapse')
  })
})

it('is measured and recorded by its name', async () => {
  const source = text('', 2).replace(
    'optimise V',
    'measure mean(dopamine), d = max_of(3 * dopamine)  record dopamine, reward.r, mean(b.e)  optimise V',
  )
  const ir = compiled(source)
  const network = await wasmNetwork(ir, { precision: 'f64' }, { seed: 1, batch: 2 })
  const inputs = {
    a: new Float64Array(2 * pres),
    'b.e': Float64Array.from({ length: 2 * posts }, (_, i) => i / 8),
    reward: Float64Array.of(1, 0.5),
  }
  const { dopamine } = network.observe(2, inputs, ['dopamine'])
  // The mean of each example's five is 1/4, and 7/8.
  expect([...dopamine!.data]).toEqual([1.5, -0.75])
  const measures = network.measuredStep(2, inputs)
  expect(measures['mean(dopamine)']).toBeCloseTo(0.375, 12)
  expect(measures['d']).toBeCloseTo(4.5, 12)
  network.dispose()
  const [other] = errorsOf(compileText(text('', 1, 'mean(b.e)\nmodulator second = dopamine')))
  expect(other).toContain('CCN2001')
})
