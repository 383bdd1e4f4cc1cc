/**
 * How tightly operators bind, for the parser and the printer alike.
 *
 * From loose to tight: `if`, `or`, `and`, `not`, comparisons (which do not chain), `+ -`,
 * `* / @`, unary `-`, `^` (to the right), and calls, members and indices.
 */
import type { BinaryOperator } from './ast.ts'

/** Levels of binding; a higher one binds tighter. */
export const level = {
  conditional: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  negation: 7,
  power: 8,
  postfix: 9,
} as const

/** The level of each operator between two operands. */
export const binaryLevel: Readonly<Record<BinaryOperator, number>> = {
  or: level.or,
  and: level.and,
  '==': level.comparison,
  '!=': level.comparison,
  '<': level.comparison,
  '<=': level.comparison,
  '>': level.comparison,
  '>=': level.comparison,
  '+': level.sum,
  '-': level.sum,
  '*': level.product,
  '/': level.product,
  '@': level.product,
  '^': level.power,
}

/** Whether `text` is an operator between two operands. */
export function isBinaryOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(binaryLevel, text)
}
