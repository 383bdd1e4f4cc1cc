/**
 * `digits(count, seed)`: procedural handwritten digits, 28 x 28, ten classes; nothing to download.
 * Each image is written by a hand of its own: a style of the digit, wobble, bend, slant, turn,
 * size, place, pen width, blackness of the ink, grain of the paper, and now and then a speck. The
 * variation is tuned so that a linear classifier does clearly worse than a network with hidden
 * layers (figures: bench/digits-difficulty.ts). Classes are balanced and in random order. All
 * depends only on the seed and the count.
 */

import { normalValues, permutation, streamKey, uniformValues } from '../../support/random.ts'
import { numbersOf } from '../../../contract/check-reader.ts'
import { partByRole } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { valuesOf } from '../types.ts'
import { inkTrack } from './ink.ts'
import { write } from './pen.ts'
import type { Draws, Hand } from './pen.ts'
import { STYLES } from './styles.ts'
import type { Style } from './styles.ts'

const SIZE = 28
const PIXELS = SIZE * SIZE
/** Random numbers kept ready for an image; the busiest style takes some 70 normal ones. */
const NORMALS = 128
const UNIFORMS = 32

const HAND: Hand = {
  wobble: 0.28,
  strokeShift: 0.25,
  bend: 0.6,
  slant: 0.22,
  turn: 0.15,
  stretchX: [0.78, 1.18],
  stretchY: [0.82, 1.15],
  shift: 1.2,
  pen: [0.7, 1.5],
}
/** Largest deviation of the paper's grain, smallest blackness of the ink, part of images with a speck. */
const GRAIN = 0.11
const FAINTEST = 0.65
const SPECKS = 0.15

export const digits: Reader = {
  async read(plan, context) {
    const { count = 0, seed = 1 } = numbersOf(plan)
    const { images, labels } = writeDigits(count, seed)
    const source = 'digits(...)'
    return partByRole(
      [{ shape: [SIZE, SIZE], data: valuesOf(images, context.precision), source }],
      { shape: [], data: valuesOf(labels, context.precision), source },
      context,
    )
  },
}

/** Images [count, 28, 28] with values 0 (paper) to 1 (ink), and their labels [count]. */
export function writeDigits(
  count: number,
  seed: number,
): { images: Float32Array; labels: Float32Array } {
  const labels = Float32Array.from(
    permutation(streamKey(seed, 'digit classes'), 0, count),
    (k) => k % 10,
  )
  const images = new Float32Array(count * PIXELS)
  const draws = createDraws(seed)
  const grainKey = streamKey(seed, 'digit grain')
  const grain = new Float32Array(PIXELS)
  for (let k = 0; k < count; k++) {
    draws.begin(k)
    const image = images.subarray(k * PIXELS, (k + 1) * PIXELS)
    const tracks = write(pickStyle(STYLES[labels[k]!]!, draws), HAND, draws, SIZE)
    for (const track of tracks) inkTrack(image, SIZE, track)
    if (draws.uniform() < SPECKS) inkTrack(image, SIZE, speck(draws))
    normalValues(grainKey, k, PIXELS, grain)
    addPaper(image, grain, draws)
  }
  return { images, labels }
}

function pickStyle(styles: readonly Style[], draws: Draws): Style {
  const total = styles.reduce((sum, { weight }) => sum + weight, 0)
  let left = total * draws.uniform()
  return styles.find(({ weight }) => (left -= weight) < 0) ?? styles[0]!
}

/** A short stray line near the edge. */
function speck(draws: Draws): Float64Array {
  const angle = 2 * Math.PI * draws.uniform()
  const x = SIZE / 2 + 11 * Math.cos(angle)
  const y = SIZE / 2 + 11 * Math.sin(angle)
  const width = 0.5 + 0.4 * draws.uniform()
  return Float64Array.of(x, y, width, x + 1.5 * draws.normal(), y + 1.5 * draws.normal(), width)
}

/** Covered parts become values: blackness of the ink, a grey background, and grain on all. */
function addPaper(image: Float32Array, grain: Float32Array, draws: Draws): void {
  const ink = FAINTEST + (1 - FAINTEST) * draws.uniform()
  const background = 0.1 * draws.uniform()
  const deviation = GRAIN * draws.uniform()
  for (let i = 0; i < PIXELS; i++) {
    const value = background + (ink - background) * image[i]! + deviation * grain[i]!
    image[i] = Math.min(1, Math.max(0, value))
  }
}

/** Random numbers of one image after another; `begin(k)` starts those of image k. */
function createDraws(seed: number): Draws & { begin(image: number): void } {
  const normalKey = streamKey(seed, 'digit hand')
  const uniformKey = streamKey(seed, 'digit choices')
  const normals = new Float32Array(NORMALS)
  const uniforms = new Float32Array(UNIFORMS)
  let normalAt = 0
  let uniformAt = 0
  return {
    begin(image) {
      normalValues(normalKey, image, NORMALS, normals)
      uniformValues(uniformKey, image, UNIFORMS, uniforms)
      normalAt = 0
      uniformAt = 0
    },
    normal: () => normals[normalAt++]!,
    uniform: () => uniforms[uniformAt++]!,
  }
}
