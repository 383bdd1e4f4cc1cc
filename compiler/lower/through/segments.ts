/**
 * Windows that are longer than a tape: what is kept from step to step is copied every so many steps, and on the way back
 * the steps of each such segment are done once more, the last segment first, so that the tape holds one segment alone.
 * With segments of about the square root of the window's length both the tape and the copies are small.
 */
import type { SegmentsPlan } from '../../../contract/plan.ts'
import type { StorageInfo, StorageShape } from '../../ir/ir.ts'
import type { Memory } from '../circuit/memory.ts'
import { checkpointName, windowMemory } from './window.ts'

/** Values of a step on the tape, and of a copy. */
export interface Sizes {
  readonly taped: number
  readonly kept: number
}

/** Steps of a segment such that tape and copies together are as small as can be. */
export function segmentLength(length: number, { taped, kept }: Sizes): number {
  const even = Math.round(Math.sqrt((length * kept) / Math.max(1, taped)))
  return Math.min(length, Math.max(1, even))
}

/** Values of a tape of one segment, and of the copies at the beginning of each. */
export const valuesInSegments = (length: number, steps: number, { taped, kept }: Sizes): number =>
  steps * taped + Math.ceil(length / steps) * kept

/** Where the copies are, of a window of so many steps. */
export function segmentsOf(
  kept: readonly Pick<StorageInfo, 'name' | 'shape'>[],
  length: number,
  steps: number,
): { readonly plan: SegmentsPlan; readonly memories: readonly Memory[] } {
  const rows = Math.ceil(length / steps)
  return {
    plan: {
      steps,
      kept: kept.map(({ name }) => ({ storage: name, copies: checkpointName(name) })),
    },
    memories: kept.map(({ name, shape }) =>
      windowMemory(checkpointName(name), rowsOf(rows, shape)),
    ),
  }
}

/** So many values of a shape, one after the other. */
function rowsOf(rows: number, shape: StorageShape): StorageShape {
  const [first, ...rest] = shape
  if (rest.length > 0 && typeof first === 'number') return [rows * first, ...rest]
  return [rows, ...shape]
}
