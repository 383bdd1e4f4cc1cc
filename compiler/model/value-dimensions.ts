/** Dimensions of what is known without looking further: values, literals, functions of the language. */
import type { NumberLiteral, Span } from '../../grammar/ast.ts'
import type { ParametersOf } from '../../grammar/diagnostics/codes.ts'
import type { BooleanValue, NumberValue } from './model.ts'
import type { Side } from './plain-declarations.ts'
import { dimensionless, lookUpUnit, sameDimension, type Dimension } from './units.ts'

/** Takes what is found wrong. */
export type Reporter = <N extends 'unitMismatch' | 'unitExpected'>(
  name: N,
  span: Span,
  parameters: ParametersOf<N>,
  extra: {
    readonly hint?: string | undefined
    /** The sides of a mismatch. */
    readonly sides?: readonly Side[]
  },
) => void

/** Functions of plain numbers. */
export const wantPlainNumber: ReadonlySet<string> = new Set(
  'bernoulli poisson binomial exp log sigmoid tanh softplus sin cos tan asin acos sinh cosh atan log1p expm1 log10 log2 erf'.split(
    ' ',
  ),
)
/** Functions whose result has the dimension of their argument. */
export const keepDimension: ReadonlySet<string> = new Set([
  'abs',
  'floor',
  'ceil',
  'round',
  'trunc',
  'prev',
  'sum',
  'mean',
  'std',
  'max_of',
  'min_of',
])

/** Functions whose arguments have one dimension, which is that of the result but of an angle. */
export const sharesDimension: ReadonlySet<string> = new Set(['min', 'max', 'clip', 'mod', 'atan2'])

/** The dimension of a value; 0 without a unit fits every one. */
export function dimensionOf(value: NumberValue | BooleanValue): Dimension | undefined {
  if (value.kind === 'boolean') return dimensionless
  const fitsAll = value.value === 0 && sameDimension(value.dimension, dimensionless)
  return fitsAll ? undefined : value.dimension
}

/** The dimension of a number as it is written; 0 without a unit fits every one. */
export function dimensionOfLiteral({ unit, value }: NumberLiteral): Dimension | undefined {
  const known = unit && lookUpUnit(unit.name)
  if (known) return known.dimension
  return value === 0 ? undefined : dimensionless
}
