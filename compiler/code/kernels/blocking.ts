/**
 * How the products are cut into pieces: tiles of accumulators in registers, blocks of results in
 * the first cache, packed panels of an operand in the second. Sizes were chosen by measurement
 * (`npm run bench -- kernels`) for 15 vector registers, a first cache of 32 KiB and a second one of
 * 1 MiB or more. None of them has an effect on results: every element is summed over k in order.
 * Only the choice between dot products and outer products has one, so it depends on M and N alone.
 */
import { add, get, int, mul, type Code, type Local } from '../tree.ts'
import type { Lanes } from '../lanes.ts'

/**
 * Rows of a tile, and the panels that it spans by how many of its rows are in use. V8 orders a step
 * as all loads, then all multiply-adds, so accumulators and operands must fit in 15 registers
 * together: 4 x 2 vectors take 8 + 6, 2 x 4 the same, 1 x 6 take 6 + 7.
 */
export const TILE_ROWS = 4
export const TILE_PANELS: readonly number[] = [0, 3, 2, 1, 1]
/** Vectors of a panel's row. */
export const PANEL_VECTORS = 2
/** Most rows of a block of results. */
export const BLOCK_ROWS = 16
/** Bytes of the longest row of a block. */
const BLOCK_BYTES = 1024
export const blockColumns = (lanes: Lanes): number => BLOCK_BYTES / lanes.bytes
/**
 * A product of few terms (C = A^T B, a weight's change from a batch) hangs on the memory of what follows
 * it, which streams best along whole rows: its blocks are one tile high and as wide as this at most.
 */
export const SHALLOW = 64
export const SHALLOW_ROWS = TILE_ROWS
const SHALLOW_BYTES = 8192
export const shallowColumns = (lanes: Lanes): number => SHALLOW_BYTES / lanes.bytes
/** Columns that a caller splits at, and that packing handles at once: a cache line of f32. */
export const COLUMN_UNIT = 16
/** Bytes of B that are packed at once, unless 16 columns have more. */
const PACKED_BYTES = 524288
export const packedElements = (lanes: Lanes): number => PACKED_BYTES / lanes.bytes
/** From so many rows (of the part) on, B is packed, and for TN from so many columns on, A. */
export const PACK_ROWS = 13
export const PACK_COLUMNS = 48
/** Values of k of a block: what a row of tiles uses of A stays in the first cache. */
export const DEPTH = 384
/** The same where B is not packed: lines of B that two panels share stay there too. */
export const PLAIN_DEPTH = 64
/** NT takes dot products up to so many rows or columns, else it packs the transpose of B. */
export const DOT_ROWS = 47
export const DOT_COLUMNS = 12
/** Rows of a block of dot products with few columns, and with few rows, which has all of them. */
export const NARROW_ROWS = 8
export const ALL_ROWS = DOT_ROWS + 1
/** Columns of a block of dot products: more rows, fewer columns than other blocks. */
export const dotColumns = (lanes: Lanes): number => BLOCK_BYTES / 4 / lanes.bytes

/** Elements of a panel's row. */
export const panelWidth = (lanes: Lanes): number => PANEL_VECTORS * lanes.count

// A thread's scratch memory: a block of results, packed rows of A (of C), packed columns of B.

const blockBytes = (lanes: Lanes): number =>
  // The block's rows are a unit longer than they need be.
  Math.max(
    BLOCK_ROWS * (blockColumns(lanes) + COLUMN_UNIT),
    ALL_ROWS * (dotColumns(lanes) + COLUMN_UNIT),
    SHALLOW_ROWS * (shallowColumns(lanes) + COLUMN_UNIT),
  ) * lanes.bytes

/**
 * Bytes of scratch memory, 16-byte aligned, that a thread needs for a product with that K, whatever
 * M, N and the part are; convex in K.
 */
export function productScratchBytes(lanes: Lanes, K: number): number {
  const packedA = BLOCK_ROWS * K
  // Packing a transpose writes up to three rows too many.
  const packedB = Math.max(packedElements(lanes), COLUMN_UNIT * K) + 4 * panelWidth(lanes)
  return blockBytes(lanes) + (packedA + packedB) * lanes.bytes
}

/** Where the packed rows of A lie, from the start of the scratch memory. */
export const packedAOffset = (lanes: Lanes): Code => int(blockBytes(lanes))

/** The same for the packed columns of B. */
export const packedBOffset = (lanes: Lanes, K: Local): Code =>
  add(mul(get(K), int(BLOCK_ROWS * lanes.bytes)), int(blockBytes(lanes)))
