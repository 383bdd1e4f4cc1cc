/** `evaluating`: what a circuit does in training steps and what it answers, on every target; dropout. */
import { describe, expect, it } from 'vitest'
import type { Network } from '../../../runtime/engine/network.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { made, type Made } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { run as tfjsNetwork } from '../emit/emitted.ts'

const circuit = (middle: string, rest = '') => `
import { Dropout } from "std/regularisation"
param p = 0.25
cell In { input value  event e = value }
cell Hidden { compartment soma  event e = soma }
cell Out { compartment soma  input target  event e = soma  loss l = sum((e - target) ^ 2) / 2 }
nonlocal plasticity Exact { dw = backprop }
dataset one { field v[3]  field t[2]  train constant(v = 1, t = 1)  test constant(v = 1, t = 1) }
population x[3] : In
population h[40] : Hidden
population d[40] : ${middle}
population y[2] : Out
connect x.e -> h.soma as V { init normal(1)  learn Exact }
connect h.e -> d.given
connect d.event -> y.soma as W { init normal(1)  learn Exact }
experiment a { data one  present x = v, y.target = t  optimise V, W with sgd(0.1)  measure loss, own = mean(y.l) ${rest} }`

const values = [0.25, -1, 0.5, 1, 0.125, -0.375]
const targets = [1, 0, -1, 0.5]
const inputs = { x: Float32Array.from(values), 'y.target': Float32Array.from(targets) }

describe('dropout', () => {
  const compilation = compileText(circuit('Dropout(p)'))
  const ir = compilation.ir!
  const options = { seed: 7 }

  it('draws nothing to answer', () => {
    expect(errorsOf(compilation)).toEqual([])
    expect(ir.graphs.infer.nodes.filter(({ op }) => op === 'random')).toEqual([])
    expect(ir.graphs.step.nodes.filter(({ op }) => op === 'random')).toHaveLength(1)
  })

  it.each([
    ['interpreter', () => Promise.resolve(interpretedNetwork(ir, options)), 1e-12],
    ['wasm', () => wasmNetwork(ir, { threads: 2 }, options), 1e-4],
    ['tfjs', () => Promise.resolve(tfjsNetwork(ir, options)), 1e-4],
  ] satisfies [string, () => Promise<Network>, number][])('%s', async (_, make, most) => {
    const network = await make()
    const { V, W } = Object.fromEntries(
      Object.entries(network.save()).map(([name, { data }]) => [name, [...data]]),
    ) as Record<'V' | 'W', number[]>
    const names = ['h.e', 'd.kept', 'd.e', 'y.e', 'update(V)', 'update(W)']
    const seen = network.observe(2, inputs, names)
    const of = (name: string): number[] => [...seen[name]!.data]
    const near = (found: readonly number[], expected: readonly number[]): void => {
      expect(found).toHaveLength(expected.length)
      found.forEach((each, i) => expect(Math.abs(each - expected[i]!)).toBeLessThan(most))
    }
    const [hidden, kept] = [of('h.e'), of('d.kept')]
    expect(new Set(kept)).toEqual(new Set([0, 1]))
    const share = kept.reduce((a, b) => a + b, 0) / kept.length
    expect(share).toBeGreaterThan(0.6)
    expect(share).toBeLessThan(0.9)
    // The two examples are silenced by themselves.
    expect(kept.slice(0, 40)).not.toEqual(kept.slice(40))
    const passed = hidden.map((each, i) => (each * kept[i]!) / 0.75)
    near(of('d.e'), passed)
    const sum = (count: number, term: (i: number) => number): number =>
      Array.from({ length: count }, (_each, i) => term(i)).reduce((a, b) => a + b, 0)
    const output = (from: readonly number[]): number[] =>
      [0, 1].flatMap((example) =>
        [0, 1].map((unit) => sum(40, (k) => W[unit * 40 + k]! * from[example * 40 + k]!)),
      )
    near(of('y.e'), output(passed))
    // By hand: the gradient goes back through the units that were kept alone.
    const error = targets.map((target, i) => target - output(passed)[i]!)
    near(
      of('update(W)'),
      [0, 1].flatMap((unit) =>
        Array.from({ length: 40 }, (_each, k) =>
          sum(2, (example) => (error[example * 2 + unit]! * passed[example * 40 + k]!) / 2),
        ),
      ),
    )
    near(
      of('update(V)'),
      Array.from({ length: 40 }, (_each, k) =>
        [0, 1, 2].map((from) =>
          sum(2, (example) => {
            const back = sum(2, (unit) => error[example * 2 + unit]! * W[unit * 40 + k]!)
            return (back * (kept[example * 40 + k]! / 0.75) * values[example * 3 + from]!) / 2
          }),
        ),
      ).flat(),
    )
    // What it answers is of all units, and so is the loss that it is told by.
    near([...network.infer(2, inputs)['y.e']!.data], output(hidden))
    const loss = sum(4, (i) => (targets[i]! - output(hidden)[i]!) ** 2 / 2)
    expect(Math.abs(network.score(2, inputs)['loss']! / loss - 1)).toBeLessThan(most)
    const own = network.measuredStep(2, inputs)['own']!
    expect(Math.abs(own / (sum(4, (i) => error[i]! ** 2 / 2) / 2) - 1)).toBeLessThan(1e-3)
    expect(V).toHaveLength(120)
    network.dispose()
  })
})

