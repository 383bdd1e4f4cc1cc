/**
 * What a sweep came to: a row for each combination of what varies, with mean, standard error and interval of
 * every figure over the seeds.
 */
import type { FigurePlan } from '../../contract/sweep.ts'
import { figureOfPoint, type FigureUnit } from './figures.ts'
import type { SweepFolder } from './folder.ts'
import { plannedPoints, roundsOf, scoreOf, type Combination, type Round } from './rounds.ts'
import type { PointResult } from './store.ts'
import type { DefinedPoint } from './sweep-file.ts'

/** How often the values of a group are drawn anew for an interval. */
const RESAMPLES = 2000

/** One figure over the seeds of a group. */
export interface Estimate {
  /** Of points that have the figure. */
  readonly count: number
  /** Absent without any. */
  readonly mean?: number
  /** Of the mean; absent below two values. */
  readonly standardError?: number
  /** 95 %, by bootstrap of the mean (percentiles); absent below two values. */
  readonly interval?: readonly [number, number]
  /** In the order of the points; undefined where one has none. */
  readonly values: readonly (number | undefined)[]
}

/** Points that differ in the seed alone. */
export interface Group {
  readonly values: Readonly<Record<string, string>>
  readonly points: readonly DefinedPoint[]
  readonly results: readonly (PointResult | undefined)[]
  /** By the figure's label. */
  readonly figures: Readonly<Record<string, Estimate>>
}

/** How many points are in which state. */
export interface Progress {
  readonly points: number
  readonly done: number
  readonly givenUp: number
  readonly failed: number
}

/** See the module's head. */
export interface SweepSummary {
  readonly name: string
  readonly labels: readonly string[]
  /** What figures are told in, by label; values are in SI. */
  readonly units: Readonly<Record<string, FigureUnit>>
  readonly groups: readonly Group[]
  readonly progress: Progress
  readonly failures: readonly { readonly point: DefinedPoint; readonly reason: string }[]
}

/** How far a sweep is; reads no curves. Throws IoError. */
export async function progressOf({ sweep, store }: SweepFolder): Promise<Progress> {
  const results = await store.results()
  const rounds = await roundsOf(sweep, store, results)
  const points = rounds.flatMap(({ combinations }) => combinations.flat())
  return { ...countOf(points, results), points: plannedPoints(sweep) }
}

/** Each combination as it was in the last round that it came to. */
function lastOfEach(rounds: readonly Round[]): readonly Combination[] {
  const found = new Map<string, Combination>()
  for (const { combinations } of rounds) {
    for (const combination of combinations) {
      const { values, settings } = combination[0]!
      const { epochs: _, ...others } = settings
      found.set(JSON.stringify([values, others]), combination)
    }
  }
  return [...found.values()]
}

/** Groups by what a search is for: those that came further before others. */
async function bestFirst(
  { sweep, store }: SweepFolder,
  groups: readonly Group[],
): Promise<readonly Group[]> {
  const epochs = (group: Group): number => Number(group.points[0]?.settings['epochs'] ?? Infinity)
  const scored: { group: Group; score: number }[] = []
  for (const group of groups)
    scored.push({ group, score: await scoreOf(sweep, store, group.results) })
  return scored
    .toSorted((a, b) => {
      const further = epochs(b.group) - epochs(a.group)
      return further === 0 || Number.isNaN(further) ? a.score - b.score : further
    })
    .map(({ group }) => group)
}

function countOf(
  points: readonly DefinedPoint[],
  results: ReadonlyMap<string, PointResult>,
): Progress {
  const count = { points: points.length, done: 0, givenUp: 0, failed: 0 }
  for (const { key } of points) {
    const status = results.get(key)?.status
    if (status === 'done') count.done++
    else if (status === 'given up') count.givenUp++
    else if (status === 'failed') count.failed++
  }
  return count
}

/** Sums a sweep up. Throws IoError. */
export async function summarise(folder: SweepFolder): Promise<SweepSummary> {
  const { sweep, store } = folder
  const results = await store.results()
  const plans = figuresOf(folder, results)
  const rounds = await roundsOf(sweep, store, results)
  const rows: Group[] = []
  for (const points of lastOfEach(rounds)) {
    const found = points.map(({ key }) => results.get(key))
    const figures: Record<string, Estimate> = {}
    for (const plan of plans) {
      const values: (number | undefined)[] = []
      for (const result of found) {
        const counts = result !== undefined && isWhole(plan, result)
        values.push(counts ? await figureOfPoint(store, plan, result) : undefined)
      }
      figures[plan.label] = estimate(values)
    }
    rows.push({ values: points[0]!.values, points, results: found, figures })
  }
  const ordered = sweep.plan.draws?.goal ? await bestFirst(folder, rows) : rows
  const points = rounds.flatMap(({ combinations }) => combinations.flat())
  return {
    name: sweep.name,
    labels: plans.map(({ label }) => label),
    units: Object.fromEntries(
      plans.flatMap(({ label, figure }) => {
        const unit = sweep.units[figure]
        return unit ? [[label, unit]] : []
      }),
    ),
    groups: ordered,
    progress: { ...countOf(points, results), points: plannedPoints(sweep) },
    failures: points.flatMap((point) => {
      const result = results.get(point.key)
      return result?.status === 'failed' ? [{ point, reason: result.reason ?? '' }] : []
    }),
  }
}

/**
 * Whether a point has come to what a figure is of: one that was given up has not come to its end, nor to what would
 * have been its best epoch, but to the epochs that it had.
 */
const isWhole = ({ when }: FigurePlan, { status }: PointResult): boolean =>
  status !== 'given up' || when.at === 'epoch'

/** What the sweep reports; if it says nothing, the scores that its points have. */
function figuresOf(
  { sweep }: SweepFolder,
  results: ReadonlyMap<string, PointResult>,
): readonly FigurePlan[] {
  if (sweep.plan.figures.length > 0) return sweep.plan.figures
  const first = sweep.points.map(({ key }) => results.get(key)?.last).find((last) => last)
  const names = ['error', 'loss'].filter((name) => first && Object.hasOwn(first, name))
  return (names.length > 0 ? names : Object.keys(first ?? {})).map((name) => ({
    label: name,
    figure: name,
    when: { at: 'end' },
  }))
}

/** Mean, standard error and interval of values, of which some may be missing. */
export function estimate(values: readonly (number | undefined)[]): Estimate {
  const known = values.filter((each) => each !== undefined)
  const count = known.length
  if (count === 0) return { count, values }
  const mean = known.reduce((sum, each) => sum + each, 0) / count
  if (count === 1) return { count, mean, values }
  const squares = known.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return {
    count,
    mean,
    standardError: Math.sqrt(squares / (count - 1) / count),
    interval: bootstrap(known),
    values,
  }
}

/** The 95 % interval of the mean: percentiles 2.5 and 97.5 of the means of samples drawn with replacement. */
function bootstrap(values: readonly number[]): readonly [number, number] {
  let state = 0x9e3779b9
  // xorshift32 (Marsaglia 2003): the same interval for the same values.
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(next() * values.length)]!
    return sum / values.length
  }).toSorted((a, b) => a - b)
  return [means[Math.floor(0.025 * RESAMPLES)]!, means[Math.ceil(0.975 * RESAMPLES) - 1]!]
}
