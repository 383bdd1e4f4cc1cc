/** Whole numbers that an option may be, for the command line and for the library. */

/** Whether a value is a whole number from `least` to `most`. */
export const isWithinBounds = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most

/** `a whole number of at least 1`; the largest safe numbers are no bounds. */
export function boundsText(least: number, most: number): string {
  if (most < Number.MAX_SAFE_INTEGER) return `a whole number from ${least} to ${most}`
  return least > Number.MIN_SAFE_INTEGER ? `a whole number of at least ${least}` : 'a whole number'
}
