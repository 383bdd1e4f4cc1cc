/**
 * CSV files as data sets: `csv("table.csv", input = "a:d", target = "x, y", label = "kind")`. The
 * first row names the columns. A field takes one column, a range of columns as they stand in the
 * file (`a:d`, both included) or a list; without an argument, the column of its own name. All
 * values must be numbers; class labels are 0, 1, 2 and so on.
 */

import { forEachCsvRow } from '../../io/csv.ts'
import { textOf } from '../io/formats.ts'
import { readDataFiles } from './files.ts'
import { columnNamed, rowFound } from './header.ts'
import { short } from '../../io/names.ts'
import { columnOf } from '../../data/columns.ts'
import { fileNames, partByName, sizeOf } from '../../data/reader.ts'
import type { Column, Reader, ReaderContext } from '../../data/reader.ts'
import { DataError } from '../../data/types.ts'
import type { ReaderPlan } from '../../../contract/dataset.ts'

export const csv: Reader = {
  async read(plan, context) {
    const [file] = await readDataFiles(fileNames(plan), context)
    const { path, bytes } = file!
    let text: string
    try {
      text = textOf(bytes, path)
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'IoError') throw error
      throw new DataError(`${path} is too large for a CSV file: save it as .npy.`)
    }
    return partByName(readColumns(text, path, plan, context), context)
  },
}

function readColumns(
  text: string,
  path: string,
  plan: ReaderPlan,
  context: ReaderContext,
): Map<string, Column> {
  let header: readonly string[] = []
  let selected: readonly (readonly number[])[] = []
  const values: number[][] = context.fields.map(() => [])
  forEachCsvRow(text, path, (row, line) => {
    if (header.length === 0) {
      header = row.map((name) => name.trim())
      selected = context.fields.map((field) =>
        selectColumns(field.name, sizeOf(field.shape), header, path, plan, context),
      )
      return
    }
    selected.forEach((columns, k) => {
      for (const column of columns) {
        const value = row[column]!.trim() === '' ? NaN : Number(row[column])
        if (!Number.isFinite(value)) {
          throw new DataError(
            `${path}, line ${line}, column ${short(header[column])}: "${short(row[column])}" is no number.`,
          )
        }
        values[k]!.push(value)
      }
    })
  })
  if (header.length === 0) throw new DataError(`${path} is empty: it has no header row.`)
  return new Map(
    context.fields.map((field, k) => [
      field.name,
      columnOf(
        field,
        { shape: field.shape, data: Float64Array.from(values[k]!), source: path },
        context,
      ),
    ]),
  )
}

/** The positions of a field's columns. */
function selectColumns(
  field: string,
  size: number,
  header: readonly string[],
  path: string,
  plan: ReaderPlan,
  context: ReaderContext,
): number[] {
  const choice = String(plan.named[field] ?? field)
  const position = (name: string): number => {
    const at = columnNamed(name.trim(), header, path)
    if (at !== undefined) return at
    throw new DataError(
      `${path} has no column ${name.trim()} for the field ${field}; ${rowFound(header)}.`,
    )
  }
  const columns = header.includes(choice)
    ? [position(choice)]
    : choice.split(',').flatMap((item) => {
        const [first, last, ...more] = item.split(':')
        if (last === undefined || more.length > 0) return [position(item)]
        const [from, to] = [position(first!), position(last)]
        return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k)
      })
  if (columns.length !== size) {
    throw new DataError(
      `${path}: "${choice}" names ${columns.length} columns, but the field ${field} of data set ` +
        `${context.dataset} takes ${size}.`,
    )
  }
  return columns
}
