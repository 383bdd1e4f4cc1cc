/**
 * Delays of single synapses: each must be known to be a time between 0 and some longest one, for which the
 * past is kept.
 */
import type { Context } from '../model/context.ts'
import type { Connection, Model } from '../model/model.ts'
import { delayBounds, isInSteps, type Interval } from '../model/patterns/delay-bounds.ts'
import { timeText } from '../model/time-text.ts'
import { describeDimension, sameDimension } from '../model/units.ts'

/** Reports delays of single synapses that are no times, may be negative, or have no end. */
export function checkDelays(context: Context, model: Model): void {
  for (const connection of model.connections) if (connection.delays) checkOwn(context, connection)
}

const unknown: Interval = { low: -Infinity, high: Infinity, dimension: undefined }

function checkOwn(context: Context, connection: Connection): void {
  const { delays, family, name } = connection
  if (!delays) return
  const { span } = delays.value
  const called = family ?? name
  // What is not understood may be anything.
  const bounds = delayBounds(connection) ?? unknown
  const { low, high, dimension } = bounds
  const isTime = !dimension || sameDimension(dimension, { time: 1 }) || isInSteps(bounds)
  if (!isTime) {
    context.report('unitExpected', span, {
      what: 'A delay',
      expected: 'a time or a number of steps',
      found: describeDimension(dimension),
    })
    return
  }
  if (low >= 0 && Number.isFinite(high)) return
  const text = (value: number): string => (isInSteps(bounds) ? `${value} steps` : timeText(value))
  context.report(
    'delayBounds',
    span,
    {
      name: called,
      found: low < 0 ? (low === -Infinity ? 'negative' : text(low)) : 'of any length',
      expected: 'at least 0, and at most some time',
    },
    { hint: 'write `clip(..., 0.1 ms, 20 ms)` around them' },
  )
}
