/**
 * Numbers that are not finite stop a run in the first step that has one, whatever is looked at, and when;
 * what was recorded and measured until then is kept. The right steps are computed here, by hand.
 */
import { describe, expect, it } from 'vitest'
import { emitProgram } from '../../../compiler/index.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import { RunError } from '../../../runtime/train/errors.ts'
import { RunningMeans } from '../../../runtime/train/means.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { made, outcome } from '../../helpers/run-outcome.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

/** 20 ms dv/dt = v^2 from 1, and another cell that nothing happens to. */
const runaway = (statements: string, more = '') => `
cell Runaway {
  state v = 1 : 20 ms * dv/dt = v * v
  signal out = v
}
cell Calm { state u = 1 : 1 s * du/dt = -u }
${more}
population c[3] : Runaway
population d[2] : Calm
experiment go { step 1 ms  duration 12 s  ${statements} }`

/** The step in which v is infinite, by the same arithmetic. */
function blowUp(round: (x: number) => number): number {
  const rate = round(1e-3 / 20e-3)
  let v = 1
  for (let step = 0; ; step++) {
    v = round(v + round(rate * round(v * v)))
    if (!Number.isFinite(v)) return step
  }
}

const looks: [string, string][] = [
  ['nothing', ''],
  ['a record of every step', 'record c.v every 1 step'],
  ['a seldom measure', 'measure mean(c.v) every 1000 steps'],
  ['a seldom measure of another cell', 'measure mean(d.u) every 5000 steps'],
  [
    'measures and records at intervals of their own',
    'measure mean(c.v) every 7 steps  record c.out, d.u every 11 steps',
  ],
  ['phases', 'protocol { repeat 4000 { phase a 1 step {} phase b 2 steps {} } }'],
]

describe.each(['f32', 'f64'] as const)('a state that runs away, in %s', (precision) => {
  const step = blowUp(precision === 'f32' ? Math.fround : (x) => x)

  it.each(looks)('is named with its first step, looked at by %s', async (_, statements) => {
    const what = made(
      runaway(statements).replace(statements.includes('protocol') ? 'duration 12 s' : '\0', ''),
    )
    const network = await wasmNetwork(what.ir, { precision }, { batch: 1 })
    const { error, store } = await outcome(what, network)
    expect(error).toBeInstanceOf(RunError)
    expect((error as RunError).place).toEqual({ variable: 'c.v', step, time: step / 1000 })
    expect((error as RunError).message).toContain(
      `The variable c.v became infinite in step ${step} (${step / 1000} s).`,
    )
    for (const record of store.steps) expect(record.step).toBeLessThanOrEqual(step)
    for (const arrays of store.parts.values()) {
      for (const [name, { data }] of arrays) {
        expect([...data].every(Number.isFinite), name).toBe(true)
        if (name.startsWith('step(')) expect(Math.max(...data)).toBeLessThanOrEqual(step)
      }
    }
  })
})

describe('what was done before', () => {
  it('is kept: every row and every line before the first bad step', async () => {
    const what = made(runaway('record c.v every 1 step  measure mean(c.v) every 10 steps'))
    const { store } = await outcome(what, await wasmNetwork(what.ir, {}, { batch: 1 }))
    const step = blowUp(Math.fround)
    expect([...store.parts.get(1)!.get('step(c.v)')!.data]).toEqual(
      Array.from({ length: step }, (_, i) => i),
    )
    expect(store.steps.map((each) => each.step)).toEqual([0, 10, 20])
  })

  it('is told alike by TensorFlow.js and on two threads', async () => {
    const text = runaway('measure mean(d.u) every 5000 steps')
    const step = blowUp(Math.fround)
    const what = made(text)
    const engine = await selectEngine('tfjs-cpu', {})
    const program = await emitProgram('tfjs', what.ir, new Map(), {})
    const networks = [
      await engine.instantiate(program, { batch: 1 }),
      await wasmNetwork(what.ir, { threads: 2 }, { batch: 1 }),
    ]
    for (const network of networks) {
      const { error } = await outcome(what, network)
      expect((error as RunError).place).toEqual({ variable: 'c.v', step, time: step / 1000 })
      network.dispose()
    }
  })

  it('names what it comes from: the first variable that became so in that step', async () => {
    const what = made(
      runaway(
        'measure mean(e.late) every 500 steps',
        'cell Late { input x  root = x * x  late = root / (1 + root) + x }\npopulation e[3] : Late\nconnect c.out -> e.x',
      ),
    )
    const { error } = await outcome(what, await wasmNetwork(what.ir, {}, { batch: 1 }))
    // c.v squared overflows in the step before c.v itself does.
    expect((error as RunError).place).toMatchObject({
      variable: 'e.root',
      step: blowUp(Math.fround) - 1,
    })
  })

  it('is nothing where the circuit begins with it', async () => {
    const what = made(runaway(''))
    const network = await wasmNetwork(what.ir, {}, { batch: 1 })
    network.load({ 'c.v': { shape: [1, 3], data: Float32Array.of(1, Number.NaN, 1) } })
    const { error } = await outcome(what, network)
    expect((error as RunError).message).toMatch(/^The variable c\.v is NaN before the first step\./)
  })
})

