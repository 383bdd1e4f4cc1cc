/** Curves of figures over epochs, or over the time of a run by a clock: means over seeds, with one standard error. */
import type { MetricsRecord } from '../../../runtime/train/state.ts'
import type { Chart, NamedCurve } from '../../plots/chart-data.ts'
import { extent } from '../../plots/numbers.ts'
import { valueIn, type FigureUnit } from '../figures.ts'
import { headOf } from './columns.ts'
import type { RowFacts, SweepFacts } from './facts.ts'
import { factorsOf, MOST_PANELS, panelsOf, type Panel } from './panels.ts'

/** More curves in a picture are not told apart. */
const MOST_CURVES = 8
/** Points of all curves together: a page is to stay small. */
const MOST_PLACES = 30_000
/** Points of a sweep whose curves are read for a page. */
export const MOST_READ = 5000

/** Charts of one figure: a panel each. */
export interface FigureCharts {
  readonly name: string
  readonly charts: readonly Chart[]
  /** Combinations that have no curve, as there are too many. */
  readonly left: number
}

interface Course {
  readonly x: readonly number[]
  readonly mean: readonly number[]
  readonly error: readonly number[]
}

/** See the module's head. Throws IoError. */
export async function sweepCurves(facts: SweepFacts): Promise<readonly FigureCharts[]> {
  const { folder, summary } = facts
  const { plan, units } = folder.sweep
  const reported =
    plan.figures.length > 0 ? plan.figures.map(({ figure }) => figure) : summary.labels
  const figures = [...new Set(reported)]
  const panels = coursePanels(facts)
  const charts = new Map<string, Chart[]>(figures.map((figure) => [figure, []]))
  const drawn = panels.shown.reduce((sum, { rows }) => sum + rows.length, 0) * figures.length
  const most = Math.max(20, Math.min(400, Math.floor(MOST_PLACES / Math.max(1, drawn))))
  let clocked = false
  for (const { title, rows } of panels.shown) {
    const courses = new Map<string, NamedCurve[]>(figures.map((figure) => [figure, []]))
    for (const { row, name, colour } of rows) {
      const runs: (readonly MetricsRecord[])[] = []
      for (const result of row.results) {
        // One that was given up ends early: a mean with it would leap there.
        const curves = result?.status === 'done' ? await folder.store.curves(result) : undefined
        if (curves) runs.push(curves)
      }
      clocked ||= runs.some((records) => records.some(({ kind }) => kind === 'phase'))
      for (const figure of figures) {
        const { x, mean, error } = courseOf(runs, figure, units[figure], most)
        if (x.length < 2) continue
        courses.get(figure)!.push({
          name,
          colour,
          x,
          y: mean,
          spread: error,
          marked: x.length <= 12,
        })
      }
    }
    for (const figure of figures) {
      const curves = courses.get(figure)!
      if (curves.length === 0) continue
      charts.get(figure)!.push({
        x: { label: clocked ? 'time (s)' : 'epoch' },
        y: { label: headOf(figure, units[figure]?.unit) },
        curves,
        ...(title !== '' && { note: title }),
        ...(figure.startsWith('angle(') &&
          units[figure]?.unit === '°' &&
          reaches(curves, 60) && { levels: [{ at: 90 }] }),
      })
    }
  }
  return figures
    .map((name) => ({ name, charts: alike(charts.get(name)!), left: panels.left }))
    .filter((each) => each.charts.length > 0)
}

/** Panels of one figure have the same range, so that they can be compared. */
function alike(charts: readonly Chart[]): readonly Chart[] {
  const range = extent(
    charts.flatMap(({ curves }) =>
      curves.flatMap(({ y, spread }) =>
        Array.from(y, (value, i) => [
          value - (spread?.[i] ?? 0),
          value + (spread?.[i] ?? 0),
        ]).flat(),
      ),
    ),
  )
  return charts.map((chart) =>
    range && !chart.levels ? { ...chart, y: { ...chart.y, range } } : chart,
  )
}

const reaches = (curves: readonly NamedCurve[], least: number): boolean =>
  curves.some(({ y }) => Array.from(y).some((value) => value >= least))

interface CoursePanel {
  readonly title: string
  readonly rows: readonly {
    readonly row: RowFacts
    readonly name: string
    readonly colour: number
  }[]
}

/** Which curves are drawn where: of points drawn at random the first ones, which are the best of a search. */
function coursePanels(facts: SweepFacts): { shown: readonly CoursePanel[]; left: number } {
  const { rows, folder } = facts
  const named = (some: readonly RowFacts[]): CoursePanel['rows'] =>
    some.map((row, i) => ({ row, name: rows.length === 1 ? 'mean' : shortText(row), colour: i }))
  const [colour, ...others] = factorsOf(facts)
  if (folder.sweep.plan.draws || !colour) {
    const first = rows.slice(0, MOST_CURVES)
    return { shown: [{ title: '', rows: named(first) }], left: rows.length - first.length }
  }
  // Many values of a number are shown by some, from the lowest to the highest.
  const { texts } = colour
  const step = (texts.length - 1) / (MOST_CURVES - 1)
  const chosen =
    texts.length <= MOST_CURVES
      ? texts
      : Array.from({ length: MOST_CURVES }, (_, i) => texts[Math.round(i * step)]!)
  const panels: readonly Panel[] = panelsOf(rows, others).slice(0, MOST_PANELS)
  const shown = panels.map(({ title, rows: some }) => ({
    title,
    rows: some.flatMap((row) => {
      const at = chosen.indexOf(colour.of(row))
      return at < 0 ? [] : [{ row, name: nameOf(colour.name, colour.of(row)), colour: at }]
    }),
  }))
  return { shown, left: rows.length - shown.flatMap((each) => each.rows).length }
}

/** Values as short as may be, as names of curves. */
function shortText({ values }: RowFacts): string {
  const texts = Object.values(values).map((text) => {
    const number = Number(text)
    return Number.isFinite(number) && text !== '' ? String(Number(number.toPrecision(3))) : text
  })
  return texts.join(', ') || 'mean'
}

const nameOf = (factor: string, text: string): string =>
  factor === 'variant' ? text : `${factor} ${text}`

/** Mean and standard error where all seeds have the figure. */
function courseOf(
  runs: readonly (readonly MetricsRecord[])[],
  figure: string,
  told: FigureUnit | undefined,
  most: number,
): Course {
  const scale = told?.scale ?? 1
  const found = new Map<number, number[]>()
  for (const records of runs) {
    for (const record of records) {
      if (record.kind === 'step') continue
      const value: unknown = valueIn(record, figure)
      if (typeof value !== 'number' || !Number.isFinite(value)) continue
      const at = record.kind === 'phase' ? record.t : record.epoch
      const before = found.get(at)
      if (before) before.push(value / scale)
      else found.set(at, [value / scale])
    }
  }
  const all = [...found.entries()]
    .filter(([, values]) => values.length === runs.length)
    .toSorted(([a], [b]) => a - b)
  const step = Math.ceil(all.length / most)
  // Some of them where there are many, the last in any case.
  const places = all.filter((_, i) => (all.length - 1 - i) % step === 0)
  const mean = places.map(
    ([, values]) => values.reduce((sum, each) => sum + each, 0) / values.length,
  )
  return {
    x: places.map(([at]) => at),
    mean,
    error: places.map(([, values], i) => {
      const squares = values.reduce((sum, each) => sum + (each - mean[i]!) ** 2, 0)
      return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length)
    }),
  }
}
