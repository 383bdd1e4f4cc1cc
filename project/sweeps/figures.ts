/** The figures that a sweep reports, from what a run measured. */
import { evaluatedFigures, type ExperimentPlan } from '../../contract/plan.ts'
import type { FigurePlan, SweepPlan } from '../../contract/sweep.ts'
import type { EpochRecord, MetricsRecord, PhaseRecord } from '../../runtime/train/state.ts'
import { ProjectError } from '../errors.ts'
import type { PointResult, SweepStore } from './store.ts'

/** A score or measure of an epoch or phase: of the evaluation that counts, else of training. */
export function valueIn(record: EpochRecord | PhaseRecord, name: string): number | undefined {
  if (record.kind === 'phase') return record.measures[name]
  const { validation, test, measures, train } = record
  for (const scores of [validation ?? test, measures, train]) {
    if (scores && Object.hasOwn(scores, name)) return scores[name]
  }
  return undefined
}

/** Every score and measure that the last epoch or phase has, by name. */
export function lastFigures(
  record: EpochRecord | PhaseRecord | undefined,
  evaluation?: EpochRecord,
): Readonly<Record<string, number | null>> {
  // Of a run by a clock those of test examples come first.
  if (evaluation) return { ...lastFigures(record), ...lastFigures(evaluation) }
  if (!record) return {}
  const names =
    record.kind === 'phase'
      ? Object.keys(record.measures)
      : Object.keys({ ...record.train, ...record.measures, ...record.validation, ...record.test })
  return Object.fromEntries(
    names.map((name) => {
      const value = valueIn(record, name)
      return [name, value !== undefined && Number.isFinite(value) ? value : null]
    }),
  )
}

/** A figure of a point that has ended; undefined where it has none that is a finite number. Throws IoError. */
export async function figureOfPoint(
  store: SweepStore,
  plan: FigurePlan,
  result: PointResult,
): Promise<number | undefined> {
  if (result.status === 'failed') return undefined
  if (plan.when.at === 'end') return result.last?.[plan.figure] ?? undefined
  const curves = await store.curves(result)
  const value: unknown = curves && figureIn(plan, curves)
  // Curves have null for what is no number.
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A figure of a run by its curves; undefined where the run has none. */
export function figureIn(
  { figure, when }: FigurePlan,
  curves: readonly MetricsRecord[],
): number | undefined {
  const records = curves.filter((each) => each.kind !== 'step')
  const last = records.findLast((each) => each.kind === 'epoch')
  switch (when.at) {
    case 'end':
      return records
        .toReversed()
        .map((each) => valueIn(each, figure))
        .find((each) => each !== undefined)
    case 'best': {
      const epoch = last?.best?.epoch
      const best = records.find((each) => each.kind === 'epoch' && each.epoch === epoch)
      return best && valueIn(best, figure)
    }
    case 'epoch': {
      const found = records.find((each) => each.kind === 'epoch' && each.epoch === when.epoch)
      return found && valueIn(found, figure)
    }
    case 'last': {
      const values = records
        .filter((each) => each.kind === 'epoch' && each.epoch > 0)
        .slice(-when.epochs)
        .map((each) => valueIn(each, figure))
      const known = values.filter((each) => typeof each === 'number')
      return known.length === 0 || known.length < values.length
        ? undefined
        : known.reduce((sum, each) => sum + each, 0) / known.length
    }
  }
}

/** What a figure is told in; values are in SI, of which one unit is `scale`. */
export interface FigureUnit {
  readonly unit: string
  readonly scale: number
}

/** What figures and records of an experiment are told in, by name, as far as they have a unit. */
export function unitsOf({
  scores,
  measures,
  records,
  evaluation,
}: ExperimentPlan): Readonly<Record<string, FigureUnit>> {
  const errors = scores.filter((name) => /^error\b/.test(name))
  return Object.fromEntries([
    ...records.flatMap(({ units = {} }) => Object.entries(units)),
    ...errors.map((name) => [name, { unit: '%', scale: 1 }] as const),
    ...measures.flatMap(({ outputs, unit, scale = 1 }) =>
      unit === undefined ? [] : outputs.map((name) => [name, { unit, scale }] as const),
    ),
    // A figure of both is that of the evaluation.
    ...(evaluation ? evaluatedFigures(evaluation) : []).flatMap(({ output, unit, scale = 1 }) =>
      unit === undefined ? [] : [[output, { unit, scale }] as const],
    ),
  ])
}

/** The sweep, with what it compares in the unit of its figure. */
export function inUnits(sweep: SweepPlan, units: Readonly<Record<string, FigureUnit>>): SweepPlan {
  return {
    ...sweep,
    stops: sweep.stops.map(({ share, ...stop }) =>
      share && units[stop.figure]?.unit === '%' ? { ...stop, value: stop.value * 100 } : stop,
    ),
  }
}

/** What an experiment gives by name, and whether it has epochs. Throws ProjectError for another figure. */
export function requireFigures(sweep: SweepPlan, plan: ExperimentPlan): void {
  const known = [...new Set([...plan.scores, ...plan.measures.flatMap(({ outputs }) => outputs)])]
  const goal = sweep.draws?.goal?.figure
  // Of test examples, whose evaluations are numbered as epochs are.
  const isEvaluated = (name: string): boolean =>
    plan.evaluation !== undefined &&
    evaluatedFigures(plan.evaluation).some(({ output }) => output === name)
  for (const { figure, label, when } of [...sweep.figures, ...(goal ? [goal] : [])]) {
    requireKnown(figure, label)
    if (plan.clock && !isEvaluated(figure) && when.at !== 'end') {
      throw new ProjectError(
        `Sweep ${sweep.name} reports \`${label}\`, but the experiment ${plan.name} runs by a clock and has no epochs.`,
        { hint: `Report \`${figure}\`: its mean over the last phase in which it is measured.` },
      )
    }
  }
  for (const { figure, text } of sweep.stops) {
    requireKnown(figure, text)
    if (plan.clock && !isEvaluated(figure)) {
      throw new ProjectError(
        `Sweep ${sweep.name} says \`${text}\`, but the experiment ${plan.name} runs by a clock and has no epochs.`,
        { hint: 'Say `stop when` in the experiment.' },
      )
    }
  }

  function requireKnown(figure: string, label: string): void {
    if (known.includes(figure)) return
    throw new ProjectError(
      `Sweep ${sweep.name} says \`${label}\`, but the experiment ${plan.name} does not measure \`${figure}\`.`,
      {
        hint:
          known.length > 0
            ? `It measures ${known.join(', ')}; for more, add \`measure ${figure}\` to it.`
            : `Add \`measure ${figure}\` to it.`,
      },
    )
  }
}
