/** What several runs came to: mean and standard error. */
import { formatMeasure } from './figures.ts'

/** Of some numbers. */
export interface Spread {
  readonly mean: number
  /** Standard error of the mean; absent for one number. */
  readonly error?: number
  /** How many there are. */
  readonly count: number
}

/**
 * The mean of some numbers, and its standard error where there are several: the sample's standard deviation over the
 * root of their number.
 */
export function meanOf(values: readonly number[]): Spread {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value / count, 0)
  if (count < 2) return { mean, count }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / (count - 1) / count), count }
}

/** `8.94 ± 0.12 %`, or `8.94 %` of one. */
export function spreadText({ mean, error }: Spread, unit?: string): string {
  const text = formatMeasure(mean, unit)
  if (error === undefined) return text
  const bare = unit === undefined ? text : text.replace(unit, '').trim()
  return `${bare} ± ${formatMeasure(error, unit)}`
}
