/**
 * Presentations: `presented` is 1 in the first step of each, `since(presented)` the time since the running
 * one began, and `on presented { x = 0 }` sets states anew before that step computes anything.
 *
 * They begin every so many steps, from the first step of the run on. Both numbers are parameters of the
 * compiled circuit, so that an evaluation can present for as long as it lasts; the host computes with
 * them in double precision.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Environment } from '../../model/bind/environment.ts'
import { noLowering, type LowerContext } from '../context.ts'
import { map, secondsOf } from './step-counts.ts'

/** How many steps a presentation lasts; no name that a model could declare. */
export const holdName = 'presented(steps)'

/** The steps since the running presentation began; before the first step none. */
function stepsOf(context: LowerContext, environment: Environment, of: Expression) {
  const { builder, clock } = context
  if (environment.initial) return builder.constant(0)
  if (!clock) return noLowering(context, of.span, '`presented` in a circuit without a past')
  const steps = builder.scalar('step', 'step')
  const hold = builder.scalar('param', holdName)
  const over = map(builder, 'floor', map(builder, 'div', steps, hold))
  return map(builder, 'sub', steps, map(builder, 'mul', over, hold))
}

/** 1 in the first step of a presentation, else 0. */
export function presentedNow(
  context: LowerContext,
  environment: Environment,
  of: Expression,
): ValueId | undefined {
  const steps = stepsOf(context, environment, of)
  return steps && map(context.builder, 'eq', steps, context.builder.constant(0))
}

/** The time since a presentation began, with its count of steps: 0 in its first step. */
export function sincePresented(
  context: LowerContext,
  environment: Environment,
  of: Expression,
): ValueId | undefined {
  const rest = stepsOf(context, environment, of)
  if (rest === undefined || !context.clock) return rest
  return secondsOf(context.builder, { rest, isWhole: true }, context.clock.step)
}

/** Whether an expression is the word `presented`, where nothing else is called so. */
export function isPresented(
  { bound: { references } }: Pick<LowerContext, 'bound'>,
  environment: Environment,
  expression: Expression | undefined,
): boolean {
  return (
    expression?.kind === 'Name' &&
    references.has(environment, expression) &&
    references.of(environment, expression).kind === 'presented'
  )
}
