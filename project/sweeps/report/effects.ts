/**
 * Pictures of what a figure does as things vary: a heat map over two numbers, means with error bars over one, means
 * beside each other for names. Values are in the figure's unit.
 */
import type * as PlotModule from '@observablehq/plot'
import { framework, roomForNames } from '../../plots/chart.ts'
import { extent, padded, tickText, type Range } from '../../plots/numbers.ts'
import {
  FONT_SIZE,
  shortened,
  shown,
  widthOf,
  type Picture,
  type Plotter,
} from '../../plots/plotter.ts'
import { headMarks } from '../../plots/heads.ts'
import { colourOf, page as theme } from '../../plots/theme.ts'
import { spread } from '../../plots/spread.ts'
import { barWidth, colourBar, depthOf } from './colour-bar.ts'
import { headOf } from './columns.ts'
import { logarithmic, shortNumber, type Factor } from './panels.ts'

const WIDTH = 440
const HEIGHT = 190
const TOP = 22
const LEFT = 52
const BOTTOM = 40
/** Cells of a row that have room for a number. */
const MOST_NUMBERS = 8
/** Rows of a heat map that have room for their numbers. */
const MOST_ROWS = 20

/** A mean with its error at a place. */
export interface Mark {
  readonly at: number | string
  readonly mean: number
  readonly error: number
}

/** Means of one colour. */
export interface Series {
  readonly name: string
  readonly colour: number
  readonly marks: readonly Mark[]
}

/** The range of all means with their errors. */
export function rangeOfMarks(series: readonly Series[]): Range {
  const ends = series.flatMap(({ marks }) =>
    marks.flatMap(({ mean, error }) => [mean - error, mean + error]),
  )
  return padded(extent(ends) ?? [0, 1], 0.1)
}

/** Means with error bars over a number (joined by lines), or over names. */
export function drawMarks(
  { Plot, draw }: Plotter,
  factor: Factor,
  series: readonly Series[],
  { label, note, range, joined }: { label: string; note?: string; range: Range; joined: boolean },
): Picture {
  const numbers = factor.numbers
    ? [...factor.numbers.values()].toSorted((a, b) => a - b)
    : undefined
  const log = numbers !== undefined && logarithmic(numbers)
  const right = joined ? roomForNames(series.map(({ name }) => name)) : 14
  const frame = { theme, width: WIDTH, height: HEIGHT, left: LEFT, right }
  const ticks = numbers && numbers.length <= 9 ? numbers : undefined
  return draw({
    width: WIDTH,
    height: TOP + HEIGHT + BOTTOM,
    marginTop: TOP,
    marginBottom: BOTTOM,
    marginLeft: LEFT,
    marginRight: right,
    x: numbers
      ? { type: log ? 'log' : 'linear', domain: aside(numbers, log), axis: null }
      : { type: 'point', domain: [...factor.texts], padding: 0.6, axis: null },
    y: { type: 'linear', domain: [...range], axis: null },
    marks: [
      ...framework(
        Plot,
        { x: { label: '', shown: false }, y: { label }, ...(note !== undefined && { note }) },
        frame,
      ),
      axisBelow(Plot, headOf(factor.name, factor.unit), ticks),
      ...series.flatMap(({ colour, marks }) => {
        const stroke = colourOf(theme, colour)
        const rows = marks.map(({ at, mean, error }) => ({
          at,
          mean,
          low: mean - error,
          high: mean + error,
        }))
        return [
          ...(joined ? [Plot.line(rows, { x: 'at', y: 'mean', stroke, strokeWidth: 1.6 })] : []),
          Plot.ruleX(rows, { x: 'at', y1: 'low', y2: 'high', stroke, strokeWidth: 1.4 }),
          Plot.dot(rows, { x: 'at', y: 'mean', fill: stroke, r: joined ? 3 : 4 }),
        ]
      }),
      ...(joined && series.length > 1 ? names(Plot, series, range) : []),
    ].flat(),
  })
}

/** At most so many of texts, evenly, the first among them. */
function some(texts: readonly string[], most: number): readonly string[] {
  const step = Math.ceil(texts.length / most)
  return texts.filter((_, i) => i % step === 0)
}

