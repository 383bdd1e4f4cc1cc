/** Which pictures the page of a sweep has: what the figures do as things vary, and their curves. */
import { html, type Html } from '../../report/html.ts'
import { curvesFigure, figure } from '../../report/pictures.ts'
import { extent } from '../../plots/numbers.ts'
import type { Plotter } from '../../plots/plotter.ts'
import { headOf } from './columns.ts'
import { MOST_READ, sweepCurves } from './curves.ts'
import { drawHeat, drawMarks, rangeOfMarks, type Mark, type Series } from './effects.ts'
import type { RowFacts, SweepFacts } from './facts.ts'
import { estimateText } from './numbers.ts'
import { factorsOf, MOST_PANELS, panelsOf, type Factor } from './panels.ts'

/** Means that are drawn in a page, which is to stay small. */
const MOST_MARKS = 6000
/** Lines in a picture. */
const MOST_SERIES = 8

/** What every figure does as things vary; undefined where nothing does. */
export function effectsPart(plotter: Plotter, facts: SweepFacts): Html | undefined {
  const factors = factorsOf(facts)
  if (factors.length === 0) return undefined
  const { labels } = facts.summary
  const random = facts.folder.sweep.plan.draws !== undefined
  const room = Math.floor(MOST_MARKS / (labels.length * (random ? factors.length : 1)))
  if (facts.rows.length > room && !random) {
    return html`<p class="note">There are no pictures of so many combinations here.</p>`
  }
  const drawn = labels.map((label) =>
    random
      ? scattered(plotter, facts, factors, label, room)
      : onGrid(plotter, facts, factors, label),
  )
  if (drawn.flat().length === 0) return undefined
  return html`<p>
      Means over seeds; bars are one standard error.
      ${random && facts.rows.length > room && `The first ${room} combinations are drawn.`}
    </p>
    ${besides(drawn)}`
}

/** Pictures of several figures: beside each other, where each has panels in rows of its own. */
function besides(figures: readonly (readonly Html[])[]): readonly Html[] {
  const rows = figures.some((each) => each.length > 1) ? figures : [figures.flat()]
  return rows.filter((each) => each.length > 0).map((each) => html`<div class="two">${each}</div>`)
}

/** Curves of every figure; undefined where there are none. Throws IoError. */
export async function coursePart(plotter: Plotter, facts: SweepFacts): Promise<Html | undefined> {
  const points = facts.rows.reduce((sum, { points: some }) => sum + some.length, 0)
  if (points > MOST_READ) {
    return html`<p class="note">There are no curves of a sweep of so many points here.</p>`
  }
  const figures = await sweepCurves(facts)
  if (figures.length === 0) return undefined
  const left = figures[0]!.left
  return html`<p>
      Means over seeds, bands one standard error.
      ${left > 0 && `${left} of ${facts.rows.length} combinations are left out.`}
    </p>
    ${besides(
      figures.map(({ name, charts }) => charts.map((chart) => curvesFigure(plotter, name, chart))),
    )}`
}

function markOf(facts: SweepFacts, row: RowFacts, label: string, at: Mark['at']): Mark[] {
  const found = row.figures[label]
  const scale = facts.summary.units[label]?.scale ?? 1
  if (found?.mean === undefined) return []
  return [{ at, mean: found.mean / scale, error: (found.standardError ?? 0) / scale }]
}

function onGrid(
  plotter: Plotter,
  facts: SweepFacts,
  factors: readonly Factor[],
  label: string,
): readonly Html[] {
  const numeric = factors.filter(({ numbers }) => numbers)
  const named = factors.filter(({ numbers }) => !numbers)
  const [first, second, ...rest] = numeric
  if (first && second) return heat(plotter, facts, [first, second], [...named, ...rest], label)
  const [along, colour, ...panels] = first ? [first, ...named] : named
  return marks(plotter, facts, along!, colour, panels, label)
}

function marks(
  plotter: Plotter,
  facts: SweepFacts,
  along: Factor,
  colour: Factor | undefined,
  others: readonly Factor[],
  label: string,
): readonly Html[] {
  const place = (row: RowFacts): Mark['at'] => along.numbers?.get(along.of(row)) ?? along.of(row)
  const panels = panelsOf(facts.rows, others)
    .slice(0, MOST_PANELS)
    .map(({ title, rows }) => ({
      title,
      series: (colour?.texts.slice(0, MOST_SERIES) ?? ['']).map((text, i): Series => {
        const order = (row: RowFacts): number => along.texts.indexOf(along.of(row))
        const own = rows
          .filter((row) => !colour || colour.of(row) === text)
          .toSorted((a, b) => order(a) - order(b))
        return {
          name: text,
          colour: i,
          marks: own.flatMap((row) => markOf(facts, row, label, place(row))),
        }
      }),
    }))
    .filter(({ series }) => series.some((each) => each.marks.length > 0))
  const range = rangeOfMarks(panels.flatMap(({ series }) => series))
  const head = headOf(label, facts.summary.units[label]?.unit)
  // Names have no order that a line could follow, but colours want one.
  const joined = along.numbers !== undefined || colour !== undefined
  return panels.map(({ title, series }) =>
    figure(
      drawMarks(plotter, along, series, {
        label: head,
        range,
        joined,
        ...(title !== '' && { note: title }),
      }),
      `${head} over ${along.name}${title && `, ${title}`}`,
    ),
  )
}

function heat(
  plotter: Plotter,
  facts: SweepFacts,
  pair: readonly [Factor, Factor],
  others: readonly Factor[],
  label: string,
): readonly Html[] {
  const [across, up] = pair
  const told = facts.summary.units[label]
  const head = headOf(label, told?.unit)
  const panels = panelsOf(facts.rows, others)
    .slice(0, MOST_PANELS)
    .map(({ title, rows }) => ({
      title,
      cells: rows.flatMap((row) =>
        markOf(facts, row, label, '').map(({ mean }) => ({
          across: across.of(row),
          up: up.of(row),
          mean,
          text: estimateText(row.figures[label], told)!.mean,
        })),
      ),
    }))
    .filter(({ cells }) => cells.length > 0)
  const range = extent(panels.flatMap(({ cells }) => cells.map(({ mean }) => mean)))
  if (!range) return []
  return panels.map(({ title, cells }) =>
    figure(
      drawHeat(plotter, pair, cells, {
        label: head,
        range,
        unit: told?.unit,
        ...(title !== '' && { note: title }),
      }),
      `${head} over ${across.name} and ${up.name}${title && `, ${title}`}`,
    ),
  )
}

/** Points drawn at random: each number by itself. */
function scattered(
  plotter: Plotter,
  facts: SweepFacts,
  factors: readonly Factor[],
  label: string,
  most: number,
): readonly Html[] {
  const head = headOf(label, facts.summary.units[label]?.unit)
  const drawn = facts.rows.slice(0, most)
  // Those of earlier rounds were run for less long.
  const last = drawn.filter(({ epochs }) => epochs === facts.rows[0]?.epochs)
  const early = drawn.filter((row) => !last.includes(row))
  return factors.map((factor) => {
    const place = (row: RowFacts): Mark['at'] =>
      factor.numbers?.get(factor.of(row)) ?? factor.of(row)
    const series = [last, early].map((rows, colour): Series => ({
      name: '',
      colour,
      marks: rows.flatMap((row) => markOf(facts, row, label, place(row))),
    }))
    return figure(
      drawMarks(plotter, factor, series, {
        label: head,
        range: rangeOfMarks(series),
        joined: false,
        ...(early.length > 0 && { note: 'blue: ran longest' }),
      }),
      `${head} over ${factor.name}`,
    )
  })
}
