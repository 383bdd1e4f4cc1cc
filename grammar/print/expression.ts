/**
 * Expressions as text, with the fewest parentheses that keep their meaning. For messages and for
 * generated sources; the formatter prints tokens instead, and so keeps the author's parentheses.
 */
import { assertNever } from '../assert-never.ts'
import type { Argument, Expression, RangeExpression } from '../ast.ts'
import { binaryLevel, level } from '../precedence.ts'

/** The text of an expression. */
export function printExpression(expression: Expression): string {
  return print(expression, level.conditional)
}

/** The text of a range: `0..1`, `0 < .. < 1`. */
export function printRange(range: RangeExpression): string {
  const { from, to, fromOpen, toOpen } = range
  const spaced = fromOpen || toOpen
  const parts = [
    from === undefined ? [] : [print(from, level.sum)],
    fromOpen ? ['<'] : [],
    ['..'],
    toOpen ? ['<'] : [],
    to === undefined ? [] : [print(to, level.sum)],
  ]
  return parts.flat().join(spaced ? ' ' : '')
}

/** Whether the text that `expression` prints to may be followed by a tighter operator. */
function levelOf(expression: Expression): number {
  switch (expression.kind) {
    case 'Conditional':
    case 'Spread':
      return level.conditional
    case 'Range':
      return level.conditional
    case 'Binary':
      return binaryLevel[expression.operator]
    case 'Unary':
      return expression.operator === 'not' ? level.not : level.negation
    case 'NumberLiteral':
      // `10 mV.x` and `10 mV(x)` would read the unit as a name.
      return expression.unit === undefined ? level.postfix : level.power
    case 'StringLiteral':
    case 'BooleanLiteral':
    case 'Name':
    case 'Member':
    case 'Index':
    case 'Call':
    case 'List':
    case 'ErrorExpression':
      return level.postfix
    default:
      return assertNever(expression)
  }
}

function print(expression: Expression, minimum: number): string {
  const text = printBare(expression)
  return levelOf(expression) < minimum ? `(${text})` : text
}

function printBare(expression: Expression): string {
  switch (expression.kind) {
    case 'NumberLiteral':
      return expression.unit === undefined
        ? expression.text
        : `${expression.text} ${expression.unit.name}`
    case 'StringLiteral':
      return `"${expression.value.replace(/["\\]/g, '\\$&')}"`
    case 'BooleanLiteral':
      return expression.text
    case 'Name':
      return expression.name
    case 'Member':
      return `${print(expression.object, level.postfix)}.${expression.member.name}`
    case 'Index': {
      const { index } = expression
      const inner = index.kind === 'Range' ? printRange(index) : print(index, level.sum)
      return `${print(expression.object, level.postfix)}[${inner}]`
    }
    case 'Call':
      return `${print(expression.callee, level.postfix)}${printArguments(expression.args)}`
    case 'Unary':
      return expression.operator === 'not'
        ? `not ${print(expression.operand, level.not)}`
        : `-${print(expression.operand, level.negation)}`
    case 'Binary': {
      const { operator, left, right } = expression
      const own = binaryLevel[operator]
      // `^` binds to the right, and takes a sign on its right; comparisons do not chain.
      const leftMinimum =
        operator === '^' ? level.postfix : own === level.comparison ? own + 1 : own
      const rightMinimum = operator === '^' ? level.negation : own + 1
      return `${print(left, leftMinimum)} ${operator} ${print(right, rightMinimum)}`
    }
    case 'Conditional': {
      const { test, then, otherwise } = expression
      return `if ${printExpression(test)} then ${printExpression(then)} else ${printExpression(otherwise)}`
    }
    case 'List':
      return `[${expression.elements.map(printExpression).join(', ')}]`
    case 'Spread':
      return `...${printExpression(expression.operand)}`
    case 'Range':
      return printRange(expression)
    case 'ErrorExpression':
      return '?'
    default:
      return assertNever(expression)
  }
}

/** The text of arguments with their parentheses. */
export function printArguments(args: readonly Argument[]): string {
  const texts = args.map(({ name, each, value }) => {
    const text = `${each === true ? 'each ' : ''}${printExpression(value)}`
    return name === undefined ? text : `${name.name} = ${text}`
  })
  return `(${texts.join(', ')})`
}
