/** Dimensions of functions of numbers that are known when a model is compiled; what does not fit is reported. */
import type { CallExpression } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import type { NumberValue } from './model.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  sameDimension,
  type Dimension,
} from './units.ts'
import { functionUnits, judgedCall } from './function-units.ts'
import { dimensionOf } from './value-dimensions.ts'

/** The dimension of the result of a call; undefined after a report. */
export function dimensionOfCall(
  context: Context,
  name: string,
  numbers: readonly NumberValue[],
  call: CallExpression,
): Dimension | undefined {
  if (name === 'product')
    return numbers.reduce<Dimension>((all, each) => combine(all, each.dimension, 1), dimensionless)
  const asked = functionUnits.get(name)
  const found = numbers.map(dimensionOf)
  const first = numbers[0]?.dimension ?? dimensionless
  if (!asked) return first
  const { clashes, gives } = judgedCall(asked, found, { same: sameDimension, isTime })
  const [clash] = clashes
  // 0 of whatever unit.
  if (!clash) return gives ?? first
  if (clash.kind === 'alike') {
    return context.report('unitMismatch', call.span, {
      operation: `\`${name}\``,
      left: describeDimension(found[clash.first] ?? dimensionless),
      right: describeDimension(found[clash.other] ?? dimensionless),
    })
  }
  return context.report('unitExpected', call.args[clash.at]?.value.span ?? call.span, {
    what: `\`${name}\``,
    expected: 'a number without a unit',
    found: describeDimension(found[clash.at] ?? dimensionless),
  })
}

const isTime = (dimension: Dimension): boolean => sameDimension(dimension, { time: 1 })
