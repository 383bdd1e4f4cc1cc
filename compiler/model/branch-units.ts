/**
 * The units of the two branches of a conditional that is decided when the model is compiled. Only one of them is
 * taken, and the other may be wrong as it is, so it is not evaluated: its unit is known where it is made of numbers
 * and of names whose values are known by then.
 */
import type { Expression } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import type { Scope } from './model.ts'
import { combine, describeDimension, sameDimension, unitHint, type Dimension } from './units.ts'
import { dimensionOf, dimensionOfLiteral } from './value-dimensions.ts'

/** Reports branches that are known to have different units, and says whether they have. */
export function branchesDiffer(
  context: Context,
  scope: Scope,
  { then, otherwise, span }: Extract<Expression, { kind: 'Conditional' }>,
): boolean {
  const [left, right] = [settledDimension(scope, then), settledDimension(scope, otherwise)]
  if (!left || !right || sameDimension(left, right)) return false
  const parameters = {
    operation: '`if`',
    left: describeDimension(left),
    right: describeDimension(right),
  }
  const hint = unitHint(then, right) ?? unitHint(otherwise, left)
  context.report('unitMismatch', span, parameters, { hint })
  return true
}

/** The dimension of what an expression would be; undefined if it is not known, or fits every one. */
function settledDimension(scope: Scope, expression: Expression): Dimension | undefined {
  switch (expression.kind) {
    case 'NumberLiteral':
      return dimensionOfLiteral(expression)
    case 'Name': {
      const entry = scope.settled(expression.name)
      return entry?.kind === 'number' ? dimensionOf(entry) : undefined
    }
    case 'Unary':
      return expression.operator === '-' ? settledDimension(scope, expression.operand) : undefined
    case 'Binary': {
      const { operator } = expression
      const [left, right] = [expression.left, expression.right].map((side) =>
        settledDimension(scope, side),
      )
      if (operator === '+' || operator === '-') return left ?? right
      const sign = operator === '*' ? 1 : operator === '/' ? -1 : undefined
      return left && right && sign !== undefined ? combine(left, right, sign) : undefined
    }
    case 'Conditional':
      return (
        settledDimension(scope, expression.then) ?? settledDimension(scope, expression.otherwise)
      )
    default:
      return undefined
  }
}
