/**
 * Physical dimensions as exponent vectors, and the arithmetic of them. A quantity is kept in SI
 * units from the moment it is read; its dimension travels with it through compile-time arithmetic.
 * Steps, epochs and the like count, and mix with nothing else.
 */
import type { Expression, NumberLiteral } from '../../grammar/ast.ts'
import { isUnit, unitFactors, unitOf } from '../../grammar/units.ts'
import type { Context } from './context.ts'

/** Exponents of the base dimensions; absent means 0. */
export type Dimension = Readonly<Record<string, number>>

export const dimensionless: Dimension = {}

/** A unit by its spelling: factor to SI and dimension; undefined if there is no such unit. */
export function lookUpUnit(
  name: string,
): { readonly scale: number; readonly dimension: Dimension } | undefined {
  const unit = unitOf(name)
  return unit && { scale: unit.scale, dimension: unit.dimension }
}

/**
 * Reports a unit in `1 mV/s` that is also the name of something: with spaces around the mark it would be
 * divided by that.
 */
export function checkCompound(
  context: Context,
  literal: NumberLiteral,
  isNamed: (name: string) => boolean,
): void {
  const { unit } = literal
  if (!unit || isUnit(unit.name)) return
  const [, ...others] = unitFactors(unit.name) ?? []
  const named = others.find(({ name }) => isNamed(name))
  if (!named) return
  const { name } = named
  const [before = ''] = unit.name.split(/[*/]/)
  const { text } = literal
  const hint = `write \`${text} ${before} / ${name}\`, with spaces, for the variable, \`${text} ${before} / 1 ${name}\` for the unit`
  context.report('unitIsName', unit.span, { name, unit: unit.name }, { hint })
}

const keys = (a: Dimension, b: Dimension): readonly string[] => [
  ...new Set([...Object.keys(a), ...Object.keys(b)]),
]

/** Exponents of a product (`sign` 1) or quotient (`sign` -1). */
export function combine(a: Dimension, b: Dimension, sign: 1 | -1): Dimension {
  const result: Record<string, number> = {}
  for (const key of keys(a, b)) {
    const exponent = (a[key] ?? 0) + sign * (b[key] ?? 0)
    if (exponent !== 0) result[key] = exponent
  }
  return result
}

export function power(a: Dimension, exponent: number): Dimension {
  return Object.fromEntries(
    Object.entries(a)
      .map(([key, value]) => [key, value * exponent] as const)
      .filter(([, value]) => value !== 0),
  )
}

export function sameDimension(a: Dimension, b: Dimension): boolean {
  return keys(a, b).every((key) => (a[key] ?? 0) === (b[key] ?? 0))
}

/** For messages: `mV` when a single known unit has the dimension, else `time^-1 current`. */
export function describeDimension(a: Dimension): string {
  const entries = Object.entries(a).filter(([, exponent]) => exponent !== 0)
  if (entries.length === 0) return 'no unit'
  const text = entries
    .map(([key, exponent]) => (exponent === 1 ? key : `${key}^${exponent}`))
    .join(' ')
  return `the dimension ${text}`
}

/** The unit that numbers of a dimension are usually written in. */
const usual = [
  'mV',
  'ms',
  'pA',
  'nS',
  'pF',
  'Hz',
  'Mohm',
  'um',
  'um^2',
  'm/s',
  'mS/cm^2',
  'uA/cm^2',
  'uF/cm^2',
  'ohm*cm',
  'step',
  'epochs',
  'batches',
  'examples',
]

/** Advice for a plain number that stands where a quantity is needed; none for anything else. */
export function unitHint(expression: Expression, wanted: Dimension): string | undefined {
  const negative = expression.kind === 'Unary' && expression.operator === '-'
  const number = negative ? expression.operand : expression
  if (number.kind !== 'NumberLiteral' || number.unit) return undefined
  const unit = usual.find((name) => sameDimension(lookUpUnit(name)?.dimension ?? {}, wanted))
  const text = `${negative ? '-' : ''}${number.text}`
  return unit === undefined ? undefined : `write \`${text} ${unit}\`: ${text} has no unit`
}

/** In equations, steps are the time that they take. */
export function asTime(dimension: Dimension | undefined): Dimension | undefined {
  const steps = dimension?.['step'] ?? 0
  if (!dimension || steps === 0) return dimension
  const { step: _, ...others } = dimension
  return combine(others, { time: steps }, 1)
}
