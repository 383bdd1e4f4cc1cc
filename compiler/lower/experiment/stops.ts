/**
 * `stop when loss < 0.01 for 3 epochs`, `stop when error stalls for 5 epochs`: when a run ends early. What
 * is looked at is a measure of the experiment, or in a run by epochs the `error` or `loss` of its
 * evaluations.
 */
import type { Expression, StopStatement } from '../../../grammar/ast.ts'
import type { MeasurePlan, StopPlan } from '../../../contract/plan.ts'
import { didYouMean, evaluateNumber } from '../../model/evaluate.ts'
import type { Scope } from '../../model/model.ts'
import type { LowerContext } from '../context.ts'
import { resolveDuration } from './durations.ts'

/** What a stop may look at, and how long a step is where a clock runs. */
interface Known {
  readonly measures: readonly MeasurePlan[]
  readonly scores: readonly string[]
  readonly step: number | undefined
}

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const
const tests: readonly string[] = Object.keys(mirrored)
const isTest = (operator: string): operator is keyof typeof mirrored => tests.includes(operator)

/** The plan of a `stop` statement; undefined after a report. */
export function resolveStop(
  context: LowerContext,
  scope: Scope,
  statement: StopStatement,
  known: Known,
): StopPlan | undefined {
  const { diagnostics } = context
  const { condition, stalls } = statement
  const text = textOf(context, statement)
  const lasts = statement.lasts
    ? resolveDuration({ diagnostics, scope, step: known.step }, statement.lasts, 'How long')
    : ({ unit: known.step === undefined ? 'epochs' : 'steps', count: 1 } as const)
  if (!lasts) return undefined
  if (known.step === undefined && lasts.unit !== 'epochs') {
    return diagnostics.report('badValue', (statement.lasts ?? condition).span, {
      what: 'How long',
      expected: 'a number of epochs, after which the run is evaluated',
      found: `a number of ${lasts.unit}`,
    })
  }
  if (stalls) {
    const figure = figureOf(context, condition, known)
    return figure && { ...figure, text, test: 'stalls', lasts }
  }
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
  const figure = figureOf(context, isTurned ? right : left, known)
  const value = evaluateNumber(diagnostics, scope, isTurned ? left : right)
  if (!figure || !value) return undefined
  const test = isTurned ? mirrored[operator] : operator
  return { ...figure, text, test, value: value.value, lasts }
}

/** The measure that an expression is, or the score of evaluations. */
function figureOf(
  context: LowerContext,
  expression: Expression,
  { measures, scores, step }: Known,
): Pick<StopPlan, 'figure' | 'of'> | undefined {
  const name = textOf(context, expression)
  if (step === undefined && scores.includes(name)) return { figure: name, of: 'evaluation' }
  const measure = measures.find(({ label }) => label === name)
  const figure = measure?.outputs.includes(name) ? name : measure?.outputs.at(-1)
  if (figure !== undefined) return { figure, of: 'measure' }
  const all = [...measures.map(({ label }) => label), ...(step === undefined ? scores : [])]
  return context.diagnostics.report(
    'stopUnmeasured',
    expression.span,
    { name },
    { hint: didYouMean(name, all) ?? `write \`measure ${name}\` as well` },
  )
}

function textOf({ sources }: LowerContext, { span }: Pick<Expression, 'span'>): string {
  return (sources.get(span.file)?.slice(span.start, span.end) ?? '').replace(/\s+/g, ' ')
}
