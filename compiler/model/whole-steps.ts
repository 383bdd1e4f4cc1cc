/**
 * Times as steps: the one place that says which times are whole numbers of steps.
 *
 * A time is a quotient of two decimal numbers once it is counted in steps, and neither it nor the step
 * is exact in binary. So whatever is within a millionth of a whole number of steps, and within a
 * hundredth of a step, is that number.
 */
import type { Expression } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import type { NumberValue } from './model.ts'
import { describeDimension } from './units.ts'
import { timeText } from './time-text.ts'

/** How far from a whole number of steps a time may be: as a part of it, and in steps. */
export const tolerance = { relative: 1e-6, steps: 0.01 } as const

/** A number of steps; the whole number that it is within rounding of, if there is one. */
export function rounded(steps: number): number {
  const whole = Math.round(steps)
  const limit = Math.min(tolerance.relative * Math.max(1, Math.abs(steps)), tolerance.steps)
  return Math.abs(steps - whole) <= limit ? whole : steps
}

/** Seconds in steps of so many seconds. */
export function stepsIn(seconds: number, step: number): number {
  return rounded(seconds / step)
}

/** The unit that a number counts in: `time`, `step`, empty for a plain number, `mixed` for a product. */
export function unitOf({ dimension }: NumberValue): string {
  const entries = Object.entries(dimension).filter(([, power]) => power !== 0)
  const [first] = entries
  return entries.length === 0 ? '' : entries.length === 1 && first![1] === 1 ? first![0] : 'mixed'
}

export interface Question {
  readonly diagnostics: Context
  readonly expression: Expression
  readonly value: NumberValue
  /** Seconds of a step. */
  readonly step: number
  /** For messages: `A delay`. */
  readonly what: string
  /** The least number of steps. */
  readonly least: 0 | 1
}

/** The whole number of steps that a time, or a number of steps, is; undefined after a report. */
export function wholeSteps(question: Question): number | undefined {
  const { diagnostics, expression, value, step, what, least } = question
  const unit = unitOf(value)
  const bad = (expected: string, found: string, hint?: string): undefined =>
    diagnostics.report('badValue', expression.span, { what, expected, found }, { hint })
  if (unit !== 'time' && unit !== 'step') {
    const found =
      unit === ''
        ? `${value.value}, without a unit`
        : `a number with ${describeDimension(value.dimension)}`
    const isOfRuns = ['epoch', 'batch', 'example', 'presentation', 'evaluation'].includes(unit)
    const hint = isOfRuns
      ? 'a circuit with a past is run by a clock, not by epochs or batches'
      : undefined
    return bad('a time or a number of steps', found, hint)
  }
  const inTime = unit === 'time'
  const steps = inTime ? stepsIn(value.value, step) : rounded(value.value)
  const of = `of ${timeText(step)}`
  const found = inTime ? timeText(value.value) : `${plain(value.value)} steps`
  if (Number.isNaN(steps)) return bad('a time or a number of steps', 'no number (0/0, say)')
  if (steps < least) {
    const isShort = steps >= 0
    const expected = least === 0 ? '0 or more' : isShort ? `at least one step ${of}` : 'above 0'
    return bad(expected, found)
  }
  if (steps > Number.MAX_SAFE_INTEGER) return bad('at most 2^53 steps', found)
  if (Number.isInteger(steps)) return steps
  const [below, above] = [Math.max(least, Math.floor(steps)), Math.ceil(steps)]
  const text = (count: number): string =>
    inTime ? timeText(count * step) : `${count} step${count === 1 ? '' : 's'}`
  const hint =
    below === above
      ? `the nearest is ${text(above)}`
      : `the nearest are ${text(below)} and ${text(above)}`
  const also = inTime ? `${found}, ${plain(steps)} steps` : found
  return bad(`a whole number of steps ${of}`, also, hint)
}

const plain = (number: number): string => String(Number(number.toPrecision(9)))
