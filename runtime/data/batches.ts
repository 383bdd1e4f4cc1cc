/**
 * Batches: the order in which an epoch visits the examples, and gathering a stretch of that order
 * into arrays that are used again for the next batch. The order depends only on seed and epoch, so
 * that a resumed run sees what an uninterrupted one would have seen.
 */

import { permutation, streamKey } from '../support/random.ts'
import { pickedRows, writtenOut } from './sparse-rows.ts'
import { makeValues, type DataPart, type Values } from './types.ts'

/** Arrays to gather into; made by the first call, used again by the next ones. */
export type BatchBuffers = Map<string, Values>

/** The numbers 0 .. count - 1 in the random order of this epoch (counted from 0). */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return permutation(streamKey(seed, 'epoch order'), epoch, count)
}

/**
 * The examples order[start] .. order[start + size - 1] of `part`, or fewer at the order's end.
 * Fields are [count, ...shape]. With `buffers`, the values live in them until the next call.
 */
export function gatherBatch(
  part: DataPart,
  order: Uint32Array,
  start: number,
  size: number,
  fieldNames: readonly string[],
  buffers: BatchBuffers = new Map(),
): DataPart {
  const count = Math.max(0, Math.min(size, order.length - start))
  const fields: Record<string, Values> = {}
  for (const name of fieldNames) {
    const list = part.sparse?.[name]
    if (list) {
      const target = bufferFor(buffers, name, count * list.width, makeValues(0, list.precision))
      fields[name] = writtenOut(list, order.subarray(start, start + count), target)
      continue
    }
    const values = part.fields[name]
    if (!values) throw new RangeError(`The data have no field ${name}.`)
    const width = part.count > 0 ? values.length / part.count : 0
    const target = bufferFor(buffers, name, count * width, values)
    for (let row = 0; row < count; row++) {
      const from = order[start + row]! * width
      if (width === 1) target[row] = values[from]!
      else target.set(values.subarray(from, from + width), row * width)
    }
    fields[name] = target
  }
  return { count, fields }
}

/** The lists of a part for some of its examples, in ascending order; nothing of a part without any. */
export function sparsePart({ sparse }: DataPart, examples: Uint32Array): Pick<DataPart, 'sparse'> {
  if (!sparse) return {}
  const picked = Object.entries(sparse).map(([name, list]) => [name, pickedRows(list, examples)])
  return { sparse: Object.fromEntries(picked) }
}

/** Room for values like these. */
function bufferFor(buffers: BatchBuffers, name: string, length: number, like: Values): Values {
  let buffer = buffers.get(name)
  if (!buffer || buffer.length < length) {
    buffer = like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)
    buffers.set(name, buffer)
  }
  return buffer.length === length ? buffer : buffer.subarray(0, length)
}
