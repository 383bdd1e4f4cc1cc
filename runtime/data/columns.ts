/**
 * Values of a source as those of a field, in the precision of the run. What single precision holds as infinite, and
 * labels and lengths that it does not hold as they are, are errors; what it holds as 0, or whole numbers that it rounds, is
 * told.
 */
import type { FieldPlan } from '../../contract/dataset.ts'
import { sizeOf } from '../../contract/readers.ts'
import { lostInSingle, lostText } from '../io/single-precision.ts'
import type { Column, ReaderContext } from './reader.ts'
import { DataError, valuesOf } from './types.ts'

/** The values of a field; `shape` is that of an example. Throws DataError. */
export function columnOf(
  field: FieldPlan,
  { shape, data, source }: Omit<Column, 'data'> & { readonly data: ArrayLike<number> },
  context: ReaderContext,
): Column {
  const { dataset, fields, precision, warn } = context
  const width = Math.max(1, sizeOf(shape))
  const where = (at: number): string => `of example ${Math.floor(at / width)} (the first is 0)`
  const isCounted = field.classes !== undefined || fields.some(({ lasts }) => lasts === field.name)
  if (precision !== 'f64') {
    const here = `Data set ${dataset}, field ${field.name}, ${source}`
    if (isCounted) requireHeld(data, (at) => `${here}: ${data[at]} ${where(at)}`)
    const lost = lostInSingle(data)
    const said = lost && `${here}: ${lostText(lost, where(lost.at))}.`
    if (said !== undefined && lost?.kind === 'infinite') throw new DataError(said)
    if (said !== undefined) warn?.(said)
  }
  return { shape, data: valuesOf(data, precision), source }
}

/** Throws DataError for a number that stands for something and is another one in single precision. */
function requireHeld(values: ArrayLike<number>, told: (at: number) => string): void {
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (Math.fround(value) === value || !Number.isFinite(value)) continue
    throw new DataError(
      Number.isInteger(value)
        ? `${told(at)} is another number in single precision: say \`precision f64\` in the experiment, or train with --precision f64.`
        : `${told(at)} is no whole number.`,
    )
  }
}
