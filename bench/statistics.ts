/** Medians and spreads: what a noisy machine allows to be said. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2
}

/** `1.23 (1.10 - 1.60)`: median, least and greatest. */
export function summary(values: readonly number[], digits = 2): string {
  if (values.length === 0) return '-'
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)} - ${greatest.toFixed(digits)})`
}

/** Quotients of what was measured in the same rounds. */
export function ratios(values: readonly number[], references: readonly number[]): number[] {
  if (values.length !== references.length) throw new RangeError('rounds do not pair')
  return values.map((value, round) => value / (references[round] ?? Number.NaN))
}

/** Three figures, whatever the size: `0.0123`, `4.56`, `1230`. */
export function figures(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const rounded = Number(value.toPrecision(3))
  if (rounded === 0) return '0'
  return rounded.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))))
}

/** Rows of equal columns, the first one left-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
