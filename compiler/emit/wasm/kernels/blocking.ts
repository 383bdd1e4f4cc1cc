/**
 * How the products are cut into pieces: tiles of accumulators in registers, blocks of results in
 * the first cache, packed panels of an operand in the second. Sizes were chosen by measurement
 * (`npm run bench -- kernels`) for 15 vector registers, a first cache of 32 KiB and a second one of
 * 512 KiB or more. None of them has an effect on results: every element is summed over k in order.
 */
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
/** Rows of a block of results. */
export const BLOCK_ROWS = 36
/** Most columns of a block of results. */
export const BLOCK_COLUMNS = 128
/** Columns that a caller splits at, and that packing handles at once: a cache line of f32. */
export const COLUMN_UNIT = 16
/** Elements of B that are packed at once, unless 16 columns have more. */
export const PACKED_ELEMENTS = 65536

/** Elements of a panel's row. */
export const panelWidth = (lanes: Lanes): number => PANEL_VECTORS * lanes.count
