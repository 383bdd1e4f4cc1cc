/**
 * Which figure a `stop` statement or a schedule looks at: a measure of the experiment, or in a run by epochs the `error` or
 * `loss` of its evaluations.
 */
import type {
  BestPlan,
  FigureChoice,
  MeasurePlan,
  Schedule,
  StopPlan,
} from '../../../contract/plan.ts'
import { didYouMean } from '../../model/evaluate.ts'
import type { BoundSchedule } from '../../model/experiment/schedules.ts'
import type { BoundBest, BoundStop } from '../../model/experiment/stops.ts'
import {
  describeDimension,
  dimensionless,
  lookUpUnit,
  sameDimension,
  type Dimension,
} from '../../model/units.ts'
import type { LowerContext } from '../context.ts'

/** What a stop may look at. */
interface Known {
  readonly measures: readonly MeasurePlan[]
  /** Of evaluations; none in a run by a clock. */
  readonly scores: readonly string[]
}

/** The plan of a `stop` statement; undefined after a report. */
export function planStop(
  { diagnostics }: LowerContext,
  { figure, name, plan: said, isShare, limit }: BoundStop,
  { measures, scores }: Known,
): StopPlan | undefined {
  const measured = measures.find(({ label }) => label === name)
  const unit = measured?.unit === undefined ? undefined : lookUpUnit(measured.unit)
  if (
    limit &&
    measured &&
    unit &&
    !sameDimension(unit.dimension, limit.value.dimension) &&
    !isShareOf(unit)
  ) {
    const { expression, value } = limit
    const isPlain = expression.kind === 'NumberLiteral' && !expression.unit
    const hint = isPlain ? `write \`${expression.value} ${measured.unit}\`` : undefined
    const sides = {
      comparison: said.text,
      told: measured.unit ?? '',
      limit: describeDimension(value.dimension),
    }
    return diagnostics.report('stopUnit', expression.span, sides, { hint })
  }
  // An error is told in per cent, and a share compared with it in the same.
  const inPercent = measured ? measured.unit === '%' : /^error\b/.test(name)
  const plan =
    isShare && inPercent && said.value !== undefined ? { ...said, value: said.value * 100 } : said
  const chosen = chosenFigure({ measures, scores }, name)
  if (chosen) return { ...plan, ...chosen }
  const hint = measureHint({ measures, scores }, name)
  return diagnostics.report('stopUnmeasured', figure.span, { name }, { hint })
}

/** Per cent, whose numbers are told as they are. */
const isShareOf = ({ dimension }: { readonly dimension: Dimension }): boolean =>
  sameDimension(dimension, dimensionless)

/** The figure of that name; of a family the one over all of it. */
function chosenFigure({ measures, scores }: Known, name: string): FigureChoice | undefined {
  if (scores.includes(name)) return { figure: name, of: 'evaluation' }
  const measured = measures.find(({ label }) => label === name)
  const figure = measured?.outputs.includes(name) ? name : measured?.outputs.at(-1)
  return figure === undefined ? undefined : { figure, of: 'measure' }
}

const measureHint = ({ measures, scores }: Known, name: string): string =>
  didYouMean(name, [...measures.map(({ label }) => label), ...scores]) ??
  `write \`measure ${name}\` as well`

/** A schedule with the figure that it looks at; `constant` after a report. */
export function planSchedule(
  { diagnostics, clock }: LowerContext,
  schedule: BoundSchedule,
  known: Known,
): Schedule {
  if (schedule.kind !== 'plateau') return schedule
  const { watched, ...plan } = schedule
  const chosen = chosenFigure(known, watched.name)
  const isTrained = clock !== undefined && chosen?.of === 'measure'
  if (chosen && !isTrained) return { ...plan, ...chosen }
  const hint = isTrained
    ? `it is looked at after evaluations: write \`evaluate { measure ${watched.name} }\``
    : measureHint(known, watched.name)
  diagnostics.report('plateauUnmeasured', watched.span, { name: watched.name }, { hint })
  return { kind: 'constant' }
}

/** What evaluations are compared by; undefined after a report. */
export function planBest(
  { diagnostics }: LowerContext,
  { figure, name, highest }: BoundBest,
  { measures, scores }: Known,
): BestPlan | undefined {
  if (scores.includes(name)) return { figure: name, ...(highest && { highest }) }
  const isTrained = measures.some(({ label }) => label === name)
  const hint = isTrained
    ? `it is measured in training: write \`evaluate { measure ${name} }\``
    : (didYouMean(name, scores) ?? `write \`evaluate { measure ${name} }\``)
  return diagnostics.report('bestUnmeasured', figure.span, { name }, { hint })
}
