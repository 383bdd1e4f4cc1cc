/** Runs that end before their time: `stop when ...` and --until-loss. */
import { describe, expect, it } from 'vitest'
import type { ExperimentPlan, StopPlan } from '../../../contract/plan.ts'
import { summaryLines } from '../../../runtime/report/summary.ts'
import { overridePlan } from '../../../runtime/train/override.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { afterFigures, type StopStates } from '../../../runtime/train/stops.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { fakeData, fakePlan } from '../../helpers/fake-experiment.ts'
import { FakeNetwork } from '../../helpers/fake-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const stop = (test: StopPlan['test'], value: number, count = 1): StopPlan => ({
  text: 'stop',
  figure: 'loss',
  of: 'evaluation',
  test,
  ...(test !== 'stalls' && { value }),
  lasts: { unit: 'epochs', count },
})

/** The epoch after which values, of epochs 1, 2, ..., end a run. */
function endOf(plan: StopPlan, values: readonly number[]): number | undefined {
  let states: StopStates = []
  for (const [i, value] of values.entries()) {
    const after = afterFigures([plan], states, i + 1, () => value)
    if (after.stopped !== undefined) return i + 1
    states = structuredClone(after.states)
  }
  return undefined
}

describe('conditions', () => {
  it.each<[StopPlan, number[], number | undefined]>([
    [stop('<', 3), [4, 3, 2, 5], 3],
    [stop('<=', 3), [4, 3, 2], 2],
    [stop('>', 3), [1, 2, 3], undefined],
    [stop('>=', 3), [1, 2, 3], 3],
    [stop('<', 3, 2), [2, 4, 2, 2, 2], 4],
    [stop('stalls', 0, 2), [5, 4, 4, 3, 3.5, 3], 6],
    [stop('stalls', 0, 1), [5, 4, 4], 3],
    [stop('<', 3), [Number.NaN, Number.NaN], undefined],
  ])('%o of %j end at %s', (plan, values, end) => {
    expect(endOf(plan, values)).toBe(end)
  })
})

describe('a run by epochs', () => {
  const run = async (plan: ExperimentPlan) => {
    const store = new MemoryStore()
    const network = new FakeNetwork({ seed: plan.seed })
    const result = await runExperiment(plan, network, fakeData(), { store }, silentReporter)
    return { store, result }
  }

  it('ends after the epoch in which it holds, saved and finished, and says why', async () => {
    const plan = { ...fakePlan, stops: [stop('<', 1000)] }
    const { store, result } = await run(plan)
    expect(result).toMatchObject({ status: 'finished', state: { step: 5, stopped: 'stop' } })
    expect(store.saved.at(-1)!.checkpoint.state.stopped).toBe('stop')
    expect(summaryLines(plan, result.state)[0]).toBe('ended early, after epoch 1: stop')
  })

  it('goes on to its end where nothing holds', async () => {
    const { result } = await run({ ...fakePlan, stops: [stop('<', -1)] })
    expect(result.state.stopped).toBeUndefined()
    expect(result.state.step).toBe(15)
  })

  it('ends by --until-loss', async () => {
    const { result } = await run(overridePlan(fakePlan, { untilLoss: 1000 }))
    expect(result.state.stopped).toBe('stop when loss < 1000')
    expect(() => overridePlan({ ...fakePlan, scores: [] }, { untilLoss: 1 })).toThrow(
      'There is no loss that could get so small: no cell of the circuit declares one.',
    )
  })
})

describe('a run by a clock', () => {
  const text = (condition: string) => `
cell C { state v = 0 mV : 10 ms * dv/dt = 10 mV - v }
population c[1] : C
experiment e { step 1 ms  duration 1 s  measure potential = mean(c.v) every 1 step  stop when ${condition} }`

  /** v after step k: 10 mV (1 - 0.9^(k + 1)). */
  const above = (millivolts: number): number =>
    Math.ceil(Math.log(1 - millivolts / 10) / Math.log(0.9)) - 1

  it.each([
    ['potential > 5 mV', above(5) + 1],
    ['5 mV < potential', above(5) + 1],
    ['potential > 5 mV for 10 ms', above(5) + 11],
    ['potential stalls for 20 ms', 21],
  ])('%s ends it after %i steps', async (condition, steps) => {
    const { plan, ir, ...rest } = compileText(text(condition))
    expect(rest.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    const network = await wasmNetwork(ir!, {}, { batch: 1 })
    const { state } = await runExperiment(plan!, network, undefined, {}, silentReporter)
    expect(state.step).toBe(steps)
    expect(state.stopped).toBe(`stop when ${condition}`)
  })

  it.each([
    [
      'potentail > 1',
      'CCN6031 A run stops for what is measured, but `potentail` is not measured in this experiment.',
    ],
    [
      'potential',
      'CCN6008 What a run stops for must be a measure compared with a number, or one that `stalls`, but is `potential`.',
    ],
    [
      'potential > 1 mV for 3 epochs',
      'CCN6008 How long must be a time or a number of steps, but is a number with the dimension epoch.',
    ],
  ])('%s is refused', (condition, message) => {
    expect(errorsOf(compileText(text(condition)))).toEqual([message])
  })
})

describe('a probability that is known', () => {
  it('lies between 0 and 1', () => {
    const source = (p: string) => `
cell C { spike s = bernoulli(${p})  state v : 1 ms * dv/dt = s - v }
population c[1] : C
experiment e { step 1 ms  duration 1 s  measure mean(c.s) every 1 step }`
    expect(errorsOf(compileText(source('2000 Hz * 1 ms')))).toEqual([
      'CCN6008 The probability of `bernoulli` must be from 0 to 1, but is 2.',
    ])
    expect(errorsOf(compileText(source('1000 Hz * 1 ms')))).toEqual([])
  })
})
