/**
 * Curves over an axis, each with its name at its end: what errors, angles and traces are drawn by. The vertical axis
 * begins with what it shows and its unit, above it.
 */
import type * as PlotModule from '@observablehq/plot'
import { thinned, type Curve } from './columns.ts'
import { drawable, extent, padded, tickText, widened, type Range } from './numbers.ts'
import { headMarks } from './heads.ts'
import { FONT_SIZE, shortened, shown, widthOf, type Picture, type Plotter } from './plotter.ts'
import type { NamedCurve, Level, Chart } from './chart-data.ts'
import { spread } from './spread.ts'
import { colourOf, type Theme } from './theme.ts'

/** How large a picture is, and how it looks. */
export interface Look {
  readonly theme: Theme
  readonly width: number
  /** Of the frame of the curves, without labels. */
  readonly height: number
  /** Beside the frame; the right one has the names of curves. */
  readonly left: number
  readonly right: number
}

/** Letters of a name beside its curve. */
const MOST_LETTERS = 24
const TOP = 22
const BOTTOM_WITH_LABEL = 36
const BOTTOM = 6

/** Room that the names of curves want at their right. */
export function roomForNames(names: readonly string[]): number {
  if (names.length < 2) return 14
  return 14 + Math.max(...names.map((name) => widthOf(shortened(name, MOST_LETTERS))))
}

/** Draws a chart. */
export function drawChart({ Plot, draw }: Plotter, chart: Chart, look: Look): Picture {
  const { curves, levels = [], breaks = [] } = chart
  const { theme, width, left, right } = look
  const columns = width - left - right
  const x = widened(chart.x.range ?? extent(curves.flatMap(endsOf)) ?? [0, 1])
  const drawn = curves.map((curve) => ({ curve, points: pointsOf(curve, x, columns) }))
  const y = rangeOf(chart, drawn)
  const bottom = chart.x.shown === false ? BOTTOM : BOTTOM_WITH_LABEL
  const height = TOP + look.height + bottom
  const named = curves.length > 1 && chart.unnamed !== true
  return draw({
    width,
    height,
    marginTop: TOP,
    marginBottom: bottom,
    marginLeft: left,
    marginRight: right,
    x: { domain: [...x], type: 'linear', axis: null },
    y: { domain: [...y], type: 'linear', axis: null },
    marks: [
      ...framework(Plot, chart, look),
      Plot.ruleX(
        breaks.filter((at) => at > x[0] && at < x[1]),
        {
          stroke: theme.faint,
          strokeDasharray: '2 3',
          strokeOpacity: 0.7,
        },
      ),
      Plot.ruleY(
        levels.map(({ at }) => at),
        { stroke: theme.faint, strokeDasharray: '5 4' },
      ),
      ...drawn.flatMap(({ curve, points }, i) => {
        const colour = colourOf(theme, curve.colour ?? i)
        return [
          ...(curve.spread ? [band(Plot, curve, x, columns, colour)] : []),
          ...(curve.filled === true
            ? [
                Plot.areaY(points, {
                  x: '0',
                  y: '1',
                  fill: colour,
                  fillOpacity: 0.3,
                  curve: 'step',
                }),
              ]
            : []),
          Plot.line(points, {
            stroke: colour,
            strokeWidth: curve.filled === true ? 1 : 1.6,
            ...((curve.filled === true || curve.stepped === true) && { curve: 'step' }),
            ...(curve.dashed === true && { strokeDasharray: '5 3' }),
          }),
          ...(curve.marked === true ? [Plot.dot(points, { fill: colour, r: 2.2 })] : []),
        ]
      }),
      ...(named ? nameMarks(Plot, drawn, y, look) : []),
    ],
  })
}

type Drawn = readonly {
  readonly curve: NamedCurve
  readonly points: readonly (readonly [number, number])[]
}[]

const endsOf = ({ x }: Curve): number[] => (x.length > 0 ? [x[0]!, x[x.length - 1]!] : [])

