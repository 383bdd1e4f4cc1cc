/**
 * Windows that are longer than the tape: gone back through in segments, from copies of the states, to the same bits as with
 * a tape of the whole window: with noise, delays, plasticity of other rules, phases and perturbations, on every target, and
 * from a checkpoint within a window.
 */
import { describe, expect, it } from 'vitest'
import { emitTfjs, toJavaScript } from '../../../compiler/emit/tfjs/index.ts'
import { printPlan } from '../../../compiler/emit/wasm/index.ts'
import type { Compilation } from '../../../compiler/compile.ts'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import type { RunOptions } from '../../../runtime/train/options.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { segmentEnd } from '../../../runtime/train/windows.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { withPatterns } from '../../helpers/drawn.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const text = `
param drive = 1
nonlocal plasticity Exact { dw = backprop }
plasticity Hebb { dw = post.e * pre.e }
cell Source { input r = 0  event e = drive + r + 0.3 * normal() }
cell Rate { compartment s  state v = 0 : 30 ms * dv/dt = -v + tanh(s + 0.1 * normal())  event e = v }
cell Read { compartment s  event e = s  loss l = 0.5 * (e - 0.3 * drive) ^ 2 }
population x[3] : Source
population h[5] : Rate
population y[2] : Read
connect x.e -> h.s as U { init normal(1) learn Exact }
connect h.e -> h.s as W { init normal(1) learn Exact delay 3 steps }
connect h.e -> h.s as D { init normal(1) learn Exact delay (1 + pre.index) * 1 step }
connect h.e -> h.s as J { init normal(0.3) learn Hebb delay 1 step }
connect h.e -> y.s as V { init normal(1) learn Exact }
experiment r {
  step 10 ms  batch 2  seed 3  unroll 25 steps
  optimise U, W, V, D with sgd(rate = 0.1)
  optimise J with sgd(rate = 0.02, momentum = 0.5)
  protocol { repeat 3 { phase a 7 steps { set drive = 2 }  phase b 13 steps { perturb J by scale(0.9) } } }
  measure norm(W) every 9 steps
}`

const compiled = (tapeLimit?: number): Compilation => {
  const found = compileText(text, tapeLimit === undefined ? {} : { tapeLimit })
  expect(errorsOf(found)).toEqual([])
  return found
}

const networks: Readonly<Record<string, (what: Compilation) => Promise<Network> | Network>> = {
  'wasm f32': ({ ir }) => wasmNetwork(ir!, {}, { seed: 3, batch: 2 }),
  'threads in f64': ({ ir }) =>
    wasmNetwork(ir!, { precision: 'f64', threads: 2 }, { seed: 3, batch: 2 }),
  tfjs: async ({ ir }) => {
    const engine = await selectEngine('tfjs-wasm')
    const program = toJavaScript(await emitTfjs(ir!, { isForReading: false }))
    return engine.instantiate(program, withPatterns(ir!, { seed: 3 }))
  },
  interpreter: ({ ir }) => interpretedNetwork(ir!, { seed: 3 }),
}

async function run({ plan, ir }: Compilation, network: Network, options: RunOptions = {}) {
  const parameters = Object.fromEntries(ir!.params.map(({ name, value }) => [name, value]))
  const states = ir!.storages.filter(({ role }) => role === 'state').map(({ name }) => name)
  const all = { store: new MemoryStore(), parameters, states, ...options }
  return runExperiment(plan!, network, undefined, all, silentReporter)
}

/** All that is stored, but for tapes and copies. */
const storedIn = (network: Network): Record<string, NamedArray> =>
  Object.fromEntries(
    Object.entries(network.save()).filter(([name]) => !/^(tape|checkpoints of) /.test(name)),
  )

describe('a window that is longer than its tape', () => {
  for (const [target, make] of Object.entries(networks)) {
    it(`is gone back through to the same bits: ${target}`, async () => {
      const [whole, parts] = [compiled(), compiled(2600)]
      const [a, b] = [await make(whole), await make(parts)]
      await run(whole, a)
      await run(parts, b)
      const [expected, found] = [storedIn(a), storedIn(b)]
      expect(found).toEqual(expected)
      expect(found['W']!.data).not.toEqual((await make(whole)).save()['W']!.data)
    })
  }

  it('goes on to the bit from a checkpoint within a window', async () => {
    const parts = compiled(2600)
    const make = networks['wasm f32']!
    const whole = await make(parts)
    await run(parts, whole)
    for (const looks of [3, 9]) {
      let count = 0
      const interrupt = {
        get aborted() {
          return ++count > looks
        },
      }
      const store = new MemoryStore()
      const first = await run(parts, await make(parts), { store, interrupt } as RunOptions)
      expect(first.status).toBe('interrupted')
      const { state, storages } = store.saved.at(-1)!.checkpoint
      const resumed = await make(parts)
      resumed.load(storages)
      resumed.stepCount = state.step
      await run(parts, resumed, { state })
      expect(storedIn(resumed)).toEqual(storedIn(whole))
    }
  })

  it('is told of: what the tape would be, what it is, and what that costs', () => {
    const parts = compiled(2600)
    const { segments } = parts.plan!.clock!
    expect(segments!.steps).toBeLessThan(25)
    expect(parts.diagnostics.find(({ code }) => code === 'CCN6190')?.message).toContain(
      'A tape of 25 steps would be',
    )
    expect(printPlan(parts.ir!, { precision: 'f64' })).toContain('gone back through in segments')
    expect(segmentEnd(parts.plan!, 0)).toBe(segments!.steps)
    expect(segmentEnd(parts.plan!, 24)).toBe(25)
    // The same in bytes, which are more for each number in double precision.
    const steps = (options: object) => compileText(text, options).plan?.clock?.segments?.steps
    const own = steps({ tapeLimit: 2600 })
    expect(own).toBeGreaterThan(0)
    expect(steps({ tapeBytes: 4 * 2600 })).toBe(own)
    expect(steps({ tapeBytes: 8 * 2600, precision: 'f64' })).toBe(own)
    expect(steps({ tapeBytes: 8 * 2600 })).not.toBe(own)
    expect(errorsOf(compileText(text, { tapeLimit: 100 }))[0]).toContain('CCN3003 The tape of')
  })
})
