import { describe, expect, it } from 'vitest'
import {
  formatDuration,
  formatMeasure,
  formatNumber,
  formatScore,
  scoreFigures,
} from '../../../runtime/report/figures.ts'
import { jsonLinesReporter } from '../../../runtime/report/json-lines.ts'
import { isKept, linesReporter } from '../../../runtime/report/lines.ts'
import { summaryLines } from '../../../runtime/report/summary.ts'
import { terminalReporter } from '../../../runtime/report/terminal.ts'
import type { ExperimentPlan } from '../../../contract/plan.ts'
import type { Reporter } from '../../../runtime/train/reporter.ts'
import { initialState, type EpochRecord, type RunState } from '../../../runtime/train/state.ts'
import { fakePlan } from '../../helpers/fake-experiment.ts'

const angles = ['angle(W, backprop)[0]', 'angle(W, backprop)[1]', 'angle(W, backprop)']
const every = { unit: 'steps', count: 100 } as const
const plan: ExperimentPlan = {
  ...fakePlan,
  batch: 32,
  measures: [
    { label: 'error', outputs: ['error'], every },
    { label: 'angle(W, backprop)', outputs: angles, unit: '°', every },
    { label: 'norm(W)', outputs: ['norm(W)'], every },
  ],
}
const measures = {
  'angle(W, backprop)[0]': 20.25,
  'angle(W, backprop)[1]': 0.04,
  'angle(W, backprop)': 12.5,
  'norm(W)': 31.4159,
}
const best = { epoch: 1, part: 'test', score: 'error', value: 8.94 } as const
const zero: EpochRecord = { kind: 'epoch', epoch: 0, step: 0, test: { loss: 0.25, error: 90.12 } }
const one: EpochRecord = {
  kind: 'epoch',
  epoch: 1,
  step: 250,
  train: { loss: 0.0312, error: 12.5 },
  test: { loss: 0.0201, error: 8.94 },
  measures,
  best,
}
const two: EpochRecord = { ...one, epoch: 2, step: 500, test: { loss: 0.0231, error: 9.51 } }
const end: RunState = { ...initialState, epoch: 3, step: 500, best, last: two }

/** What happens in a small run, with the clock of the terminal moving on. */
function play(reporter: Reporter, tick: (milliseconds: number) => void = () => {}): void {
  const examples = { train: 8000, validation: 0, test: 2000 }
  const shown = { ...plan, epochs: 2 }
  const length = { steps: 500, batches: 250 }
  const started = { plan: shown, length, epochs: 2, examples, state: initialState }
  reporter.started({ ...started, resumed: false })
  reporter.evaluating(0)
  reporter.epoch({ record: zero, improved: true, seconds: 1.2 })
  tick(200)
  reporter.step({ epoch: 1, batch: 1, step: 1, scores: { loss: 0.2, error: 75 }, measures })
  tick(50)
  reporter.step({ epoch: 1, batch: 2, step: 2 })
  tick(1750)
  reporter.step({ epoch: 1, batch: 100, step: 100 })
  reporter.evaluating(1)
  reporter.epoch({ record: one, improved: true, seconds: 21 })
  reporter.epoch({ record: two, improved: false, seconds: 20 })
  reporter.ended({ status: 'finished', state: end })
}

function onTerminal(columns: number, colour: boolean): string {
  let text = ''
  let now = 0
  const write = (part: string) => void (text += part)
  const options = { write, columns: () => columns, colour, clock: () => now }
  play(terminalReporter(options), (milliseconds) => (now += milliseconds))
  return text.replaceAll('\r\u001b[2K', '\n<erase>')
}

