/**
 * The tables of a report as columns with a kind, for every form that has columns: a row for each point, and a row for
 * each combination. Values are in the units that heads name, with all their digits.
 */
import type { FigureUnit } from '../figures.ts'
import type { Estimate } from '../summary.ts'
import type { AxisFacts, RowFacts, SweepFacts } from './facts.ts'

/** A column; a value is missing where there is none. */
export interface Column {
  readonly name: string
  readonly kind: 'text' | 'number' | 'whole'
  readonly values: readonly (string | number | undefined)[]
}

/** `error (%)` */
export function headOf(name: string, unit: string | undefined): string {
  return unit === undefined ? name : `${name} (${unit})`
}

/** The unit of a difference: of two shares in per cent it is percentage points. */
export function unitOfDifference(told: FigureUnit | undefined): string | undefined {
  return told?.unit === '%' ? 'percentage points' : told?.unit
}

/** A row for each point: what varies, seed, how it ended, its figures, seconds, why it failed, its key. */
export function pointColumns({ axes, rows, summary }: SweepFacts): readonly Column[] {
  const points = rows.flatMap((row) => row.points.map((point, i) => ({ row, point, i })))
  const per = <T>(of: (each: (typeof points)[number]) => T): T[] => points.map(of)
  const result = ({ row, i }: (typeof points)[number]) => row.results[i]
  return distinct([
    ...axisColumns(
      axes,
      points.map(({ row }) => row),
    ),
    { name: 'seed', kind: 'whole', values: per(({ point }) => point.seed) },
    { name: 'status', kind: 'text', values: per((each) => result(each)?.status ?? 'not run') },
    ...summary.labels.map((label): Column => {
      const { unit, scale = 1 } = summary.units[label] ?? {}
      return {
        name: headOf(label, unit),
        kind: 'number',
        values: per(({ row, i }) => inUnit(row.figures[label]?.values[i], scale)),
      }
    }),
    { name: 'seconds', kind: 'number', values: per((each) => result(each)?.seconds) },
    { name: 'reason', kind: 'text', values: per((each) => result(each)?.reason) },
    { name: 'key', kind: 'text', values: per(({ point }) => point.key) },
  ])
}

/** A row for each combination: what varies, and of each figure the estimate and the difference from the first row. */
export function summaryColumns({ axes, rows, summary }: SweepFacts): readonly Column[] {
  const statuses = (status: string): number[] =>
    rows.map(({ results }) => results.filter((each) => each?.status === status).length)
  return distinct([
    ...axisColumns(axes, rows),
    { name: 'points', kind: 'whole', values: rows.map(({ points }) => points.length) },
    { name: 'given up', kind: 'whole', values: statuses('given up') },
    { name: 'failed', kind: 'whole', values: statuses('failed') },
    ...summary.labels.flatMap((label) => {
      const told = summary.units[label]
      const scale = told?.scale ?? 1
      return [
        ...estimateColumns(
          label,
          told?.unit,
          scale,
          rows.map((row) => row.figures[label]),
        ),
        ...estimateColumns(
          `${label} difference`,
          unitOfDifference(told),
          scale,
          rows.map((row) => row.differences[label]),
        ),
      ]
    }),
  ])
}

function estimateColumns(
  name: string,
  unit: string | undefined,
  scale: number,
  found: readonly (Estimate | undefined)[],
): readonly Column[] {
  const column = (what: string, of: (each: Estimate) => number | undefined): Column => ({
    name: headOf(`${name} ${what}`, unit),
    kind: 'number',
    values: found.map((each) => each && inUnit(of(each), scale)),
  })
  return [
    { name: `${name} n`, kind: 'whole', values: found.map((each) => each?.count) },
    column('mean', ({ mean }) => mean),
    column('standard error', ({ standardError }) => standardError),
    column('interval low', ({ interval }) => interval?.[0]),
    column('interval high', ({ interval }) => interval?.[1]),
  ]
}

/** What varies; of a search by rounds the epochs of the last one that the combination came to. */
function axisColumns(axes: readonly AxisFacts[], rows: readonly RowFacts[]): readonly Column[] {
  const columns = axes.map(({ name, numbers, unit }): Column => {
    const texts = rows.map(({ values }) => values[name] ?? '')
    return numbers
      ? {
          name: headOf(name, unit),
          kind: 'number',
          values: texts.map((text) => numbers.get(text)),
        }
      : { name, kind: 'text', values: texts }
  })
  if (!rows.some(({ epochs }) => epochs !== undefined)) return columns
  const epochs = rows.map((row) => (row.epochs === undefined ? undefined : Number(row.epochs)))
  return [...columns, { name: 'epochs', kind: 'whole', values: epochs }]
}

function inUnit(value: number | undefined, scale: number): number | undefined {
  return value === undefined ? undefined : value / scale
}

/** A parameter may be called `seed`: names that come again are numbered. */
function distinct(columns: readonly Column[]): readonly Column[] {
  const taken = new Set<string>()
  return columns.map((column) => {
    let { name } = column
    for (let i = 2; taken.has(name); i++) name = `${column.name} ${i}`
    taken.add(name)
    return { ...column, name }
  })
}

/** RFC 4180, in UTF-8. */
export function csvOf(columns: readonly Column[]): string {
  const lines = [
    columns.map(({ name }) => name),
    ...(columns[0]?.values ?? []).map((_, i) =>
      columns.map(({ values }) => String(values[i] ?? '')),
    ),
  ]
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
