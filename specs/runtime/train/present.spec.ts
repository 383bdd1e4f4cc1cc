import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../runtime/train/evaluate.ts'
import { Presenter } from '../../../runtime/train/present.ts'
import type { PresentPlan } from '../../../contract/plan.ts'
import { FakeNetwork } from '../../helpers/fake-network.ts'
import { cloud, fakePlan } from '../../helpers/fake-experiment.ts'

const dataset = {
  ...fakePlan.data.dataset,
  fields: [
    { name: 'point', shape: [2] },
    { name: 'label', shape: [], classes: 5 },
  ],
}
const present: PresentPlan[] = [
  { input: 'x', field: 'point', encoding: 'value', size: 2, inference: true },
  { input: 'y.target', field: 'label', encoding: 'one_hot', size: 5, inference: false },
]
const part = {
  count: 3,
  fields: { point: Float32Array.of(1, 2, 3, 4, 5, 6), label: Float32Array.of(4, 0, 2) },
}
const order = Uint32Array.of(2, 0, 1)

describe('Presenter', () => {
  it('gathers values and encodes labels in the order asked for', () => {
    const { count, inputs } = new Presenter(present, dataset, 0).present(
      part,
      { order, start: 0, end: 2 },
      true,
    )
    expect(count).toBe(2)
    expect([...inputs['x']!]).toEqual([5, 6, 1, 2])
    expect([...inputs['y.target']!]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 1])
  })

  it('smooths targets for training, on-value 1 - a and off-value a / (K - 1)', () => {
    const presenter = new Presenter(present, dataset, 0.2)
    const { inputs } = presenter.present(part, { order, start: 1, end: 2 }, true)
    expect([...inputs['y.target']!]).toEqual([0.05, 0.05, 0.05, 0.05, 0.8].map(Math.fround))
  })

  it('keeps evaluation hard', () => {
    const presenter = new Presenter(present, dataset, 0.2)
    const { inputs } = presenter.present(part, { start: 1, end: 3 }, false)
    expect([...inputs['x']!]).toEqual([3, 4, 5, 6])
    expect([...inputs['y.target']!]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0, 0])
  })

  it('uses its buffers again, also for a smaller last batch', () => {
    const presenter = new Presenter(present, dataset, 0)
    const first = presenter.present(part, { order, start: 0, end: 2 }, true).inputs
    const last = presenter.present(part, { order, start: 2, end: 3 }, true).inputs
    expect(last['x']!.buffer).toBe(first['x']!.buffer)
    expect([...last['x']!]).toEqual([3, 4])
    expect([...last['y.target']!]).toEqual([1, 0, 0, 0, 0])
  })

  it.each([
    [[{ ...present[0]!, field: 'image' }], 'no field image'],
    [[{ ...present[0]!, size: 3 }], 'takes 3 numbers, but point of clouds has 2'],
    [[{ ...present[1]!, field: 'point' }], 'no class label'],
  ])('refuses a field that does not fit: %#', (items, message) => {
    expect(() => new Presenter(items, dataset, 0)).toThrow(message)
  })

  it.each([5, -1, 0.5, Number.NaN])('refuses the label %s', (label) => {
    const bad = { count: 1, fields: { point: part.fields.point, label: Float32Array.of(label) } }
    const presenter = new Presenter(present, dataset, 0)
    expect(() => presenter.present(bad, { start: 0, end: 1 }, false)).toThrow('classes 0 to 4')
  })
})

describe('evaluate', () => {
  it('is the mean over examples, whatever the batch size', async () => {
    const network = new FakeNetwork()
    const presenter = new Presenter(fakePlan.present, fakePlan.data.dataset, 0.1)
    const data = cloud(13, 'evaluation')
    const whole = await evaluate(network, presenter, data, 13)
    for (const size of [1, 4, 5, 100]) {
      const scores = await evaluate(network, presenter, data, size)
      expect(scores!['error']).toBeCloseTo(whole!['error']!, 12)
      expect(scores!['loss']).toBeCloseTo(whole!['loss']!, 6)
    }
  })

  it('stops when asked to', async () => {
    const presenter = new Presenter(fakePlan.present, fakePlan.data.dataset, 0)
    let calls = 0
    const stopped = await evaluate(
      new FakeNetwork(),
      presenter,
      cloud(9, 'e'),
      2,
      () => ++calls > 2,
    )
    expect(stopped).toBeUndefined()
    expect(calls).toBe(3)
  })
})