describe('reporters', () => {
  it('plain lines', () => {
    let text = ''
    play(linesReporter((part) => (text += part)))
    expect(text).toMatchInlineSnapshot(`
      "8,000 training, 2,000 test examples; 250 steps of 32 an epoch
      epoch 0/2  0:01  test error 90.12 %
      epoch 1/2  0:21  test error 8.94 %  train error 12.50 %  angle(W, backprop) 12.5°  norm(W) 31.4  best so far
      epoch 2/2  0:20  test error 9.51 %  train error 12.50 %  angle(W, backprop) 12.5°  norm(W) 31.4
      "
    `)
  })

  it('a terminal', () => {
    expect(onTerminal(200, false)).toMatchInlineSnapshot(`
      "8,000 training, 2,000 test examples; 250 steps of 32 an epoch

      <erase>epoch 0/2  evaluating
      <erase>epoch 0/2  0:01  test error 90.12 %

      <erase>epoch 1/2  ────────────    1/250  run  ────────────  loss 0.200  error 75.00 %  angle(W, backprop) 12.5°  norm(W) 31.4
      <erase>epoch 1/2  ━━━━━───────  100/250  0:03 left  run  ━━──────────  0:07 left  loss 0.200  error 75.00 %  angle(W, backprop) 12.5°  norm(W) 31.4
      <erase>epoch 1/2  evaluating
      <erase>epoch 1/2  0:21  test error 8.94 %  train error 12.50 %  angle(W, backprop) 12.5°  norm(W) 31.4  best so far
      epoch 2/2  0:20  test error 9.51 %  train error 12.50 %  angle(W, backprop) 12.5°  norm(W) 31.4
      "
    `)
  })

  it('a narrow terminal: what changes stays on one line', () => {
    const live = onTerminal(30, false).match(/<erase>epoch.*$/gm)!
    expect(live.length).toBeGreaterThan(2)
    for (const line of live.filter((text) => text.includes('━'))) {
      expect(line.length - '<erase>'.length).toBeLessThan(30)
    }
  })

  it('colours only when asked to', () => {
    expect(onTerminal(200, false)).not.toContain('\u001b')
    expect(onTerminal(200, true)).toContain('\u001b')
  })

  it('JSON lines', () => {
    let text = ''
    play(jsonLinesReporter((part) => (text += part), { run: 'mine' }))
    const records = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string })
    expect(records.map(({ kind }) => kind)).toEqual([
      'started',
      'epoch',
      'step',
      'epoch',
      'epoch',
      'ended',
    ])
    expect(records[0]).toMatchObject({ run: 'mine', epochs: 2, examples: { train: 8000 } })
    expect(records[2]).toMatchObject({ step: 0, train: { error: 75 } })
    expect(records[5]).toMatchObject({ status: 'finished', best })
  })

  it('the summary', () => {
    expect(summaryLines(plan, end).join('\n')).toMatchInlineSnapshot(`
      "test error          9.51 %   (best 8.94 %, epoch 1)
      test loss           0.0231
      angle(W, backprop)  12.5°   layers 20.3°, 0.0°
      norm(W)             31.4"
    `)
    expect(summaryLines(plan, initialState)).toEqual([])
  })

  it('keeps a hundred lines or so of a long run, and the last', () => {
    const kept = Array.from({ length: 2001 }, (_, epoch) => epoch).filter((e) => isKept(e, 2000))
    expect(kept.length).toBe(101)
    expect(kept.at(-1)).toBe(2000)
    expect([0, 1, 2, 3].every((epoch) => isKept(epoch, 3))).toBe(true)
    expect(isKept(0, 0)).toBe(true)
  })
})

/** A run by a clock: two phases, of which the second goes on after a pause. */
function playClock(reporter: Reporter, tick: (milliseconds: number) => void = () => {}): void {
  const clock = { step: 0.001, steps: 40_000, hold: 1 }
  const { epochs, ...rest } = plan
  expect(epochs).toBe(3)
  const phase = (name: string) =>
    ({
      kind: 'phase',
      name,
      lasts: { unit: 'steps', count: 20_000 },
      settings: {},
      plasticity: true,
      frozen: [],
    }) as const
  const timed = { ...rest, clock, scores: [], phases: [phase('settle'), phase('up')] }
  const length = { steps: 40_000, batches: 40_000 }
  reporter.started({ plan: timed, length, epochs: 0, state: initialState, resumed: false })
  reporter.step({ epoch: 0, batch: 0, step: 1, phase: 'settle', scores: {}, measures })
  tick(2000)
  reporter.step({ epoch: 0, batch: 0, step: 10_001, phase: 'settle' })
  const record = { kind: 'phase', measures, rates: {} } as const
  const settled = { ...record, phase: 'settle', number: 0, step: 20_000, t: 20 }
  reporter.phase({ record: settled, seconds: 4 })
  const up = { ...record, phase: 'up', number: 1, step: 40_000, t: 40 }
  reporter.phase({ record: up, seconds: 4.2 })
  reporter.ended({ status: 'finished', state: { ...initialState, step: 40_000, last: up } })
}

