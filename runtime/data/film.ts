/**
 * `film(count, size, seed)`: frames of a procedural film that looks natural in what a dendrite could
 * know of it: a textured scene whose amplitudes fall with spatial frequency as 1/f, under a camera that
 * wanders, with textured objects that drift in front of each other. Each frame is standardised by its
 * own mean and (unbiased) standard deviation. Nothing to download; all depends on the seed alone, and a
 * longer film begins as a shorter one.
 */
import { normalValues, streamKey, uniformValues } from '../support/random.ts'
import { numbersOf } from '../../contract/check-reader.ts'
import { partByRole } from './reader.ts'
import type { Reader } from './reader.ts'
import { valuesOf } from './types.ts'

/** Side of a texture, which repeats. */
const TEXTURE = 128
const OBJECTS = 5
/** Waves of which the camera's way is made, and how many frames the fastest takes. */
const WAVES = 4
const SHORTEST = 60

export const film: Reader = {
  async read(plan, context) {
    const { count = 0, size = 0, seed = 1 } = numbersOf(plan)
    const frames = valuesOf(shoot(count, size, seed), context.precision)
    return partByRole(
      [{ shape: [size, size], data: frames, source: 'film(...)' }],
      undefined,
      context,
    )
  },
}

interface Thing {
  readonly texture: Float64Array
  /** Where it is at first, in widths of a frame, and how far it goes in a frame of time. */
  readonly at: readonly [number, number]
  readonly speed: readonly [number, number]
  /** Half axes in widths of a frame, and their turn in radians. */
  readonly axes: readonly [number, number]
  readonly turn: number
  readonly brightness: number
}

/** Frames, row-major [count, size, size]. */
export function shoot(count: number, size: number, seed: number): Float32Array {
  const scene = texture(seed, 'scene')
  const camera = wandering(seed)
  const things = Array.from({ length: OBJECTS }, (_, i) => thing(seed, i))
  const frames = new Float32Array(count * size * size)
  for (let time = 0; time < count; time++) {
    const [left, top] = camera(time)
    const frame = frames.subarray(time * size * size, (time + 1) * size * size)
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++)
        frame[row * size + column] = sample(scene, column + left, row + top)
    for (const each of things) place(frame, size, each, time)
    standardise(frame)
  }
  return frames
}

/** A periodic texture with amplitudes as 1/f: octaves of smooth noise, each half as strong. */
function texture(seed: number, name: string): Float64Array {
  const values = new Float64Array(TEXTURE * TEXTURE)
  let strength = 1
  for (let cells = 4; cells <= TEXTURE / 2; cells *= 2, strength /= 2) {
    const key = streamKey(seed, `film ${name} ${cells}`)
    const lattice = Float64Array.from(normalValues(key, 0, cells * cells))
    for (let row = 0; row < TEXTURE; row++) {
      for (let column = 0; column < TEXTURE; column++) {
        const scale = cells / TEXTURE
        const value = interpolated(lattice, cells, column * scale, row * scale, smooth)
        values[row * TEXTURE + column]! += strength * value
      }
    }
  }
  return values
}

const smooth = (part: number): number => part * part * (3 - 2 * part)
const linear = (part: number): number => part

/** A value between the points of a square lattice that repeats. */
function interpolated(
  lattice: Float64Array,
  side: number,
  x: number,
  y: number,
  ease: (part: number) => number,
): number {
  const [column, row] = [Math.floor(x), Math.floor(y)]
  const [right, down] = [ease(x - column), ease(y - row)]
  const at = (i: number, j: number): number =>
    lattice[modulo(row + i, side) * side + modulo(column + j, side)] ?? 0
  const upper = at(0, 0) + right * (at(0, 1) - at(0, 0))
  const lower = at(1, 0) + right * (at(1, 1) - at(1, 0))
  return upper + down * (lower - upper)
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by

const sample = (values: Float64Array, x: number, y: number): number =>
  interpolated(values, TEXTURE, x, y, linear)

/** Where the upper left corner of a frame is in the scene, in pixels: slow waves in both directions. */
function wandering(seed: number): (time: number) => readonly [number, number] {
  const draws = uniformValues(streamKey(seed, 'film camera'), 0, WAVES * 4)
  const along = (axis: number, time: number): number => {
    let distance = 0
    for (let wave = 0; wave < WAVES; wave++) {
      const [phase = 0, stretch = 0] = draws.subarray((axis * WAVES + wave) * 2)
      const period = SHORTEST * 2 ** wave * (1 + stretch)
      distance += 6 * 1.5 ** wave * Math.sin(2 * Math.PI * (time / period + phase))
    }
    return distance
  }
  return (time) => [along(0, time), along(1, time)]
}

function thing(seed: number, index: number): Thing {
  const uniform = uniformValues(streamKey(seed, `film object ${index}`), 0, 8)
  const [x = 0, y = 0, direction = 0, speed = 0, a = 0, b = 0, turn = 0, light = 0] = uniform
  const heading = 2 * Math.PI * direction
  const pace = 0.005 + 0.02 * speed
  return {
    texture: texture(seed, `object ${index}`),
    at: [2 * x, 2 * y],
    speed: [pace * Math.cos(heading), pace * Math.sin(heading)],
    axes: [0.1 + 0.2 * a, 0.1 + 0.2 * b],
    turn: Math.PI * turn,
    brightness: 4 * light - 2,
  }
}

/** Draws an ellipse with a soft edge over what is there; it comes back after it has left. */
function place(frame: Float32Array, size: number, each: Thing, time: number): void {
  const [x, y] = each.at.map((from, axis) => {
    const way = modulo(from + (each.speed[axis] ?? 0) * time, 2)
    return (way - 0.5) * size
  })
  const [cosine, sine] = [Math.cos(each.turn), Math.sin(each.turn)]
  const [wide, high] = each.axes.map((axis) => axis * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [right, down] = [column - (x ?? 0), row - (y ?? 0)]
      const along = (cosine * right + sine * down) / (wide ?? 1)
      const across = (cosine * down - sine * right) / (high ?? 1)
      // 1 within, 0 from 1.2 half axes on.
      const cover = Math.min(1, Math.max(0, (1.2 - Math.hypot(along, across)) / 0.2))
      if (cover === 0) continue
      const own = each.brightness + sample(each.texture, right + TEXTURE, down + TEXTURE)
      const i = row * size + column
      frame[i] = (frame[i] ?? 0) + cover * (own - (frame[i] ?? 0))
    }
  }
}

function standardise(frame: Float32Array): void {
  let sum = 0
  for (const value of frame) sum += value
  const mean = sum / frame.length
  let squares = 0
  for (const value of frame) squares += (value - mean) ** 2
  const spread = Math.sqrt(squares / (frame.length - 1))
  const deviation = spread > 0 ? spread : 1
  for (let i = 0; i < frame.length; i++) frame[i] = ((frame[i] ?? 0) - mean) / deviation
}
