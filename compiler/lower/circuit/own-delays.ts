/**
 * Delays of single synapses in steps: rounded to the nearest whole number, once, before the first step; a
 * delay of its own lasts one step at least.
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Connection } from '../../model/model.ts'
import { delayBounds, isInSteps } from '../../model/patterns/delay-bounds.ts'
import type { Clock } from '../../model/clock.ts'

/** A half step is a whole one, within a millionth, in either precision. */
const NEARLY = 1 + 1e-6

const roundedSteps = (steps: number): number => Math.max(1, Math.floor(steps * NEARLY + 0.5))

/** The steps of the longest delay that a synapse of a connection can have. */
export function mostSteps(connection: Connection, clock: Clock): number | undefined {
  const bounds = delayBounds(connection)
  return bounds && roundedSteps(isInSteps(bounds) ? bounds.high : bounds.high / clock.step)
}

/** Delays as they are said, in steps. */
export function inWholeSteps(
  builder: GraphBuilder,
  connection: Connection,
  clock: Clock,
  said: ValueId,
): ValueId {
  const bounds = delayBounds(connection)
  const most = mostSteps(connection, clock)
  if (!bounds || most === undefined) throw new Error(`${connection.name} has no longest delay`)
  const number = (value: number): ValueId => builder.constant(value)
  const steps = isInSteps(bounds) ? said : builder.map('div', said, number(clock.step))
  const nearly = builder.map('add', builder.map('mul', steps, number(NEARLY)), number(0.5))
  const whole = builder.map('floor', nearly)
  return builder.map('min', builder.map('max', whole, number(1)), number(most))
}
