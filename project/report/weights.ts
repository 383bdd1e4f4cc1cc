/** Distributions of weights at the start of a run and at its end. */
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { NamedArray, Network } from '../../runtime/engine/network.ts'
import { extent, widened, type Range } from '../plots/numbers.ts'

/** Copies of weights by name. */
export type Weights = ReadonlyMap<string, NamedArray>

/** Figures of one weight at one time; those that are exactly 0 count for `zeros` alone. */
export interface Moments {
  readonly count: number
  readonly zeros: number
  readonly mean: number
  readonly std: number
  readonly low: number
  readonly high: number
}

/** One weight at the start and at the end. */
export interface WeightChange {
  readonly name: string
  readonly shape: readonly number[]
  /** What it is told in, as its figures and its histogram are; absent for plain numbers. */
  readonly unit?: string
  /** Absent if it is not known any more. */
  readonly start?: Moments
  readonly end: Moments
  /** Length of the change over that of the start; NaN if that is 0. */
  readonly moved?: number
  readonly histogram: Histogram
}

/** Shares of values in %, in bins of the same width. */
export interface Histogram {
  readonly range: Range
  readonly start?: readonly number[]
  readonly end: readonly number[]
}

const BINS = 50
/** Where more weights than this share are 0, they are synapses that are not there. */
const MOST_ZEROS = 0.3
/** Larger weights are known by so many of their values, evenly spaced. */
const MOST_VALUES = 200_000

/** A copy of a network's weights, with those that are tied to others. */
export function weightsOf(network: Network, names: readonly string[]): Weights {
  const all = network.save()
  const kept = names.flatMap((name) => (all[name] ? [[name, sampled(all[name])] as const] : []))
  // One number is a measure of weights, and none itself.
  const tied = Object.entries(network.derived()).flatMap(([name, array]) =>
    array.shape.length === 0 ? [] : [[name, sampled(array)] as const],
  )
  return new Map([...kept, ...tied])
}

function sampled({ shape, data }: NamedArray): NamedArray {
  const step = Math.max(1, Math.ceil(data.length / MOST_VALUES))
  return step === 1
    ? { shape, data: data.slice() }
    : {
        shape,
        data: Float64Array.from(
          { length: Math.floor(data.length / step) },
          (_, i) => data[i * step]!,
        ),
      }
}

/** How weights changed, each in its unit; those without any value are left out. */
export function changesOf(
  start: Weights | undefined,
  end: Weights,
  units: NonNullable<ExperimentPlan['weightUnits']> = {},
): readonly WeightChange[] {
  return [...end].flatMap(([name, { shape, data: values }]): WeightChange[] => {
    if (values.length === 0) return []
    // Names come from the model: none is one of what every object has.
    const told = Object.hasOwn(units, name) ? units[name] : undefined
    const data = inUnits(values, told?.scale)
    const found = start?.get(name)?.data
    const before = found?.length === data.length ? inUnits(found, told?.scale) : undefined
    const range = widened(extentOf(before, data))
    return [
      {
        name,
        shape,
        ...(told && { unit: told.unit }),
        ...(before && { start: momentsOf(before), moved: movedBy(before, data) }),
        end: momentsOf(data),
        histogram: {
          range,
          ...(before && { start: sharesOf(before, range) }),
          end: sharesOf(data, range),
        },
      },
    ]
  })
}

type Values = NamedArray['data']

const inUnits = (values: Values, scale = 1): Values =>
  scale === 1 ? values : Float64Array.from(values, (value) => value / scale)

/** Whether zeros are left out of distributions. */
export const isSparse = ({ zeros, count }: Pick<Moments, 'zeros' | 'count'>): boolean =>
  zeros > MOST_ZEROS * count && zeros < count

function extentOf(before: Values | undefined, after: Values): Range {
  const ranges = [extent(after), before && extent(before)].flatMap((each) => (each ? [each] : []))
  if (ranges.length === 0) return [0, 1]
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))]
}

function momentsOf(values: Values): Moments {
  let [zeros, sum, squares, low, high] = [
    0,
    0,
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]
  for (const value of values) if (value === 0) zeros++
  const sparse = isSparse({ zeros, count: values.length })
  const counted = sparse ? values.length - zeros : values.length
  for (const value of values) {
    if (sparse && value === 0) continue
    sum += value / counted
    if (value < low) low = value
    if (value > high) high = value
  }
  for (const value of values) if (!sparse || value !== 0) squares += (value - sum) ** 2 / counted
  // What is the same everywhere has no spread that rounding could give it.
  const std = low === high ? 0 : Math.sqrt(squares)
  return { count: values.length, zeros, mean: low === high ? low : sum, std, low, high }
}

function sharesOf(values: Values, [low, high]: Range): readonly number[] {
  const counts = Array.from({ length: BINS }, () => 0)
  const sparse = isSparse(momentsOf(values))
  let counted = 0
  for (const value of values) {
    if (!Number.isFinite(value) || (sparse && value === 0)) continue
    counted++
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * BINS)))
    counts[bin]!++
  }
  return counts.map((count) => (100 * count) / Math.max(1, counted))
}

function movedBy(before: Values, after: Values): number {
  let [change, length] = [0, 0]
  for (const [i, value] of before.entries()) {
    change += (after[i]! - value) ** 2
    length += value ** 2
  }
  return Math.sqrt(change) / Math.sqrt(length)
}
