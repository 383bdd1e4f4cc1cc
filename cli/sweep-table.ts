/** The results of a sweep as a table for a terminal: a row for each combination of what varies. */
import type { FigureUnit } from '../project/sweeps/figures.ts'
import { estimateText } from '../project/sweeps/report/numbers.ts'
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
  const text = estimateText(found, told)
  if (!text) return '-'
  const unit = told ? ` ${told.unit}` : ''
  return `${text.mean}${text.error === undefined ? '' : ` ± ${text.error}`}${unit}`
}

/** `1 point`, `12 points` */
export function pointsText(count: number): string {
  return `${count} ${count === 1 ? 'point' : 'points'}`
}
