/** The shapes that data take between a reader and the experiment runner. */
import { oneLine } from '../../contract/escape.ts'
import type { DatasetPlan } from '../../contract/dataset.ts'
import type { SparseRows } from './sparse-rows.ts'

/** Doubles in a run that computes in double precision, and else single precision. */
export type Values = Float32Array | Float64Array

/** One part (train, validation or test). Fields are row-major, [count, ...shape]. */
export interface DataPart {
  readonly count: number
  readonly fields: Readonly<Record<string, Values>>
  /** The number of the example that is nothing, which follows the others; absent without one. */
  readonly silence?: number
  /** Those that are lists of where they are not 0, in place of values. */
  readonly sparse?: Readonly<Record<string, SparseRows>>
}

/** Room for so many values, in the precision of the run. */
export function makeValues(count: number, precision: 'f32' | 'f64' | undefined): Values {
  return precision === 'f64' ? new Float64Array(count) : new Float32Array(count)
}

/** The same values in the precision of the run; doubles stay what they are where that is f64. */
export function valuesOf(values: ArrayLike<number>, precision: 'f32' | 'f64' | undefined): Values {
  if (precision === 'f64') {
    return values instanceof Float64Array ? values : Float64Array.from(values)
  }
  return values instanceof Float32Array ? values : Float32Array.from(values)
}

/** What 0 became by standardisation: a number for a field, or one for each channel. */
export type ZeroLevels = Readonly<Record<string, readonly number[]>>

export interface LoadedDataset {
  readonly plan: DatasetPlan
  readonly train: DataPart
  /** Empty (count 0) unless a validation split was asked for. */
  readonly validation: DataPart
  readonly test: DataPart
  /** Absent if the fields are as they were read. */
  readonly zero?: ZeroLevels
  /** What became another number in the precision of the run, a sentence each; absent if nothing did. */
  readonly notes?: readonly string[]
}

export interface LoadOptions {
  /** Where files are looked for; generators need none. */
  readonly dataDir?: string
  /** Folders that files may lie in besides: only what the caller names is read outside of `dataDir`. */
  readonly allowed?: readonly string[]
  /** Of the run; default f32. */
  readonly precision?: 'f32' | 'f64'
  /** Standardise the fields that are no labels: (x - mean) / std. */
  readonly standardise: boolean
  /** Number of training examples to split off, drawn at random from `seed`. */
  readonly validation: number
  /** Keep only the first so many training examples (after the validation split). */
  readonly limit?: number
  readonly seed: number
}

/**
 * Bad or missing data: one sentence that says what, where, and how to mend it. The command line
 * prints the message without a stack trace.
 */
export class DataError extends Error {
  override readonly name = 'DataError'

  constructor(message: string, options?: ErrorOptions) {
    // It may quote what a file holds.
    super(oneLine(message), options)
  }
}
