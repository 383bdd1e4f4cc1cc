import { describe, expect, it } from 'vitest'
import { phaseAt, settingsAt } from '../../../runtime/train/phases.ts'
import type { ExperimentPlan, Schedule } from '../../../runtime/train/plan.ts'
import { ratesAt, scheduleFactor } from '../../../runtime/train/schedule.ts'
import { fakePlan } from '../../helpers/fake-experiment.ts'

const length = { epochs: 10, batches: 5 }

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
          const factor = scheduleFactor({ kind: 'cosine', warmup }, k, { epochs, batches: 5 })
          expect(factor).toBeGreaterThanOrEqual(0)
          expect(factor).toBeLessThanOrEqual(1)
        }
      }
    }
  })
})

describe('phases', () => {
  const optimiser = { kind: 'sgd', rate: 0.5, schedule: { kind: 'constant' } } as const
  const plan: ExperimentPlan = {
    ...fakePlan,
    optimisers: [
      { ...optimiser, name: 'W' },
      { ...optimiser, name: 'Y' },
    ],
    phases: [
      { name: 'settle', epochs: 2, settings: { gain: 2 }, plasticity: false, frozen: [] },
      { name: 'teach', epochs: 1, settings: { teacher: 1 }, plasticity: true, frozen: ['Y'] },
    ],
  }

  it.each([
    [0, undefined],
    [1, 'settle'],
    [2, 'settle'],
    [3, 'teach'],
    [9, 'teach'],
  ])('epoch %i', (epoch, name) => {
    expect(phaseAt(plan, epoch)?.name).toBe(name)
  })

  it('stops learning in a phase without plasticity, and of what is frozen', () => {
    expect(ratesAt(plan, 0, length, phaseAt(plan, 1))).toEqual({ W: 0, Y: 0 })
    expect(ratesAt(plan, 10, length, phaseAt(plan, 3))).toEqual({ W: 0.5, Y: 0 })
    expect(ratesAt(plan, 10, length, undefined)).toEqual({ W: 0.5, Y: 0.5 })
  })

  it('gives parameters back their value after the phase', () => {
    const parameters = { gain: 1, teacher: 0 }
    expect(settingsAt(plan, 0, parameters)).toEqual({ gain: 1, teacher: 0 })
    expect(settingsAt(plan, 1, parameters)).toEqual({ gain: 2, teacher: 0 })
    expect(settingsAt(plan, 3, parameters)).toEqual({ gain: 1, teacher: 1 })
  })

  it('says which setting is no parameter', () => {
    expect(() => settingsAt(plan, 1, { gain: 1 })).toThrow('teach sets teacher')
  })
})
