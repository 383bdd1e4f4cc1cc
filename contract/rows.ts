/** How rows of tensors lie in a program's memory: compiler and runtime both go by it. */

/** Elements to which rows are padded. */
export const rowUnit = 4

/** A number of elements, rounded up to whole units. */
export const padded = (count: number): number => Math.ceil(count / rowUnit) * rowUnit
