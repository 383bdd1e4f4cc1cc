/** Crops and mirror images of training examples. */
import { describe, expect, it } from 'vitest'
import type { AugmentStep } from '../../../contract/augment.ts'
import { Augmenter } from '../../../runtime/data/augment.ts'
import { loadDataset } from '../../../runtime/node/data/readers.ts'
import type { FieldPlan } from '../../../contract/dataset.ts'
import { Presenter } from '../../../runtime/train/present.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const grey: FieldPlan = { name: 'image', shape: [3, 4] }
const colour: FieldPlan = { name: 'image', shape: [2, 3, 4] }
const sizeOf = ({ shape }: FieldPlan) => shape.reduce((a, b) => a * b, 1)
const pixels = (field: FieldPlan) => Float32Array.from({ length: sizeOf(field) }, (_, i) => i + 1)

function augmented(
  field: FieldPlan,
  steps: readonly AugmentStep[],
  { example = 0, epoch = 1, seed = 1, zero = [0] } = {},
): number[] {
  const augmenter = new Augmenter({ fields: ['image'], steps }, [field], { image: zero }, seed)
  const values = pixels(field)
  augmenter.apply('image', values, Uint32Array.of(example), epoch)
  return [...values]
}

/** The image shifted by hand: pixel (r, c) is what was at (r + down, c + right), else the border. */
function shifted(field: FieldPlan, down: number, right: number, zero: readonly number[]): number[] {
  const [channels, height, width] = field.shape.length === 2 ? [1, ...field.shape] : field.shape
  const from = pixels(field)
  const result: number[] = []
  for (let k = 0; k < channels!; k++)
    for (let r = down; r < height! + down; r++)
      for (let c = right; c < width! + right; c++) {
        const inside = r >= 0 && r < height! && c >= 0 && c < width!
        result.push(inside ? from[(k * height! + r) * width! + c]! : zero[k]!)
      }
  return result
}

describe.each([
  ['[height, width]', grey, [-0.5]],
  ['[channels, height, width]', colour, [-0.5, 0.25]],
] as const)('images %s', (_, field, zero) => {
  it('are cropped at every place of the padded image, and nowhere else', () => {
    const all = new Map<string, string>()
    for (let down = -1; down <= 1; down++)
      for (let right = -1; right <= 1; right++)
        all.set(String(shifted(field, down, right, zero)), `${down} ${right}`)
    const found = new Map<string, number>()
    for (let example = 0; example < 900; example++) {
      const image = augmented(field, [{ kind: 'crop', padding: 1 }], { example, zero: [...zero] })
      const place = all.get(String(image)) ?? 'nowhere'
      found.set(place, (found.get(place) ?? 0) + 1)
    }
    expect(new Set(found.keys())).toEqual(new Set(all.values()))
    // A ninth each: 100, with a standard deviation of 9.4.
    for (const count of found.values()) expect(Math.abs(count - 100)).toBeLessThan(40)
  })

  it('are mirrored from left to right half of the time', () => {
    const whole = [...pixels(field)]
    const width = field.shape.at(-1)!
    const mirrored = whole.map((_, i) => whole[i - (i % width) + width - 1 - (i % width)]!)
    let flips = 0
    for (let example = 0; example < 400; example++) {
      const image = augmented(field, [{ kind: 'flip' }], { example })
      if (String(image) === String(mirrored)) flips++
      else expect(image).toEqual(whole)
    }
    expect(Math.abs(flips - 200)).toBeLessThan(50)
  })
})

