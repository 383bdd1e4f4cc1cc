/** The results of a sweep as a table for a terminal: a row for each combination of what varies. */
import type { FigureUnit } from '../project/sweeps/figures.ts'
import type { Estimate, SweepSummary } from '../project/sweeps/summary.ts'

/** Rows that are printed. */
const MOST_ROWS = 200

/** The lines of the table. */
export function sweepTable({ groups, labels, units }: SweepSummary): readonly string[] {
  const names = Object.keys(groups[0]?.values ?? {})
  const head = [...names, 'n', ...labels]
  const rows = groups.slice(0, MOST_ROWS).map(({ values, figures }) => {
    const counts = labels.map((label) => figures[label]?.count ?? 0)
    return [
      ...names.map((name) => values[name] ?? ''),
      `${Math.max(0, ...counts)}`,
      ...labels.map((label) => cell(figures[label], units[label])),
    ]
  })
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => (i < names.length ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  const more = groups.length > MOST_ROWS ? [`and ${groups.length - MOST_ROWS} more rows`] : []
  return [
    '',
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    ...more,
  ]
}

/** `12.3 ± 0.4 %`: mean and standard error, in the figure's unit. */
function cell(found: Estimate | undefined, told: FigureUnit | undefined): string {
  if (found?.mean === undefined) return '-'
  const scale = told?.scale ?? 1
  const unit = told ? ` ${told.unit}` : ''
  const mean = found.mean / scale
  if (found.standardError === undefined) return `${mean.toFixed(decimals(mean, 4))}${unit}`
  const deviation = found.standardError / scale
  const digits = decimals(deviation, 2)
  return `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}${unit}`
}

/** How many decimals show so many digits of a number. */
function decimals(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return 2
  return Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))))
}
