/**
 * `measure rate(e.s) every 10 ms`: how often a signal was emitted for each unit and second, over the whole interval
 * since the step that was measured before. Steps 0, n, 2n, ... are measured, and the last one: the interval of step
 * kn is that of the n steps up to it; step 0 has none, and no value, unless every step is measured.
 *
 * The mean over units and examples is added up in a storage, which begins anew in the step after a measured one.
 * How many steps it holds follows from the number of the step, which the host knows.
 */
import type { Interval } from '../../../contract/plan.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Clock } from '../../model/clock.ts'

/** Events a second of a signal, [] ; `value` is what was emitted in this step. */
export function rateOver(
  { context, memories }: CircuitLowering,
  { step }: Clock,
  { count }: Interval,
  name: string,
  value: ValueId,
): ValueId {
  const { builder: b } = context
  const number = (each: number): ValueId => b.constant(each)
  const before = b.map('sub', b.scalar('step', 'step'), number(1))
  const whole = b.map('floor', b.map('div', before, number(count)))
  /** Steps of the interval that came before this one. */
  const earlier = b.map('sub', before, b.map('mul', whole, number(count)))
  const mean = b.reshape(b.reduce('mean', value), [1])
  let total: ValueId | undefined
  const kept = memories.keep(
    `rate of ${name}`,
    [1],
    (initial) => initial.builder.constant(0),
    () => total,
  )
  const begins = b.map('eq', earlier, number(0))
  total = b.map('select', begins, mean, b.map('add', kept, mean))
  memories.write()
  const steps = b.map('add', earlier, number(1))
  const rate = b.map('div', total, b.map('mul', steps, number(step)))
  const isFirst = b.map('lt', before, number(0))
  const found = count === 1 ? rate : b.map('select', isFirst, number(Number.NaN), rate)
  return b.reshape(found, [])
}
