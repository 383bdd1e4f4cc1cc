/**
 * Looks back in time, delays and changes by events, step by step beside what they mean, written down
 * here over a list of inputs; with two examples side by side, on every engine.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { networkOn, type Target } from '../../oracles/replay.ts'

const STEPS = 24
/** An input in [0, 1) for each step and example. */
const input = (step: number, example: number): number => {
  const x = Math.sin(12.9898 * step + 78.233 * example + 1) * 43758.5453
  return x - Math.floor(x)
}

/** Over the inputs of one example, up to and including this step. */
type Meaning = (history: readonly number[]) => number
const ago = (history: readonly number[], steps: number, first = 0): number =>
  history.at(-1 - steps) ?? first
const spikes = (history: readonly number[]): readonly number[] =>
  history.map((each) => Number(each > 0.6))
const counted = (history: readonly number[], from: number, to: number): number =>
  spikes(history)
    .toReversed()
    .slice(from, to + 1)
    .reduce((a, b) => a + b, 0)
const sinceSpike = (history: readonly number[]): number => {
  const found = spikes(history).slice(0, -1).toReversed().indexOf(1)
  return found < 0 ? Infinity : found + 1
}

interface Case {
  readonly name: string
  /** The variable `z`, made of `value` and of the spike s. */
  readonly equation: string
  readonly members?: string
  readonly meaning: Meaning
}

const cases: readonly Case[] = [
  { name: 'prev', equation: 'prev(value)', meaning: (x) => ago(x, 1) },
  { name: 'prev from a number', equation: 'prev(value, 5)', meaning: (x) => ago(x, 1, 5) },
  {
    name: 'prev of an expression',
    equation: 'prev(2 * value + 1)',
    meaning: (x) => (x.length < 2 ? 0 : 2 * ago(x, 1) + 1),
  },
  {
    name: 'prev of prev',
    equation: 'prev(prev(value, 3), 4)',
    meaning: (x) => (x.length === 1 ? 4 : ago(x, 2, 3)),
  },
  {
    name: 'prev of a state',
    members: 'state total = 7 : 1 ms * dtotal/dt = value',
    equation: 'prev(total)',
    meaning: (x) => x.slice(0, -1).reduce((a, b) => a + b, 7),
  },
  {
    name: 'a state after it was advanced',
    members: 'state total = 7 : 1 ms * dtotal/dt = value',
    equation: 'total',
    meaning: (x) => x.reduce((a, b) => a + b, 7),
  },
  { name: 'a signal', equation: 's', meaning: (x) => spikes(x).at(-1) ?? 0 },
  {
    name: 'since',
    equation: 'min(since(s), 1 s) / 1 ms',
    meaning: (x) => Math.min(sinceSpike(x), 1000),
  },
  { name: 'count', equation: 'count(s, 4 steps)', meaning: (x) => counted(x, 1, 4) },
  { name: 'count in a time', equation: 'count(s, 3 ms)', meaning: (x) => counted(x, 1, 3) },
  { name: 'count between', equation: 'count(s, 2 ms, 5 ms)', meaning: (x) => counted(x, 2, 5) },
  {
    name: 'count within a step and a half',
    equation: 'count(s, 1.5 ms)',
    meaning: (x) => counted(x, 1, 1),
  },
  {
    name: 'a reaction',
    members: 'state n = 0 : 1 ms * dn/dt = 0\n  on s { n += 1 }',
    equation: 'n',
    meaning: (x) => spikes(x).reduce((a, b) => a + b, 0),
  },
  {
    name: 'reactions read what is right of them before they change',
    members:
      'state a = 1 : 1 ms * da/dt = 0\n  state b = 2 : 1 ms * db/dt = 0\n  on s { a = b  b = a }',
    equation: 'a - b',
    meaning: (x) => (spikes(x).reduce((a, b) => a + b, 0) % 2 === 0 ? -1 : 1),
  },
  {
    name: 'a reaction after another',
    members: 'state a = 0 : 1 ms * da/dt = 0\n  on s { a += 1 }\n  on a > 2.5 { a = 0 }',
    equation: 'a',
    meaning: (x) => spikes(x).reduce((a, b) => a + b, 0) % 3,
  },
  {
    name: 'a reset of what exceeds a threshold',
    members: 'state v = 0 : 1 ms * dv/dt = 0.75\n  burst b when v > 1.25 { v -= 1 }',
    equation: 'v + 10 * b',
    meaning: (x) => {
      let [v, b] = [0, 0]
      for (const _ of x) {
        v += 0.75
        b = Number(v > 1.25)
        v -= b
      }
      return v + 10 * b
    },
  },
]

const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'wasm', precision: 'f64' },
  { engine: 'wasm' },
  { engine: 'tfjs-wasm' },
]

async function seen(text: string, target: Target, name: string): Promise<number[][]> {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const network = await networkOn(target, ir, { seed: 1 })
  try {
    return Array.from({ length: STEPS }, (_, step) => {
      const presented = { x: Float32Array.of(input(step, 0), input(step, 1)) }
      const values = network.observe(2, presented, [name])[name]
      network.step(2, presented)
      return Array.from(values?.data ?? [])
    })
  } finally {
    network.dispose()
  }
}

const meant = (meaning: Meaning): number[][] =>
  Array.from({ length: STEPS }, (_, step) =>
    [0, 1].map((example) =>
      meaning(Array.from({ length: step + 1 }, (_entry, i) => Math.fround(input(i, example)))),
    ),
  )

function expectEqual(found: readonly number[][], expected: readonly number[][]): void {
  expect(found.length).toBe(expected.length)
  for (const [step, values] of expected.entries()) {
    for (const [example, value] of values.entries())
      expect(found[step]?.[example], `step ${step}, example ${example}`).toBeCloseTo(value, 4)
  }
}

describe('the past', () => {
  for (const { name, equation, members = '', meaning } of cases) {
    it.each(targets)(`${name} on %j`, async (target) => {
      const text = `
cell C {
  input value
  spike s when value > 0.6
  ${members}
  z = ${equation}
}
population x[1] : C
experiment e { step 1 ms  batch 2  duration 1 s }`
      expectEqual(await seen(text, target, 'x.z'), meant(meaning))
    })
  }

  it.each([0, 1, 2, 7])('a delay of %d steps, along a synapse', async (delay) => {
    const text = `
cell In { input value  event e = value }
cell Out { compartment soma  z = soma }
synapse S {}
population x[1] : In
population y[1] : Out
connect x.event -> y.soma as W : S { init 2  fixed  delay ${delay} ms }
connect x.event -> y.soma as V : S { init 1  fixed  delay 1 step }
experiment e { step 1 ms  batch 2  duration 1 s }`
    for (const target of targets)
      expectEqual(
        await seen(text, target, 'y.z'),
        meant((x) => 2 * ago(x, delay) + ago(x, 1)),
      )
  })
})
