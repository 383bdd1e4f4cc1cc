/** What figures are of, what they are told in, and what the summary of a run by a clock is about. */
import { describe, expect, it } from 'vitest'
import { settingsIn, Timeline } from '../../../contract/timeline.ts'
import { formatMeasure, measureFigures } from '../../../runtime/report/figures.ts'
import { summaryLines } from '../../../runtime/report/summary.ts'
import { silentReporter } from '../../../runtime/train/reporter.ts'
import { runExperiment } from '../../../runtime/train/run.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const clocked = `
param teach = off
cell Leaky(rest = -70 mV) {
  state v = -70 mV : 20 ms * dv/dt = rest - v
  state u = rest : 20 ms * du/dt = -u
  late = v - u
  k = if teach then 1 else 0
}
population c[2] : Leaky
experiment e {
  step 1 ms
  protocol { repeat 3 { phase a 3 steps { teach off } phase b 2 steps { teach on } } }
  measure mean(c.v), spread = std(c.late), variance(c.u), mean(c.k) every 1 step
  measure max_of(c.k) every 5 steps
  record c.v, c.k
}`

describe('units', () => {
  it('are those that the model writes', () => {
    const compilation = compileText(clocked)
    expect(errorsOf(compilation)).toEqual([])
    const { measures, records } = compilation.plan!
    expect(measures.map(({ label, unit, scale }) => [label, unit, scale])).toEqual([
      ['mean(c.v)', 'mV', 1e-3],
      ['spread', 'mV', 1e-3],
      ['variance(c.u)', 'mV^2', 1e-6],
      ['mean(c.k)', undefined, undefined],
      ['max_of(c.k)', undefined, undefined],
    ])
    expect(records[0]!.units).toEqual({ 'c.v': { unit: 'mV', scale: 1e-3 } })
    expect(measureFigures(compilation.plan!, { 'mean(c.v)': -0.07, 'mean(c.k)': 1 })).toEqual([
      { name: 'mean(c.v)', value: -70, unit: 'mV' },
      { name: 'mean(c.k)', value: 1 },
    ])
    expect(formatMeasure(-0.07, 'mV', 1e-3)).toBe('-70.0 mV')
  })
})

describe('units of weights', () => {
  const norms = (init: string) => {
    const compilation = compileText(`
param strength = 3 mV
cell G { spike s when since(s) >= 5 ms }
cell N { compartment soma { state v = -70 mV : 20 ms * dv/dt = -(v + 70 mV) + input } }
population a[2] : G
population b[2] : N
connect a.s -> b.soma as W { init ${init}  fixed }
experiment e { step 1 ms  duration 5 ms  measure norm(W) every 1 ms  record W }`)
    expect(errorsOf(compilation)).toEqual([])
    const { measures, records } = compilation.plan!
    return [measures[0]!.unit, measures[0]!.scale, records[0]!.units?.['W']]
  }
  it.each([
    '2 mV',
    'normal(mean = 2 mV, std = 1 mV)',
    'uniform(0, 2 mV)',
    '-2 mV',
    'strength',
    '2 pA * 1 Mohm',
  ])('are those of what they begin with, or of what arrives: %s', (init) =>
    expect(norms(init)).toEqual(['mV', 1e-3, { unit: 'mV', scale: 1e-3 }]),
  )
})

describe('the summary of a run by a clock', () => {
  it('is of the last whole round, by phases, without the moment at the end', async () => {
    const { plan, ir } = compileText(clocked)
    const network = await wasmNetwork(ir!, {}, { batch: 1 })
    const parameters = { teach: 0 }
    const run = (steps: number) =>
      runExperiment(
        { ...plan!, clock: { ...plan!.clock!, steps } },
        network,
        undefined,
        { parameters },
        silentReporter,
      )
    const { state } = await run(15)
    const lines = summaryLines(plan!, state)
    expect(lines[0]).toBe('means from 10 ms to 15 ms')
    expect(lines).toContain('mean(c.k)      0 in a, 1.00 in b')
    expect(lines).toContain('max_of(c.k)    0 in a')
    // In the midst of the third round the second is the last whole one.
    expect(summaryLines(plan!, (await run(12)).state)[0]).toBe('means from 5 ms to 10 ms')
  })

  it('is of the last step in measures that nothing but the first step has, of time and numbers alone too', async () => {
    const { plan, ir } = compileText(`
