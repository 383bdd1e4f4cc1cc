/**
 * Measures of weights in the last step of a window of learning through time: they are of the weights as they are after
 * it, as in every other step, beside the weights that are recorded before the next.
 */
import { describe, expect, it } from 'vitest'
import { emitProgram } from '../../../compiler/index.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { made, type Made } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const text = `
nonlocal plasticity Shrinking { dw = backprop - 0.5 * w }
plasticity Hebb { dw = pre.e - 0.3 * w }
cell In { input r  event e = r }
cell Rate { compartment s  state v = 0 : 30 ms * dv/dt = -v + tanh(s)  event e = v }
cell Read { compartment s  input target  event e = s  loss l = 0.5 * (target - e) ^ 2 }
dataset d { field v[2]  field t[1]  train constant(v = 0.5, t = 1)  test constant(v = 0.5, t = 1) }
population x[2] : In
population h[3] : Rate
population y[1] : Read
connect x.e -> h.s as U { init normal(1)  learn Hebb }
connect h.e -> h.s as W { init normal(1)  learn Shrinking  delay 1 step }
connect h.e -> y.s as V { init normal(1)  learn Shrinking }
experiment r {
  step 10 ms  duration 110 ms  batch 2  seed 2
  data d
  present x = v, y.target = t for 4 steps
  unroll 3 steps
  optimise U, W, V with sgd(rate = 0.1)
  measure norm(W), m = norm(U), both = ratio(W, -W), change = norm(update(W)), turn = angle(update(V), backprop(V)) every 1 step
}`

const engines: readonly (readonly [string, number, (what: Made) => Promise<Network>])[] = [
  ['the interpreter', 1e-9, async ({ ir }) => interpretedNetwork(ir, { seed: 2 })],
  ['wasm, two threads', 1e-5, ({ ir }) => wasmNetwork(ir, { threads: 2 }, { seed: 2, batch: 2 })],
  [
    'tfjs',
    1e-5,
    async ({ ir }) =>
      (await selectEngine('tfjs-cpu')).instantiate(await emitProgram('tfjs', ir), {
        seed: 2,
        batch: 2,
      }),
  ],
]

const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values))

describe.each(engines)('on %s', (_, tolerance, make) => {
  it('measures are of the weights after the step, the last one of a window too', async () => {
    const what = made(text)
    const network = await make(what)
    const store = new MemoryStore()
    const part = (count: number) => ({
      count,
      fields: { v: new Float32Array(2 * count).fill(0.5), t: new Float32Array(count).fill(1) },
    })
    const data = {
      plan: what.plan.data!.dataset,
      train: part(2),
      validation: part(0),
      test: part(2),
    }
    // Weights before each step.
    const before: Record<string, number[]>[] = []
    const own = network.save.bind(network)
    const watched = { step: -1 }
    const note = (): void => {
      if (watched.step === network.stepCount) return
      watched.step = network.stepCount
      before.push(Object.fromEntries(['U', 'W', 'V'].map((name) => [name, [...own()[name]!.data]])))
    }
    const measured = network.measuredStep.bind(network)
    network.measuredStep = (...of) => {
      note()
      return measured(...of)
    }
    await runExperiment(what.plan, network, data, { store }, silentReporter)
    note()
    const steps = store.metrics.flatMap((each) => (each.kind === 'step' ? [each] : []))
    expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const near = (found: number | undefined, wanted: number) =>
      expect(Math.abs(found! - wanted)).toBeLessThan(tolerance * Math.max(1, wanted))
    // Windows end with the third step of a presentation, and with its fourth and last.
    const ends = new Set([2, 3, 6, 7, 10])
    for (const { step, measures } of steps) {
      const [now, after] = [before[step]!, before[step + 1]!]
      near(measures['norm(W)'], norm(after['W']!))
      near(measures['m'], norm(after['U']!))
      expect(after['U']).not.toEqual(now['U'])
      const moved = after['W']!.map((each, i) => (each - now['W']![i]!) / 0.1)
      expect(norm(moved) > 0).toBe(ends.has(step))
      if (ends.has(step)) near(measures['change'], norm(moved))
      // Between two windows it is that of the last.
      else if (step > 2) expect(measures['change']).toBe(steps[step - 1]!.measures['change'])
    }
    network.dispose()
  })
})
