/** What a sweep tells of a run, and when it gives a point up: figures and when they are looked at. */
import type { FigurePlan, SweepStopPlan } from '../../../contract/sweep.ts'
import type { Expression, SweepFigure, SweepStop } from '../../../grammar/ast.ts'
import { printExpression } from '../../../grammar/print/expression.ts'
import { evaluateNumber } from '../evaluate.ts'
import { isShare } from '../experiment/stops.ts'
import { textOf } from '../experiment/text.ts'
import type { NumberValue, Scope } from '../model.ts'
import type { Reading } from './values.ts'

/** A figure; undefined after a report. */
export function figureOf(
  reading: Reading,
  scope: Scope,
  { value, when, span }: SweepFigure,
): FigurePlan | undefined {
  if (value.kind === 'ErrorExpression') return undefined
  const figure = printExpression(value)
  const label = textOf(reading, { span })
  if (when === undefined) return { label, figure, when: { at: 'end' } }
  switch (when.at) {
    case 'best':
      return { label, figure, when: { at: 'best' } }
    case 'epoch': {
      const epoch = wholeNumber(reading, scope, when.epoch, 'The epoch', 0)
      return epoch === undefined ? undefined : { label, figure, when: { at: 'epoch', epoch } }
    }
    case 'last': {
      const epochs = wholeNumber(reading, scope, when.count, 'The number of epochs', 1)
      return epochs === undefined ? undefined : { label, figure, when: { at: 'last', epochs } }
    }
  }
}

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const
const isTest = (operator: string): operator is keyof typeof mirrored =>
  Object.hasOwn(mirrored, operator)

/** The number that a figure is compared with, unless that is a written 0, which fits every unit. */
export interface Limit {
  readonly expression: Expression
  readonly value: NumberValue
}

/** What the stops of sweeps compare with: no part of their plans, which are kept in files. */
export const sweepLimits = new WeakMap<SweepStopPlan, Limit>()

/** When a point is given up; undefined after a report. */
export function stopOf(
  reading: Reading,
  scope: Scope,
  { condition, epoch, span }: SweepStop,
): SweepStopPlan | undefined {
  const { context } = reading
  if (condition.kind === 'ErrorExpression') return undefined
  if (condition.kind !== 'Binary' || !isTest(condition.operator)) {
    return context.report(
      'badValue',
      condition.span,
      {
        what: 'What a point stops for',
        expected: 'a measure compared with a number',
        found: `\`${textOf(reading, condition)}\``,
      },
      { hint: 'as in `stop when error > 80 % at epoch 3`' },
    )
  }
  const { left, right, operator } = condition
  const isTurned = left.kind === 'NumberLiteral'
  const value = evaluateNumber(context, scope, isTurned ? left : right)
  const at = epoch && wholeNumber(reading, scope, epoch, 'The epoch', 0)
  if (!value || (epoch && at === undefined)) return undefined
  const stop: SweepStopPlan = {
    text: textOf(reading, { span }),
    figure: printExpression(isTurned ? right : left),
    test: isTurned ? mirrored[operator] : operator,
    value: value.value,
    ...([left, right].some(isShare) && { share: true }),
    ...(at !== undefined && { epoch: at }),
  }
  if (value.value !== 0) sweepLimits.set(stop, { expression: isTurned ? left : right, value })
  return stop
}

/** A whole number, of epochs if it has a unit. */
function wholeNumber(
  { context }: Reading,
  scope: Scope,
  expression: Expression,
  what: string,
  least: number,
): number | undefined {
  const found = evaluateNumber(context, scope, expression)
  if (!found) return undefined
  const { value, dimension } = found
  const isPlain = Object.keys(dimension).every((base) => base === 'epoch')
  if (isPlain && Number.isSafeInteger(value) && value >= least) return value
  return context.report('badValue', expression.span, {
    what,
    expected: `a whole number of at least ${least}`,
    found: isPlain ? `${value}` : 'a number with another unit',
  })
}
