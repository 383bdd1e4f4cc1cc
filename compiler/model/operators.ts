/**
 * What operators and functions make of values that are known when a model is compiled: numbers keep the
 * parameter arithmetic they came from, as long as it is short. What does not fit is reported.
 */
import type { BinaryExpression, BinaryOperator, Expression, Span } from '../../grammar/ast.ts'
import type { MapFunction } from '../ir/ir.ts'
import type { Context } from './context.ts'
import type { BooleanValue, NumberValue, ScalarSymbol, Value } from './model.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  power,
  sameDimension,
  unitHint,
} from './units.ts'
import {
  booleanValue,
  describeEntry,
  numberValue,
  pairwise,
  paramsOf,
  symbolOf,
  symbolSize,
} from './values.ts'
import { observed, watchedNumber, watchOfAll } from './watch.ts'

/** What the operators of the language are, element by element; `@` is of weights. */
export const operatorFunctions: Readonly<Record<Exclude<BinaryOperator, '@'>, MapFunction>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  and: 'and',
  or: 'or',
}

/** Arithmetic over parameters that is longer is done when the model is compiled. */
const longestSymbol = 1000

const arithmetic = {
  '+': { fn: 'add', apply: (a: number, b: number) => a + b },
  '-': { fn: 'sub', apply: (a: number, b: number) => a - b },
  '*': { fn: 'mul', apply: (a: number, b: number) => a * b },
  '/': { fn: 'div', apply: (a: number, b: number) => a / b },
  '^': { fn: 'pow', apply: (a: number, b: number) => a ** b },
} as const

const comparisons = {
  '==': { fn: 'eq', apply: (a: number, b: number) => a === b },
  '!=': { fn: 'ne', apply: (a: number, b: number) => a !== b },
  '<': { fn: 'lt', apply: (a: number, b: number) => a < b },
  '<=': { fn: 'le', apply: (a: number, b: number) => a <= b },
  '>': { fn: 'gt', apply: (a: number, b: number) => a > b },
  '>=': { fn: 'ge', apply: (a: number, b: number) => a >= b },
} as const

/** What an operator makes of two values, or undefined after a report. */
export function combined(
  context: Context,
  expression: BinaryExpression,
  left: Value,
  right: Value,
): Value | undefined {
  const { operator } = expression
  if (operator === 'and' || operator === 'or') {
    const a = expectBoolean(context, left, expression.left.span)
    const b = expectBoolean(context, right, expression.right.span)
    return (
      a &&
      b &&
      applyBoolean(
        context,
        operator,
        operator === 'and' ? a.value && b.value : a.value || b.value,
        [a, b],
      )
    )
  }
  if (
    (operator === '==' || operator === '!=') &&
    left.kind === 'string' &&
    right.kind === 'string'
  ) {
    return booleanValue((left.value === right.value) === (operator === '=='))
  }
  if (operator === '@') {
    return context.report('notConstant', expression.span, { reason: '`@` is a product of weights' })
  }
  return pairwise(left, right, (one, other) => combineNumbers(context, expression, one, other))
}

function combineNumbers(
  context: Context,
  expression: BinaryExpression,
  left: Value,
  right: Value,
): Value | undefined {
  const a = expectNumber(context, left, expression.left.span)
  const b = expectNumber(context, right, expression.right.span)
  if (!a || !b) return undefined
  const { operator } = expression
  switch (operator) {
    case '*':
    case '/': {
      const { fn, apply } = arithmetic[operator]
      const dimension = combine(a.dimension, b.dimension, operator === '*' ? 1 : -1)
      return applyNumber(context, fn, () => apply(a.value, b.value), dimension, [a, b])
    }
    case '^':
      if (!sameDimension(b.dimension, dimensionless)) {
        return context.report('unitExpected', expression.right.span, {
          what: 'An exponent',
          expected: 'a number without a unit',
          found: describeDimension(b.dimension),
        })
      }
      return applyNumber(
        context,
        'pow',
        () => a.value ** b.value,
        // Which a power of what has no unit is, is no question of the exponent.
        sameDimension(a.dimension, dimensionless) ? dimensionless : power(a.dimension, b.value),
        [a, b],
      )
    case '+':
    case '-': {
      if (!checkSame(context, expression, a, b)) return undefined
      const { fn, apply } = arithmetic[operator]
      const { dimension } = isZero(expression.left) ? b : a
      return applyNumber(context, fn, () => apply(a.value, b.value), dimension, [a, b])
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (!checkSame(context, expression, a, b)) return undefined
      const { fn, apply } = comparisons[operator]
      const holds = observed([a, b], () => apply(a.value, b.value))
      return applyBoolean(context, fn, holds, [a, b])
    }
    case 'and':
    case 'or':
    case '@':
      throw new Error(`${operator} combines no numbers`)
  }
}

