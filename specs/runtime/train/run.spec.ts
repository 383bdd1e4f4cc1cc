import { describe, expect, it, vi } from 'vitest'
import type { NamedArray, Presented } from '../../../runtime/engine/network.ts'
import { RunError } from '../../../runtime/train/errors.ts'
import type { RunOptions } from '../../../runtime/train/options.ts'
import type { ExperimentPlan, PhasePlan } from '../../../contract/plan.ts'
import { silentReporter, type Reporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { fakeData, fakePlan } from '../../helpers/fake-experiment.ts'
import { FakeNetwork } from '../../helpers/fake-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'

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

function phase(name: string, epochs: number, other: Partial<PhasePlan> = {}): PhasePlan {
  const lasts = { unit: 'epochs', count: epochs } as const
  return { kind: 'phase', name, lasts, settings: {}, plasticity: true, frozen: [], ...other }
}

describe('runExperiment', () => {
  it('evaluates before training, then trains and evaluates every epoch', async () => {
    const { store, result, network } = await run()
    const { epochs } = store
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
    const { steps } = store
    expect(steps.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 0],
      [1, 3],
      [2, 6],
      [2, 9],
      [3, 12],
      [3, 14],
    ])
    const first = store.epochs.find(({ epoch }) => epoch === 1)!
    const mean = (steps[0]!.train!['loss']! + steps[1]!.train!['loss']!) / 2
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
    const { epochs } = store
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
      phase('still', 1, { settings: { gain: 3 }, plasticity: false }),
      phase('learn', 2),
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

  it('records variables along time, each at its intervals', async () => {
    const records: ExperimentPlan['records'] = [
      { variables: ['y.soma'], weights: [], every: { unit: 'steps', count: 4 } },
      { variables: ['y.delta', 'y.soma'], weights: ['W'], every: { unit: 'steps', count: 8 } },
      { variables: [], weights: ['momentum(W)'], every: { unit: 'epochs', count: 1 } },
    ]
    const { store } = await run({ ...fakePlan, records })
    const part = store.parts.get(1)!
    const stepsOf = (name: string) => [...part.get(`step(${name})`)!.data]
    expect([...part.keys()].filter((name) => !name.startsWith('step('))).toEqual([
      'W',
      'momentum(W)',
      'y.delta',
      'y.soma',
    ])
    expect(stepsOf('y.soma')).toEqual([0, 4, 8, 12])
    expect(stepsOf('W')).toEqual([0, 8])
    expect(stepsOf('momentum(W)')).toEqual([0, 5, 10])
    expect(part.get('W')!.shape).toEqual([2, 2, 2])
    // Step 4 is the last of its epoch, with two examples instead of four.
    const { shape, data } = part.get('y.soma')!
    expect(shape).toEqual([4, 4, 2])
    const absent = [...data.keys()].filter((i) => Number.isNaN(data[i]))
    expect(absent).toEqual([12, 13, 14, 15])
  })

  it('takes each measure at its own interval, and all at the last step', async () => {
    const measures: ExperimentPlan['measures'] = [
      { label: 'error', outputs: ['error'], every: { unit: 'steps', count: 2 } },
      { label: 'norm(W)', outputs: ['norm(W)'], every: { unit: 'epochs', count: 1 } },
    ]
    const { store } = await run({ ...fakePlan, measures })
    const taken = store.steps.map(({ step, measures: all }) => `${step} ${Object.keys(all).join()}`)
    expect(taken).toEqual([
      '0 error,norm(W)',
      '2 error',
      '4 error',
      '5 norm(W)',
      '6 error',
      '8 error',
      '10 error,norm(W)',
      '12 error',
      '14 error,norm(W)',
    ])
  })

  it('lasts as long as its protocol where no epochs are said, whatever phases are counted in', async () => {
    const steps = (count: number) => ({ lasts: { unit: 'steps', count } }) as const
    const { epochs, ...rest } = fakePlan
    expect(epochs).toBe(3)
    const align = phase('align', 1, { ...steps(3), plasticity: false })
    const short = phase('short', 1, { lasts: { unit: 'examples', count: 6 } })
    const plan: ExperimentPlan = {
      ...rest,
      phases: [{ kind: 'repeat', times: 2, phases: [phase('learn', 1), align] }, short],
    }
    const network = new FakeNetwork({ seed: plan.seed })
    const step = vi.spyOn(network, 'step')
    const measured = vi.spyOn(network, 'measuredStep')
    const { store, result } = await run(plan, network)
    const calls = [...step.mock.calls, ...measured.mock.calls]
    // 5 + 3 + 5 + 3 + 2 steps; a measured one of this network makes a plain one.
    expect(result.state.step).toBe(18)
    expect(store.epochs.map(({ epoch, step: at, phase: name }) => [epoch, at, name])).toEqual([
      [0, 0, undefined],
      [1, 5, 'learn'],
      [2, 10, 'learn'],
      [3, 15, 'align'],
      [4, 18, 'short'],
    ])
    expect(calls.length).toBeGreaterThan(18)
    const still = step.mock.calls.map(([, , rates]) => rates!['W'] === 0)
    expect(still.flatMap((is, k) => (is ? [k] : []))).toEqual([5, 6, 7, 13, 14, 15])
  })

  it('does not move a schedule on while the optimiser stands still', async () => {
    const { epochs, ...rest } = fakePlan
    expect(epochs).toBe(3)
    const align = phase('align', 1, { frozen: ['W'], lasts: { unit: 'steps', count: 4 } })
    const rates = async (phases: ExperimentPlan['phases']) => {
      const network = new FakeNetwork()
      const step = vi.spyOn(network, 'step')
      await run({ ...rest, phases }, network)
      return step.mock.calls.map(([, , all]) => all!['W']!).filter((rate) => rate > 0)
    }
    const learn = phase('learn', 1)
    const blocks = await rates([{ kind: 'repeat', times: 3, phases: [learn, align] }])
    expect(blocks).toEqual(await rates([phase('learn', 3)]))
    expect(blocks.length).toBe(15)
  })

  it('perturbs weights when a phase begins, by draws that follow from the seed', async () => {
    const perturb = [{ storage: 'W', by: { kind: 'scale', factor: 0 } }] as const
    const plan = { ...fakePlan, phases: [phase('a', 1), phase('b', 1, { perturb })] }
    const network = new FakeNetwork()
    const weights: number[] = []
    const step = network.step.bind(network)
    network.step = (...args) => {
      weights.push(network.save()['W']!.data[0]!)
      step(...args)
    }
    await run(plan, network)
    expect(weights.flatMap((value, k) => (value === 0 ? [k] : []))).toEqual([5])
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
    expect(error.place).toEqual({ variable: 'W', step: 4, epoch: 1 })
    expect(error.message).toMatchInlineSnapshot(
      `"The weight W became NaN in step 4, of epoch 1. Try lower learning rates (now W 0.1) or smaller initial weights."`,
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
    await expect(outcome).rejects.toThrow('The variable y.delta became infinite in step 0')
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