param strong = off
cell Clock(g = 0 mV) { signal k = t / 1 ms  signal c = 3  signal v = g }
population c[1] : Clock
population d[1] : Clock(if strong then 2 mV else 0)
experiment e {
  step 1 ms
  measure last = mean(c.k) every 15 ms
  measure three = mean(c.c), k = mean(c.k), mean(d.v) every 10 ms
  protocol { repeat 1 { phase a 5 ms { strong off } phase b 10 ms { strong on } } }
}`)
    const network = await wasmNetwork(ir!, {}, { batch: 1 })
    const parameters = { strong: 0 }
    const { state } = await runExperiment(plan!, network, undefined, { parameters }, silentReporter)
    expect(summaryLines(plan!, state)).toEqual([
      'means from 0 s to 15 ms',
      'last       0 in a, 14.0 in b',
      'three      3.00 in a, 3.00 in b',
      'k          0 in a, 10.0 in b',
      'mean(d.v)  0 mV in a, 2.00 mV in b',
    ])
    // What a longer run goes on from does not have it.
    expect(state.open!.rounds!.current.phases['b']).not.toHaveProperty('last')
  })

  it('knows a parameter by the names that every object has', () => {
    const lasts = { unit: 'steps', count: 1 } as const
    const named = (name: string, settings: Record<string, number>) =>
      ({ kind: 'phase', name, lasts, settings, plasticity: true, frozen: [] }) as const
    const phases = [named('a', { valueOf: 4 }), named('b', {})]
    expect(settingsIn(phases[1], phases, { valueOf: 3 })).toEqual({ valueOf: 3 })
    expect(settingsIn(phases[0], phases, { valueOf: 3 })).toEqual({ valueOf: 4 })
  })

  it('finds rounds: turns of the outermost repetition, or phases by themselves', () => {
    const phase = (name: string, count: number) =>
      ({
        kind: 'phase',
        name,
        lasts: { unit: 'steps', count },
        settings: {},
        plasticity: true,
        frozen: [],
      }) as const
    const inner = { kind: 'repeat', times: 2, phases: [phase('b', 3), phase('c', 1)] } as const
    const outer = { kind: 'repeat', times: 3, phases: [inner, phase('d', 2)] } as const
    const timeline = new Timeline([phase('a', 5), outer], { batches: 0, batch: 1 })
    expect([0, 4, 5, 14, 15, 34, 35].map((step) => timeline.round(step))).toEqual([
      { begins: 0, ends: 5 },
      { begins: 0, ends: 5 },
      { begins: 5, ends: 15 },
      { begins: 5, ends: 15 },
      { begins: 15, ends: 25 },
      { begins: 25, ends: 35 },
      { begins: 25, ends: Number.POSITIVE_INFINITY },
    ])
  })
})

describe('`error`', () => {
  const model = (measures: string) => `
import { xor } from "std/data"
dataset d { field a[2]  field label class 3  train npz("x.npz")  test npz("x.npz") }
cell In { input value  event e = value }
cell Hint { input value  event e = 0.1 }
cell Out { compartment soma  input target  event e = soma  loss l = sum((target - e) ^ 2) }
plasticity R { dw = post.e * pre.e }
population x[2] : In
population c[3] : Hint
population y[3] : Out
population z[3] : Out
connect x.e -> y.soma as W { init 1  learn R }
connect c.e -> y.soma as V { init 1  fixed }
connect x.e -> z.soma as U { init 1  fixed }
experiment e {
  data d  present x = a, c = one_hot(label), y.target = one_hot(label), z.target = one_hot(label)
  optimise W with sgd(rate = 1)
  measure ${measures}
}`

  it('is of those with a loss and a label as target, or of one of them', () => {
    const { ir, plan, ...found } = compileText(model('error, error(y), error(z)'), {
      optimise: false,
    })
    expect(errorsOf({ ...found, diagnostics: found.diagnostics } as never)).toEqual([])
    expect(plan!.measures.map(({ label, unit }) => `${label} ${unit}`)).toEqual([
      'error %',
      'error(y) %',
      'error(z) %',
    ])
    const argmaxes = ir!.graphs.infer.nodes.filter(({ op }) => op === 'argmax')
    expect(argmaxes.length).toBe(4)
  })

  it('is of no population without a target', () => {
    expect(errorsOf(compileText(model('error(c)')))).toEqual([
      'CCN6008 `error(c)` must be of a population with a loss that reads the label it is presented with, but is measured without one.',
    ])
  })
})
