/**
 * Tests of circuits with a past, beside a loop that is written out here: batches of which the last one is not full,
 * phases, windows, masks, states that are kept, time and presentations of an evaluation; that training does not notice
 * it, to the bit; and runs that are cut in two, in the middle of a presentation too.
 */
import { describe, expect, it } from 'vitest'
import { emitProgram } from '../../../compiler/index.ts'
import type { DataPart, LoadedDataset } from '../../../runtime/data/types.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import type { RunOptions } from '../../../runtime/train/options.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { made, type Made } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (evaluate: string, noise = '', more = '') => `
param gain = 1
param nudged = true
dataset d {
  field s[time, 2] lasts n
  field n
  field c class 2
  train npz("a.npz")
  test npz("b.npz")
}
cell In { input x  event e = x }
cell Out {
  compartment soma
  input target
  input mask : scalar
  state v = 0.25 : 4 ms * dv/dt = -v + gain * soma + (if nudged then target - v else 0) ${noise}
  state th = 1 : dth/dt = 0 / 1 s
  state late = 0 : dlate/dt = 0 / 1 s
  event e = v - 0.1 * th
  loss l = mask * (target - e) ^ 2
  signal err = target - e
  age = since(presented) / 1 ms + 10 * t / 1 s
  spike s when v > 0.5
  on presented { v = 0.5 * v }
  on s { th += 0.125 }
}
plasticity Delta { dw = post.err * pre.e }
plasticity Jump { on post.s { w += 0.0625 } }
population x[2] : In
population y[2] : Out
connect x.e -> y.soma as W { init 0.5  learn Delta }
connect x.e -> y.soma as V { init 0.25  learn Jump  delay 1 step }
experiment e {
  step 1 ms  batch 2  duration 13 ms  seed 5
  data d
  present x.x = s, y.mask = during(s), y.target = one_hot(c) for 3 ms
  optimise W with sgd(rate = 0.05)
  ${evaluate}
  ${more}
}`

const block = `evaluate every 2 presentations {
  phase free 2 steps { nudged off }
  phase held 1 step { nudged on  set gain = 0.5 }
  keep y.th
  measure error, loss, m = loss where y.mask, w = mean(y.e) where y.mask, mean(y.age) over last 2 steps
  measure sd = std(y.v), var = variance(y.v), top = max_of(y.v), low = min_of(y.v), sum(y.v), r = rate(y.s) over last 3 steps
  measure last = mean(y.age), norm(W), q = ratio(V, W), a = angle(W, V), mean(V), cv(y.s)
}`

const trial = (count: number, from: number): DataPart => ({
  count,
  fields: {
    s: Float64Array.from({ length: count * 6 }, (_, i) => ((from + 3 * i) % 7) / 4),
    n: Float64Array.from({ length: count }, (_, i) => 3 - ((i + from) % 3)),
    c: Float64Array.from({ length: count }, (_, i) => (i + from) % 2),
  },
})
/** What stands behind the last row of an example is nothing. */
const data = (plan: Made['plan']): LoadedDataset => ({
  plan: plan.data!.dataset,
  train: trial(6, 1),
  validation: { count: 0, fields: {} },
  // A batch and a half.
  test: trial(3, 2),
})

/** The figures of the test examples, with these weights and thresholds [2 examples, 2 units]. */
function byHand(W: readonly number[], V: readonly number[], thresholds: readonly number[]) {
  const test = trial(3, 2)
  const { s, n, c } = test.fields as Record<string, Float64Array>
  const rows: {
    step: number
    e: number[]
    v: number[]
    loss: number
    wrong: number
    mask: number
    s: number[]
  }[] = []
  for (let example = 0; example < 3; example++) {
    const slot = example % 2
    let v = [0.25, 0.25]
    const th = [...thresholds.slice(slot * 2, slot * 2 + 2)]
    let before = [0, 0]
    for (let step = 0; step < 3; step++) {
      const mask = step < n![example]! ? 1 : 0
      const x = [0, 1].map((k) => mask * s![(example * 3 + step) * 2 + k]!)
      const target = [0, 1].map((k) => Number(k === c![example]))
      if (step === 0) v = v.map((each) => 0.5 * each)
      const isHeld = step === 2
      v = v.map((each, k) => {
        const soma =
          W[2 * k]! * x[0]! +
          W[2 * k + 1]! * x[1]! +
          V[2 * k]! * before[0]! +
          V[2 * k + 1]! * before[1]!
        const nudge = isHeld ? target[k]! - each : 0
        return each + (-each + (isHeld ? 0.5 : 1) * soma + nudge) / 4
      })
      before = x
      const spikes = v.map((each) => Number(each > 0.5))
      for (const k of [0, 1]) th[k]! += 0.125 * spikes[k]!
      const e = v.map((each, k) => each - 0.1 * th[k]!)
      const loss = [0, 1].reduce((sum, k) => sum + mask * (target[k]! - e[k]!) ** 2, 0)
      const wrong = Number((e[0]! >= e[1]! ? 0 : 1) !== c![example])
      rows.push({ step, e, v, loss, wrong, mask, s: spikes })
    }
  }
  const within = (last: number) => rows.filter(({ step }) => step >= 3 - last)
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const two = within(2)
  const masked = (of: (row: (typeof rows)[number]) => number) =>
    two.reduce((sum, row) => sum + row.mask * of(row), 0) /
    two.reduce((sum, row) => sum + row.mask, 0)
  const all = within(3).flatMap((row) => row.v)
  const variance = mean(all.map((each) => (each - mean(all)) ** 2))
  return {
    error: 100 * mean(two.map(({ wrong }) => wrong)),
    loss: mean(two.map(({ loss }) => loss)),
    m: masked(({ loss }) => loss),
    w: masked(({ e }) => mean(e)),
    'mean(y.age)': mean([1 + 10 * 0.001, 2 + 10 * 0.002]),
    sd: Math.sqrt(variance),
    var: variance,
    top: Math.max(...all),
    low: Math.min(...all),
    'sum(y.v)': all.reduce((a, b) => a + b, 0) / 3,
    r: mean(within(3).flatMap((row) => row.s)) / 0.001,
    last: 2 + 10 * 0.002,
    'norm(W)': Math.hypot(...W),
    q: Math.hypot(...V) / Math.hypot(...W),
    a:
      (Math.acos(
        Math.min(
          1,
          W.reduce((sum, w, i) => sum + w * V[i]!, 0) / Math.hypot(...W) / Math.hypot(...V),
        ),
      ) *
        180) /
      Math.PI,
    'mean(V)': mean([...V]),
  }
}

