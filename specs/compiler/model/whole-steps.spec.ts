/**
 * Times are whole steps: intervals of `since`, in every form in which they can be written, have the
 * period that their text says, for each step, precision and target.
 */
import { describe, expect, it } from 'vitest'
import { rounded, stepsIn } from '../../../compiler/model/whole-steps.ts'
import { timeText } from '../../../compiler/model/time-text.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { networkOn, type Target } from '../../oracles/replay.ts'

const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'tfjs-wasm' },
  { engine: 'wasm', precision: 'f32' },
  { engine: 'wasm', precision: 'f64' },
]
const steps = [0.1, 0.07, 1 / 3]
/** On tfjs, where each operation of each step is a call, fewer and shorter ones. */
const periodsOn = ({ engine }: Target): readonly number[] =>
  engine === 'tfjs-wasm' ? [1, 3, 14, 20] : [1, 3, 7, 14, 20, 29, 35]

/** What is seen of the variables of `x` in each of the first steps. */
async function seen(
  text: string,
  target: Target,
  names: readonly string[],
  count: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { ir, diagnostics } = compileText(text, { until: 'ir' })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (!ir) throw new Error(JSON.stringify(errors))
  const network = await networkOn(target, ir, { seed: 1 })
  const found = new Map(names.map((name): [string, number[]] => [name, []]))
  for (let step = 0; step < count; step++) {
    const values = network.observe(1, {}, names)
    for (const name of names) found.get(name)?.push(values[name]!.data[0]!)
    network.step(1, {})
  }
  network.dispose()
  return found
}

/** Intervals between the steps in which something is 1, but for the first ones: it never was before. */
function intervals(values: readonly number[]): readonly number[] {
  const at = values.flatMap((value, step) => (value === 0 ? [] : [step]))
  return at.slice(2).map((each, i) => each - at[i + 1]!)
}

/** How a condition on the time since the signal `s` can be written, for a time of `time` ms. */
const forms: Readonly<Record<string, (s: string, operator: string, time: number) => string>> = {
  'a literal': (s, operator, time) => `since(${s}) ${operator} ${time} ms`,
  'a parameter': (s, operator, time) => `since(${s}) ${operator} unit * ${time}`,
  'a variable': (s, operator, time) => `u${s} ${operator} ${time} ms`,
  'a function': (s, operator, time) => `later(since(${s}), ${time} ms) ${operator} 0 ms`,
  'a multiple': (s, operator, time) => `2 * since(${s}) ${operator} ${2 * time} ms`,
  'of what each cell computes': (s, operator, time) => `since(${s}) ${operator} each * ${time}`,
}

const circuit = (
  step: number,
  periods: readonly number[],
): { readonly text: string; readonly periods: Map<string, number> } => {
  const expected = new Map<string, number>()
  const signals = Object.values(forms).flatMap((form, i) =>
    [
      ['>=', 0],
      ['>', 1],
    ].flatMap(([operator, more]) =>
      periods.map((period) => {
        const name = `s${i}_${more}_${period}`
        expected.set(name, period + Number(more))
        const time = Number((period * step).toPrecision(12))
        const condition = form(name, String(operator), time)
        const variable = condition.includes(`u${name}`) ? `  u${name} = since(${name})\n` : ''
        return `${variable}  signal ${name} when ${condition}`
      }),
    ),
  )
  const text = `
param unit = 1 ms
const h = ${step} ms
function later(time, than) = time - than
cell C {
  each = 1 ms + 0 ms * uniform()
${signals.join('\n')}
}
population x[1] : C
experiment e { step ${step} ms  duration 1000 steps }`
  return { text, periods: expected }
}

describe('the period of since(s)', () => {
  for (const step of steps) {
    it.each(targets)(`with steps of ${step} ms, on %j`, { timeout: 120_000 }, async (target) => {
      const periods = periodsOn(target)
      const { text, periods: expected } = circuit(step, periods)
      const found = await seen(
        text,
        target,
        [...expected.keys()].map((name) => `x.${name}`),
        3 * Math.max(...periods) + 6,
      )
      const periodsSeen = [...expected.keys()].map((name) => [
        name,
        [...new Set(intervals(found.get(`x.${name}`)!))],
      ])
      expect(periodsSeen).toEqual([...expected].map(([name, period]) => [name, [period]]))
    })
  }
})

