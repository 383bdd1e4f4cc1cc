/**
 * What a fused target says of the machine that it writes for: sizes that plans and loop code go by. Each
 * target has one such object (a file `machine.ts`) and hands it down; nothing in `plan/` or `code/`
 * knows another.
 */

export interface Machine {
  /** Elements to which rows are padded: whole vectors of every precision. */
  readonly rowUnit: number
  /** Bytes of a vector. */
  readonly vectorBytes: number
  /** Bytes of an address, and so of the integers (`int`) that loop code counts with. */
  readonly addressBytes: number
  /** Bytes of a line of the cache: what lies in memory begins at one. */
  readonly lineBytes: number
  /** Values that a kernel reads and writes at most: each is an address, a parameter of its function. */
  readonly mostAddresses: number
  /** Values that are computed inside of a reduction at most, for the same reason. */
  readonly mostInner: number
  /** Memory by which host and program speak, at its beginning (`contract/control.ts`). */
  readonly control: {
    /** Where the keys of draws begin, and bytes of each. */
    readonly keys: number
    readonly keyBytes: number
    /** Bytes for each input that is gathered from a table. */
    readonly gatherBytes: number
  }
  readonly blocking: Blocking
}

/**
 * How products are cut into pieces: tiles of accumulators in registers, blocks of results in the first
 * cache, packed panels of an operand in the second. None of these sizes has an effect on results: every
 * element is summed over k in order. Only the choice between dot products and outer products has one, so
 * it depends on M and N alone.
 */
export interface Blocking {
  /** Rows of a tile. */
  readonly tileRows: number
  /** Panels that a tile spans, by how many of its rows are in use. */
  readonly tilePanels: readonly number[]
  /** Vectors of a panel's row. */
  readonly panelVectors: number
  /** Most rows of a block of results, and bytes of its longest row. */
  readonly blockRows: number
  readonly blockBytes: number
  /**
   * A product of no more terms than this (C = A^T B, a weight's change from a batch) hangs on the memory
   * of what follows it, which streams best along whole rows: its blocks have few rows, as long as this at
   * most.
   */
  readonly shallow: number
  readonly shallowRows: number
  readonly shallowBytes: number
  /** Columns that a caller splits at, and that packing handles at once. */
  readonly columnUnit: number
  /** Bytes of B that are packed at once, unless a unit of columns has more. */
  readonly packedBytes: number
  /** From so many rows (of the part) on, B is packed, and for TN from so many columns on, A. */
  readonly packRows: number
  readonly packColumns: number
  /** Values of k of a block: what a row of tiles uses of A stays in the first cache. */
  readonly depth: number
  /** The same where B is not packed: lines of B that two panels share stay there too. */
  readonly plainDepth: number
  /** NT takes dot products up to so many rows or columns, else it packs the transpose of B. */
  readonly dotRows: number
  readonly dotColumns: number
  /** Bytes of the longest row of a block of dot products: more rows, fewer columns than other blocks. */
  readonly dotBytes: number
  /** Rows of a block of dot products with few columns. */
  readonly narrowRows: number
  /** Places of the examples that a convolution takes at a time, unless one example has more. */
  readonly piece: number
  /** Elements of patches that are gathered at once, unless a unit of columns has more. */
  readonly gathered: number
}

/** A number of elements, rounded up to whole units of a row. */
export const padded = ({ rowUnit }: Machine, count: number): number =>
  Math.ceil(count / rowUnit) * rowUnit
