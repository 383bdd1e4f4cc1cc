/**
 * Fields along time: what every example presents in every step, written out by hand, by the step-by-step way and by
 * the tables that blocks of steps are made of; examples of unequal length; presentations that rows do not fill.
 */
import { describe, expect, it } from 'vitest'
import type { DatasetPlan } from '../../../contract/dataset.ts'
import type { ExperimentPlan, PresentPlan } from '../../../contract/plan.ts'
import { checkValues } from '../../../runtime/data/check.ts'
import { standardiseParts } from '../../../runtime/data/standardise.ts'
import type { DataPart } from '../../../runtime/data/types.ts'
import { HeldFeed } from '../../../runtime/train/feeds.ts'
import { Presenter } from '../../../runtime/train/present.ts'
import { fakePlan } from '../../helpers/fake-experiment.ts'

const dataset: DatasetPlan = {
  name: 'd',
  fields: [
    { name: 's', shape: [2], time: true, lasts: 'rows' },
    { name: 'c', shape: [], time: true, classes: 3 },
    { name: 'rows', shape: [] },
  ],
  train: { name: 'npz', positional: [], named: {} },
  test: { name: 'npz', positional: [], named: {} },
}

/** Three examples of three rows: s of example e in row r is [100 e + 10 r, the same + 1], c is (e + r) % 3. */
const part = (): DataPart => ({
  count: 3,
  fields: {
    s: Float32Array.from({ length: 18 }, (_, i) => {
      const row = Math.floor(i / 2)
      return 100 * Math.floor(row / 3) + 10 * (row % 3) + (i % 2)
    }),
    c: Float32Array.from({ length: 9 }, (_, i) => (Math.floor(i / 3) + (i % 3)) % 3),
    rows: Float32Array.of(3, 1, 2),
  },
})
const lengths = [3, 1, 2]

type Fit = 'stretched' | 'padded' | undefined
const items = (fit: Fit): readonly PresentPlan[] => {
  const along = { time: true, ...(fit && { fit }), inference: true } as const
  return [
    { input: 'x', field: 's', encoding: 'value', size: 2, ...along },
    { input: 'm', field: 's', encoding: 'during', size: 2, ...along },
    { input: 'y', field: 'c', encoding: 'one_hot', size: 3, ...along },
    { input: 'n', field: 'rows', encoding: 'value', size: 1, inference: true },
  ]
}

/** By hand: what example e presents in step k. */
function expected(e: number, k: number, hold: number, fit: Fit): Record<string, number[]> {
  const row = fit === 'stretched' ? Math.floor((3 * k) / hold) : k
  const isOn = row < lengths[e]!
  const label = row < 3 ? (e + row) % 3 : -1
  return {
    x: isOn ? [100 * e + 10 * row, 100 * e + 10 * row + 1] : [0, 0],
    m: isOn ? [1, 1] : [0, 0],
    y: [0, 1, 2].map((each) => Number(each === label)),
    n: [lengths[e]!],
  }
}

const cases: [number, Fit][] = [
  [3, undefined],
  [3, 'padded'],
  [5, 'padded'],
  [3, 'stretched'],
  [7, 'stretched'],
  [2, 'stretched'],
  [1, 'stretched'],
]

describe.each(cases)('presented for %i steps, %s', (hold, fit) => {
  const plan: ExperimentPlan = {
    ...fakePlan,
    data: { ...fakePlan.data, dataset, ordered: true, smoothing: 0 },
    batch: 2,
    clock: { step: 1, steps: 100, hold },
  }
  const feed = () => {
    const presenter = new Presenter(items(fit), dataset, 0, undefined, hold)
    return new HeldFeed(presenter, part(), plan, hold)
  }
  // In their own order, wrapped round.
  const byHand = (step: number) => {
    const first = 2 * Math.floor(step / hold)
    const both = [first, first + 1].map((e) => expected(e % 3, step % hold, hold, fit))
    return Object.fromEntries(['x', 'm', 'y', 'n'].map((k) => [k, both.flatMap((e) => e[k]!)]))
  }

  it('is as by hand, step by step', () => {
    const one = feed()
    for (let step = 0; step < 4 * hold; step++) {
      const { count, inputs } = one.batch(step)
      expect(count).toBe(2)
      const found = Object.fromEntries(Object.entries(inputs).map(([k, v]) => [k, [...v]]))
      expect(found).toEqual(byHand(step))
    }
    // A resumed run asks in the middle of a presentation first.
    const step = 2 * hold + hold - 1
    expect([...feed().batch(step).inputs['x']!]).toEqual(byHand(step)['x'])
  })

  it('is the same in blocks', () => {
    const block = feed().block(1, 4 * hold)!
    for (let i = 0; i < 4 * hold; i++) {
      for (const [name, { rows, rowOf }] of Object.entries(block.table.inputs)) {
        const size = { x: 2, m: 2, y: 3, n: 1 }[name]!
        const found = [0, 1].flatMap((j) => {
          const at = block.order[2 * i + j]!
          const row = rowOf ? rowOf[at]! : at
          return [...rows.subarray(row * size, (row + 1) * size)]
        })
        expect(found, `${name} in step ${i + 1}`).toEqual(byHand(i + 1)[name])
      }
    }
  })
})

describe('what does not fit', () => {
  const made = (hold: number, fit: Fit) =>
    new Presenter(items(fit), dataset, 0, undefined, hold).table(part())

  it.each([
    [
      4,
      undefined,
      'has 3 rows along time, but is presented for 4 steps: present it for 3 steps, or `stretched`, `padded`.',
    ],
    [2, undefined, 'for 2 steps: present it for 3 steps, or `stretched`.'],
    [2, 'padded', 'for 2 steps: present it for 3 steps, or `stretched`.'],
  ] as const)('%i steps, %s', (hold, fit, message) => {
    expect(() => made(hold, fit)).toThrow(message)
  })

  it.each([0, 4, 1.5, Number.NaN])('an example of %s rows', (length) => {
    const bad = part()
    bad.fields['rows']![1] = length
    const check = () => checkValues(bad, { dataset: 'd', fields: dataset.fields })
    expect(check).toThrow(
      `Data set d, field rows, example 1 (the first is 0): ${length} is no number of rows from 1 to 3`,
    )
  })
})

it('takes nothing that stands behind the last row of an example: not for values, not for means', () => {
  const whole = part()
  // Rows 1 and 2 of example 1, and row 2 of example 2, are no part of them.
  whole.fields['s']!.fill(Number.NaN, 8, 12)
  whole.fields['s']!.fill(Number.NaN, 16, 18)
  checkValues(whole, { dataset: 'd', fields: dataset.fields })
  const within = [0, 1, 10, 11, 20, 21, 100, 101, 200, 201, 210, 211]
  const mean = within.reduce((a, b) => a + b) / 12
  const std = Math.sqrt(within.reduce((a, b) => a + (b - mean) ** 2, 0) / 12)
  standardiseParts(dataset.fields, whole, [], 'd')
  expect(whole.fields['s']![6]).toBeCloseTo((100 - mean) / std, 5)
  expect([...whole.fields['rows']!]).toEqual([3, 1, 2])
})
