/**
 * Which figure a `stop` statement looks at: a measure of the experiment, or in a run by epochs the `error` or
 * `loss` of its evaluations.
 */
import type { MeasurePlan, StopPlan } from '../../../contract/plan.ts'
import { didYouMean } from '../../model/evaluate.ts'
import type { BoundStop } from '../../model/experiment/stops.ts'
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
  { figure, name, plan: said, isShare }: BoundStop,
  { measures, scores }: Known,
): StopPlan | undefined {
  const measured = measures.find(({ label }) => label === name)
  // An error is told in per cent, and a share compared with it in the same.
  const inPercent = measured ? measured.unit === '%' : /^error\b/.test(name)
  const plan =
    isShare && inPercent && said.value !== undefined ? { ...said, value: said.value * 100 } : said
  if (scores.includes(name)) return { ...plan, figure: name, of: 'evaluation' }
  const output = measured?.outputs.includes(name) ? name : measured?.outputs.at(-1)
  if (output !== undefined) return { ...plan, figure: output, of: 'measure' }
  const all = [...measures.map(({ label }) => label), ...scores]
  const hint = didYouMean(name, all) ?? `write \`measure ${name}\` as well`
  return diagnostics.report('stopUnmeasured', figure.span, { name }, { hint })
}
