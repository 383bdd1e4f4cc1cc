/**
 * `stop when loss < 0.01 for 3 epochs`, `stop when error stalls for 5 epochs`: when a run ends early, but
 * for which figure is looked at, which is known once all are.
 */
import type { Expression, StopStatement } from '../../../grammar/ast.ts'
import type { Duration, StopPlan } from '../../../contract/plan.ts'
import { evaluateNumber } from '../evaluate.ts'
import type { Experiment, NumberValue, Scope } from '../model.ts'
import type { Resolving } from './context.ts'
import { resolveDuration } from './durations.ts'
import { statementsOf } from './statements.ts'
import { textOf } from './text.ts'

type Plan = Omit<StopPlan, 'figure' | 'of'>

export interface BoundStop {
  /** What is looked at, as it is written. */
  readonly figure: Expression
  readonly name: string
  readonly plan: Plan
  /** The number is written in per cent. */
  readonly isShare: boolean
  /** The number it is compared with, unless that is a written 0, which fits every unit. */
  readonly limit?: { readonly expression: Expression; readonly value: NumberValue }
}

/** Which evaluation is the best one, by what is written there. */
export interface BoundBest {
  readonly figure: Expression
  readonly name: string
  readonly highest?: true
}

/** What `best by ...` says; undefined where nothing does. */
export function resolveBest(context: Resolving, experiment: Experiment): BoundBest | undefined {
  const [statement, second] = statementsOf(experiment, 'Best')
  if (second)
    context.diagnostics.report('repeatedStatement', second.span, {
      statement: 'best by',
      experiment: experiment.item.name.name,
    })
  if (!statement) return undefined
  const { figure, highest } = statement
  return { figure, name: textOf(context, figure), ...(highest && { highest }) }
}

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const
const tests: readonly string[] = Object.keys(mirrored)
const isTest = (operator: string): operator is keyof typeof mirrored => tests.includes(operator)

/** When an experiment's runs stop; mistakes are reported. */
export function resolveStops(context: Resolving, experiment: Experiment): readonly BoundStop[] {
  return statementsOf(experiment, 'Stop').flatMap(
    (statement) => resolveStop(context, experiment.scope, statement) ?? [],
  )
}

function resolveStop(
  context: Resolving,
  scope: Scope,
  statement: StopStatement,
): BoundStop | undefined {
  const { diagnostics, step } = context
  const { condition, stalls } = statement
  const text = textOf(context, statement)
  const lasts: Duration | undefined = statement.lasts
    ? (inEvaluations(context, scope, statement.lasts) ??
      resolveDuration({ diagnostics, scope, step }, statement.lasts, 'How long'))
    : { unit: step === undefined ? 'epochs' : 'steps', count: 1 }
  if (!lasts) return undefined
  if (step === undefined && lasts.unit !== 'epochs') {
    return diagnostics.report('badValue', (statement.lasts ?? condition).span, {
      what: 'How long',
      expected: 'a number of epochs, after which the run is evaluated',
      found: `a number of ${lasts.unit}`,
    })
  }
  const of = (figure: Expression, plan: Plan): BoundStop => ({
    figure,
    name: textOf(context, figure),
    plan,
    isShare: condition.kind === 'Binary' && [condition.left, condition.right].some(isShare),
  })
  if (stalls) return of(condition, { text, test: 'stalls', lasts })
  if (condition.kind !== 'Binary' || !isTest(condition.operator)) {
    return diagnostics.report(
      'badValue',
      condition.span,
      {
        what: 'What a run stops for',
        expected: 'a measure compared with a number, or one that `stalls`',
        found: `\`${textOf(context, condition)}\``,
      },
      { hint: 'as in `stop when loss < 0.01`, or `stop when error stalls for 5 epochs`' },
    )
  }
  const { left, right, operator } = condition
  const isTurned = left.kind === 'NumberLiteral'
  const value = evaluateNumber(diagnostics, scope, isTurned ? left : right)
  if (!value) return undefined
  const test = isTurned ? mirrored[operator] : operator
  const bound = of(isTurned ? right : left, { text, test, value: value.value, lasts })
  const expression = isTurned ? left : right
  return value.value === 0 ? bound : { ...bound, limit: { expression, value } }
}

/** `for 5 evaluations`, which are those of epochs where there are epochs; undefined for all else. */
function inEvaluations(
  { diagnostics }: Resolving,
  scope: Scope,
  expression: Expression,
): Duration | undefined {
  if (expression.kind !== 'NumberLiteral' || !/^evaluations?$/.test(expression.unit?.name ?? ''))
    return undefined
  const value = evaluateNumber(diagnostics, scope, expression)?.value
  if (value !== undefined && Number.isSafeInteger(value) && value >= 1)
    return { unit: 'epochs', count: value }
  return diagnostics.report('badValue', expression.span, {
    what: 'How long',
    expected: 'a whole number of evaluations, at least 1',
    found: value ?? 'none',
  })
}

/** Whether a number is written in per cent, as `80 %`. */
export const isShare = (expression: Expression): boolean =>
  expression.kind === 'NumberLiteral' && expression.unit?.name === '%'
