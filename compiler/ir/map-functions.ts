/** What fused element-wise functions mean, on numbers. */
import { evaluateElementary } from '../../contract/elementary.ts'
import type { MapExpression } from './ir.ts'
import { assertNever, nodeAt } from './operands.ts'

export { evaluateElementary as evaluateMap } from '../../contract/elementary.ts'

/** A fused expression of numbers. */
export function evaluateExpression(expression: MapExpression, args: readonly number[]): number {
  switch (expression.kind) {
    case 'argument':
      return nodeAt(args, expression.index)
    case 'apply':
      return evaluateElementary(
        expression.fn,
        expression.args.map((argument) => evaluateExpression(argument, args)),
      )
    default:
      return assertNever(expression)
  }
}
