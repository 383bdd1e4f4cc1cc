/**
 * Refractory times: after a detection nothing more is detected for so many steps, and the states that are
 * held stand still. One number is kept for each cell, the steps that are left: after a detection in step n with
 * a time of R steps, steps n + 1 to n + R - 1 are refractory, and step n + R can detect again (as in Brian 2,
 * whose `unless refractory` is `holding`).
 */
import type { ValueId } from '../../ir/ir.ts'
import type { Population, Scope } from '../../model/model.ts'
import { isFixedTime, type RefractoryEquation } from '../../model/refractory.ts'
import { fixedNumber, type Clock } from '../../model/clock.ts'
import type { LowerContext } from '../context.ts'
import type { Memories } from './memory.ts'
import { wholeSteps } from '../../model/whole-steps.ts'

/** More steps than are counted one by one in single precision. */
const mostSteps = 2 ** 23

/** What a refractory time needs of the circuit around. */
export interface RefractoryCircuit {
  readonly context: LowerContext
  readonly clock: Clock
  readonly memories: Memories
  /** Whether the signal was detected in this step. */
  readonly detected: (population: Population, name: string) => ValueId | undefined
  /** The value of an expression where the signal is detected. */
  readonly atDetection: (
    population: Population,
    scope: Scope,
    equation: RefractoryEquation,
  ) => ValueId | undefined
}

/** Whether a cell is refractory in this step, before anything is detected in it: 1 or 0. */
export function isHeld(
  circuit: RefractoryCircuit,
  population: Population,
  equation: RefractoryEquation,
): ValueId {
  const { builder } = circuit.context
  return builder.map('gt', stepsLeft(circuit, population, equation), builder.constant(0))
}

/** The refractory steps that are left, this one included. */
function stepsLeft(
  circuit: RefractoryCircuit,
  population: Population,
  equation: RefractoryEquation,
): ValueId {
  const { builder } = circuit.context
  const zero = builder.constant(0)
  const left = circuit.memories.keep(
    `${population.name}.refractory(${equation.name})`,
    [circuit.clock.examples, population.size],
    (context) => context.builder.constant(0),
    () => {
      const detected = circuit.detected(population, equation.name)
      const further = furtherSteps(circuit, population, equation)
      if (detected === undefined || further === undefined) return undefined
      const fewer = builder.map('max', zero, builder.map('sub', left, builder.constant(1)))
      return builder.map('select', detected, further, fewer)
    },
  )
  return left
}

/** How many steps after that of a detection are refractory. */
function furtherSteps(
  circuit: RefractoryCircuit,
  population: Population,
  equation: RefractoryEquation,
): ValueId | undefined {
  const { context, clock } = circuit
  const { builder, diagnostics } = context
  const { time } = equation.refractory
  if (isFixedTime(population.cell, equation)) {
    const value = fixedNumber(diagnostics, equation.scope, time)
    const what = 'A refractory time'
    const steps =
      value?.value === 0
        ? 0
        : value &&
          wholeSteps({ diagnostics, expression: time, value, step: clock.step, what, least: 0 })
    if (steps === undefined) return undefined
    if (steps > mostSteps) {
      return diagnostics.report('badValue', time.span, {
        what,
        expected: `at most ${mostSteps} steps`,
        found: `${steps} steps`,
      })
    }
    return builder.constant(Math.max(0, steps - 1))
  }
  // Of each cell its own, in seconds: whole steps that lie in it, as Brian 2 counts them.
  const seconds = circuit.atDetection(population, equation.scope, equation)
  if (seconds === undefined) return undefined
  const steps = builder.map('div', seconds, builder.constant(clock.step))
  const whole = builder.map('floor', builder.map('add', steps, builder.constant(1e-3)))
  return builder.map('sub', whole, builder.constant(1))
}