/** A little room at both ends of numbers. */
function aside(numbers: readonly number[], log: boolean): Range {
  const [low, high] = [numbers[0]!, numbers.at(-1)!]
  if (!log) return padded([low, high], 0.04)
  const ratio = (high / low) ** 0.04
  return [low / ratio, high * ratio]
}

function axisBelow(
  Plot: typeof PlotModule,
  label: string,
  ticks: readonly (number | string)[] | undefined,
): PlotModule.Markish[] {
  return [
    Plot.axisX({
      fill: theme.faint,
      stroke: theme.faint,
      fontSize: FONT_SIZE - 1,
      tickSize: 4,
      tickFormat: (value: unknown) =>
        typeof value === 'number' ? tickText(value) : shortened(shortNumber(String(value)), 22),
      label: null,
      ...(ticks ? { ticks: [...ticks] } : { ticks: 5 }),
    }),
    Plot.text([shown(label)], {
      frameAnchor: 'bottom',
      dy: 34,
      fill: theme.ink,
      fontSize: FONT_SIZE,
    }),
  ]
}

/** Names at the ends of lines, apart from each other. */
function names(
  Plot: typeof PlotModule,
  series: readonly Series[],
  range: Range,
): PlotModule.Markish[] {
  const known = series.filter(({ marks }) => marks.length > 0)
  const places = spread(
    known.map(({ marks }) => ((range[1] - marks.at(-1)!.mean) / (range[1] - range[0])) * HEIGHT),
    FONT_SIZE + 2,
    [0, HEIGHT],
  )
  return known.map(({ name, colour }, i) =>
    Plot.text([shortened(name, 24)], {
      frameAnchor: 'top-right',
      textAnchor: 'start',
      lineAnchor: 'middle',
      dx: 6,
      dy: places[i]!,
      fill: colourOf(theme, colour),
      fontSize: FONT_SIZE,
    }),
  )
}

/** A cell of a heat map. */
export interface Cell {
  readonly across: string
  readonly up: string
  readonly mean: number
  /** What stands in it. */
  readonly text: string
}

/** A heat map with the scale of its colours; numbers stand in cells that have room. */
export function drawHeat(
  { Plot, draw }: Plotter,
  [across, up]: readonly [Factor, Factor],
  cells: readonly Cell[],
  {
    label,
    note,
    range,
    unit,
  }: { label: string; note?: string; range: Range; unit?: string | undefined },
): Picture {
  const left =
    26 +
    Math.min(90, Math.max(...up.texts.map((text) => widthOf(shortened(shortNumber(text), 12)))))
  const height = Math.max(90, Math.min(320, up.texts.length * 34))
  return draw({
    width: WIDTH,
    height: TOP + height + BOTTOM,
    marginTop: TOP,
    marginBottom: BOTTOM,
    marginLeft: left,
    marginRight: barWidth(range, unit),
    x: { type: 'band', domain: [...across.texts], padding: 0.03, axis: null },
    y: { type: 'band', domain: up.texts.toReversed(), padding: 0.05, axis: null },
    marks: [
      Plot.cell(cells, {
        x: 'across',
        y: 'up',
        fill: colourOf(theme, 0),
        fillOpacity: ({ mean }: Cell) => depthOf(mean, range),
      }),
      ...(across.texts.length <= MOST_NUMBERS
        ? [
            Plot.text(cells, {
              x: 'across',
              y: 'up',
              text: 'text',
              fill: theme.ink,
              fontSize: FONT_SIZE,
            }),
          ]
        : []),
      ...axisBelow(
        Plot,
        `${headOf(across.name, across.unit)} across, ${headOf(up.name, up.unit)} upwards`,
        some(across.texts, MOST_NUMBERS),
      ),
      Plot.axisY({
        fill: theme.faint,
        stroke: theme.faint,
        fontSize: FONT_SIZE - 1,
        tickSize: 0,
        ticks: [...some(up.texts, MOST_ROWS)],
        tickFormat: (value: unknown) => shortened(shortNumber(String(value)), 12),
        label: null,
      }),
      colourBar(range, unit),
      ...headMarks(Plot, theme, { label, note, dx: 8 - left }),
    ],
  })
}
