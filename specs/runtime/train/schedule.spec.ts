import { describe, expect, it } from 'vitest'
import type { PhasePlan, ProtocolPart, Schedule } from '../../../contract/plan.ts'
import { ratesAt, scheduleFactor } from '../../../runtime/train/schedule.ts'
import { settingsIn, Timeline } from '../../../contract/timeline.ts'

const length = { steps: 50, batches: 5 }

describe('schedules', () => {
  it('keeps a constant rate', () => {
    expect(scheduleFactor({ kind: 'constant' }, 17, length)).toBe(1)
  })

  it.each([
    [0, 1],
    [9, 1],
    [10, 0.1],
    [19, 0.1],
    [20, 0.1 ** 2],
    [49, 0.1 ** 4],
  ])('steps down every two epochs: step %i', (step, factor) => {
    const schedule: Schedule = { kind: 'step', every: 2, factor: 0.1 }
    expect(scheduleFactor(schedule, step, length)).toBeCloseTo(factor, 15)
  })

  it.each([0, 1, 2])('follows the formula of cosine with %i warm-up epochs', (warmup) => {
    const [w, total] = [warmup * 5, 50]
    for (let k = 0; k < total; k++) {
      const expected = k < w ? (k + 1) / w : 0.5 * (1 + Math.cos((Math.PI * (k - w)) / (total - w)))
      expect(scheduleFactor({ kind: 'cosine', warmup }, k, length)).toBe(expected)
    }
  })

  it('is never NaN, whatever the lengths', () => {
    for (const warmup of [0, 0.5, 1, 3]) {
      for (const epochs of [0, 1, 3]) {
        for (let k = 0; k < 20; k++) {
          const factor = scheduleFactor({ kind: 'cosine', warmup }, k, {
            steps: epochs * 5,
            batches: 5,
          })
          expect(factor).toBeGreaterThanOrEqual(0)
          expect(factor).toBeLessThanOrEqual(1)
        }
      }
    }
  })
})

const pace = { batches: 5, batch: 4 }

function phase(name: string, lasts: string, other: Partial<PhasePlan> = {}): PhasePlan {
  const [count, unit] = lasts.split(' ') as [string, 'steps' | 'epochs' | 'examples']
  const duration = { unit, count: Number(count) }
  return {
    kind: 'phase',
    name,
    lasts: duration,
    settings: {},
    plasticity: true,
    frozen: [],
    ...other,
  }
}
const repeat = (times: number, ...phases: ProtocolPart[]): ProtocolPart => ({
  kind: 'repeat',
  times,
  phases,
})

describe('the timeline', () => {
  const parts = [
    phase('a', '1 epochs'),
    repeat(2, phase('b', '3 steps'), repeat(3, phase('c', '1 steps'))),
    phase('d', '5 examples'),
  ]
  const timeline = new Timeline(parts, pace)

  it('knows the phase of every step, and that the last one goes on', () => {
    const names = Array.from({ length: 22 }, (_, step) => timeline.at(step).phase?.name)
    expect(names.join('')).toBe('aaaaabbbcccbbbcccddddd')
    expect(timeline.steps).toBe(19)
  })

  it.each([
    [0, 0, 0, 5],
    [7, 1, 5, 8],
    [9, 3, 9, 10],
    [13, 5, 11, 14],
    [15, 7, 15, 16],
    [17, 9, 17, Number.POSITIVE_INFINITY],
    [99, 9, 17, Number.POSITIVE_INFINITY],
  ])('knows the bounds of the phase of step %i', (step, number, begins, ends) => {
    expect(new Timeline(parts, pace).at(step)).toMatchObject({ number, begins, ends })
  })

  it('has one place without a protocol', () => {
    expect(new Timeline([], pace).at(3)).toMatchObject({ phase: undefined, begins: 0, number: 0 })
  })

  it('has one place without a step, as a run that someone sent may be of', () => {
    const none = new Timeline([repeat(0, phase('go', '3 steps'))], pace)
    expect(none.at(3)).toMatchObject({ phase: { name: 'go' }, begins: 0, number: 0 })
  })

  it('does not write a million repetitions out', () => {
    const still = phase('still', '1 steps', { plasticity: false })
    const many = new Timeline([repeat(1e6, repeat(1000, phase('go', '3 steps'), still))], pace)
    for (let step = 0; step < 4e9; step += 39_999_999) {
      expect(many.at(step).phase?.name).toBe(step % 4 === 3 ? 'still' : 'go')
      expect(many.stillBefore('W', step)).toBe(Math.floor(step / 4))
    }
  })

  it('counts the steps in which an optimiser stands still', () => {
    const mixed = new Timeline(
      [repeat(2, phase('a', '3 steps', { frozen: ['W'] }), phase('b', '2 steps'))],
      pace,
    )
    const counts = Array.from({ length: 13 }, (_, step) => mixed.stillBefore('W', step))
    expect(counts).toEqual([0, 1, 2, 3, 3, 3, 4, 5, 6, 6, 6, 6, 6])
    expect(mixed.stillBefore('Y', 12)).toBe(0)
  })
})

describe('phases', () => {
  const optimiser = { kind: 'sgd', rate: 0.5, schedule: { kind: 'constant' } } as const
  const plan = {
    optimisers: [
      { ...optimiser, name: 'W' },
      { ...optimiser, name: 'Y' },
    ],
  }
  const settle = phase('settle', '2 epochs', { settings: { gain: 2 }, plasticity: false })
  const teach = phase('teach', '1 epochs', { settings: { teacher: 1 }, frozen: ['Y'] })
  const phases = [settle, repeat(1, teach)]
  const timeline = new Timeline(phases, pace)

  it('stops learning in a phase without plasticity, and of what is frozen', () => {
    expect(ratesAt(plan, 0, length, timeline)).toEqual({ W: 0, Y: 0 })
    expect(ratesAt(plan, 10, length, timeline)).toEqual({ W: 0.5, Y: 0 })
    expect(ratesAt(plan, 10, length, new Timeline([], pace))).toEqual({ W: 0.5, Y: 0.5 })
  })

  it('gives parameters back their value after the phase', () => {
    const parameters = { gain: 1, teacher: 0 }
    expect(settingsIn(undefined, phases, parameters)).toEqual({ gain: 1, teacher: 0 })
    expect(settingsIn(settle, phases, parameters)).toEqual({ gain: 2, teacher: 0 })
    expect(settingsIn(teach, phases, parameters)).toEqual({ gain: 1, teacher: 1 })
  })

  it('says which setting is no parameter', () => {
    expect(() => settingsIn(settle, phases, { gain: 1 })).toThrow('teach sets teacher')
  })
})
