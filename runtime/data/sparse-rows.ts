/**
 * Fields of which each example has few values that are not 0, as spikes are: a list of where they are, whose
 * size is that of the list, however many examples there are. Rows are written out when they are presented.
 */
import { makeValues, type Values } from './types.ts'

/** Entry k adds 1 at place `places[k]` of the row `rows[k]`; rows ascend. */
export interface SparseRows {
  /** Values in a row. */
  readonly width: number
  readonly rows: Float64Array
  readonly places: Uint32Array
  readonly precision: 'f32' | 'f64'
}

/** Entries in any order as rows. */
export function sparseRows(
  width: number,
  rows: Float64Array,
  places: Uint32Array,
  precision: 'f32' | 'f64' = 'f32',
): SparseRows {
  const isAscending = rows.every((row, k) => k === 0 || rows[k - 1]! <= row)
  if (isAscending) return { width, rows, places, precision }
  // Both in one number each, which sorts faster than an order of them: rows below 2^31, places below 2^22.
  const isSmall = width <= 2 ** 22 && rows.every((row) => row < 2 ** 31)
  if (isSmall) {
    const keys = rows.map((row, k) => row * width + places[k]!).sort()
    const sorted = keys.map((key) => Math.floor(key / width))
    return { width, rows: sorted, places: Uint32Array.from(keys, (key) => key % width), precision }
  }
  const order = Uint32Array.from(rows, (_, k) => k).sort((a, b) => rows[a]! - rows[b]!)
  return {
    width,
    rows: Float64Array.from(order, (k) => rows[k]!),
    places: Uint32Array.from(order, (k) => places[k]!),
    precision,
  }
}

/** Writes out the rows that `order` names, one after the other, into the beginning of `into`, or into new room. */
export function writtenOut(of: SparseRows, order: ArrayLike<number>, into?: Values): Values {
  const { width, places, rows, precision } = of
  const length = order.length * width
  const values =
    into && into.length >= length ? into.subarray(0, length) : makeValues(length, precision)
  values.fill(0)
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!
    for (let k = firstOf(rows, row); k < rows.length && rows[k] === row; k++)
      values[at * width + places[k]!]! += 1
  }
  return values
}

/** Some rows, in ascending order, as a list of their own. */
export function pickedRows(of: SparseRows, order: ArrayLike<number>): SparseRows {
  const rows: number[] = []
  const places: number[] = []
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!
    for (let k = firstOf(of.rows, row); k < of.rows.length && of.rows[k] === row; k++) {
      rows.push(at)
      places.push(of.places[k]!)
    }
  }
  return { ...of, rows: Float64Array.from(rows), places: Uint32Array.from(places) }
}

/** Where the entries of a row begin, or would. */
function firstOf(rows: Float64Array, row: number): number {
  let [from, to] = [0, rows.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (rows[middle]! < row) from = middle + 1
    else to = middle
  }
  return from
}
