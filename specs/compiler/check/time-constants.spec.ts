/** Steps that are too long for the solver, and times that are no whole number of steps: what is said. */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'

const found = (text: string): readonly string[] =>
  compileText(text, { until: 'ir' })
    .diagnostics.filter(({ severity }) => severity !== 'remark')
    .map(({ code, message, hint }) => `${code} ${message}${hint === undefined ? '' : ` (${hint})`}`)

const cell = (equation: string, run = 'step 1 ms  duration 100 ms'): string => `
param tau = 2 ms
cell A { state v = 1 : ${equation} }
population a[1] : A
experiment e { ${run} }`

const tooLong = 'CCN4021 `v` is advanced by'

describe('steps and time constants', () => {
  it.each([
    ['2 ms * dv/dt = -v', false],
    ['1 ms * dv/dt = -v', false],
    ['0.9 ms * dv/dt = -v', true],
    ['tau * dv/dt = 3 - v', false],
    ['tau * dv/dt = 3 - 4 * v', true],
    ['dv/dt = -(v - 3) / (0.5 ms)', true],
    ['370 pF * dv/dt = -(370 pF / 0.4 ms) * (v + 2)', true],
    ['1 ms * dv/dt = v', false],
    ['0.1 ms * dv/dt = -v ^ 3', false],
  ])('%s', (equation, isTooLong) => {
    expect(found(cell(equation)).filter((each) => each.startsWith(tooLong)).length).toBe(
      isTooLong ? 1 : 0,
    )
  })

  it.each([
    ['step 3 ms  duration 99 ms', 'it overshoots'],
    ['step 5 ms  duration 100 ms', 'it grows'],
    ['step 5 ms  duration 100 ms  solver rk4', undefined],
    ['step 6 ms  duration 600 ms  solver rk4', 'it grows'],
    ['step 6 ms  duration 600 ms  solver exponential_euler', undefined],
  ])('%s, of a time constant of 2 ms', (run, consequence) => {
    const first = found(cell('tau * dv/dt = -v', run)).find((each) => each.startsWith(tooLong))
    if (consequence === undefined) expect(first).toBeUndefined()
    else expect(first).toContain(consequence)
  })
})

const delayed = (delay: string): string => `
cell A { compartment soma { state v : 10 ms * dv/dt = -v + input }  spike s when v > 1 }
synapse S {}
population a[2] : A
connect a.s -> a.soma as W : S { init 1  fixed  delay ${delay} }
experiment e { step 0.1 ms  duration 1 s }`

describe('times that are none', () => {
  it.each([
    [
      '0.25 ms',
      'a whole number of steps of 0.1 ms, but is 0.25 ms, 2.5 steps. (the nearest are 0.2 ms and 0.3 ms)',
    ],
    [
      '1.5 steps',
      'a whole number of steps of 0.1 ms, but is 1.5 steps. (the nearest are 1 step and 2 steps)',
    ],
    // It closes a circle, of which nothing more is to be said.
    ['-2 ms', '0 or more, but is -2 ms.'],
  ])('a delay of %s', (delay, expected) => {
    expect(found(delayed(delay))).toEqual([`CCN6008 A delay must be ${expected}`])
  })

  it('a delay that no memory holds', () => {
    expect(found(delayed('1e9 steps'))).toEqual([
      'CCN3003 A delay keeps 1,000,000,000 steps of 2 units, so that it would have 2,000,000,000 values; the limit is 268,435,456 values.',
    ])
  })

  it('a word behind a delay is about the word', () => {
    expect(found(delayed('1 step  foo'))).toEqual([
      expect.stringContaining('CCN1002 Expected a property of the connection, but found `foo`.'),
    ])
  })

  it.each([
    ['0 ms', 'at least one step of 1 ms, but is 0 s.'],
    [
      '1.5 ms',
      'a whole number of steps of 1 ms, but is 1.5 ms, 1.5 steps. (the nearest are 1 ms and 2 ms)',
    ],
  ])('every %s', (every, expected) => {
    const run = `step 1 ms  duration 10 ms  measure mean(a.v) every ${every}`
    expect(found(cell('tau * dv/dt = -v', run))).toEqual([`CCN6008 \`every\` must be ${expected}`])
  })
})
