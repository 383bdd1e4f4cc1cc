/** The largest error of an element-wise function in units in the last place, over many arguments. */
import type { Lanes, Precision } from '../../../../compiler/code/lanes.ts'
import { evaluateElementary } from '../../../../contract/elementary.ts'
import { exactMap, ulpError } from './exact.ts'
import { makeMapRunner } from './run-map.ts'

export const approximated = [
  'exp',
  'exprel',
  'log',
  'sigmoid',
  'tanh',
  'softplus',
  'sin',
  'cos',
  'atan',
  'pow',
] as const
export type Approximated = (typeof approximated)[number]

/** Numbers from 0 to 1, the same in every run. */
export function makeGenerator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    const high = state >>> 0
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (high + (state >>> 0) / 2 ** 32) / 2 ** 32
  }
}

/** Where the functions bend: each third of the samples lies evenly in one of these. */
const ranges: Readonly<Record<Approximated, PerPrecisionRange>> = {
  exp: { f32: [-103.9, 88.7], f64: [-745.1, 709.7] },
  exprel: { f32: [-30, 92], f64: [-50, 715] },
  log: { f32: [0.5, 2], f64: [0.5, 2] },
  sigmoid: { f32: [-87.3, 20], f64: [-708, 40] },
  tanh: { f32: [-10, 10], f64: [-20, 20] },
  softplus: { f32: [-103, 90], f64: [-744, 700] },
  sin: { f32: [-13000, 13000], f64: [-2e6, 2e6] },
  cos: { f32: [-13000, 13000], f64: [-2e6, 2e6] },
  atan: { f32: [-4, 4], f64: [-4, 4] },
  pow: { f32: [0, 4], f64: [0, 4] },
}
type PerPrecisionRange = Readonly<Record<Precision, readonly [number, number]>>

/** A third in the function's range, a third around 0, a third of all exponents. */
function argumentsOf(name: Approximated, precision: Precision, count: number): number[][] {
  const random = makeGenerator(count + name.length)
  const [low, high] = ranges[name][precision]
  const widest = precision === 'f32' ? 148 : 1073
  const positive = name === 'log' || name === 'pow'
  const anywhere = () => (random() + 1) * 2 ** Math.floor((random() - 0.5) * 2 * widest + 0.4)
  const sign = () => (positive || random() < 0.5 ? 1 : -1)
  return Array.from({ length: count }, (_, i) => {
    const x =
      i % 3 === 0
        ? low + random() * (high - low)
        : i % 3 === 1
          ? sign() * random() * 4
          : sign() * anywhere()
    if (name !== 'pow') return [x]
    // Exponents for which the result is a normal number.
    const most = (precision === 'f32' ? 126 : 1022) / Math.abs(Math.log2(x))
    return [x, (2 * random() - 1) * Math.min(most, 1e6)]
  })
}

export interface Measured {
  readonly worst: number
  readonly at: readonly number[]
}

/** Where the rounded result is subnormal or infinite, arguments are left to the specs of edges. */
export function measureMap(lanes: Lanes, name: Approximated, count: number): Measured {
  const rows = argumentsOf(name, lanes.precision, count)
  const single = lanes.precision === 'f32'
  const columns = rows[0]!.map((_, i) => {
    const column = rows.map((row) => row[i]!)
    return single ? Float32Array.from(column) : Float64Array.from(column)
  })
  const results = makeMapRunner(lanes, name, columns.length)(...columns)
  const [smallest, largest] = single ? [2 ** -126, 2 ** 128] : [2 ** -1022, Number.MAX_VALUE]
  let measured: Measured = { worst: 0, at: [] }
  results.forEach((result, i) => {
    const args = columns.map((column) => column[i]!)
    const expected = evaluateElementary(name, args)
    const inside = Math.abs(expected) >= smallest && Math.abs(expected) < largest * (1 - 2 ** -24)
    const valid = args.every(Number.isFinite) && !(args[0] === 0)
    if (!inside || !valid) return
    // In f64 itself, JavaScript is exact enough for f32.
    const error = single
      ? Math.abs(result - expected) / unitOfSingle(expected)
      : ulpError(result, exactMap(name, args[0]!, args[1]), 'f64')
    if (!(error <= measured.worst)) measured = { worst: error, at: args }
  })
  return measured
}

/** The last place of a normal f32. */
function unitOfSingle(value: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23)
}
