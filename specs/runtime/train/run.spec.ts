import { describe, expect, it, vi } from 'vitest'
import type { NamedArray, Presented } from '../../../runtime/engine/network.ts'
import type { Checkpoint } from '../../../runtime/train/checkpoint.ts'
import { RunError } from '../../../runtime/train/errors.ts'
import type { RunOptions, RunStore } from '../../../runtime/train/options.ts'
import type { ExperimentPlan } from '../../../runtime/train/plan.ts'
import { silentReporter, type Reporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import type { MetricsRecord } from '../../../runtime/train/state.ts'
import { fakeData, fakePlan } from '../../helpers/fake-experiment.ts'
import { FakeNetwork } from '../../helpers/fake-network.ts'

class MemoryStore implements RunStore {
  readonly metrics: MetricsRecord[] = []
  readonly saved: { kind: string; checkpoint: Checkpoint }[] = []
  readonly recordings = new Map<number, Readonly<Record<string, NamedArray>>>()
  async addMetrics(record: MetricsRecord) {
    this.metrics.push(record)
  }
  async addTiming() {}
  async saveCheckpoint(kind: 'latest' | 'best', checkpoint: Checkpoint) {
    this.saved.push({ kind, checkpoint })
  }
  async saveRecording(step: number, values: Readonly<Record<string, NamedArray>>) {
    this.recordings.set(step, values)
  }
}

async function run(
  plan: ExperimentPlan = fakePlan,
  network = new FakeNetwork({ seed: plan.seed }),
  options: RunOptions = {},
  reporter: Partial<Reporter> = {},
) {
  const store = new MemoryStore()
  const all = { ...silentReporter, ...reporter }
  const result = await runExperiment(plan, network, fakeData(), { store, ...options }, all)
  return { store, result, network }
}

describe('runExperiment', () => {
  it('evaluates before training, then trains and evaluates every epoch', async () => {
    const { store, result, network } = await run()
    const epochs = store.metrics.filter(({ kind }) => kind === 'epoch')
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 0],
      [1, 5],
      [2, 10],
      [3, 15],
    ])
    expect(epochs[0]).not.toHaveProperty('train')
    expect(network.stepCount).toBe(15)
    expect(result).toMatchObject({ status: 'finished', state: { epoch: 4, step: 15 } })
    expect(result.state.last).toEqual(epochs.at(-1))
    expect(epochs.at(-1)!).toMatchObject({ test: { error: expect.any(Number) } })
  })

  it('shows every example once an epoch, in another order each time, the last batch smaller', async () => {
    const network = new FakeNetwork()
    const batches: number[] = []
    const seen: number[][] = []
    const note = (count: number, inputs: Presented) => {
      if (network.stepCount % 5 === 0) seen.push([])
      batches.push(count)
      for (let row = 0; row < count; row++) seen.at(-1)!.push(inputs['x']![row * 2]!)
    }
    const step = network.step.bind(network)
    network.step = (count, inputs, rates) => {
      note(count, inputs)
      step(count, inputs, rates)
    }
    await run(fakePlan, network)
    expect(batches.slice(0, 5)).toEqual([4, 4, 4, 4, 2])
    const all = [...fakeData().train.fields['point']!].filter((_, k) => k % 2 === 0)
    for (const epoch of seen) expect(epoch.toSorted()).toEqual(all.toSorted())
    expect(seen[0]).not.toEqual(seen[1])
  })

  it('trains on smoothed targets and evaluates on hard ones', async () => {
    const network = new FakeNetwork()
    const step = vi.spyOn(network, 'step')
    const targets: number[][] = []
    step.mockImplementation((_, inputs) => {
      targets.push([...inputs['y.target']!])
      network.stepCount++
    })
    const score = vi.spyOn(network, 'score')
    const hard: boolean[] = []
    const original = FakeNetwork.prototype.score.bind(network)
    score.mockImplementation((count, inputs) => {
      if (count === 5) hard.push([...inputs['y.target']!].every((t) => t === 0 || t === 1))
      return original(count, inputs)
    })
    await run(fakePlan, network)
    expect(new Set(targets.flat())).toEqual(new Set([0.9, 0.1].map(Math.fround)))
    expect(hard.length).toBeGreaterThan(0)
    expect(hard.every(Boolean)).toBe(true)
  })

  it('measures the first step, every third one and the last, and averages over the epoch', async () => {
    const { store } = await run()
    const steps = store.metrics.filter((record) => record.kind === 'step')
    expect(steps.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 0],
      [1, 3],
      [2, 6],
      [2, 9],
      [3, 12],
      [3, 14],
    ])
    const first = store.metrics.find(({ kind, epoch }) => kind === 'epoch' && epoch === 1)!
    const mean = (steps[0]!.train['loss']! + steps[1]!.train['loss']!) / 2
    expect(first).toMatchObject({ train: { loss: mean } })
    // The angle of the first step is NaN by design: it counts neither as a failure nor in the mean.
    expect(steps[0]!.measures['angle(W, backprop)']).toBeNaN()
    const angle = steps[1]!.measures['angle(W, backprop)']
    expect(first).toMatchObject({ measures: { 'angle(W, backprop)': angle } })
  })

  it('passes the rates of the schedule', async () => {
    const network = new FakeNetwork()
    const step = vi.spyOn(network, 'step')
    await run(fakePlan, network)
    const rates = step.mock.calls.map(([, , rate]) => rate!['W']!)
    expect(rates.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((k) => 0.1 * (k / 5)))
    expect(rates[5]).toBeCloseTo(0.1)
    expect(rates[10]).toBeCloseTo(0.05)
  })

  it('remembers the best epoch and saves its weights', async () => {
    const { store, result } = await run()
    const epochs = store.metrics.filter((record) => record.kind === 'epoch')
    const errors = epochs.map(({ test }) => test!['error']!)
    const best = result.state.best!
    expect(best).toMatchObject({ part: 'test', score: 'error', value: Math.min(...errors) })
    expect(best.epoch).toBe(errors.indexOf(best.value))
    expect(store.saved.findLast(({ kind }) => kind === 'best')?.checkpoint.state.best).toEqual(best)
  })

  it('judges by the validation part if there is one', async () => {
    const result = await runExperiment(fakePlan, new FakeNetwork(), fakeData(6), {}, silentReporter)
    expect(result.state.best!.part).toBe('validation')
    expect(Object.keys(result.state.last!)).toEqual(expect.arrayContaining(['validation', 'test']))
  })

  it('saves inside of an epoch when time has passed', async () => {
    let now = 0
    const network = new FakeNetwork()
    const options = { clock: () => (now += 100), checkpointSeconds: 1 }
    const { store } = await run(fakePlan, network, options)
    const inside = store.saved.filter(({ checkpoint }) => checkpoint.state.batch > 0)
    expect(inside.length).toBeGreaterThan(1)
  })

  it('applies the protocol: parameters, frozen weights, back again', async () => {
    const phases = [
      { name: 'still', epochs: 1, settings: { gain: 3 }, plasticity: false, frozen: [] },
      { name: 'learn', epochs: 2, settings: {}, plasticity: true, frozen: [] },
    ]
    const network = new FakeNetwork()
    const before = network.save()['W']
    const gains: number[] = []
    let weights: NamedArray | undefined
    const plan = { ...fakePlan, phases }
    const { store } = await run(
      plan,
      network,
      { parameters: { gain: 1 } },
      {
        epoch({ record }) {
          gains.push(network.gain)
          if (record.epoch === 1) weights = network.save()['W']
        },
      },
    )
    expect(gains).toEqual([1, 3, 1, 1])
    expect(weights).toEqual(before)
    expect(network.save()['W']).not.toEqual(before)
    expect(store.metrics.findLast(({ kind }) => kind === 'epoch')).toMatchObject({ phase: 'learn' })
  })

  it('records variables', async () => {
    const records = [
      { variables: ['y.soma'], weights: [], every: 4 },
      { variables: ['y.delta', 'y.soma'], weights: ['W'], every: 8 },
    ]
    const { store } = await run({ ...fakePlan, records })
    expect([...store.recordings.keys()]).toEqual([0, 4, 8, 12])
    expect(Object.keys(store.recordings.get(4)!)).toEqual(['y.soma'])
    expect(Object.keys(store.recordings.get(8)!)).toEqual(['y.soma', 'y.delta', 'W'])
  })

  it('needs no training at all', async () => {
    const { result } = await run({ ...fakePlan, epochs: 0 })
    expect(result.state).toMatchObject({ epoch: 1, step: 0, last: { epoch: 0 } })
  })

  it('gives other work a turn', async () => {
    let now = 0
    let turns = 0
    let tick = setImmediate(function again() {
      turns++
      tick = setImmediate(again)
    })
    await run({ ...fakePlan, epochs: 20 }, new FakeNetwork(), { clock: () => (now += 10) })
    clearImmediate(tick)
    expect(turns).toBeGreaterThan(3)
  })
})

