/** Runs by a clock: circuits with a past, from the text to what a run leaves. */
import { describe, expect, it, vi } from 'vitest'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { normalValues, streamKey } from '../../../runtime/support/random.ts'
import type { LoadedDataset } from '../../../runtime/data/types.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import type { RunOptions } from '../../../runtime/train/options.ts'
import type { ExperimentPlan } from '../../../contract/plan.ts'
import { silentReporter, type Reporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

/** Two leaky units that hear noise and an input, one of which learns; a spiking one that reacts. */
const model = (experiment: string, dataset = '') => `
param dt = 1 ms
param drive = 1
cell Source { input x = 0  event e = x + drive }
cell Leaky {
  compartment soma
  state v : 10 ms * dv/dt = soma - v + normal()
  event e = v
}
cell Spiking {
  compartment soma
  state v : 5 ms * dv/dt = soma + 2 - v
  spike s when v > 1 { v = 0 }
  late = since(s)
}
plasticity Hebb { dw = pre.e * (0.5 - post.e) }
plasticity Jump { on post.s { w += 0.01 } }
synapse S {}
population x[2] : Source
population h[2] : Leaky
population z[1] : Spiking
connect x.e -> h.soma as W : S { init 0.5  learn Hebb }
connect h.e -> z.soma as J : S { init 0.1  learn Jump }
${dataset}
experiment e {
  step dt  seed 3
  optimise W with sgd(rate = 0.01)
  ${experiment}
}`

interface Made {
  readonly plan: ExperimentPlan
  readonly ir: IrModule
}

function made(experiment: string, dataset = ''): Made {
  const compilation = compileText(model(experiment, dataset))
  expect(errorsOf(compilation)).toEqual([])
  return { plan: compilation.plan!, ir: compilation.ir! }
}

const networkOf = ({ plan, ir }: Made): Promise<Network> =>
  wasmNetwork(ir, {}, { seed: plan.seed, batch: plan.batch })

async function run(
  what: Made,
  options: RunOptions = {},
  network?: Network,
  data?: LoadedDataset,
  reporter: Partial<Reporter> = {},
) {
  const { plan, ir } = what
  const store = new MemoryStore()
  const made_ = network ?? (await networkOf(what))
  const parameters = Object.fromEntries(ir.params.map(({ name, value }) => [name, value]))
  const states = ir.storages.filter(({ role }) => role === 'state').map(({ name }) => name)
  const all = { store, parameters, states, ...options }
  const result = await runExperiment(plan, made_, data, all, { ...silentReporter, ...reporter })
  return { store: (options.store as MemoryStore | undefined) ?? store, result, network: made_ }
}

/** Asks to stop at the `count`-th look. */
function afterLooks(count: number) {
  let looks = 0
  return {
    get aborted() {
      return ++looks > count
    },
  }
}

const protocol = `
  protocol {
    phase settle 7 ms { plasticity off }
    repeat 3 { phase a 4 steps { set drive = 2 }  phase b 1 ms { freeze J } }
    phase rest 10 ms { freeze W  perturb J by scale(2) }
  }
  measure mean(h.v) every 3 ms
  measure norm(W), norm(J) every 5 steps
  record h.v, z.s every 1 step
  record W, J every 4 steps`

describe('a run by a clock', () => {
  it('goes through its phases, measures at each interval and at the end, and tells of phases', async () => {
    const phases: (string | undefined)[] = []
    const { store, result } = await run(made(protocol), {}, undefined, undefined, {
      phase: ({ record }) => void phases.push(record.phase),
    })
    expect(result).toMatchObject({ status: 'finished', state: { step: 32, epoch: 0 } })
    const seen = store.steps.map(({ step, t, phase, measures }) =>
      [step, t, phase, Object.keys(measures).length].join(' '),
    )
    expect(seen).toEqual([
      '0 0 settle 3',
      '3 0.003 settle 1',
      '5 0.005 settle 2',
      '6 0.006 settle 1',
      '9 0.009 a 1',
      '10 0.01 a 2',
      '12 0.012 a 1',
      '15 0.015 a 3',
      '18 0.018 a 1',
      '20 0.02 a 2',
      '21 0.021 b 1',
      '24 0.024 rest 1',
      '25 0.025 rest 2',
      '27 0.027 rest 1',
      '30 0.03 rest 3',
      '31 0.031 rest 3',
    ])
    expect(store.phases.map(({ phase, number, step, t }) => [phase, number, step, t])).toEqual([
      ['settle', 0, 7, 0.007],
      ['a', 1, 11, 0.011],
      ['a', 3, 16, 0.016],
      ['a', 5, 21, 0.021],
      ['b', 6, 22, 0.022],
      ['rest', 7, 32, 0.032],
    ])
    expect(phases).toEqual(['settle', 'a', 'a', 'a', 'b', 'rest'])
    expect(result.state.last).toEqual(store.phases.at(-1))
    expect(store.timings.map((each) => each.steps)).toEqual([7, 4, 5, 5, 1, 10])
  })

  it('holds weights still that are frozen, and all of them while plasticity is off', async () => {
    const text = protocol.replace('record W, J every 4 steps', 'record W, J every 1 step')
    const { store } = await run(made(text.replace('perturb J by scale(2)', '')))
    const part = store.parts.get(1)!
    const changes = (name: string, at: number) => {
      const { data, shape } = part.get(name)!
      const size = shape.slice(1).reduce((a, b) => a * b, 1)
      return data
        .slice(at * size, (at + 1) * size)
        .some((value, i) => value !== data[(at + 1) * size + i])
    }
    const stepsIn = (name: string) => [...Array(31).keys()].filter((step) => changes(name, step))
    const range = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => from + i)
    expect(stepsIn('W')).toEqual(range(7, 22))
    const spikes = [...part.get('z.s')!.data.keys()].filter((at) => part.get('z.s')!.data[at] === 1)
    const frozen = new Set([...range(0, 7), 11, 16, 21])
    expect(spikes.length).toBeGreaterThan(2)
    expect(stepsIn('J')).toEqual(spikes.filter((step) => step < 31 && !frozen.has(step)))
  })

  it('records what the step then computes', async () => {
    const text =
      'duration 20 ms  record h.v, z.s every 1 step  measure v = sum(h.v), s = sum(z.s) every 1 step'
    const { store } = await run(made(text))
    const part = store.parts.get(1)!
    const v = part.get('h.v')!
    expect(v.shape).toEqual([20, 1, 2])
    expect([...part.get('t(h.v)')!.data.slice(0, 3)]).toEqual([0, 0.001, 0.002])
    for (const [step, { measures }] of store.steps.entries()) {
      expect(v.data[2 * step]! + v.data[2 * step + 1]!).toBeCloseTo(measures['v']!, 5)
      expect(part.get('z.s')!.data[step]).toBe(measures['s'])
    }
  })

  it('goes on to the same bits wherever it was interrupted', async () => {
    const what = made(protocol)
    const whole = await run(what)
    let looks = 1
    for (let finished = false; !finished; looks++) {
      const first = await run(what, { interrupt: afterLooks(looks) })
      finished = first.result.status === 'finished'
      if (finished) break
      const { state, storages } = first.store.saved.at(-1)!.checkpoint
      const network = await networkOf(what)
      network.load(structuredClone(storages))
      network.stepCount = state.step
      first.store.metrics.length = state.metricsLines
      // Plain JSON is what a file keeps.
      const resumed = { state: JSON.parse(JSON.stringify(state)) as typeof state }
      const second = await run(what, { ...resumed, store: first.store }, network)
      expect(second.result.status).toBe('finished')
      expect(first.store.metrics).toEqual(whole.store.metrics)
      expect(first.store.parts).toEqual(whole.store.parts)
      expect(first.store.saved.at(-1)!.checkpoint.storages).toEqual(
        whole.store.saved.at(-1)!.checkpoint.storages,
      )
      expect(first.store.saved.at(-1)!.checkpoint.state).toEqual(
        whole.store.saved.at(-1)!.checkpoint.state,
      )
    }
    expect(looks).toBeGreaterThan(20)
  })

  it('does steps at once, and many phases cost little', async () => {
    const what = made(
      'protocol { repeat 5000 { phase a 7 steps { set drive = 2 } phase b 3 steps } }',
    )
    const network = await networkOf(what)
    const steps = vi.spyOn(network, 'steps')
    const step = vi.spyOn(network, 'step')
    const { result } = await run(what, {}, network)
    expect(result.state.step).toBe(50_000)
    // A machine that is busy may make blocks shorter.
    expect(step.mock.calls.length).toBeLessThan(500)
    expect(steps.mock.calls.length).toBeGreaterThanOrEqual(9_500)
    expect(steps.mock.calls.length).toBeLessThan(15_000)
  })

  it('lets states be infinite, and names the one that is not a number with its time', async () => {
    const what = made('protocol { phase a 5 ms { plasticity off } }  measure sum(h.v) every 1 step')
    const network = await networkOf(what)
    const name = what.ir.storages.find(
      (each) => each.role === 'state' && each.name.startsWith('h'),
    )!.name
    expect(Object.values(network.save()).some(({ data }) => data.includes(Infinity))).toBe(true)
    const { [name]: state } = network.save()
    await run(what, {}, network)
    network.load({ [name]: { ...state!, data: state!.data.map(() => Number.NaN) } })
    const failed = run(what, {}, network)
    await expect(failed).rejects.toThrow(`The variable ${name} is NaN before the first step`)
  })
})

