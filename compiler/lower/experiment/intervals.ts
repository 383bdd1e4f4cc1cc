/**
 * `measure cv(e.s) every 0.5 s`: how irregular a signal is, the standard deviation of the intervals between its events
 * over their mean, of each unit and example with at least three intervals, averaged over these. Counted are the
 * intervals that end since the step that was measured before, as for `rate`; nothing has a value where no unit has
 * as many.
 */
import type { Interval } from '../../../contract/plan.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Clock } from '../../model/clock.ts'

/** Of fewer intervals a deviation says little. */
const ENOUGH = 3

/** The mean coefficient of variation, []; `value` is what was emitted in this step, [examples, units]. */
export function irregularity(
  { context, memories }: CircuitLowering,
  { examples }: Clock,
  { count }: Interval,
  name: string,
  value: ValueId,
): ValueId {
  const { builder: b } = context
  const number = (each: number): ValueId => b.constant(each)
  const units = b.shapeOf(value).at(-1)
  const shape = [examples, typeof units === 'number' ? units : 1]
  const emitted = b.map('ne', b.broadcast(value, shape), number(0))
  const next: Record<string, ValueId> = {}
  const kept = (what: string): ValueId =>
    memories.keep(
      `${what} of ${name}`,
      shape,
      (initial) => initial.builder.constant(0),
      () => next[what],
    )
  /** Steps since the last event; 0: there was none. */
  const since = kept('steps since the last event')
  const grown = b.map(
    'select',
    b.map('gt', since, number(0)),
    b.map('add', since, number(1)),
    since,
  )
  next['steps since the last event'] = b.map('select', emitted, number(1), grown)
  const before = b.map('sub', b.scalar('step', 'step'), number(1))
  const whole = b.map('floor', b.map('div', before, number(count)))
  const begins = b.map('eq', b.map('sub', before, b.map('mul', whole, number(count))), number(0))
  const ends = b.map('and', emitted, b.map('gt', since, number(0)))
  const added = (what: string, each: ValueId): ValueId => {
    const old = b.map('select', begins, number(0), kept(what))
    const total = b.map('add', old, b.map('select', ends, each, number(0)))
    next[what] = total
    return total
  }
  const intervals = added('intervals', number(1))
  const sum = added('sum of intervals', since)
  const squares = added('sum of squared intervals', b.map('square', since))
  memories.write()
  const isSeen = b.map('ge', intervals, number(ENOUGH))
  const mean = b.map('div', sum, intervals)
  const relative = b.map('div', b.map('div', squares, intervals), b.map('square', mean))
  const spread = b.map('sqrt', b.map('max', b.map('sub', relative, number(1)), number(0)))
  const seen = b.reduce('sum', b.map('select', isSeen, spread, number(0)))
  return b.reshape(b.map('div', seen, b.reduce('sum', isSeen)), [])
}
