/** A comparison as tables: of texts, which a terminal and a page have, and as CSV. */
import { spreadText } from '../../runtime/report/spread.ts'
import type { Comparison, ComparedGroup } from './index.ts'
import type { MeanResult } from './results.ts'

/** Texts in rows; the first row is the head. */
export type Rows = readonly (readonly string[])[]

/** One row for each group: what sets it apart, how many runs, what they came to. */
export function groupRows({ groups, differing }: Comparison): Rows {
  const names = [...new Set(groups.flatMap(({ results }) => results.map(({ name }) => name)))]
  const several = groups.some(({ runs }) => runs.length > 1)
  return [
    ['', ...differing, ...(several ? ['runs'] : []), ...names],
    ...groups.map((group) => [
      headOf(group),
      ...differing.map((name) => group.settings[name] ?? ''),
      ...(several ? [String(group.runs.length)] : []),
      ...names.map((name) => resultText(group.results.find((each) => each.name === name))),
    ]),
  ]
}

/** Columns as rows. */
export function turned(rows: Rows): Rows {
  return (rows[0] ?? []).map((_, i) => rows.map((row) => row[i] ?? ''))
}

const headOf = ({ runs }: ComparedGroup): string =>
  runs.length > 2 ? `${runs[0]} and ${runs.length - 1} more` : runs.join(' and ')

/** `8.94 %`, or `8.94 ± 0.12 %` of several runs. */
export function resultText(result: MeanResult | undefined): string {
  return result ? spreadText(result, result.unit) : ''
}

/** One row for each run, numbers with all their digits; RFC 4180. */
export function csvOf({ runs, groups, differing }: Comparison): string {
  const names = [
    ...new Set(
      runs.flatMap(({ results }) => results.map(({ name, unit }) => headName(name, unit))),
    ),
  ]
  const groupOf = (run: string): number => groups.findIndex((group) => group.runs.includes(run)) + 1
  const rows = [
    ['run', 'group', 'seed', ...differing, ...names],
    ...runs.map(({ name, seed, settings, results }) => [
      name,
      String(groupOf(name)),
      String(seed),
      ...differing.map((each) => settings[each] ?? ''),
      ...names.map((each) => {
        const found = results.find((result) => headName(result.name, result.unit) === each)
        return found && Number.isFinite(found.value) ? String(found.value) : ''
      }),
    ]),
  ]
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

const headName = (name: string, unit: string | undefined): string =>
  unit === undefined ? name : `${name} (${unit})`

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