/** The network of a circuit of one cell `x`, after `count` steps were done elsewhere. */
async function later(text: string, target: Target, count: number) {
  const { ir, diagnostics } = compileText(text, { until: 'ir' })
  if (!ir) throw new Error(JSON.stringify(diagnostics))
  const network = await networkOn(target, ir, { seed: 1 })
  network.stepCount = count
  return network
}

const FAR = 2 ** 24 + 5

describe('far into a run', () => {
  it.each(targets)('the time since something counts on, on %j', async (target) => {
    const k = FAR + 3
    const text = `
cell C {
  input value = 0
  s = value
  u = since(s)
  signal exact when since(s) >= ${k} * 0.1 ms
  signal told when since(s) >= unit * ${k}
}
param unit = 0.1 ms
population x[1] : C
experiment e { step 0.1 ms  duration 1000 steps }`
    const network = await later(text, target, FAR)
    const [low, high] = [2 ** 20 - 1, Math.floor(FAR / 2 ** 20)]
    const start = (high - 1) * 2 ** 20 + low
    const set = (value: number) => ({ shape: [1, 1], data: Float32Array.of(value) })
    network.load({
      'x.since(s), blocks': set(high - 1),
      'x.since(s), steps': set(low),
    })
    const seen: number[][] = []
    for (let i = 0; i < 12; i++) {
      const names = ['x.exact', 'x.told']
      const found = network.observe(1, {}, names)
      seen.push(names.map((name) => found[name]!.data[0]!))
      network.step(1, {})
    }
    const expected = seen.map((_, i) => Number(start + i >= k))
    expect(start).toBeLessThan(k)
    expect(seen.map(([exact]) => exact)).toEqual(expected)
    expect(seen.map(([, told]) => told)).toEqual(expected)
    network.dispose()
  })

  it.each(targets)('`t` is exact, on %j', async (target) => {
    const text = `
param unit = 0.1 ms
cell C {
  now = t
  signal literal when t >= ${FAR + 2} * 0.1 ms
  signal told when t > ${FAR + 2} * unit
  phase = t - floor(t / 10 ms) * 10 ms < 0.2 ms
  wave = sin(2 * 3.141592653589793 * 10 Hz * t)
}
population x[1] : C
experiment e { step 0.1 ms  duration 1000 steps }`
    const network = await later(text, target, FAR - 1)
    for (let i = FAR - 1; i < FAR + 200; i++) {
      const names = ['x.now', 'x.literal', 'x.told', 'x.phase', 'x.wave']
      const found = network.observe(1, {}, names)
      const [now, literal, told, phase, wave] = names.map((name) => found[name]!.data[0]!)
      const isDouble = found['x.now']!.data instanceof Float64Array
      const as = (value: number): number => (isDouble ? value : Math.fround(value))
      expect(now).toBe(as(i / 10_000))
      expect([literal, told]).toEqual([Number(i >= FAR + 2), Number(i > FAR + 2)])
      expect(phase).toBe(Number(i % 100 < 2))
      expect(wave).toBeCloseTo(Math.sin((2 * Math.PI * (i % 1000)) / 1000), 6)
      network.step(1, {})
    }
    network.dispose()
  })
})

describe('times in steps', () => {
  it.each([
    [2e-3, 1e-4, 20],
    [0.3, 0.1, 3],
    [1, 1 / 3, 3],
    [1e9, 1e-4, 1e13],
    [0, 1e-3, 0],
    [-2e-3, 1e-4, -20],
  ])('%d s are a whole number of steps of %d s', (time, step, count) => {
    expect(stepsIn(time, step)).toBe(count)
  })

  it('is no more generous than rounding', () => {
    expect(rounded(20.0001)).toBe(20.0001)
    expect(rounded(1e7 + 0.3)).toBe(1e7 + 0.3)
    expect(rounded(19.999_999_9)).toBe(20)
  })

  it.each([
    [1e-4, '0.1 ms'],
    [2.5e-5, '0.025 ms'],
    [1e-3, '1 ms'],
    [0.1 + 0.2, '300 ms'],
    [1.5, '1.5 s'],
    [0, '0 s'],
    [5e-7, '0.5 us'],
  ])('%d is written %s', (seconds, text) => {
    expect(timeText(seconds)).toBe(text)
  })
})