function isZero(expression: Expression): boolean {
  return expression.kind === 'NumberLiteral' && expression.value === 0 && !expression.unit
}

function checkSame(
  context: Context,
  expression: BinaryExpression,
  a: NumberValue,
  b: NumberValue,
): boolean {
  if (sameDimension(a.dimension, b.dimension)) return true
  // A written 0 fits every dimension.
  if (isZero(expression.left) || isZero(expression.right)) return true
  context.report(
    'unitMismatch',
    expression.span,
    {
      operation: `\`${expression.operator}\``,
      left: describeDimension(a.dimension),
      right: describeDimension(b.dimension),
    },
    {
      hint: unitHint(expression.left, b.dimension) ?? unitHint(expression.right, a.dimension),
    },
  )
  return false
}

/** A number that is a function of others; `find` computes it of their values. */
export function applyNumber(
  context: Context,
  fn: MapFunction,
  find: () => number,
  dimension: NumberValue['dimension'],
  args: readonly (NumberValue | BooleanValue)[],
): NumberValue {
  const symbol = appliedSymbol(context, fn, args)
  const watched = watchOfAll(args)
  return watched
    ? watchedNumber(watched, find, dimension, symbol)
    : numberValue(find(), dimension, symbol)
}

/** The symbol of a function of `args`; none if it depends on no parameter, or is too long to keep. */
function appliedSymbol(
  context: Context,
  fn: MapFunction,
  args: readonly (NumberValue | BooleanValue)[],
): ScalarSymbol | undefined {
  if (!args.some((each) => each.symbol)) return undefined
  const symbols = args.map(symbolOf)
  const size = symbols.reduce((sum, each) => sum + symbolSize(each), 1)
  if (size <= longestSymbol) return { kind: 'apply', fn, args: symbols, size }
  markStructural(context, args)
  return undefined
}

export function applyBoolean(
  context: Context,
  fn: MapFunction,
  value: boolean,
  args: readonly (NumberValue | BooleanValue)[],
): BooleanValue {
  return booleanValue(value, appliedSymbol(context, fn, args))
}

export function expectNumber(context: Context, value: Value, span: Span): NumberValue | undefined {
  if (value.kind === 'number') return value
  return context.report('expectedNumber', span, { expected: 'number', found: describeEntry(value) })
}

export function expectBoolean(
  context: Context,
  value: Value,
  span: Span,
): BooleanValue | undefined {
  if (value.kind === 'boolean') return value
  return context.report('expectedNumber', span, {
    expected: 'switch (on or off)',
    found: describeEntry(value),
  })
}

/** A result that forgets its parameters can only change by compiling again. */
export function markStructural(
  context: Context,
  numbers: readonly (NumberValue | BooleanValue)[],
): void {
  for (const each of numbers) for (const name of paramsOf(each.symbol)) context.structural.add(name)
}

export function toInteger(context: Context, value: NumberValue, span: Span): number | undefined {
  markStructural(context, [value])
  if (Number.isInteger(value.value) && sameDimension(value.dimension, dimensionless))
    return value.value
  return context.report('expectedNumber', span, {
    expected: 'whole number',
    found: sameDimension(value.dimension, dimensionless)
      ? String(value.value)
      : `a number with ${describeDimension(value.dimension)}`,
  })
}
