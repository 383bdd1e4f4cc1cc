/** Where the program that draws patterns has what, in bytes. */

/** The state of a stream: the next word, the next block, the step that blocks are of, and the key. */
export const drawState = { at: 16, block: 20, step: 24, key0: 28, key1: 32 } as const
/** Words that were drawn and are next. */
export const drawWords = { address: 64, end: 64 + 4 * 1024, count: 1024 } as const
/** Where the entries of each group of cells end, one word a group and one more. */
export const drawGroups = {
  bits: 8,
  address: drawWords.end,
  end: drawWords.end + 4 * (2 ** 8 + 1),
} as const
/** Of each word the gap that it says, a double. */
export const drawGaps = { address: Math.ceil(drawGroups.end / 64) * 64, count: drawWords.count }
/** From here on memory is the caller's. */
export const drawRoom = drawGaps.address + 8 * drawGaps.count