describe('the time since what never was', () => {
  const since = (statements: string) => `
cell N {
  state v = 0 : 1 s * dv/dt = -v
  spike s when v > 1 { v = 0 }
  late = since(s)
  state kept = 0 s : dkept/dt = 0
  on v < 1 { kept = since(s) }
  decayed = exp(-late / 1 s)
}
population a[2] : N
experiment r { step 1 ms  duration 20 ms  ${statements} }`

  it('is infinite in records and measures, and stops nothing', async () => {
    const what = made(
      since('record a.late, a.kept, a.decayed every 1 step  measure mean(a.late) every 5 steps'),
    )
    expect(what.plan.infinite).toEqual(expect.arrayContaining(['a.late', 'a.kept', 'mean(a.late)']))
    expect(what.plan.infinite).not.toContain('a.decayed')
    expect(what.plan.infinite).not.toContain('a.v')
    const { error, store } = await outcome(what, await wasmNetwork(what.ir, {}, { batch: 1 }))
    expect(error).toBeUndefined()
    expect([...store.parts.get(1)!.get('a.late')!.data].every((value) => value === Infinity)).toBe(
      true,
    )
    expect(store.phases[0]!.measures).toEqual({ 'mean(a.late)': Infinity })
  })

  it('is nothing that a difference of two may come to', async () => {
    const what = made(since('measure mean(a.late - a.kept) every 5 steps'))
    const { error } = await outcome(what, await wasmNetwork(what.ir, {}, { batch: 1 }))
    expect((error as RunError).message).toContain(
      'The measure mean(a.late - a.kept) became NaN in step 0',
    )
  })
})

describe('means', () => {
  it('leave out what has no value, and nothing else', () => {
    const means = new RunningMeans()
    means.add({ angle: Number.NaN, late: 1 })
    means.add({ angle: 3, late: Infinity })
    expect(means.means()).toEqual({ angle: 3, late: Infinity })
  })
})

describe('what is known before a run', () => {
  it.each([
    ['state v = 0 : tau * dv/dt = 1 - v', 'it divides by 0'],
    ['state v = 0 : 1 ms * dv/dt = 1 / (2 - 2) - v', 'it divides by 0'],
    ['state v = 0 : dv/dt = (1 - v) / tau', 'it divides by 0'],
    ['state v = 0 : dv/dt = -v / (tau - tau)', 'it divides by 0'],
    [
      'state v = 0 : 1 ms * dv/dt = if big < 2 then -v else v * (big * big)',
      '`1e+200 * 1e+200` is not finite',
    ],
    ['signal v = log(2 - 2) * x', '`log(0)` is not finite'],
  ])('%s', (equation, reason) => {
    const { diagnostics } = compileText(`
cell A { input x = 1  ${equation}  state u : 1 ms * du/dt = x }
param tau = 0 ms
param big = 1e200
population a[2] : A
experiment e { step 1 ms  duration 1 s  measure mean(a.v) }`)
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `CCN6030 This computes with a number that is infinite from the first step on: ${reason}.`,
    ])
  })

  it('does no harm where a condition leaves it out, or it divides', () => {
    const { diagnostics } = compileText(`
param g = 0
cell A { input x = 1  v = if g > 0 then x / g else 0  q = if g > 0 then 2 / g * x else 0  w = x / (1 / g)  state u : 1 ms * du/dt = x - v - w - q }
population a[2] : A
experiment e { step 1 ms  duration 1 s  measure mean(a.u) }`)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