function pointsOf(curve: Curve, range: Range, columns: number): [number, number][] {
  return thinned({ x: curve.x, y: Array.from(curve.y, drawable) }, range, columns)
}

/** What the vertical axis goes from and to; histograms stand on 0. */
function rangeOf({ y, curves, levels = [] }: Chart, drawn: Drawn): Range {
  const range = padded(y.range ?? heightsOf(drawn, levels) ?? [0, 1])
  return curves.some(({ filled }) => filled) ? [Math.min(0, range[0]), range[1]] : range
}

function heightsOf(drawn: Drawn, levels: readonly Level[]): Range | undefined {
  return extent([
    ...levels.map(({ at }) => at),
    ...drawn.flatMap(({ points, curve }) => [
      ...points.map(([, value]) => value),
      ...(curve.spread
        ? Array.from(curve.spread, (half, k) => [curve.y[k]! - half, curve.y[k]! + half]).flat()
        : []),
    ]),
  ])
}

/** The frame, marks and labels of axes. */
export function framework(
  Plot: typeof PlotModule,
  { x, y, note }: Pick<Chart, 'x' | 'y' | 'note'>,
  { theme, height, width, left, right }: Look,
): PlotModule.Markish[] {
  const marks = { fill: theme.faint, fontSize: FONT_SIZE - 1, tickFormat: tickText } as const
  return [
    Plot.frame({ stroke: theme.grid }),
    ...(y.marks === false
      ? []
      : [
          Plot.gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: ticksFor(height) }),
          Plot.axisY({
            ...marks,
            ticks: ticksFor(height),
            tickSize: 4,
            stroke: theme.faint,
            label: null,
          }),
        ]),
    ...(x.shown === false
      ? []
      : [
          Plot.axisX({
            ...marks,
            ticks: Math.max(2, Math.round((width - left - right) / 76)),
            tickSize: 4,
            stroke: theme.faint,
            label: null,
          }),
          Plot.text([shown(x.label)], {
            frameAnchor: 'bottom',
            dy: 32,
            fill: theme.ink,
            fontSize: FONT_SIZE,
          }),
        ]),
    ...headMarks(Plot, theme, { label: y.label, note }),
  ]
}

const ticksFor = (height: number): number => Math.max(2, Math.round(height / 36))

function band(
  Plot: typeof PlotModule,
  { x, y, spread: halves }: NamedCurve,
  range: Range,
  columns: number,
  colour: string,
): PlotModule.Markish {
  const rows: { x: number; low: number; high: number }[] = []
  let before = Number.NaN
  for (const at of [...Array(x.length).keys()]) {
    const column = Math.floor(((x[at]! - range[0]) / (range[1] - range[0])) * columns)
    if (column === before || x[at]! < range[0] || x[at]! > range[1]) continue
    before = column
    const [value, half] = [y[at]!, halves?.[at] ?? 0]
    rows.push({ x: x[at]!, low: drawable(value - half), high: drawable(value + half) })
  }
  return Plot.areaY(rows, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18 })
}

/** Names at the ends of curves, apart from each other. */
function nameMarks(
  Plot: typeof PlotModule,
  drawn: Drawn,
  y: Range,
  { theme, height }: Look,
): PlotModule.Markish[] {
  const rows = drawn.flatMap(({ curve, points }, i) => {
    const last = points.findLast(([, value]) => !Number.isNaN(value))
    if (!last) return []
    return [
      { name: curve.name, colour: colourOf(theme, curve.colour ?? i), x: last[0], y: last[1] },
    ]
  })
  const scale = (value: number): number => ((y[1] - value) / (y[1] - y[0])) * height
  const gap = FONT_SIZE + 2
  const places = spread(
    rows.map((row) => Math.round(scale(row.y))),
    gap,
    [0, height],
  )
  return rows.map((row, i) =>
    Plot.text([shortened(row.name, MOST_LETTERS)], {
      frameAnchor: 'top-right',
      textAnchor: 'start',
      lineAnchor: 'middle',
      dx: 6,
      dy: places[i]!,
      fill: row.colour,
      fontSize: FONT_SIZE,
    }),
  )
}
