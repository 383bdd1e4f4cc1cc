/** What runs came to, as figures by name, and their means over seeds. */
import type { ExperimentPlan } from '../../contract/plan.ts'
import { overallOutput, scaled, scoreUnit } from '../../runtime/report/figures.ts'
import { meanOf, type Spread } from '../../runtime/report/spread.ts'
import type { RunState } from '../../runtime/train/state.ts'
import { headlineFirst } from '../report/curves.ts'
import type { Metrics } from '../report/metrics.ts'

export { meanOf } from '../../runtime/report/spread.ts'

/** A figure in its unit. */
export interface Result {
  readonly name: string
  readonly value: number
  readonly unit?: string
}

/** A figure over some runs. */
export interface MeanResult extends Spread {
  readonly name: string
  readonly unit?: string
}

/** The last scores and measures of a run, the best score, and how long it trained. */
export function resultsOf(
  plan: ExperimentPlan,
  metrics: Metrics,
  state: RunState | undefined,
): readonly Result[] {
  const last = metrics.epochs.at(-1)
  const scores = (['test', 'validation', 'train'] as const).flatMap((part) =>
    headlineFirst(Object.keys(last?.[part] ?? {})).map((score) => ({
      name: `${part === 'train' ? 'training' : part} ${score}`,
      ...toldScore(plan, score, last![part][score]!),
    })),
  )
  const best = state?.best
  const seconds = metrics.timing.reduce((sum, each) => sum + each.trainSeconds, 0)
  return [
    ...scores,
    ...(best
      ? [
          {
            name: `best ${best.part} ${best.score}`,
            ...toldScore(plan, best.score, best.value),
          },
        ]
      : []),
    ...measuresOf(plan, metrics),
    ...(seconds > 0 ? [{ name: 'training time', value: seconds, unit: 's' }] : []),
  ]
}

/** A score in its unit. */
function toldScore(plan: ExperimentPlan, name: string, value: number) {
  const { unit, scale } = scoreUnit(name, plan)
  return { value: scaled(value, scale), ...(unit !== undefined && { unit }) }
}

/** The overall value of each measure, of the last epoch, or of the last phase of each kind. */
function measuresOf(plan: ExperimentPlan, { epochs, phases }: Metrics): readonly Result[] {
  const kinds = [...new Map(phases.map((row) => [row.phase, row.measures]))]
  const last = epochs.at(-1)?.measures ?? {}
  // Evaluations of a run by a clock are told as epochs are, but measure nothing of training.
  const isByPhase = Object.keys(last).length === 0 && kinds.length > 0
  const places = isByPhase ? kinds : [['', last] as const]
  return plan.measures.flatMap((measure) => {
    const output = overallOutput(measure) ?? measure.label
    if (!isByPhase && plan.scores.includes(output)) return []
    return places.flatMap(([phase, values]) => {
      const value = values[output]
      if (value === undefined) return []
      return [
        {
          name: places.length > 1 ? `${measure.label} in ${phase}` : measure.label,
          value: scaled(value, measure.scale),
          ...(measure.unit !== undefined && { unit: measure.unit }),
        },
      ]
    })
  })
}

/** Means over runs, with the standard error: the sample's standard deviation over the root of their number. */
export function meansOf(runs: readonly (readonly Result[])[]): readonly MeanResult[] {
  const names = [...new Set(runs.flatMap((results) => results.map(({ name }) => name)))]
  return names.map((name) => {
    const found = runs.flatMap((results) => results.filter((each) => each.name === name))
    const values = found.map(({ value }) => value)
    const { unit } = found[0]!
    return { name, ...(unit !== undefined && { unit }), ...meanOf(values) }
  })
}
