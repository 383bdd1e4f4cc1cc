/**
 * How long things last and how often they happen, in what a run counts: steps, epochs, examples. A
 * circuit with a past is run by a clock, so that a time is a number of steps; one without goes through
 * epochs of batches, and a step is a batch.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { Duration, Interval } from '../../../contract/plan.ts'
import type { Context } from '../context.ts'
import { evaluateNumber } from '../evaluate.ts'
import type { NumberValue, Scope } from '../model.ts'
import { describeDimension } from '../units.ts'
import { unitOf, wholeSteps } from '../whole-steps.ts'
import type { Step } from './context.ts'

/** What durations are resolved with. */
export interface Durations {
  readonly diagnostics: Context
  readonly scope: Scope
  readonly step: Step
}

/** How long a phase lasts; undefined after a report. A plain number is a number of epochs. */
export function resolveDuration(
  durations: Durations,
  expression: Expression,
  what = 'The duration of a phase',
): Duration | undefined {
  const { step } = durations
  const value = evaluateNumber(durations.diagnostics, durations.scope, expression)
  if (!value || step === 'unknown') return undefined
  if (step !== undefined) return inClockSteps(durations, expression, value, step, what)
  const unit = unitOf(value)
  switch (unit) {
    case '':
    case 'epoch':
      return whole(durations, expression, value, what, 'epochs')
    case 'step':
    case 'batch':
      return whole(durations, expression, value, what, 'steps')
    case 'example':
      return whole(durations, expression, value, what, 'examples')
    default:
      // Whether anything goes on in time is not known of a circuit that is not whole.
      if (unit === 'time' && durations.diagnostics.isPartial) return undefined
      return durations.diagnostics.report(
        'badValue',
        expression.span,
        { what, expected: 'a number of epochs, batches, steps or examples', found: found(value) },
        { hint: unit === 'time' ? 'nothing in this circuit goes on in time' : undefined },
      )
  }
}

/** How often something is looked at; undefined after a report. A plain number is a number of steps. */
export function resolveEvery(durations: Durations, expression: Expression): Interval | undefined {
  const { step } = durations
  const value = evaluateNumber(durations.diagnostics, durations.scope, expression)
  if (!value || step === 'unknown') return undefined
  const what = '`every`'
  const unit = unitOf(value)
  if (unit === '') return whole(durations, expression, value, what, 'steps')
  if (step !== undefined) return inClockSteps(durations, expression, value, step, what)
  switch (unit) {
    case 'step':
    case 'batch':
      return whole(durations, expression, value, what, 'steps')
    case 'epoch':
      return whole(durations, expression, value, what, 'epochs')
    default:
      // Whether anything goes on in time is not known of a circuit that is not whole.
      if (unit === 'time' && durations.diagnostics.isPartial) return undefined
      return durations.diagnostics.report(
        'badValue',
        expression.span,
        { what, expected: 'a number of steps, batches or epochs', found: found(value) },
        { hint: unit === 'time' ? 'nothing in this circuit goes on in time' : undefined },
      )
  }
}

/** A time, or a number of steps, of a circuit with a past. */
function inClockSteps(
  { diagnostics }: Durations,
  expression: Expression,
  value: NumberValue,
  step: number,
  what: string,
): { readonly unit: 'steps'; readonly count: number } | undefined {
  const count = wholeSteps({ diagnostics, expression, value, step, what, least: 1 })
  return count === undefined ? undefined : { unit: 'steps', count }
}

function whole<U extends Duration['unit']>(
  { diagnostics }: Durations,
  { span }: Expression,
  { value }: NumberValue,
  what: string,
  unit: U,
): { readonly unit: U; readonly count: number } | undefined {
  if (Number.isSafeInteger(value) && value >= 1) return { unit, count: value }
  const expected = `a whole number of ${unit}, at least 1`
  return diagnostics.report('badValue', span, { what, expected, found: value })
}

function found({ value, dimension }: NumberValue): string {
  return Object.values(dimension).every((power) => power === 0)
    ? `${value}, without a unit`
    : `a number with ${describeDimension(dimension)}`
}