describe('numbers that are no longer numbers', () => {
  async function failure(network: FakeNetwork, options: RunOptions = {}): Promise<RunError> {
    const failed = vi.fn<() => void>()
    const error = await run(fakePlan, network, options, { failed }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(failed).toHaveBeenCalledOnce()
    expect(error).toBeInstanceOf(RunError)
    return error as RunError
  }

  it('names the weight that broke between two measured steps, and the step', async () => {
    const network = new FakeNetwork()
    const step = network.step.bind(network)
    network.step = (count, inputs, rates) => {
      step(count, inputs, rates)
      if (network.stepCount === 5) {
        const { W } = network.save()
        network.load({ W: { ...W!, data: W!.data.with(1, Number.NaN) } })
      }
    }
    const error = await failure(network)
    expect(error.place).toEqual({ variable: 'W', step: 5, epoch: 1 })
    expect(error.message).toMatchInlineSnapshot(
      `"The weight W became NaN by step 5 of epoch 1 (all was finite at step 3). Try lower learning rates (now W 0.1) or smaller initial weights."`,
    )
  })

  it('names the first variable if all weights are fine', async () => {
    const network = new FakeNetwork()
    network.score = () => ({ loss: Number.NaN, error: 0 })
    const observe = network.observe.bind(network)
    network.observe = (count, inputs, names) => {
      const values = observe(count, inputs, names)
      values['y.delta']!.data.fill(Number.POSITIVE_INFINITY)
      return values
    }
    const data = { ...fakeData(), test: { count: 0, fields: {} } }
    const options = { variables: ['y.soma', 'y.delta'] }
    const outcome = runExperiment(fakePlan, network, data, options, silentReporter)
    await expect(outcome).rejects.toThrow('The variable y.delta became infinite by step 0')
  })

  it('names the score of an evaluation', async () => {
    const network = new FakeNetwork()
    network.score = () => ({ loss: Number.POSITIVE_INFINITY, error: 0 })
    const error = await failure(network)
    expect(error.place).toEqual({ variable: 'loss', step: 0, epoch: 0 })
  })

  it('keeps the last good checkpoint', async () => {
    const network = new FakeNetwork()
    const step = network.step.bind(network)
    network.step = (count, inputs, rates) => {
      step(count, inputs, rates)
      if (network.stepCount === 7) {
        const { W } = network.save()
        network.load({ W: { ...W!, data: W!.data.with(0, Number.NEGATIVE_INFINITY) } })
      }
    }
    const store = new MemoryStore()
    let now = 0
    await failure(network, { store, clock: () => (now += 300) })
    expect(store.saved.length).toBeGreaterThan(0)
    for (const { checkpoint } of store.saved) expect(checkpoint.state.step).toBeLessThan(7)
  })

  it('goes on when only a measure has no value', async () => {
    const network = new FakeNetwork()
    const measured = network.measuredStep.bind(network)
    network.measuredStep = (count, inputs, rates) => ({
      ...measured(count, inputs, rates),
      'angle(W, backprop)': Number.NaN,
    })
    const { result } = await run(fakePlan, network)
    expect(result.state.last!.measures!['angle(W, backprop)']).toBeNaN()
  })
})
