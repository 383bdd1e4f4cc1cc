/**
 * States that each example of the data set keeps for itself, beside a loop that is written out here: shuffled batches
 * that leave some examples out, several passes, evaluation in states of its own, and runs that are cut in two.
 */
import { describe, expect, it } from 'vitest'
import { emitProgram } from '../../../compiler/index.ts'
import { epochOrder } from '../../../runtime/data/batches.ts'
import type { DataPart, LoadedDataset } from '../../../runtime/data/types.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import { isOfExamples } from '../../../runtime/train/example-states.ts'
import type { RunOptions } from '../../../runtime/train/options.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { renderDescription } from '../../../service/description/render.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { made, type Made } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (more = '', data = '') => `
dataset d { field s[2]  train npz("a.npz")  test npz("b.npz") }
cell C {
  input x
  compartment soma { state u per example = 0.5 : 4 ms * du/dt = -u + x + 0.1 * v }
  state v = 1 : 2 ms * dv/dt = -v + u
  on presented { v = 1 }
  average = running(batch_mean(u), 0.25, 0)
  event e = u - average
}
population c[2] : C
experiment e {
  step 1 ms  duration 26 ms  batch 2  seed 3
  data d ${data}
  present c.x = s for 3 ms
  measure left = mean(c.u) every 1 ms
  ${more}
}`
const tested = 'evaluate every 2 presentations { measure r = mean(c.u) }'

const values = Float32Array.from({ length: 10 }, (_, i) => ((7 * i) % 5) - 1)
const part = (count: number): DataPart => ({ count, fields: { s: values.slice(0, 2 * count) } })
const data = ({ plan }: Made): LoadedDataset => ({
  plan: plan.data!.dataset,
  train: part(5),
  validation: part(0),
  test: part(3),
})

/** The two values of u of each step, in mean, and what each of the five examples was left with; rows of test figures. */
function byHand(steps: number, seed: number) {
  const kept = Array.from({ length: 5 }, () => [0.5, 0.5])
  let v: number[] = []
  const means: number[] = []
  const stepOf = (u: number[], w: number[], x: readonly number[]) => {
    const next = u.map((each, i) => each + (-each + x[i]! + 0.1 * w[i]!) / 4)
    return [next, w.map((each, i) => each + (u[i]! - each) / 2)] as const
  }
  for (let step = 0; step < steps; step++) {
    const number = Math.floor(step / 3)
    if (step % 3 === 0) v = [1, 1, 1, 1]
    const order = epochOrder(seed, Math.floor(number / 2), 5)
    const own = [0, 1].map((place) => order[(number % 2) * 2 + place]!)
    const x = own.flatMap((example) => [...values.slice(2 * example, 2 * example + 2)])
    const [u, after] = stepOf(
      own.flatMap((example) => kept[example]!),
      v,
      x,
    )
    v = [...after]
    own.forEach((example, place) => {
      kept[example] = u.slice(2 * place, 2 * place + 2)
    })
    means.push(u.reduce((a, b) => a + b, 0) / 4)
  }
  let [u, w] = [Array<number>(6).fill(0.5), Array<number>(6).fill(1)]
  for (let step = 0; step < 3; step++) {
    const [next, after] = stepOf(u, w, [...values.slice(0, 6)])
    ;[u, w] = [[...next], [...after]]
  }
  return { means, kept: kept.flat(), test: u.reduce((a, b) => a + b, 0) / 6 }
}

async function run(what: Made, network: Network, options: Partial<RunOptions> = {}) {
  const { plan, ir } = what
  const store = (options.store as MemoryStore | undefined) ?? new MemoryStore()
  const parameters = Object.fromEntries(ir.params.map(({ name, value }) => [name, value]))
  const states = ir.storages.filter(({ role }) => role === 'state').map(({ name }) => name)
  const all = { parameters, states, ...options, store }
  const result = await runExperiment(plan, network, data(what), all, silentReporter)
  return { store, result }
}

type Make = (compiled: Made) => Promise<Network>
const create = ({ plan }: Made) => ({ seed: plan.seed, batch: plan.batch })
const engines: readonly (readonly [string, number, Make])[] = [
  ['the interpreter', 1e-12, async (what) => interpretedNetwork(what.ir, create(what))],
  ['wasm, two threads', 1e-5, (what) => wasmNetwork(what.ir, { threads: 2 }, create(what))],
  [
    'tfjs',
    1e-5,
    async (what) => {
      const engine = await selectEngine('tfjs-cpu')
      return engine.instantiate(await emitProgram('tfjs', what.ir), create(what))
    },
  ],
]

const storedIn = (store: MemoryStore) => store.saved.at(-1)!.checkpoint.storages

