/** Dimensions of what is known without looking further: values, literals, functions of the language. */
import type { NumberLiteral, Span } from '../../grammar/ast.ts'
import type { ParametersOf } from '../../grammar/diagnostics/codes.ts'
import type { BooleanValue, NumberValue } from './model.ts'
import type { Side } from './plain-declarations.ts'
import { dimensionless, lookUpUnit, sameDimension, type Dimension } from './units.ts'
import { observed } from './watch.ts'

/** Takes what is found wrong. */
export type Reporter = <N extends 'unitMismatch' | 'unitExpected' | 'mixedNorm'>(
  name: N,
  span: Span,
  parameters: ParametersOf<N>,
  extra: {
    readonly hint?: string | undefined
    /** The sides of a mismatch. */
    readonly sides?: readonly Side[]
  },
) => void

/** The dimension of a value; 0 without a unit fits every one. */
export function dimensionOf(value: NumberValue | BooleanValue): Dimension | undefined {
  if (value.kind === 'boolean') return dimensionless
  const fitsAll =
    sameDimension(value.dimension, dimensionless) && observed([value], () => value.value === 0)
  return fitsAll ? undefined : value.dimension
}

/** The dimension of a number as it is written; 0 without a unit fits every one. */
export function dimensionOfLiteral({ unit, value }: NumberLiteral): Dimension | undefined {
  const known = unit && lookUpUnit(unit.name)
  if (known) return known.dimension
  return value === 0 ? undefined : dimensionless
}
