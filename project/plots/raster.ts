/**
 * Rasters: a mark for every event, a row for every unit. Of many units some are drawn, evenly spaced, above the rate
 * of all; where marks would cover each other, so that all would be black, the rate alone is drawn.
 */
import { rateOf, rowsOf } from '../../runtime/report/raster.ts'
import type { Events } from '../../runtime/report/series.ts'
import { drawChart, framework, type Look } from './chart.ts'
import type { Axis, Chart } from './chart-data.ts'
import { shown, stacked, type Picture, type Plotter } from './plotter.ts'

/** A picture whose marks cover more than this of it says nothing but black. */
const MOST_INK = 0.5
const MARK_WIDTH = 0.8
const ROW = 2
const LEAST_HEIGHT = 40
const MOST_HEIGHT = 320
const RATE_HEIGHT = 64

/** What is drawn, and of which part of the time. */
export interface RasterChart extends Pick<Chart, 'breaks'> {
  readonly events: Events
  readonly x: Axis & { readonly range: readonly [number, number] }
  /** `s` or `steps`. */
  readonly unit: string
}

/** Draws events; `look.height` is the most that the raster may take. */
export function drawRaster(plotter: Plotter, chart: RasterChart, look: Look): Picture {
  const { events, x, unit, breaks = [] } = chart
  const { range } = x
  const inside = (time: number): boolean => time >= range[0] && time <= range[1]
  const rows = rowsOf(events, inside)
  const height = Math.min(look.height, MOST_HEIGHT, Math.max(LEAST_HEIGHT, ROW * rows.length))
  const columns = look.width - look.left - look.right
  const marks = marksOf(events, rows, range, columns)
  const rate = rateOf(events, unit, range)
  const black = marks.length * MARK_WIDTH > MOST_INK * rows.length * columns
  const some = rows.length < events.units
  if (black && rate) return drawRate(plotter, chart, rate, look)
  const counted = `${events.units} ${events.units === 1 ? 'unit' : 'units'}`
  const label = some ? `${rows.length} of ${counted}` : counted
  const withRate = rate !== undefined && (some || events.units > 20)
  const raster = plotter.draw({
    width: look.width,
    height: height + 22 + (withRate ? 6 : x.shown === false ? 6 : 36),
    marginTop: 22,
    marginBottom: withRate || x.shown === false ? 6 : 36,
    marginLeft: look.left,
    marginRight: look.right,
    x: { domain: [...range], type: 'linear', axis: null },
    y: { domain: [0, rows.length], reverse: true, type: 'linear', axis: null },
    marks: [
      ...framework(
        plotter.Plot,
        {
          x: { ...x, shown: !withRate && x.shown !== false },
          y: { label: events.name, marks: false },
          note: label,
        },
        look,
      ),
      plotter.Plot.ruleX(
        breaks.filter((at) => at > range[0] && at < range[1]),
        { stroke: look.theme.faint, strokeDasharray: '2 3', strokeOpacity: 0.7 },
      ),
      (_index, scales, _values, _dimensions, context) => {
        const path = context!.document.createElementNS('http://www.w3.org/2000/svg', 'path')
        const [atX, atY] = [scales.x!, scales.y!]
        const step = height / rows.length
        const length = Math.round(Math.max(0.6, step * 0.9) * 10) / 10
        const d = marks.map(([time, row]) => `M${number(atX(time))} ${number(atY(row))}v${length}`)
        path.setAttribute('d', d.join(''))
        path.setAttribute('fill', 'none')
        path.setAttribute('stroke', look.theme.ink)
        path.setAttribute('stroke-width', String(MARK_WIDTH))
        return path
      },
    ],
  })
  if (!withRate) return raster
  return stacked([raster, drawRate(plotter, chart, rate, look)])
}

/** Times and rows of marks; those that would cover each other once. */
function marksOf(
  { times, cells }: Events,
  rows: readonly number[],
  [from, to]: readonly [number, number],
  columns: number,
): (readonly [number, number])[] {
  const rowOf = new Map(rows.map((unit, row) => [unit, row]))
  const drawn = new Set<number>()
  const marks: (readonly [number, number])[] = []
  for (const [k, time] of times.entries()) {
    const row = rowOf.get(cells[k]!)
    if (row === undefined || !(time >= from && time <= to)) continue
    const place = Math.round(((time - from) / (to - from)) * columns * 2) * rows.length + row
    if (drawn.has(place)) continue
    drawn.add(place)
    marks.push([time, row])
  }
  return marks
}

function drawRate(
  plotter: Plotter,
  { x, breaks = [] }: RasterChart,
  rate: NonNullable<ReturnType<typeof rateOf>>,
  look: Look,
): Picture {
  return drawChart(
    plotter,
    {
      x,
      y: { label: shown(rate.name) },
      curves: [{ name: 'rate', x: rate.times, y: rate.values, filled: true }],
      breaks,
    },
    { ...look, height: RATE_HEIGHT },
  )
}

const number = (value: number): string => String(Math.round(value * 10) / 10)
