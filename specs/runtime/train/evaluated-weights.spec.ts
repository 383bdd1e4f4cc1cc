/**
 * Figures of test examples that are no means of single ones: what gradients and rules ask of weights over all of them,
 * in batches of unequal size, beside sums that are written out here; intervals between events; and which evaluation
 * is the best one, and lowers learning rates.
 */
import { expect, it } from 'vitest'
import type { LoadedDataset } from '../../../runtime/data/types.ts'
import { Intervals } from '../../../runtime/train/intervals.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { made, type Made } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const text = `
dataset d { field x[2]  field t  train npz("a.npz")  test npz("b.npz") }
cell In { input x  event e = x }
cell Out { compartment soma  input target  event e = soma * soma  loss l = (target - e) ^ 2 }
plasticity Half { dw = (post.target - post.e) * pre.e + 0.25 * pre.e }
population x[2] : In
population y[1] : Out
connect x.e -> y.soma as W { init 0.5  learn Half }
connect x.e -> y.soma as V { init 0.25  fixed }
experiment e {
  data d { ordered }  batch 2  epochs 4  evaluate 3
  present x.x = x, y.target = t
  optimise W with sgd(rate = 0.1, schedule = plateau(of = reach, patience = 0, factor = 0.5))
  best by highest reach
  evaluate {
    measure reach = mean(y.e), g = norm(backprop(W)), a = angle(update(W), backprop), r = ratio(update(W), V)
  }
}`

const xs = [1, 0, 0.5, 2, -1, 1, 0.25, -0.5]
const ts = [0.5, 1, -1, 2]
const data = ({ plan }: Made): LoadedDataset => {
  const part = { count: 4, fields: { x: Float64Array.from(xs), t: Float64Array.from(ts) } }
  return {
    plan: plan.data!.dataset,
    train: part,
    test: part,
    validation: { count: 0, fields: {} },
  }
}

/** Of weights that an epoch begins with. */
function byHand([w0, w1]: readonly [number, number]) {
  const update = [0, 0]
  const gradient = [0, 0]
  let reach = 0
  for (const [k, t] of ts.entries()) {
    const x = xs.slice(2 * k, 2 * k + 2)
    const soma = (w0 + 0.25) * x[0]! + (w1 + 0.25) * x[1]!
    reach += soma ** 2 / 4
    for (const i of [0, 1]) {
      update[i]! += ((t - soma ** 2 + 0.25) * x[i]!) / 4
      gradient[i]! += (4 * (t - soma ** 2) * soma * x[i]!) / 4
    }
  }
  const dot = update[0]! * gradient[0]! + update[1]! * gradient[1]!
  const [u, g] = [Math.hypot(...update), Math.hypot(...gradient)]
  return {
    reach,
    g,
    a: (Math.acos(dot / u / g) * 180) / Math.PI,
    r: u / Math.hypot(0.25, 0.25),
  }
}

it.each([
  ['the interpreter', async (what: Made) => interpretedNetwork(what.ir, { seed: 1, batch: 2 })],
  ['wasm', (what: Made) => wasmNetwork(what.ir, { precision: 'f64' }, { seed: 1, batch: 2 })],
])('are of all test examples, on %s', async (_, make) => {
  const what = made(text)
  const network = await make(what)
  const before = [...network.save(['W'])['W']!.data] as [number, number]
  const store = new MemoryStore()
  await runExperiment(what.plan, network, data(what), { store }, silentReporter)
  const after = [...network.save(['W'])['W']!.data] as [number, number]
  for (const [record, weights] of [
    [store.epochs[0]!, before],
    [store.epochs.at(-1)!, after],
  ] as const) {
    const wanted = byHand(weights)
    for (const [name, value] of Object.entries(wanted))
      expect(record.test![name], name).toBeCloseTo(value, 9)
  }
  const reaches = store.epochs.map(({ test }) => test!['reach']!)
  const best = Math.max(...reaches)
  expect(store.epochs.at(-1)!.best).toMatchObject({ score: 'reach', value: best })
  // Its lowest value counts for the rate, which falls after each epoch that does not get there.
  let [low, rate] = [Infinity, 0.1]
  for (const [k, { rates }] of store.epochs.entries()) {
    if (k === 0) continue
    expect(rates!['W']).toBeCloseTo(rate, 12)
    if (reaches[k]! < low * (1 - 1e-4)) low = reaches[k]!
    else rate /= 2
  }
  network.dispose()
})

it('tells how irregular events are in the steps that are looked at', () => {
  const intervals = new Intervals(9)
  // One unit has intervals of 1, 2 and 3 steps, another one of 2, 2 and 2, a third too few; the second example fills.
  const at = [
    [0, 1, 3, 6],
    [1, 3, 5, 7],
    [0, 8],
  ]
  for (let batch = 0; batch < 2; batch++)
    for (let step = 0; step < 9; step++) {
      const row = at.map((steps) => Number(steps.includes(step)))
      const data = Float64Array.from([...row, ...row.map((x) => 1 - x)])
      intervals.add({ shape: [2, 3], data }, 1, 8 - step)
    }
  expect(intervals.mean()).toBeCloseTo(Math.sqrt(2 / 3) / 2 / 2, 12)
  expect(new Intervals(3).mean()).toBeUndefined()
})
