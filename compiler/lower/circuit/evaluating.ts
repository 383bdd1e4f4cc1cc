/**
 * `evaluating`: whether the circuit is tested or asked. In the graph that answers it is 1. The graph of a step
 * trains; where an `evaluate` block passes test examples through it, too, the word is a switch that the host
 * turns meanwhile, and else 0.
 */
import type { ValueId } from '../../ir/ir.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { LowerContext } from '../context.ts'

/** The switch's parameter; no name that a model could declare. */
export const evaluatingSwitch = 'evaluating(now)'

/** 1 where the circuit is tested or asked, else 0. */
export function evaluatingNow(
  { builder, evaluates, evaluating }: LowerContext,
  { initial }: Pick<Environment, 'initial'> = {},
): ValueId {
  // What is before the first step is what training begins with.
  if (initial) return builder.constant(0)
  return evaluates && !evaluating
    ? builder.scalar('param', evaluatingSwitch)
    : builder.constant(evaluating ? 1 : 0)
}