describe('what is presented to a circuit with a past', () => {
  const dataset = `
dataset d {
  field a[2]
  field label class 3
  train npz("train.npz")  test npz("test.npz")
}`
  const count = 5
  const part = (size: number) => ({
    count: size,
    fields: {
      a: normalValues(streamKey(1, 'a'), 0, 2 * size),
      label: Float32Array.from({ length: size }, (_, i) => i % 3),
    },
  })
  const shown = async (options: string, present: string, rest: string) => {
    const what = made(
      `data d { ${options} }  present x = a ${present}  ${rest}  record x.x every 1 step`,
      dataset,
    )
    const data = {
      plan: what.plan.data!.dataset,
      train: part(count),
      validation: part(0),
      test: part(0),
    }
    const { store } = await run(what, {}, undefined, data)
    const examples = data.train.fields.a.filter((_, i) => i % 2 === 0)
    const { data: values, shape } = store.parts.get(1)!.get('x.x')!
    const batch = shape[1]!
    return Array.from({ length: shape[0]! }, (_, step) =>
      Array.from({ length: batch }, (__, row) =>
        examples.indexOf(values[(step * batch + row) * 2]!),
      ),
    )
  }
  const held = (rows: readonly (readonly number[])[], hold: number) =>
    rows.every((row, step) => String(row) === String(rows[step - (step % hold)]))

  it('is held for as long as it is said, each example once a pass, in another order', async () => {
    const rows = await shown('', 'for 4 ms', 'duration 40 ms')
    expect(held(rows, 4)).toBe(true)
    const order = rows.filter((_, step) => step % 4 === 0).map(([first]) => first!)
    expect(order.slice(0, 5).toSorted()).toEqual([0, 1, 2, 3, 4])
    expect(order.slice(5).toSorted()).toEqual([0, 1, 2, 3, 4])
    expect(order.slice(5)).not.toEqual(order.slice(0, 5))
  })

  it('is a step long otherwise, and keeps its order if that is asked for, wrapping round', async () => {
    const rows = await shown('ordered', '', 'batch 2  duration 5 ms')
    expect(rows).toEqual([
      [0, 1],
      [2, 3],
      [4, 0],
      [1, 2],
      [3, 4],
    ])
  })

  it('makes whole batches only', async () => {
    const rows = await shown('', 'for 2 ms', 'batch 2  duration 16 ms')
    expect(held(rows, 2)).toBe(true)
    const pairs = rows.filter((_, step) => step % 2 === 0)
    // Four of five examples in a pass.
    expect(new Set(pairs.slice(0, 2).flat()).size).toBe(4)
    expect(new Set(pairs.slice(2, 4).flat()).size).toBe(4)
  })

  it('is the same whether steps are done at once or one by one', async () => {
    const what = made('data d  present x = a for 3 ms  duration 50 ms', dataset)
    const data = {
      plan: what.plan.data!.dataset,
      train: part(7),
      validation: part(0),
      test: part(0),
    }
    const together = await run(what, {}, undefined, data)
    const slow = await networkOf(what)
    const { network } = await run(
      what,
      {},
      Object.defineProperty(slow, 'steps', { value: undefined }),
      data,
    )
    expect(network.save()).toEqual(together.network.save())
  })

  it('needs as many examples as a batch', async () => {
    const what = made('data d  present x = a  batch 8  duration 5 ms', dataset)
    const data = {
      plan: what.plan.data!.dataset,
      train: part(7),
      validation: part(0),
      test: part(0),
    }
    await expect(run(what, {}, undefined, data)).rejects.toThrow(
      '7 training examples, fewer than the 8',
    )
  })
})
