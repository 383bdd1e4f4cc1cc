/**
 * Standardisation: (x - mean) / std for the fields that are no labels. The constants come from the
 * data set's declaration, one for the field or one for each leading axis (a colour channel); those
 * that are not declared are measured over the training part, one for the field. Test and
 * validation parts use the training part's constants.
 */

import type { FieldPlan } from '../../contract/dataset.ts'
import { sizeOf } from '../../contract/readers.ts'
import { valuesWithin } from './lengths.ts'
import type { DataPart, Values, ZeroLevels } from './types.ts'
import { DataError } from './types.ts'

/**
 * Rewrites the parts' values in place, and tells what 0 has become. Throws DataError for constants
 * that cannot be used.
 */
export function standardiseParts(
  fields: readonly FieldPlan[],
  train: DataPart,
  others: readonly DataPart[],
  dataset: string,
): ZeroLevels {
  const zero: Record<string, readonly number[]> = {}
  for (const field of fields) {
    // How long an example lasts is counted.
    if (field.classes !== undefined || fields.some(({ lasts }) => lasts === field.name)) continue
    if (train.sparse?.[field.name]) {
      throw new DataError(
        `Data set ${dataset}, field ${field.name}: a list of spikes is not standardised, as what is 0 has to stay so.`,
      )
    }
    const { mean, std } = constantsOf(field, train, dataset)
    for (const part of [train, ...others]) {
      const values = part.fields[field.name]!
      standardise(values, values.length / sizeOf(field.shape), mean, std)
      requireFinite(values, field, dataset)
    }
    zero[field.name] = mean.map((shift, channel) => -shift / std[channel]!)
  }
  return zero
}

/** By a `std` far below the values, or in single precision, what was finite may be no more. */
function requireFinite(values: Values, { name, shape }: FieldPlan, dataset: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  const example = Math.floor(at / Math.max(1, sizeOf(shape)))
  throw new DataError(
    `Data set ${dataset}, field ${name}, example ${example} (the first is 0): it is ${values[at]} once it is standardised.`,
  )
}

interface Constants {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

function constantsOf(field: FieldPlan, train: DataPart, dataset: string): Constants {
  const groups = Math.max(field.mean?.length ?? 1, field.std?.length ?? 1)
  const measured = field.mean && field.std ? undefined : measure(valuesWithin(train, field))
  const mean = spread(field.mean ?? [measured!.mean], groups)
  const std = spread(field.std ?? [measured!.std], groups)
  const where = `Data set ${dataset}, field ${field.name}`
  if (mean.length !== std.length || (groups > 1 && groups !== field.shape[0])) {
    throw new DataError(
      `${where}: mean and std have ${mean.length} and ${std.length} values, but the field's ` +
        `leading axis has ${field.shape[0] ?? 1}.`,
    )
  }
  if (!mean.every(Number.isFinite) || !std.every((value) => value > 0 && value < Infinity)) {
    throw new DataError(`${where}: std must be above zero, and mean a number.`)
  }
  return { mean, std }
}

function spread(values: readonly number[], groups: number): readonly number[] {
  return values.length === 1 ? Array.from({ length: groups }, () => values[0]!) : values
}

/** The mean and the standard deviation of all values; 1 for values that are all the same. */
function measure(values: Values): { mean: number; std: number } {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  const std = Math.sqrt(squares / values.length)
  return { mean, std: std > 0 ? std : 1 }
}

function standardise(
  values: Values,
  count: number,
  mean: readonly number[],
  std: readonly number[],
): void {
  const groupSize = values.length / Math.max(1, count * mean.length)
  let at = 0
  for (let example = 0; example < count; example++) {
    for (let group = 0; group < mean.length; group++) {
      const shift = mean[group]!
      const divisor = std[group]!
      const end = at + groupSize
      if (values instanceof Float64Array) {
        for (; at < end; at++) values[at] = (values[at]! - shift) / divisor
        continue
      }
      // In single precision the rounding that follows hides how the quotient was made.
      const scale = 1 / divisor
      for (; at < end; at++) values[at] = (values[at]! - shift) * scale
    }
  }
}
