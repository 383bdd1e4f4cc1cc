/**
 * Random changes of training images: a crop out of the image with a border added, a mirror image. What
 * happens to an example depends on (seed, epoch, example) alone, so that a resumed run sees the same
 * images; validation and test images stay as they are.
 */

import { streamKey, threefryWords, type RandomKey } from '../support/random.ts'
import type { AugmentPlan, AugmentStep } from '../../contract/augment.ts'
import type { FieldPlan } from '../../contract/dataset.ts'
import type { Values, ZeroLevels } from './types.ts'

/** Channels, height and width of an image field [H, W] or [C, H, W]; undefined for other shapes. */
export function imageSize({ shape }: Pick<FieldPlan, 'shape'>): readonly number[] | undefined {
  if (shape.length === 2) return [1, ...shape]
  return shape.length === 3 ? shape : undefined
}

/** Changes gathered examples in place. */
export class Augmenter {
  readonly #fields: ReadonlyMap<string, { size: readonly number[]; zero: readonly number[] }>
  readonly #steps: readonly (AugmentStep & { readonly key: RandomKey })[]
  readonly #words = new Uint32Array(2)
  /** Holds values of either precision. */
  #copy = new Float64Array(0)

  /** `zero` says what black is in each channel after standardisation: the border's colour. */
  constructor(plan: AugmentPlan, fields: readonly FieldPlan[], zero: ZeroLevels, seed: number) {
    this.#fields = new Map(
      plan.fields.flatMap((name) => {
        const field = fields.find((each) => each.name === name)
        const size = field && imageSize(field)
        return size ? [[name, { size, zero: zero[name] ?? [0] }] as const] : []
      }),
    )
    this.#steps = plan.steps.map((step, k) => ({ ...step, key: streamKey(seed, `augment ${k}`) }))
  }

  /**
   * Augments `values`, one image a row, of the examples with these numbers. All fields of an example
   * are changed alike.
   */
  apply(field: string, values: Values, examples: Uint32Array, epoch: number): void {
    const found = this.#fields.get(field)
    if (!found) return
    const { size, zero } = found
    const width = size.reduce((product, length) => product * length, 1)
    examples.forEach((example, row) => {
      const image = values.subarray(row * width, (row + 1) * width)
      for (const { key, ...step } of this.#steps) {
        threefryWords(key, epoch, example, this.#words)
        const [a, b] = this.#words as unknown as [number, number]
        if (step.kind === 'flip') {
          if (a >>> 31 === 1) flip(image, size)
          continue
        }
        const choices = 2 * step.padding + 1
        const shift = (word: number) => Math.floor((word / 2 ** 32) * choices) - step.padding
        this.#shift(image, size, shift(a), shift(b), zero)
      }
    })
  }

  /** The pixel at (row, column) becomes the one at (row + down, column + right), or the border's. */
  #shift(
    image: Values,
    [channels, height, width]: readonly number[],
    down: number,
    right: number,
    zero: readonly number[],
  ): void {
    if (this.#copy.length < image.length) this.#copy = new Float64Array(image.length)
    this.#copy.set(image)
    let at = 0
    for (let channel = 0; channel < channels!; channel++) {
      const border = zero[channel] ?? zero[0]!
      for (let row = 0; row < height!; row++) {
        const from = row + down
        const start = (channel * height! + from) * width!
        for (let column = 0; column < width!; column++) {
          const other = column + right
          const inside = from >= 0 && from < height! && other >= 0 && other < width!
          image[at++] = inside ? this.#copy[start + other]! : border
        }
      }
    }
  }
}

function flip(image: Values, size: readonly number[]): void {
  const width = size.at(-1)!
  for (let start = 0; start < image.length; start += width) {
    image.subarray(start, start + width).reverse()
  }
}
