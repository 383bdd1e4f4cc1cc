/**
 * Whether an expression of a cell is a time that is counted in whole steps, told by its text: `t`,
 * `since(s)`, variables that are equal to such a time, and sums, multiples and choices of them. What
 * looks back at one keeps its steps, before it is known what they are.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { runTimeName } from '../../model/builtins.ts'
import type { CellInstance, Scope } from '../../model/model.ts'

/** How many variables are followed. */
const depthLimit = 20

export function isCounted(
  cell: CellInstance,
  scope: Scope,
  expression: Expression,
  depth = 0,
): boolean {
  const inner = (each: Expression | undefined): boolean =>
    each !== undefined && isCounted(cell, scope, each, depth)
  switch (expression.kind) {
    case 'Name': {
      const { name } = expression
      const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
      const found = equations.find((each) => each.name === name)
      if (found && depth < depthLimit && !found.detected)
        return isCounted(cell, found.scope, found.value, depth + 1)
      return name === runTimeName && !found && isFree(cell, scope, name)
    }
    case 'Call': {
      const name = expression.callee.kind === 'Name' ? expression.callee.name : ''
      const entry = scope.lookUp(name)
      if (entry && entry.kind !== 'builtin') return false
      const args = expression.args.map((each) => each.value)
      if (name === 'since') return true
      return ['prev', 'min', 'max', 'clip', 'abs'].includes(name) && args.some(inner)
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

/** Whether a name is declared neither by the cell nor around it. */
function isFree(
  { states, inputs, biases, compartments }: CellInstance,
  scope: Scope,
  name: string,
) {
  const names = [
    ...states.map(({ member }) => member.name.name),
    ...inputs.map((each) => each.name),
    ...biases.map((each) => each.name),
    ...compartments.flatMap((each) => [
      each.name,
      ...each.states.map(({ member }) => member.name.name),
    ]),
  ]
  return scope.lookUp(name) === undefined && !names.includes(name)
}
