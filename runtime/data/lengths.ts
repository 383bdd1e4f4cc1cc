/**
 * Fields along time: [examples, time, ...shape], a row for each moment, and how many of the rows each
 * example has where a field says so. What stands behind the last row of an example is nothing.
 */
import type { FieldPlan } from '../../contract/dataset.ts'
import { sizeOf } from '../../contract/readers.ts'
import { DataError, type DataPart, type Values } from './types.ts'

/** How many rows the arrays of a field have. */
export function rowsIn(part: DataPart, { name, shape }: FieldPlan): number {
  const values = part.fields[name]
  return values && part.count > 0 ? values.length / (part.count * sizeOf(shape)) : 0
}

/** How many rows each example has, by the field that says so. */
export function lengthsOf(part: DataPart, lasts: string): Values {
  const lengths = part.fields[lasts]
  if (!lengths) throw new RangeError(`The data have no field ${lasts}.`)
  return lengths
}

/** Throws DataError for a length that cannot be; what stands behind the last row of an example becomes 0. */
export function checkRows(part: DataPart, field: FieldPlan, dataset: string): void {
  const { name, lasts, shape } = field
  const rows = rowsIn(part, field)
  if (rows < 1)
    throw new DataError(`Data set ${dataset}, field ${name}: it has no rows along time.`)
  const values = part.fields[name]
  if (lasts === undefined || !values) return
  const lengths = lengthsOf(part, lasts)
  const width = sizeOf(shape)
  for (const [example, length] of lengths.entries()) {
    if (Number.isInteger(length) && length >= 1 && length <= rows) {
      values.fill(0, (example * rows + length) * width, (example + 1) * rows * width)
      continue
    }
    throw new DataError(
      `Data set ${dataset}, field ${lasts}, example ${example} (the first is 0): ${length} is no number of ` +
        `rows from 1 to ${rows}, as ${name} has.`,
    )
  }
}

/** The values of the rows that examples have, one after the other. */
export function valuesWithin(part: DataPart, field: FieldPlan): Values {
  const values = part.fields[field.name]!
  const { lasts, shape } = field
  if (lasts === undefined) return values
  const rows = rowsIn(part, field)
  const width = sizeOf(shape)
  const lengths = lengthsOf(part, lasts)
  const isWithin = (at: number): boolean =>
    Math.floor(at / width) % rows < lengths[Math.floor(at / (width * rows))]!
  return values.filter((_, at) => isWithin(at))
}
