/** The line that tells how far a run is. */
import { describe, expect, it } from 'vitest'
import type { ExperimentPlan, PhasePlan } from '../../../contract/plan.ts'
import { progressParts } from '../../../runtime/report/progress.ts'
import { Sparkline } from '../../../runtime/report/sparkline.ts'
import type { RunStarted } from '../../../runtime/train/reporter.ts'
import { initialState } from '../../../runtime/train/state.ts'
import { fakePlan } from '../../helpers/fake-experiment.ts'

const started = (
  plan: ExperimentPlan,
  steps: number,
  batches: number,
  epochs: number,
): RunStarted => ({
  plan,
  length: { steps, batches },
  epochs,
  state: initialState,
  resumed: false,
})
const pace = { seconds: 0.1, course: (width: number) => '█▁'.slice(0, width) }
const line = (parts: readonly string[]): string => parts.join('  ')

describe('the line of a run', () => {
  const run = started(fakePlan, 750, 250, 3)
  const step = { epoch: 2, batch: 50, step: 300 }

  it.each([
    [120, 'epoch 2/3  ━━──────────   50/250  0:20 left  run  ━━━━━───────  0:45 left  █▁'],
    [80, 'epoch 2/3  ━━──────  0:20 left  run  ━━━─────  0:45 left  █▁'],
    [40, 'epoch 2/3  ━━━─────  0:45 left  █▁'],
  ])('in %i columns has bars and time left for the epoch and for the run', (columns, text) => {
    expect(line(progressParts(run, step, pace, columns))).toBe(text)
  })

  it('of one epoch has one bar', () => {
    const only = started(fakePlan, 250, 250, 1)
    expect(line(progressParts(only, { epoch: 1, batch: 125, step: 125 }, pace, 80))).toBe(
      '━━━━────  0:13 left  █▁',
    )
  })

  const phase = (name: string, count: number): PhasePlan => ({
    kind: 'phase',
    name,
    lasts: { unit: 'steps', count },
    settings: {},
    plasticity: true,
    frozen: [],
  })

  it('by a clock has a bar for the phase', () => {
    const plan: ExperimentPlan = {
      ...fakePlan,
      clock: { step: 0.001, steps: 400, hold: 1 },
      phases: [phase('up', 100), { kind: 'repeat', times: 3, phases: [phase('down', 100)] }],
    }
    const run400 = started(plan, 400, 0, 0)
    expect(
      line(progressParts(run400, { epoch: 0, batch: 0, step: 150, phase: 'down' }, pace, 120)),
    ).toBe('down  ━━━━━━──────  0:05 left  run  ━━━━━───────  0.15 s of 0.4 s  0:25 left  █▁')
    // The last step of a phase is its own.
    expect(
      line(progressParts(run400, { epoch: 0, batch: 0, step: 100, phase: 'up' }, pace, 80)),
    ).toBe('up  ━━━━━━━━  0:00 left  run  ━━──────  0:30 left  █▁')
  })

  it('says no time before there is something to go by', () => {
    const none = { seconds: undefined, course: () => '' }
    expect(line(progressParts(run, step, none, 80))).toBe('epoch 2/3  ━━──────  run  ━━━─────')
  })
})

describe('a sparkline', () => {
  const of = (values: readonly number[]): Sparkline => {
    const found = new Sparkline()
    for (const value of values) found.add(value)
    return found
  }

  it.each([
    [[8, 7, 6, 5, 4, 3, 2, 1], 8, '█▇▆▅▄▃▂▁'],
    [[1, Number.NaN, 1], 8, '▁▁'],
    [[1], 8, ''],
    [[0, 0, 10, 10], 2, '▁█'],
    // A hundred times as many figures have the same course.
    [Array.from({ length: 800 }, (_, i) => 8 - Math.floor(i / 100)), 8, '█▇▆▅▄▃▂▁'],
  ])('of %j', (values, width, text) => {
    expect(of(values).text(width)).toBe(text)
  })
})
