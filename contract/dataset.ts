/**
 * Data sets as a `.ccn` file describes them (`dataset NAME { ... }`): what the compiler hands to the
 * runtime, which knows formats and generators, no names.
 */

/** One field of every example, e.g. `image[28, 28]` or a class label. */
export interface FieldPlan {
  readonly name: string
  /** Shape of one example's value; `[]` for a label. Of a field along time, that of a row. */
  readonly shape: readonly number[]
  /** Whether an example has a row for each of several moments; how many, the reader says. */
  readonly time?: true
  /** The field that says how many of the rows each example has; all, without one. */
  readonly lasts?: string
  /** Number of classes, if the field is a class label (values 0 .. classes-1). */
  readonly classes?: number
  /** Constants for standardisation: one number, or one for each leading axis (channel). */
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
}

/** A reader or generator by name with its arguments, as written: `idx("a", "b")`. */
export interface ReaderPlan {
  readonly name: string
  readonly positional: readonly (number | string)[]
  readonly named: Readonly<Record<string, number | string>>
  /** Seconds of a step, for a reader that counts in steps; the experiment says it. */
  readonly step?: number
  /** How many examples run side by side; default 1. */
  readonly examples?: number
}

export interface DatasetPlan {
  readonly name: string
  readonly fields: readonly FieldPlan[]
  readonly train: ReaderPlan
  readonly test: ReaderPlan
}
