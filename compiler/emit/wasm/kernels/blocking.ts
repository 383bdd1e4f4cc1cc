/**
 * How the products are cut into pieces: tiles of accumulators in registers, blocks of results in
 * the first cache, packed panels of an operand in the second. Sizes were chosen by measurement
 * (`npm run bench -- kernels`) for 15 vector registers, a first cache of 32 KiB and a second one of
 * 512 KiB or more. None of them has an effect on results: every element is summed over k in order.
 */
import type { Lanes } from '../lanes.ts'

/** Rows of a tile: 6 x 2 accumulators, 2 vectors of B and one splat of A fill 15 registers. */
export const TILE_ROWS = 6
/** Vectors of a tile. */
export const TILE_VECTORS = 2
/** Rows of a block of results. */
export const BLOCK_ROWS = 36
/** Most columns of a block of results. */
export const BLOCK_COLUMNS = 128
/** Columns that a caller splits at, and that packing handles at once: a cache line of f32. */
export const COLUMN_UNIT = 16
/** Elements of B that are packed at once, unless 16 columns have more. */
export const PACKED_ELEMENTS = 65536

/** Elements of a panel's row. */
export const panelWidth = (lanes: Lanes): number => TILE_VECTORS * lanes.count
