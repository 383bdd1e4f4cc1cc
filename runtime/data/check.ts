/**
 * The last look at what a reader gives: all values finite, labels whole numbers in their range.
 */

import { checkRows } from './lengths.ts'
import type { ReaderContext } from './reader.ts'
import { DataError } from './types.ts'
import type { DataPart, Values } from './types.ts'

/** Throws DataError for the first value that is not finite, or a label that is no class. */
export function checkValues(part: DataPart, { dataset, fields }: ReaderContext): void {
  for (const field of fields) {
    const { name, classes } = field
    const values = part.fields[name]
    // What is counted is finite.
    if (!values && part.sparse?.[name]) continue
    if (!values) throw new Error(`There is nothing for the field ${name}`)
    if (field.time) checkRows(part, field, dataset)
    const bad = classes === undefined ? firstNotFinite(values) : firstNoClass(values, classes)
    if (bad < 0) continue
    const example = Math.floor(bad / (values.length / part.count))
    const where = `Data set ${dataset}, field ${name}, example ${example} (the first is 0)`
    const problem =
      classes === undefined ? 'is not a finite number' : `is not a class from 0 to ${classes - 1}`
    throw new DataError(`${where}: ${values[bad]} ${problem}.`)
  }
}

function firstNotFinite(values: Values): number {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) return i
  }
  return -1
}

function firstNoClass(labels: Values, classes: number): number {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    if (!(label >= 0 && label < classes && Number.isInteger(label))) return i
  }
  return -1
}
