/** What a refractory time of a population's cells reads of the circuit, and which of their states it holds. */
import type { ValueId } from '../../ir/ir.ts'
import type { Clock } from '../../model/clock.ts'
import type { Population } from '../../model/model.ts'
import { holdersOf } from '../../model/refractory.ts'
import type { CircuitLowering } from './circuit.ts'
import type { ReadState, Stateful } from './dynamics.ts'
import { lowerExpression } from './expressions.ts'
import { isHeld, type RefractoryCircuit } from './refractory.ts'

/** Whether a state of a population's cells stands still; undefined for one that nothing holds. */
export function heldIn(
  circuit: CircuitLowering,
  clock: Clock,
  population: Population,
  state: string,
): ReturnType<NonNullable<Stateful['held']>> {
  const { builder } = circuit.context
  const holders = holdersOf(population.cell, state)
  const held = holders.map((each) => isHeld(refractoryIn(circuit, clock), population, each))
  const either = (values: readonly ValueId[]): ValueId | undefined =>
    values.length === 0 ? undefined : values.reduce((a, b) => builder.map('or', a, b))
  const advancing = either(held)
  if (advancing === undefined) return undefined
  return {
    advancing,
    reacting: () => {
      const now = holders.map(({ name }) => circuit.variable(population, name))
      return now.includes(undefined) ? undefined : either([...held, ...(now as ValueId[])])
    },
  }
}

/** The circuit as refractory times read it: at a detection, before its block. */
export function refractoryIn(circuit: CircuitLowering, clock: Clock): RefractoryCircuit {
  const { context, memories } = circuit
  return {
    context,
    clock,
    memories,
    detected: (population, name) => circuit.variable(population, name),
    atDetection: (population, scope, equation) => {
      const read: ReadState = (name) => circuit.dynamics(population)?.advanced(name)
      const before = context.bound.before(population.cell).of(equation)
      const place = circuit.place(population, scope, read, undefined, { before })
      const { time } = equation.refractory
      return circuit.at(time.span, () => lowerExpression(context, place, time))
    },
  }
}
