/** Dimensions of functions of numbers that are known when a model is compiled; what does not fit is reported. */
import type { CallExpression } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import type { NumberValue } from './model.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  power,
  sameDimension,
  type Dimension,
} from './units.ts'
import { dimensionOf, wantPlainNumber } from './value-dimensions.ts'

/** Functions of numbers of one dimension, and whether the result has it. */
const together: Readonly<Record<string, boolean>> = {
  min: true,
  max: true,
  sum: true,
  mod: true,
  clip: true,
  atan2: false,
}

/** The dimension of the result of a call; undefined after a report. */
export function dimensionOfCall(
  context: Context,
  name: string,
  numbers: readonly NumberValue[],
  call: CallExpression,
): Dimension | undefined {
  const first = numbers[0]?.dimension ?? dimensionless
  if (name === 'sqrt') return power(first, 0.5)
  if (name === 'sign') return dimensionless
  if (name === 'product')
    return numbers.reduce<Dimension>((all, each) => combine(all, each.dimension, 1), dimensionless)
  const isOfOne = together[name]
  if (isOfOne !== undefined) {
    const said = numbers.map(dimensionOf).filter((each) => each !== undefined)
    const shared = said[0] ?? first
    const other = said.find((each) => !sameDimension(each, shared))
    if (!other) return isOfOne ? shared : dimensionless
    return context.report('unitMismatch', call.span, {
      operation: `\`${name}\``,
      left: describeDimension(shared),
      right: describeDimension(other),
    })
  }
  if (!wantPlainNumber.has(name) || sameDimension(first, dimensionless))
    return wantPlainNumber.has(name) ? dimensionless : first
  return context.report('unitExpected', call.args[0]?.value.span ?? call.span, {
    what: `\`${name}\``,
    expected: 'a plain number',
    found: describeDimension(first),
  })
}
