/**
 * How the products are cut into pieces: tiles of accumulators in registers, blocks of results in
 * the first cache, packed panels of an operand in the second. Sizes were chosen by measurement
 * (`npm run bench -- kernels`) for 15 vector registers, a first cache of 32 KiB and a second one of
 * 512 KiB or more. None of them has an effect on results: every element is summed over k in order.
 * Only the choice between dot products and outer products has one, so it depends on M and N alone.
 */
import { i32, mul, select, get, op, type Code, type Local } from '../encoder/code.ts'
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
/** Most rows and columns of a block of results. */
export const BLOCK_ROWS = 32
export const BLOCK_COLUMNS = 128
/** Columns that a caller splits at, and that packing handles at once: a cache line of f32. */
export const COLUMN_UNIT = 16
/** Elements of B that are packed at once, unless 16 columns have more. */
export const PACKED_ELEMENTS = 65536
/** Above so large a K, TN packs fewer rows of C at once. */
export const LONG = 1024
export const LONG_ROWS = 16
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
/** Rows of a block of dot products with few columns. */
export const NARROW_ROWS = 8

/** Elements of a panel's row. */
export const panelWidth = (lanes: Lanes): number => PANEL_VECTORS * lanes.count

// A thread's scratch memory: a block of results, the packed part of B, that of A.

/** Bytes of the block of results; its rows are a unit longer than they need be. */
export const blockBytes = (lanes: Lanes): number =>
  BLOCK_ROWS * (BLOCK_COLUMNS + COLUMN_UNIT) * lanes.bytes

/** Packing a transpose writes up to three rows too many. */
const spareElements = (lanes: Lanes): number => 4 * panelWidth(lanes)

/**
 * Bytes of scratch memory, 16-byte aligned, that a thread needs for a product with that K, whatever
 * M, N and the part are.
 */
export function productScratchBytes(lanes: Lanes, K: number): number {
  const packedB = Math.max(PACKED_ELEMENTS, COLUMN_UNIT * K) + spareElements(lanes)
  const packedA = Math.max(BLOCK_ROWS * LONG, LONG_ROWS * K)
  return blockBytes(lanes) + (packedB + packedA) * lanes.bytes
}

/** Where the packed part of A lies, from the start of that of B. */
export function packedAOffset(lanes: Lanes, K: Local): Code {
  const most = PACKED_ELEMENTS / COLUMN_UNIT
  const larger = select(get(K), i32(most), op('i32.gt_s', get(K), i32(most)))
  const units = mul(larger, i32(COLUMN_UNIT * lanes.bytes))
  return op('i32.add', units, i32(spareElements(lanes) * lanes.bytes))
}
