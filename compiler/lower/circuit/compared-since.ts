/** Comparisons of the time since a signal with a constant, as numbers of steps. */
import type { BinaryExpression, Expression } from '../../../grammar/ast.ts'
import { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { FunctionReference } from '../../model/bind/reference.ts'
import { operatorFunctions } from '../../model/operators.ts'
import { type LowerContext } from '../context.ts'
import { isPresented } from './presented.ts'
import { countIn, isComparison, knownScalar } from './step-counts.ts'

/** Where such a comparison stands. */
interface Place {
  readonly environment: Environment
  /** `since` as a plain number of steps, exact below 2^24. */
  readonly stepsSince?: (of: Expression) => ValueId | undefined
}

/** `since(s) >= 2 ms`, for which a plain number of steps is enough; undefined for all else. */
export function comparedSince(
  context: LowerContext,
  place: Place,
  { operator, left, right }: BinaryExpression,
  lower: (context: LowerContext, expression: Expression) => ValueId | undefined,
): ValueId | undefined {
  const { builder, clock } = context
  if (operator === '@' || !clock || !place.stepsSince) return undefined
  const fn = operatorFunctions[operator]
  const [leftSignal, rightSignal] = [left, right].map((each) => signalOf(context, place, each))
  const swapped = leftSignal === undefined
  const of = leftSignal ?? rightSignal
  const other = swapped ? left : right
  if (!isComparison(fn) || !of || (leftSignal && rightSignal)) return undefined
  if (!isConstant(context, place, other)) return undefined
  // Looked at aside: what turns out to be no constant is lowered in its own place.
  const aside: LowerContext = { ...context, builder: new GraphBuilder('aside') }
  const value = lower(aside, other)
  const steps = value === undefined ? undefined : countIn(aside.builder, value, clock.step).rest
  const known = steps === undefined ? undefined : knownScalar(aside.builder, steps)
  if (known === undefined || Math.abs(known) >= 2 ** 23) return undefined
  const count = place.stepsSince(of)
  if (count === undefined) return undefined
  const isOrder = fn !== 'eq' && fn !== 'ne'
  // Whole steps reach 20.5 at 21.
  const isUp = (fn === 'ge' || fn === 'lt') !== swapped
  const border = builder.constant(!isOrder ? known : isUp ? Math.ceil(known) : Math.floor(known))
  return swapped ? builder.map(fn, border, count) : builder.map(fn, count, border)
}

/** The signal of a `since(signal)`. */
function signalOf(
  context: LowerContext,
  place: Place,
  expression: Expression,
): Expression | undefined {
  if (expression.kind !== 'Call') return undefined
  const fn = functionOf(context, place, expression.callee)
  // That a presentation began is known to the host.
  if (isPresented(context, place.environment, expression.args[0]?.value)) return undefined
  return fn?.kind === 'builtin' && fn.name === 'since' ? expression.args[0]?.value : undefined
}

/** Whether an expression is made of numbers and of names that are no variables. */
function isConstant(context: LowerContext, place: Place, expression: Expression): boolean {
  switch (expression.kind) {
    case 'NumberLiteral':
      return true
    case 'Name':
      return context.bound.references.of(place.environment, expression).kind === 'value'
    case 'Unary':
      return isConstant(context, place, expression.operand)
    case 'Binary':
      return (
        isConstant(context, place, expression.left) && isConstant(context, place, expression.right)
      )
    default:
      return false
  }
}

/** The function that a node refers to; undefined after a report. */
export function functionOf(
  { bound }: LowerContext,
  { environment }: Pick<Place, 'environment'>,
  expression: Expression,
): FunctionReference | undefined {
  const reference = bound.references.of(environment, expression)
  return reference.kind === 'function' ? reference.fn : undefined
}
