/**
 * Steps that are too long for the solver. Told as far as the numbers are known when the model is compiled,
 * and the right side is linear in the state itself: tau * dv/dt = -v + ... decays with the time constant
 * tau, -(370 pF / 16 ms) * (v + 70 mV) with that of 16 ms.
 *
 * A step of forward Euler takes v to (1 - h/tau) v: beyond tau it changes sign, beyond 2 tau it grows.
 * The classical Runge-Kutta method grows beyond 2.785 tau, exponential Euler never (Hairer and Wanner,
 * Solving Ordinary Differential Equations II, chapter IV.2).
 */
import type { Expression, StateMember } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Environment } from '../model/bind/environment.ts'
import type { Bound } from '../model/bind/index.ts'
import type { References } from '../model/bind/reference.ts'
import type { Context } from '../model/context.ts'
import { evaluateNumber } from '../model/evaluate.ts'
import type { Experiment, NumberValue } from '../model/model.ts'
import { lookUpUnit } from '../model/units.ts'
import { paramsOf } from '../model/values.ts'
import { timeText } from '../model/time-text.ts'
import { observed } from '../model/watch.ts'

/** How many time constants a step of the Runge-Kutta method may be long. */
const rungeKuttaLimit = 2.785

interface Pace {
  readonly step: number
  readonly solver: string
}

/** Warns of states that are advanced by steps too long for them. */
export function checkTimeConstants(
  context: Context,
  bound: Bound,
  experiment: Experiment | undefined,
): void {
  const pace = experiment && paceOf(context, experiment)
  if (!pace) return
  const changing = settings(experiment)
  const told = new Set<StateMember>()
  for (const place of bound.all) {
    if (place.kind !== 'derivative' || told.has(place.state)) continue
    const { state, environment } = place
    const { factor, value } = state.derivative
    const numbers = new Numbers(bound.references, environment, changing, [factor, value])
    if (warnOfStep(context, numbers, state, pace)) told.add(state)
  }
}

function paceOf(context: Context, { statements, scope }: Experiment): Pace | undefined {
  const valueOf = (name: string): Expression | undefined =>
    statements.filter((each) => each.kind === 'Value').findLast((each) => each.name.name === name)
      ?.value
  const step = valueOf('step')
  const solver = valueOf('solver')
  const seconds = step && evaluateNumber(context, scope, step)?.value
  if (seconds === undefined || !(seconds > 0) || seconds === Infinity) return undefined
  return { step: seconds, solver: solver?.kind === 'Name' ? solver.name : 'euler' }
}

/** Parameters that phases of a protocol set: they do not stay as they are. */
function settings(experiment: Experiment | undefined): ReadonlySet<string> {
  const names = new Set<string>()
  for (const statement of experiment?.statements ?? []) {
    if (statement.kind !== 'Protocol' && statement.kind !== 'Evaluate') continue
    walk(statement, (node) => {
      if (node.kind === 'Setting') names.add(node.name.name)
    })
  }
  return names
}

function warnOfStep(
  context: Context,
  numbers: Numbers,
  state: StateMember,
  { step, solver }: Pace,
): boolean {
  const { factor, value } = state.derivative
  const limits = solver === 'euler' ? [1, 2] : solver === 'rk4' ? [rungeKuttaLimit] : []
  /** The time constant, and how many limits the step passes. */
  const judged = (): { readonly constant: number; readonly passed: number } => {
    const scale = factor ? numbers.of(factor) : 1
    const own = numbers.slope(value, state.name.name)
    // Of a time constant of 0 another check says that it divides by it.
    if (scale === undefined || own === undefined || scale === 0) return { constant: 0, passed: 0 }
    if (!Number.isFinite(own) || !(own / scale < 0)) return { constant: 0, passed: 0 }
    const ratio = (-own / scale) * step
    const passed = limits.filter((limit) => ratio > limit * (1 + 1e-9)).length
    return { constant: -scale / own, passed }
  }
  const passed = observed(numbers.known, () => judged().passed)
  if (passed === 0) return false
  const grows = passed === limits.length
  context.report(
    'longStep',
    state.derivative.span,
    {
      name: state.name.name,
      method: solver === 'euler' ? 'forward Euler' : 'the Runge-Kutta method',
      step: timeText(step),
      constant: timeText(judged().constant),
      consequence: grows ? 'it grows without end' : 'it overshoots in every step',
    },
    { hint: 'shorten the step, or write `solver exponential_euler`' },
  )
  return true
}

/** Numbers that are known when the model is compiled, at one place. */
class Numbers {
  readonly #known = new Map<Expression, NumberValue>()

  /** Of the names in some expressions. */
  constructor(
    references: References,
    environment: Environment,
    changing: ReadonlySet<string>,
    expressions: readonly (Expression | undefined)[],
  ) {
    for (const expression of expressions)
      if (expression)
        walk(expression, (node) => {
          if (node.kind !== 'Name' && node.kind !== 'Member' && node.kind !== 'Index') return
          if (!references.has(environment, node)) return
          const found = references.of(environment, node)
          if (found.kind !== 'value' || found.value.kind !== 'number') return
          const isFixed = paramsOf(found.value.symbol).every((name) => !changing.has(name))
          if (isFixed) this.#known.set(node, found.value)
        })
  }

  /** Those that are known. */
  get known(): readonly NumberValue[] {
    return [...this.#known.values()]
  }

  /** The value of an expression; undefined if it is not known. */
  of(expression: Expression): number | undefined {
    switch (expression.kind) {
      case 'NumberLiteral': {
        const unit = expression.unit && lookUpUnit(expression.unit.name)
        return expression.value * (unit?.scale ?? 1)
      }
      case 'Name':
      case 'Member':
      case 'Index': {
        return this.#known.get(expression)?.value
      }
      case 'Unary': {
        const operand = this.of(expression.operand)
        return expression.operator === '-' && operand !== undefined ? -operand : undefined
      }
      case 'Binary': {
        const [left, right] = [this.of(expression.left), this.of(expression.right)]
        if (left === undefined || right === undefined) return undefined
        switch (expression.operator) {
          case '+':
            return left + right
          case '-':
            return left - right
          case '*':
            return left * right
          case '/':
            return left / right
          case '^':
            return left ** right
          default:
            return undefined
        }
      }
      default:
        return undefined
    }
  }

  /** How fast a right side changes with a state; undefined where that is not known, or not constant. */
  slope(expression: Expression, state: string): number | undefined {
    switch (expression.kind) {
      case 'NumberLiteral':
        return 0
      case 'Name':
        return expression.name === state ? 1 : 0
      case 'Unary': {
        const inner = this.slope(expression.operand, state)
        return inner === undefined || expression.operator !== '-' ? undefined : -inner
      }
      case 'Binary': {
        const { operator, left, right } = expression
        const [a, b] = [this.slope(left, state), this.slope(right, state)]
        if (a === undefined || b === undefined) return undefined
        if (operator === '+' || operator === '-') return a + (operator === '+' ? b : -b)
        if (a === 0 && b === 0) return 0
        const known = this.of(a === 0 ? left : right)
        if (known === undefined || (a !== 0 && b !== 0)) return undefined
        if (operator === '*') return known * (a + b)
        return operator === '/' && b === 0 ? a / known : undefined
      }
      default: {
        let reads = false
        walk(expression, (node) => {
          if (node.kind === 'Name' && node.name === state) reads = true
        })
        return reads ? undefined : 0
      }
    }
  }
}
