/**
 * docs/results.md: text by hand, and tables between markers, `<!-- table NAME -->` and `<!-- end -->`, which
 * are made of what sweeps came to. A cell is the mean over the seeds, with its standard error; a dash stands
 * where nothing was run, and a number of seeds where they were not all run.
 */
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import {
  inPhase,
  readResults,
  type KeptFigure,
  type KeptGroup,
  type Results,
} from './results.store.ts'
import { sweepsOf, tables, type Column, type ResultTable, type Row } from './results.table.ts'
import { root } from './run.ts'

/** The combination that a row shows; undefined where it was not run. Throws if the row does not say which. */
export function groupOf({ sweep, at = {}, label }: Row, results: Results): KeptGroup | undefined {
  const wanted = Object.entries(at)
  const found = results[sweep]?.groups.filter(({ values }) =>
    wanted.every(([name, value]) => values[name] === value),
  )
  if (found && found.length !== 1) {
    throw new Error(`The row ${label} is of ${found.length} combinations of the sweep ${sweep}.`)
  }
  return found?.[0]
}

function cell(column: Column, group: KeptGroup | undefined): string {
  const { figure, phase, digits } = column
  const name = phase === undefined ? figure : inPhase(figure, phase)
  const found = group?.figures[name]
  if (!group || !found) return '–'
  const show = (value: number): string =>
    digits === undefined ? value.toExponential(1) : value.toFixed(digits)
  return `${show(found.mean)}${spreadOf(found, show)}${seedsOf(found, group)}`
}

/** An error that is none in the digits that are shown is left out where the mean is as exact. */
function spreadOf({ standardError }: KeptFigure, show: (value: number) => string): string {
  return standardError === undefined || standardError === 0 ? '' : ` ± ${show(standardError)}`
}

function seedsOf({ count }: KeptFigure, { seeds }: KeptGroup): string {
  return count < seeds.length ? ` (${count} of ${seeds.length} seeds)` : ''
}

/** A table in Markdown, and the commands of its sweeps. */
export function tableText(table: ResultTable, results: Results): string {
  const { first, columns, published, rows, needsData } = table
  const heads = [first, ...columns.map(({ head }) => head), ...(published ? [published] : [])]
  const lines = rows.map((row) => [
    row.label,
    ...columns.map((column) => cell(column, groupOf(row, results))),
    ...(published ? [row.published ?? ''] : []),
  ])
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const commands = sweepsOf(table).map(
    ({ file, sweep }) =>
      `ccn sweep examples/${file}.ccn ${sweep}${needsData ? ' --data-dir DIR' : ''}`,
  )
  return [
    [row(heads), row(heads.map(() => '---')), ...lines.map(row)].join('\n'),
    seedsText(table, results),
    ['```sh', ...commands, '```'].join('\n'),
  ].join('\n\n')
}

/** Over which seeds the cells are, as far as it is known. */
function seedsText({ rows }: ResultTable, results: Results): string {
  const known = rows.flatMap((row) => groupOf(row, results) ?? [])
  const lists = new Set(known.map(({ seeds }) => seeds.join(', ')))
  const [only] = lists
  const which =
    lists.size !== 1 || only === undefined
      ? ''
      : only === ''
        ? ', one run each'
        : `, with the seeds ${only}`
  return `By these sweeps of the files${which}:`
}

/** The page with its tables made anew. Throws if it has no place for a table. */
export function pageWith(page: string, tables: readonly ResultTable[], results: Results): string {
  return tables.reduce((text, table) => {
    const begin = `<!-- table ${table.name} -->`
    const from = text.indexOf(begin)
    const to = text.indexOf('<!-- end -->', from)
    if (from < 0 || to < 0) throw new Error(`docs/results.md has no place for ${table.name}.`)
    return `${text.slice(0, from + begin.length)}\n\n${tableText(table, results)}\n\n${text.slice(to)}`
  }, page)
}

/** The page as `npm run results` writes it, of what is kept. */
export async function pageOf(page: string): Promise<string> {
  const path = join(root, 'docs', 'results.md')
  const options = await resolveConfig(path)
  return format(pageWith(page, tables, readResults()), { ...options, filepath: path })
}