describe.each(engines)('on %s', (_, tolerance, make) => {
  it('each example goes on where it was left', async () => {
    const what = made(circuit(tested))
    const network = await make(what)
    const { store } = await run(what, network)
    const { means, kept, test } = byHand(26, 3)
    const seen = store.metrics.flatMap((each) =>
      each.kind === 'step' ? [each.measures['left']!] : [],
    )
    expect(seen.length).toBe(26)
    seen.forEach((each, i) => expect(Math.abs(each - means[i]!)).toBeLessThan(tolerance))
    for (const { test: figures } of store.epochs)
      expect(Math.abs(figures!['r']! - test)).toBeLessThan(tolerance)
    // What is presented at the end of the run is the network's own; the others are put aside.
    const stored = storedIn(store)
    const aside = stored['c.u of each example']!
    expect(aside.shape).toEqual([5, 2])
    const last = [0, 1].map((place) => epochOrder(3, 4, 5)[place]!)
    const found = Array.from(aside.data)
    last.forEach((example, place) =>
      [0, 1].forEach((k) => {
        found[2 * example + k] = stored['c.u']!.data[2 * place + k]!
      }),
    )
    found.forEach((each, i) => expect(Math.abs(each - kept[i]!)).toBeLessThan(tolerance))
    network.dispose()
  })
})

it('in blocks of steps comes to the same as step by step', async () => {
  const [whole, single] = await Promise.all(
    [circuit().replace('every 1 ms', 'every 26 ms'), circuit()].map(async (text) => {
      const what = made(text)
      const { store } = await run(what, await wasmNetwork(what.ir, {}, create(what)))
      return storedIn(store)
    }),
  )
  expect(whole).toEqual(single)
})

it.each([1, 4, 7, 12])('goes on to the bit after %i looks', async (looks) => {
  const what = made(circuit(tested))
  const networkOf = () => wasmNetwork(what.ir, {}, create(what))
  const { store } = await run(what, await networkOf())
  const first = await networkOf()
  const initial = first.save()
  let count = 0
  const interrupt = {
    get aborted() {
      return ++count > looks
    },
  }
  const cut = await run(what, first, { interrupt })
  expect(cut.result.status).toBe('interrupted')
  const { checkpoint } = cut.store.saved.at(-1)!
  const { storages, state } = checkpoint
  const second = await networkOf()
  second.load(Object.fromEntries(Object.entries(storages).filter(([name]) => !isOfExamples(name))))
  second.stepCount = state.step
  const again = new MemoryStore()
  again.metrics.push(...cut.store.metrics.slice(0, state.metricsLines))
  await run(what, second, { state, initial, store: again, examples: storages })
  expect(again.metrics).toEqual(store.metrics)
  expect(storedIn(again)).toEqual(storedIn(store))
  // Running averages, too.
  expect(Object.keys(storedIn(store))).toContain('c.average')
  expect(storedIn(store)['c.average']!.data.every((each) => each !== 0)).toBe(true)
})

it('says the step in which a state of an example is no longer finite', async () => {
  const text = circuit()
    .replace('state v = 1', 'state n per example = 0 : dn/dt = 1 / 1 ms\n  state v = 1')
    .replace('-v + u', '-v + u + 0 * log(10.5 - n)')
    .replace('26 ms', '60 ms')
  const what = made(text)
  const network = await wasmNetwork(what.ir, {}, create(what))
  // Of an example that was presented for 11 steps the logarithm is none in the next.
  const seen = [0, 0, 0, 0, 0]
  let wrong = -1
  for (let step = 0; wrong < 0; step++) {
    const number = Math.floor(step / 3)
    const order = epochOrder(3, Math.floor(number / 2), 5)
    for (const place of [0, 1])
      if (seen[order[(number % 2) * 2 + place]!]!++ >= 11 && wrong < 0) wrong = step
  }
  const error: unknown = await run(what, network).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(Error)
  expect((error as Error).message).toContain(`in step ${wrong} `)
})

describe('mistakes', () => {
  it('an example is not presented twice at once', async () => {
    const what = made(circuit('', '{ ordered }').replace('batch 2', 'batch 6'))
    await expect(run(what, interpretedNetwork(what.ir, create(what)))).rejects.toThrow(
      /presented twice at once/,
    )
  })

  it.each([['keep c.u', 'CCN6008']])('%s', (text, code) => {
    const errors = errorsOf(compileText(circuit(`evaluate { ${text} }`)))
    expect(errors.length).toBe(1)
    expect(errors[0]).toContain(code)
  })
})

it('is told by the description', () => {
  const text = renderDescription(compileText(circuit(), { until: 'model' }), 'text')
  expect(text).toContain('- u: goes on where each example of the data set left it')
  expect(text).not.toContain('- v: goes on')
})
