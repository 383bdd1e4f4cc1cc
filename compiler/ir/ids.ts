/**
 * The numbers that tensor programs and their plans are made of: each kind is a type of its own, so that
 * a value of a graph is not taken for one of a program, nor a kernel for a value.
 *
 * A number is made an id here and nowhere else: as a place in its table, or as the number that a text says.
 */
declare const kind: unique symbol
declare const key: unique symbol

/** Index into `Graph.nodes`. */
export type ValueId = number & { readonly [kind]: 'value' }

/** Index into `Work.values`. */
export type WorkId = number & { readonly [kind]: 'work' }

/** Index into `Kernels.kernels`. */
export type KernelId = number & { readonly [kind]: 'kernel' }

/** A list whose places are numbers of one kind; any list can be one. */
export type Table<K extends number, T> = readonly T[] & { readonly [key]?: K }

/** The value of a number, where a text names it. */
export const valueId = (number: number): ValueId => number as ValueId

/** Stands for a value where none is: looked up, it is not found. */
export const noValue = valueId(-1)

/** The place behind the last, which is taken next. */
export function nextId<K extends number>({ length }: Table<K, unknown>): K {
  return length as K
}

/** Every place of a table, in order. */
export function idsOf<K extends number>(table: Table<K, unknown>): K[] {
  return table.map((_, place) => place as K)
}

/** Every place of a table and what stands there. */
export function entriesOf<K extends number, T>(table: Table<K, T>): (readonly [K, T])[] {
  return table.map((item, place) => [place as K, item] as const)
}
