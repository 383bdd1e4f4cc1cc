/** Class labels as one-hot rows. */
import type { PresentPlan } from '../../contract/plan.ts'
import { DataError, makeValues, type Values } from '../data/types.ts'

/** Room for so many values in the precision of others. */
export function roomLike(values: Values, length: number): Values {
  return makeValues(length, values instanceof Float64Array ? 'f64' : 'f32')
}

/** Throws DataError for a label that is no class. */
export function requireLabels(labels: Values, { field, size }: PresentPlan): void {
  const bad = labels.find((label) => !(Number.isInteger(label) && label >= 0 && label < size))
  if (bad === undefined) return
  throw new DataError(`There is a label ${bad}; ${field} has the classes 0 to ${size - 1}.`)
}

/** One-hot rows of labels, smoothed. */
export function encode(labels: Values, item: PresentPlan, smoothing: number, rows: Values): void {
  const { size } = item
  requireLabels(labels, item)
  rows.fill(size > 1 ? smoothing / (size - 1) : 0)
  for (const [row, label] of labels.entries()) rows[row * size + label] = 1 - smoothing
}
