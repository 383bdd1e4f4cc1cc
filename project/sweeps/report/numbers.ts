/** Numbers of a report for people: a mean with as many decimals as its standard error has a use for. */
import type { FigureUnit } from '../figures.ts'
import type { Estimate } from '../summary.ts'

/** Texts of an estimate in a figure's unit; undefined without a mean. */
export interface EstimateText {
  readonly mean: string
  readonly error?: string
  readonly interval?: readonly [string, string]
}

/** See the module's head. Minus signs are ASCII. */
export function estimateText(
  found: Estimate | undefined,
  told: FigureUnit | undefined,
): EstimateText | undefined {
  if (found?.mean === undefined) return undefined
  const scale = told?.scale ?? 1
  const mean = found.mean / scale
  if (found.standardError === undefined) return { mean: fixed(mean, decimals(mean, 4)) }
  const error = found.standardError / scale
  // Seeds that all agree have no error: the mean by itself says how many digits it has.
  const digits = error === 0 ? decimals(mean, 4) : decimals(error, 2)
  return {
    mean: fixed(mean, digits),
    error: fixed(error, digits),
    ...(found.interval && {
      interval: [
        fixed(found.interval[0] / scale, digits),
        fixed(found.interval[1] / scale, digits),
      ],
    }),
  }
}

function fixed(value: number, digits: number): string {
  if (Math.abs(value) >= 1e7) return value.toExponential(3).replace('e+', 'e')
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text
}

/** How many decimals show so many digits of a number. */
function decimals(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return 2
  // As it will be shown: 0.0999999 is 0.10.
  const shown = Math.abs(Number(value.toPrecision(digits)))
  return Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(shown))))
}