async function run(what: Made, network: Network, options: Partial<RunOptions> = {}) {
  const { plan, ir } = what
  const store = (options.store as MemoryStore | undefined) ?? new MemoryStore()
  const parameters = Object.fromEntries(ir.params.map(({ name, value }) => [name, value]))
  const states = ir.storages.filter(({ role }) => role === 'state').map(({ name }) => name)
  const all = { parameters, states, ...options, store }
  const result = await runExperiment(plan, network, data(plan), all, silentReporter)
  return { store, result }
}

type Make = (compiled: Made) => Promise<Network>
const create = ({ plan }: Made) => ({ seed: plan.seed, batch: plan.batch })
const engines: readonly (readonly [string, number, Make])[] = [
  ['the interpreter', 1e-9, async (what) => interpretedNetwork(what.ir, create(what))],
  ['wasm, f64', 1e-9, (what) => wasmNetwork(what.ir, { precision: 'f64' }, create(what))],
  ['wasm, f32, two threads', 1e-4, (what) => wasmNetwork(what.ir, { threads: 2 }, create(what))],
  [
    'tfjs',
    1e-4,
    async (what) => {
      const engine = await selectEngine('tfjs-cpu')
      return engine.instantiate(await emitProgram('tfjs', what.ir), create(what))
    },
  ],
]

/** Single precision takes single numbers alone. */
const narrow = (part: DataPart): DataPart => ({
  ...part,
  fields: Object.fromEntries(
    Object.entries(part.fields).map(([k, v]) => [k, Float32Array.from(v)]),
  ),
})

describe.each(engines)('on %s', (name, tolerance, make) => {
  it('is as by hand, before learning and after it', async () => {
    const compiled = made(circuit(block))
    const network = await make(compiled)
    const begin = network.save()
    const { plan } = compiled
    const own = data(plan)
    const loaded =
      name.includes('f64') || name === 'the interpreter'
        ? own
        : { ...own, train: narrow(own.train), test: narrow(own.test) }
    const store = new MemoryStore()
    const parameters = Object.fromEntries(compiled.ir.params.map((each) => [each.name, each.value]))
    await runExperiment(plan, network, loaded, { store, parameters }, silentReporter)
    // At 0, 6 and 12 steps, and at the end.
    expect(store.epochs.map(({ epoch, step, t }) => [epoch, step, t])).toEqual([
      [0, 0, 0],
      [1, 6, 0.006],
      [2, 12, 0.012],
      [3, 13, 0.013],
    ])
    for (const [record, { W, V, 'y.th': th }] of [
      [store.epochs[0]!, begin],
      [store.epochs[3]!, network.save()],
    ] as const) {
      const wanted = byHand([...W!.data], [...V!.data], [...th!.data])
      expect(Object.keys(record.test!).toSorted()).toEqual(Object.keys(wanted).toSorted())
      for (const [figure, value] of Object.entries(wanted))
        expect(
          Math.abs(record.test![figure]! - value),
          `${figure}: ${value}, not ${record.test![figure]}`,
        ).toBeLessThan(tolerance * Math.max(1, Math.abs(value)))
    }
    network.dispose()
  })
})

const noisy = '+ 0.5 * normal()'