describe('evaluating', () => {
  const own = (text: string) => errorsOf(compileText(text))

  it('is what is declared so, where something is', () => {
    const text = circuit('Own').replace(
      'param p',
      'param evaluating = 3\ncell Own { input given  event e = given * evaluating }\nparam p',
    )
    const { ir } = compileText(text)
    const network = interpretedNetwork(ir!, { seed: 1 })
    const { 'h.e': hidden, 'd.e': passed } = network.observe(2, inputs, ['h.e', 'd.e'])
    expect([...passed!.data]).toEqual([...hidden!.data].map((each) => 3 * each))
  })

  it('is not what measures and rules read', () => {
    expect(own(circuit('Dropout(p)', ', m = mean(h.e * evaluating)')).length).toBe(1)
    const rule = circuit('Dropout(p)').replace('dw = backprop', 'dw = backprop * evaluating')
    expect(own(rule).length).toBeGreaterThan(0)
  })
})

describe('in a circuit with a past', () => {
  const text = (evaluate: string) => `
dataset d { field s[2]  train npz("a.npz")  test npz("b.npz") }
cell C {
  input x
  state v = if evaluating then 7 else 1 : 4 ms * dv/dt = -v + x
  centre = batch_mean(v)
  m = running(centre, 0.25, 0.5)
  noise = bernoulli(0.5)
  event e = if not evaluating then noise * (v - centre) else v - m
}
population c[2] : C
experiment e {
  step 1 ms  duration 5 ms  batch 2
  data d
  present c.x = s for 2 ms
  measure kept = mean(c.m)
  ${evaluate}
}`
  const tested = 'evaluate every 2 presentations { measure r = mean(c.e) over last 2 steps }'
  const train = Float32Array.of(1, 2, 3, 4)
  const test = Float32Array.of(2, 3, 4, 7, -1, 5)

  const ran = async (make: (what: Made) => Promise<Network>, evaluate: string) => {
    const what = made(text(evaluate))
    const network = await make(what)
    const store = new MemoryStore()
    const loaded = {
      plan: what.plan.data!.dataset,
      train: { count: 2, fields: { s: train } },
      validation: { count: 0, fields: {} },
      test: { count: 3, fields: { s: test } },
    }
    const parameters = Object.fromEntries(what.ir.params.map((each) => [each.name, each.value]))
    const states = what.ir.storages.filter(({ role }) => role === 'state').map(({ name }) => name)
    await runExperiment(what.plan, network, loaded, { store, parameters, states }, silentReporter)
    const kept = network.save()
    network.dispose()
    return { kept, epochs: store.epochs }
  }

  it.each([
    ['interpreter', async ({ ir }) => interpretedNetwork(ir, { seed: 0 }), 1e-12],
    ['wasm, 2 threads', ({ ir }) => wasmNetwork(ir, { threads: 2 }, { seed: 0 }), 1e-5],
    ['tfjs', async ({ ir }) => tfjsNetwork(ir, { seed: 0 }), 1e-5],
  ] satisfies [string, (what: Made) => Promise<Network>, number][])('%s', async (_, make, most) => {
    const { kept, epochs } = await ran(make, tested)
    // Training: both examples are presented throughout; v goes to x, and m follows its mean.
    let [v, m] = [
      [1, 1, 1, 1],
      [0.5, 0.5],
    ]
    const averages = [m]
    for (let step = 0; step < 5; step++) {
      v = v.map((each, i) => each + (train[i]! - each) / 4)
      m = m.map((each, unit) => 0.75 * each + (0.25 * (v[unit]! + v[unit + 2]!)) / 2)
      averages.push(m)
    }
    for (const [i, each] of m.entries())
      expect(Math.abs(kept['c.m']!.data[i]! - each)).toBeLessThan(most)
    // Tests: each example from the beginning of the run, with the averages of training as they are.
    expect(epochs.map(({ step }) => step)).toEqual([0, 4, 5])
    for (const { step, test: figures } of epochs) {
      const average = averages[step]!
      const values = [...test].flatMap((x, i) => {
        const first = 1 + (x - 1) / 4
        return [first, first + (x - first) / 4].map((each) => each - average[i % 2]!)
      })
      const mean = values.reduce((a, b) => a + b, 0) / values.length
      expect(Math.abs(figures!['r']! - mean)).toBeLessThan(most)
    }
  })

  it('leaves training as it is, to the bit', async () => {
    const [without, beside] = await Promise.all(
      ['', tested].map((each) => ran(({ ir }) => wasmNetwork(ir, {}, { seed: 0 }), each)),
    )
    expect(without!.kept).toEqual(beside!.kept)
  })

  it('warns of test examples that hear of their batch', () => {
    const warned = (each: string) =>
      compileText(text(tested).replace('else v - m', each)).diagnostics.filter(
        ({ code }) => code === 'CCN5184',
      )
    expect(warned('else v - m')).toEqual([])
    expect(warned('else v - centre').length).toBe(1)
  })
})

it('what an `evaluate` block measures without a past is of circuits that are tested', async () => {
  const what = made(
    circuit('Dropout(0.5)').replace(
      'data one',
      'data one  epochs 1  evaluate { measure told = mean(d.e), plain = mean(h.e) }',
    ),
  )
  const store = new MemoryStore()
  const part = (count: number) => ({
    count,
    fields: {
      v: new Float32Array(3 * count).fill(1),
      t: new Float32Array(2 * count).fill(1),
    },
  })
  const loaded = {
    plan: what.plan.data!.dataset,
    train: part(1),
    validation: part(0),
    test: part(1),
  }
  await runExperiment(what.plan, interpretedNetwork(what.ir), loaded, { store }, silentReporter)
  for (const { test } of store.epochs) expect(test!['told']).toBe(test!['plain'])
})
