/**
 * docs/results.md: text by hand, and tables between markers, `<!-- table NAME -->` and `<!-- end -->`, which
 * are made of the runs that are kept. A cell is the mean over the seeds, with their standard deviation; a
 * dash stands where a run is missing.
 */
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { keyOf, readResults, type Result, type Results } from './results.store.ts'
import { tables, type Column, type ResultTable, type Row } from './results.table.ts'
import { root } from './run.ts'

const cell = (column: Column, runs: readonly Result[]): string => {
  const values = runs.map((run) => column.value(run)).filter((value) => Number.isFinite(value))
  if (values.length === 0) return '–'
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
  const show = (value: number): string =>
    column.digits === undefined ? value.toExponential(1) : value.toFixed(column.digits)
  return values.length > 1 && spread > 0 ? `${show(mean)} ± ${show(spread)}` : show(mean)
}

/** A table in Markdown, and the commands of its rows. */
export function tableText(table: ResultTable, results: Results): string {
  const { first, columns, published, rows, seeds } = table
  const runsOf = ({ args }: Row): readonly Result[] =>
    seeds.flatMap((seed) => results[keyOf(args, seed)] ?? [])
  const heads = [first, ...columns.map(({ head }) => head), ...(published ? [published] : [])]
  const lines = rows.map((row) => [
    row.label,
    ...columns.map((column) => cell(column, runsOf(row))),
    ...(published ? [row.published ?? ''] : []),
  ])
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const commands = rows.map(({ args }) => `ccn train ${args}`)
  const which = seeds.length === 1 ? `Seed ${seeds[0]}` : `Seeds ${seeds.join(', ')}`
  return [
    [row(heads), row(heads.map(() => '---')), ...lines.map(row)].join('\n'),
    `${which} (\`--seed\`), the rows in order:`,
    ['```sh', ...commands, '```'].join('\n'),
  ].join('\n\n')
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

/** The page as `npm run results` writes it, of the runs that are kept. */
export async function pageOf(page: string): Promise<string> {
  const path = join(root, 'docs', 'results.md')
  const options = await resolveConfig(path)
  return format(pageWith(page, tables, readResults()), { ...options, filepath: path })
}
