/** Ranges of values and marks on axes, for numbers of any size. */

/** Beyond it the difference of two numbers may be infinite. */
const LARGEST = 1e300
/** Below it a range is none. */
const SMALLEST = 1e-300

/** What an axis goes from and to. */
export type Range = readonly [number, number]

/** A value as an axis can have it; NaN, which a curve leaves out, for what is no finite number. */
export function drawable(value: number): number {
  return Number.isFinite(value) ? Math.min(LARGEST, Math.max(-LARGEST, value)) : Number.NaN
}

/** The lowest and the highest of the finite values; undefined if there are none. */
export function extent(values: Iterable<number>): Range | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    const at = drawable(value)
    if (at < low) low = at
    if (at > high) high = at
  }
  return low <= high ? [low, high] : undefined
}

/** A range that an axis can show: one around a place if it holds no more. */
export function widened([low, high]: Range): Range {
  const [from, to] = [drawable(low), drawable(high)]
  const least = Math.max(SMALLEST, Math.max(Math.abs(from), Math.abs(to)) * 1e-9)
  if (to - from > least) return [from, to]
  const half = Math.abs(from) > SMALLEST ? Math.abs(from) * 1e-3 : 0.5
  return [from - half, from + half]
}

/** A range with some room at both ends. */
export function padded(range: Range, share = 0.06): Range {
  const [low, high] = widened(range)
  const margin = (high - low) * share
  return [low - margin, high + margin]
}

/** A mark of an axis: as many digits as it has, powers of ten where there would be many. */
export function tickText(value: number): string {
  const short = Number(value.toPrecision(8))
  if (short === 0) return '0'
  const size = Math.abs(short)
  const text = size >= 1e6 || size < 1e-4 ? short.toExponential() : String(short)
  return text.replace('e+', 'e').replaceAll('-', '−')
}