describe('what happens to an example', () => {
  const steps: AugmentStep[] = [{ kind: 'crop', padding: 2 }, { kind: 'flip' }]
  const many = (more: object) =>
    Array.from({ length: 20 }, (_, example) => augmented(grey, steps, { example, ...more }))

  it('depends on seed, epoch and example alone', () => {
    expect(many({})).toEqual(many({}))
    expect(many({ epoch: 2 })).not.toEqual(many({}))
    expect(many({ seed: 2 })).not.toEqual(many({}))
  })

  it('is the same wherever it stands in a batch', () => {
    const augmenter = new Augmenter({ fields: ['image'], steps }, [grey], {}, 1)
    const batch = Float32Array.from([...pixels(grey), ...pixels(grey)])
    augmenter.apply('image', batch, Uint32Array.of(7, 3), 1)
    expect([...batch.subarray(12)]).toEqual(augmented(grey, steps, { example: 3 }))
  })

  it('leaves the data, the evaluation and other fields alone', () => {
    const dataset = {
      name: 'd',
      fields: [grey, { name: 'label', shape: [], classes: 3 }],
      train: { name: 'x', positional: [], named: {} },
      test: { name: 'x', positional: [], named: {} },
    }
    const present = [
      { input: 'x', field: 'image', encoding: 'value', size: 12, inference: true },
      { input: 'y', field: 'label', encoding: 'one_hot', size: 3, inference: false },
    ] as const
    const augmenter = new Augmenter({ fields: ['image'], steps }, [grey], {}, 1)
    const presenter = new Presenter(present, dataset, 0, augmenter)
    const part = {
      count: 2,
      fields: {
        image: Float32Array.from([...pixels(grey), ...pixels(grey)]),
        label: Float32Array.of(2, 1),
      },
    }
    const before = structuredClone(part)
    const order = Uint32Array.of(1, 0)
    const { inputs } = presenter.present(part, { order, start: 0, end: 2, epoch: 1 }, true)
    expect([...inputs['x']!.subarray(0, 12)]).toEqual(augmented(grey, steps, { example: 1 }))
    expect([...inputs['y']!]).toEqual([0, 1, 0, 0, 0, 1])
    expect(part).toEqual(before)
    const shown = presenter.present(part, { start: 0, end: 2 }, false)
    expect(shown.inputs['x']).toEqual(part.fields.image)
  })

  it('fills the border with what black has become', async () => {
    const plan = {
      name: 'digits',
      fields: [
        { name: 'image', shape: [28, 28], mean: [0.5], std: [0.25] },
        { name: 'label', shape: [], classes: 10 },
      ],
      train: { name: 'digits', positional: [20, 1], named: {} },
      test: { name: 'digits', positional: [20, 2], named: {} },
    }
    const options = { standardise: true, validation: 0, seed: 1 }
    const { zero, train } = await loadDataset(plan, options)
    expect(zero).toEqual({ image: [-2] })
    expect(Math.min(...train.fields['image']!)).toBe(-2)
    expect((await loadDataset(plan, { ...options, standardise: false })).zero).toBeUndefined()
  })
})

describe('augment in a .ccn file', () => {
  const model = (augment: string, present = 'x = image') => `model m
import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, BurstDependent } from "std/burstccn"
import { digits } from "std/data"
population x[784] : Input
population y[10] : Teacher(0.5)
connect x.event -> y.soma as W : Depressing { init xavier_normal()  learn BurstDependent }
experiment e {
  data digits
  present ${present}, y.target = one_hot(label)
  ${augment}
  optimise W, k with sgd(rate = 0.1)
}
`
  it('is in the plan', () => {
    const { plan } = compileText(model('augment crop(28, padding = 3), flip()'))
    expect(plan?.data?.augment).toEqual({
      fields: ['image'],
      steps: [{ kind: 'crop', padding: 3 }, { kind: 'flip' }],
    })
    expect(compileText(model('')).plan?.data).not.toHaveProperty('augment')
  })

  it.each([
    ['augment turn()', 'CCN2001 There is no augmentation named `turn` here.'],
    ['augment crop(padding = 0)', 'CCN6008 `padding` must be at least 1, but is 0.'],
    ['augment crop(28)', 'CCN2006 `crop` needs a value for `padding`.'],
    [
      'augment crop(32, padding = 4)',
      'CCN6008 The size of a crop must be that of `image`, 28 by 28, but is 32.',
    ],
    ['augment crop(28, pad = 4)', 'CCN2005 `crop` has no option named `pad`.'],
    ['augment flip(1)', 'CCN2007 `flip` takes 0 arguments, but got 1.'],
  ])('%s: %s', (augment, message) => {
    expect(errorsOf(compileText(model(augment)))[0]).toBe(message)
  })
})