it('leaves training as it is, to the bit', async () => {
  const texts = [circuit('', noisy), circuit(block, noisy)]
  const [without, tested] = await Promise.all(
    texts.map(async (text) => {
      const compiled = made(text)
      const network = await wasmNetwork(compiled.ir, { precision: 'f64' }, create(compiled))
      await run(compiled, network)
      return network.save()
    }),
  )
  expect(tested).toEqual(without)
})

it.each([1, 4, 5, 8, 11])('goes on to the bit after %i looks', async (looks) => {
  const compiled = made(circuit(block, noisy, 'measure mean(y.v) every 2 ms'))
  const networkOf = () => wasmNetwork(compiled.ir, { precision: 'f64' }, create(compiled))
  const whole = await networkOf()
  const { store } = await run(compiled, whole)
  const first = await networkOf()
  const initial = first.save()
  let count = 0
  const interrupt = {
    get aborted() {
      return ++count > looks
    },
  }
  const cut = await run(compiled, first, { interrupt })
  expect(cut.result.status).toBe('interrupted')
  const { checkpoint } = cut.store.saved.at(-1)!
  const second = await networkOf()
  second.load(checkpoint.storages)
  second.stepCount = checkpoint.state.step
  const again = new MemoryStore()
  again.metrics.push(...cut.store.metrics.slice(0, checkpoint.state.metricsLines))
  await run(compiled, second, { state: checkpoint.state, initial, store: again })
  expect(again.metrics).toEqual(store.metrics)
  expect(second.save()).toEqual(whole.save())
})

describe('early ends', () => {
  const ended = async (stop: string) => {
    const compiled = made(circuit(block, '', stop))
    const { store, result } = await run(compiled, interpretedNetwork(compiled.ir, create(compiled)))
    return [result.state.stopped, store.epochs.at(-1)!.step]
  }

  it.each([
    ['stop when last < 3', 6],
    ['stop when last < 3 for 2 evaluations', 12],
    ['stop when last stalls for 1 evaluation', 12],
    ['stop when last < 3 for 6 ms', 12],
    ['stop when last < 1', 13],
  ])('%s', async (stop, step) => {
    expect(await ended(stop)).toEqual([step === 13 ? undefined : stop, step])
  })
})

it('measures test examples of a circuit without a past', async () => {
  const compiled = made(
    `
    dataset d { field s[2]  field c class 2  train npz("a.npz")  test npz("b.npz") }
    cell In { input x  event e = x }
    cell Out { compartment soma  input target  event e = 2 * soma  loss l = (target - e) ^ 2 }
    population x[2] : In
    population y[2] : Out
    connect x.e -> y.soma as W { init identity(0.5)  fixed }
    experiment e {
      data d
      present x.x = s, y.target = one_hot(c)
      batch 2  epochs 3  evaluate 2
      evaluate every 2 epochs { measure m = mean(y.e), sd = std(y.e), top = max_of(y.e) where 1 }
    }`.replace(' where 1', ''),
  )
  const { plan, ir } = compiled
  const s = Float32Array.of(1, 2, 3, 5, 8, 13)
  const part: DataPart = { count: 3, fields: { s, c: Float32Array.of(0, 1, 1) } }
  const loaded = {
    plan: plan.data!.dataset,
    train: part,
    validation: { count: 0, fields: {} },
    test: part,
  }
  const store = new MemoryStore()
  await runExperiment(plan, interpretedNetwork(ir), loaded, { store }, silentReporter)
  const mean = 32 / 6
  const sd = Math.sqrt([...s].reduce((sum, each) => sum + (each - mean) ** 2, 0) / 6)
  expect(store.epochs.map(({ test }) => Object.keys(test!).length)).toEqual([5, 2, 5, 5])
  expect(store.epochs[3]!.test!['m']).toBeCloseTo(mean, 9)
  expect(store.epochs[3]!.test!['sd']).toBeCloseTo(sd, 9)
  expect(store.epochs[3]!.test!['top']).toBe(13)
})

describe('mistakes', () => {
  it.each([
    [
      'evaluate { measure norm(update(W)) }',
      /CCN6160 `norm\(update\(W\)\)` cannot be measured so of test examples/,
    ],
    ['evaluate { measure max_of(y.v) where y.mask }', /CCN6160/],
    ['evaluate { measure error over last 4 steps }', /some of the 3 last steps of an evaluation/],
    ['evaluate every 2 epochs { }', /a circuit with a past|a time or a number of steps/],
    ['evaluate every 1.5 presentations { }', /a whole number of presentations/],
    ['evaluate { keep y.e }', /no state/],
    ['evaluate { phase p 2 steps { freeze W } }', /settings alone/],
    ['evaluate { }  evaluate { }', /said twice/],
    ['evaluate { measure error, error }', /said twice/],
    ['stop when loss < 1', /not measured/],
  ])('%s', (text, message) => {
    const errors = errorsOf(compileText(circuit(text)))
    expect(errors[0]).toMatch(message)
    expect(errors).toHaveLength(1)
  })
})
