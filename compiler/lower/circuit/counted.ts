/**
 * Whether an expression of a cell is a time that is counted in whole steps, told by its text: `t`,
 * `since(s)`, variables that are equal to such a time, and sums, multiples and choices of them. What
 * looks back at one keeps its steps, before it is known what they are.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { References } from '../../model/bind/reference.ts'

/** How many variables are followed. */
const depthLimit = 20

const keepCount: ReadonlySet<string> = new Set(['prev', 'min', 'max', 'clip', 'abs'])

export function isCounted(
  references: References,
  environment: Environment,
  expression: Expression,
  depth = 0,
): boolean {
  const inner = (each: Expression): boolean => isCounted(references, environment, each, depth)
  switch (expression.kind) {
    case 'Name':
    case 'Member': {
      if (!references.has(environment, expression)) return false
      const found = references.of(environment, expression)
      if (found.kind === 'time') return true
      if (found.kind !== 'cell' || found.of !== 'self' || found.phase !== undefined) return false
      const { variable } = found
      return (
        variable.kind === 'equation' &&
        variable.detected !== true &&
        variable.value !== undefined &&
        variable.environment !== undefined &&
        depth < depthLimit &&
        isCounted(references, variable.environment, variable.value, depth + 1)
      )
    }
    case 'Call': {
      const { callee, args } = expression
      if (!references.has(environment, callee)) return false
      const found = references.of(environment, callee)
      if (found.kind !== 'function' || found.fn.kind !== 'builtin') return false
      const { name } = found.fn
      return name === 'since' || (keepCount.has(name) && args.some(({ value }) => inner(value)))
    }
    case 'Unary':
      return expression.operator === '-' && inner(expression.operand)
    case 'Binary':
      return (
        ['+', '-', '*', '/'].includes(expression.operator) &&
        (inner(expression.left) || inner(expression.right))
      )
    case 'Conditional':
      return inner(expression.then) || inner(expression.otherwise)
    default:
      return false
  }
}
