/**
 * Which curves a run has: scores of its parts of the data, and each measure with a curve for each layer. In a run by
 * epochs they lie over epochs: means of each where there are many, else means of a few steps; in a run by a clock over
 * time, or where phases come again and again, for each kind of phase by itself.
 */
import type { ExperimentPlan, MeasurePlan } from '../../contract/plan.ts'
import { binned } from '../plots/binned.ts'
import type { Chart, NamedCurve } from '../plots/chart-data.ts'
import { overallOutput, scaled, scoreUnit } from '../../runtime/report/figures.ts'
import { phasesOf } from '../plot.ts'
import type { Column, Metrics } from './metrics.ts'

/** Some curves with a heading. */
export interface RunChart extends Chart {
  readonly name: string
  /** What stands below it. */
  readonly caption?: string
}

/** Runs of fewer epochs are drawn by their steps. */
const FEW_EPOCHS = 8
const MOST_POINTS = 240
/** More curves than this in a picture are none. */
const MOST_CURVES = 9

/** All curves of a run; none if nothing was measured. */
export function chartsOf(plan: ExperimentPlan, metrics: Metrics): readonly RunChart[] {
  const charts = [
    ...scoreCharts(plan, metrics),
    ...plan.measures.flatMap((each) => measureCharts(plan, each, metrics)),
  ]
  return charts.filter(({ curves }) => curves.length > 0)
}

/** Scores: training dashed, as it is no measure of what was learned. */
function scoreCharts(plan: ExperimentPlan, metrics: Metrics): readonly RunChart[] {
  const { epochs, scores } = metrics
  if (plan.clock && !plan.evaluation) return []
  const names = new Set(
    epochs.flatMap(({ train, validation, test }) =>
      [train, validation, test].flatMap((each) => Object.keys(each)),
    ),
  )
  for (const name of scores.keys()) names.add(name)
  const marked = epochs.length <= 30
  return headlineFirst([...names]).map((name) => {
    const { unit, scale } = scoreUnit(name, plan)
    const valueOf = (value: number | undefined): number | undefined =>
      value === undefined ? undefined : scaled(value, scale)
    const part = (of: 'validation' | 'test', colour: number): NamedCurve[] =>
      present({ name: of, colour, marked, ...overEpochs(metrics, (row) => valueOf(row[of][name])) })
    const few = epochs.length <= FEW_EPOCHS
    const train = few
      ? ofSteps(metrics, scores.get(name))
      : overEpochs(metrics, (row) => row.train[name])
    return {
      name,
      x: { label: plan.clock ? 'evaluation' : 'epoch' },
      y: { label: unit === undefined ? name : `${name} (${unit})` },
      curves: [
        ...part('test', 0),
        ...part('validation', 2),
        ...present({ name: 'training', colour: 1, dashed: true, ...train }),
      ],
    }
  })
}

function measureCharts(
  plan: ExperimentPlan,
  measure: MeasurePlan,
  metrics: Metrics,
): readonly RunChart[] {
  const { label, outputs, unit, scale, gradient } = measure
  const overall = overallOutput(measure)
  // Scores that are measured as well have their picture.
  if (!plan.clock && outputs.every((output) => plan.scores.includes(output))) return []
  const drawn = outputs.length <= MOST_CURVES ? outputs : outputs.filter((each) => each === overall)
  const inUnit = (curve: Curves): Curves => ({
    x: curve.x,
    y: Array.from(curve.y, (value) => scaled(value, scale)),
  })
  const named = (output: string): string =>
    output === overall && drawn.length > 1
      ? 'overall'
      : output === label
        ? label
        : shortName(output, label)
  const chart: Omit<RunChart, 'curves'> = {
    name: label,
    ...(gradient !== undefined && { caption: `backprop: the gradient ${gradient}` }),
    x: { label: plan.clock ? 'time (s)' : 'epoch' },
    y: { label: unit === undefined ? label : `${label} (${unit})` },
    ...(label.startsWith('angle(') && { levels: [{ at: 90 }] }),
  }
  const repeated = repeatedPhases(metrics)
  if (plan.clock && repeated.length > 0) {
    const curves = repeated.flatMap((phase) =>
      present({
        name: `in ${phase}`,
        ...inUnit(ofPhase(metrics, phase, overall ?? label)),
      }),
    )
    return [{ ...chart, curves }]
  }
  const few = metrics.epochs.length <= FEW_EPOCHS
  const curves = drawn.flatMap((output, i) =>
    present({
      name: named(output),
      colour: i,
      ...inUnit(
        plan.clock
          ? asCurve(metrics.measures.get(output))
          : few
            ? ofSteps(metrics, metrics.measures.get(output))
            : overEpochs(metrics, ({ measures }) => measures[output]),
      ),
    }),
  )
  const breaks = plan.clock ? phasesOf(plan).map(({ time }) => time) : []
  return [{ ...chart, curves, ...(breaks.length <= 40 && { breaks }) }]
}

interface Curves {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

const present = (curve: NamedCurve): NamedCurve[] =>
  Array.from(curve.y).some(Number.isFinite) ? [curve] : []

const asCurve = (column: Column | undefined): Curves =>
  binned(column ?? { x: [], y: [] }, 4 * MOST_POINTS)

function overEpochs(
  { epochs }: Metrics,
  of: (row: Metrics['epochs'][number]) => number | undefined,
): Curves {
  const rows = epochs.flatMap((row) => {
    const value = of(row)
    return value === undefined ? [] : [[row.epoch, value] as const]
  })
  return { x: rows.map(([epoch]) => epoch), y: rows.map(([, value]) => value) }
}

/** A column of steps over epochs. */
function ofSteps({ epochs }: Metrics, column: Column | undefined): Curves {
  const last = epochs.findLast(({ epoch }) => epoch > 0)
  const perEpoch = last ? last.step / last.epoch : 0
  if (!column || !(perEpoch > 0)) return { x: [], y: [] }
  const means = binned(column, MOST_POINTS)
  return { x: Array.from(means.x, (step) => step / perEpoch), y: means.y }
}

function ofPhase({ phases }: Metrics, phase: string, output: string): Curves {
  const rows = phases.filter((row) => row.phase === phase && output in row.measures)
  return binned(
    { x: rows.map(({ t }) => t), y: rows.map(({ measures }) => measures[output] ?? Number.NaN) },
    MOST_POINTS,
  )
}

/** Kinds of phases, if some come more than once. */
function repeatedPhases({ phases }: Metrics): readonly string[] {
  const names = phases.map(({ phase }) => phase)
  const kinds = [...new Set(names)]
  return kinds.length > 1 && names.length > 2 * kinds.length && kinds.length <= MOST_CURVES
    ? kinds
    : []
}

/** `angle(W, backprop)[0]` of `angle(W, backprop)` is layer 0. */
function shortName(output: string, label: string): string {
  return output.startsWith(`${label}[`) ? `layer ${output.slice(label.length + 1, -1)}` : output
}

/** The score that people look at first stands first. */
export function headlineFirst(names: readonly string[]): string[] {
  const first = ['error', 'loss']
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length)
  return names.toSorted((a, b) => rank(a) - rank(b))
}
