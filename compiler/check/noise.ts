/**
 * The noise `xi` of state equations: it is added, times a factor, and the experiment's solver has a rule for
 * it. A function of noise, or its square, would depend on the step instead of converging with it.
 */
import type { Expression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import type { Experiment } from '../model/model.ts'

/** Reports noise that is more than added, and a solver without a meaning for it. */
export function checkNoise(
  context: Context,
  { all, references }: Bound,
  experiment: Experiment | undefined,
): void {
  const solver = experiment?.statements
    .filter((each) => each.kind === 'Value')
    .findLast((each) => each.name.name === 'solver')?.value
  const isRungeKutta = solver?.kind === 'Name' && solver.name === 'rk4'
  let told = false
  for (const place of all) {
    if (place.kind !== 'derivative') continue
    const { environment } = place
    const { value } = place.state.derivative
    const isNoise = (each: Expression): boolean =>
      each.kind === 'Name' &&
      references.has(environment, each) &&
      references.of(environment, each).kind === 'noise'
    const bad = notAdded(value, isNoise)
    if (bad) context.report('noiseForm', bad.span, {}, { hint })
    if (!isRungeKutta || told || !holds(value, isNoise)) continue
    told = true
    context.report(
      'noiseSolver',
      solver.span,
      { solver: 'rk4' },
      { hint: 'write `solver euler` (Euler-Maruyama) or `solver exponential_euler`' },
    )
  }
}

const hint = 'write a sum, as in `tau * dv/dt = -v + sigma * sqrt(2 * tau) * xi`'

type IsNoise = (expression: Expression) => boolean

function holds(expression: Expression, isNoise: IsNoise): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind === 'Name' && isNoise(node)) found = true
  })
  return found
}

/** The part of an expression in which noise is neither a summand nor a factor. */
function notAdded(expression: Expression, isNoise: IsNoise): Expression | undefined {
  const inner = (each: Expression): Expression | undefined => notAdded(each, isNoise)
  if (!holds(expression, isNoise)) return undefined
  switch (expression.kind) {
    case 'Name':
      return undefined
    case 'Unary':
      return expression.operator === '-' ? inner(expression.operand) : expression
    case 'Binary': {
      const { operator, left, right } = expression
      if (operator === '+' || operator === '-') return inner(left) ?? inner(right)
      const [a, b] = [holds(left, isNoise), holds(right, isNoise)]
      if (operator === '*' && !(a && b)) return a ? inner(left) : inner(right)
      return operator === '/' && !b ? inner(left) : expression
    }
    case 'Conditional': {
      const { test, then, otherwise } = expression
      return holds(test, isNoise) ? expression : (inner(then) ?? inner(otherwise))
    }
    default:
      return expression
  }
}