describe('a run by a clock', () => {
  it('plain lines', () => {
    let text = ''
    playClock(linesReporter((part) => (text += part)))
    expect(text).toMatchInlineSnapshot(`
      "40,000 steps of 1 ms, 40 s in all
      settle  to 20 s  0:04  angle(W, backprop) 12.5°  norm(W) 31.4
      up  to 40 s  0:04  angle(W, backprop) 12.5°  norm(W) 31.4
      "
    `)
  })

  it('a terminal', () => {
    let text = ''
    let now = 0
    const write = (part: string) => void (text += part)
    const options = { write, columns: () => 200, colour: false, clock: () => now }
    playClock(terminalReporter(options), (milliseconds) => (now += milliseconds))
    expect(text.replaceAll('\r\u001b[2K', '\n<erase>')).toMatchInlineSnapshot(`
      "40,000 steps of 1 ms, 40 s in all

      <erase>settle  ────────────  run  ────────────  1 ms of 40 s  angle(W, backprop) 12.5°  norm(W) 31.4
      <erase>settle  ━━━━━━──────  0:02 left  run  ━━━─────────  10.001 s of 40 s  0:06 left  angle(W, backprop) 12.5°  norm(W) 31.4
      <erase>settle  to 20 s  0:04  angle(W, backprop) 12.5°  norm(W) 31.4
      up  to 40 s  0:04  angle(W, backprop) 12.5°  norm(W) 31.4
      "
    `)
  })

  it('JSON lines', () => {
    let text = ''
    playClock(jsonLinesReporter((part) => (text += part)))
    const records = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(records).toMatchObject([
      { kind: 'started', steps: 40_000, stepSeconds: 0.001 },
      { kind: 'step', step: 0, t: 0, phase: 'settle' },
      { kind: 'phase', phase: 'settle', step: 20_000, t: 20, seconds: 4 },
      { kind: 'phase', phase: 'up', t: 40 },
      { kind: 'ended', status: 'finished', step: 40_000 },
    ])
  })
})

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.01534, '0.0153'],
    [1.5, '1.50'],
    [-12.34, '-12.3'],
    [1234.56, '1234.6'],
    [0.000012, '1.20e-5'],
    [3e8, '3.00e8'],
    [Number.NaN, '–'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('%f is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it.each([
    [23.14, '°', '23.1°'],
    [8.941, '%', '8.94 %'],
    [Number.NaN, '°', '–'],
    [12, 'Hz', '12.0 Hz'],
    [12, undefined, '12.0'],
  ])('%f %s is %s', (value, unit, text) => {
    expect(formatMeasure(value, unit)).toBe(text)
  })

  it('shows losses as numbers and errors in per cent', () => {
    expect(formatScore('loss', 0.5)).toBe('0.500')
    const measured = {
      label: 'm',
      output: 'm',
      value: 'v',
      combine: 'mean',
      factor: 1,
      over: 1,
    } as const
    const evaluation = {
      steps: 1,
      phases: [],
      keep: [],
      states: [],
      written: [],
      measures: [
        { ...measured, unit: 'mV', scale: 1e-3 },
        { ...measured, label: 'error(y)', output: 'error(y)', unit: '%' },
      ],
    }
    expect(formatScore('m', -0.07, { evaluation })).toBe('-70.0 mV')
    expect(formatScore('error(y)', 25, { evaluation })).toBe('25.00 %')
    expect(scoreFigures('test', { m: -0.07, loss: 2 }, { evaluation })).toEqual([
      { name: 'test m', value: -70, unit: 'mV' },
      { name: 'test loss', value: 2 },
    ])
    expect(formatScore('error', Number.NaN)).toBe('–')
  })

  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [754, '12:34'],
    [3723, '1:02:03'],
    [-5, '0:00'],
  ])('%f seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})
