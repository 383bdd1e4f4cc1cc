/** Sizes of the pieces of products, in elements and bytes, from what the target says (`Blocking`). */
import { add, get, int, mul, type Code, type Local } from '../tree.ts'
import type { Lanes } from '../lanes.ts'

/** Columns of the longest block, and of the longest one of a product of few terms. */
export const blockColumns = ({ blocking, bytes }: Lanes): number => blocking.blockBytes / bytes
export const shallowColumns = ({ blocking, bytes }: Lanes): number => blocking.shallowBytes / bytes

/** Columns of a block of dot products; with few rows, it has all of them. */
export const dotColumns = ({ blocking, bytes }: Lanes): number => blocking.dotBytes / bytes
export const allRows = ({ blocking }: Lanes): number => blocking.dotRows + 1

/** Elements of B that are packed at once. */
export const packedElements = ({ blocking, bytes }: Lanes): number => blocking.packedBytes / bytes

/** Elements of a panel's row. */
export const panelWidth = ({ blocking, count }: Lanes): number => blocking.panelVectors * count

// A thread's scratch memory: a block of results, packed rows of A (of C), packed columns of B.

function blockBytes(lanes: Lanes): number {
  const { blockRows, shallowRows, columnUnit } = lanes.blocking
  // The block's rows are a unit longer than they need be.
  return (
    Math.max(
      blockRows * (blockColumns(lanes) + columnUnit),
      allRows(lanes) * (dotColumns(lanes) + columnUnit),
      shallowRows * (shallowColumns(lanes) + columnUnit),
    ) * lanes.bytes
  )
}

/**
 * Bytes of scratch memory, aligned to vectors, that a thread needs for a product with that K, whatever
 * M, N and the part are; convex in K.
 */
export function productScratchBytes(lanes: Lanes, K: number): number {
  const { blockRows, columnUnit } = lanes.blocking
  const packedA = blockRows * K
  // Packing a transpose writes up to three rows too many.
  const packedB = Math.max(packedElements(lanes), columnUnit * K) + 4 * panelWidth(lanes)
  return blockBytes(lanes) + (packedA + packedB) * lanes.bytes
}

/** Where the packed rows of A lie, from the start of the scratch memory. */
export const packedAOffset = (lanes: Lanes): Code => int(blockBytes(lanes))

/** The same for the packed columns of B. */
export const packedBOffset = (lanes: Lanes, K: Local): Code =>
  add(mul(get(K), int(lanes.blocking.blockRows * lanes.bytes)), int(blockBytes(lanes)))
