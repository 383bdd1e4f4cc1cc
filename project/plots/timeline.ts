/**
 * What was recorded along time: one panel for each variable, below each other with the same time axis. Events, and a
 * variable that is 0 or 1, are a raster; any other variable is a trace of each unit, or where there are many of their
 * mean, within a band of one standard deviation.
 */
import { eventsOf, isRaster } from '../../runtime/report/raster.ts'
import { isEvents, type Events, type Series } from '../../runtime/report/series.ts'
import { drawChart, roomForNames, type Look } from './chart.ts'
import type { NamedCurve, Phase } from './chart-data.ts'
import { extent, widened, type Range } from './numbers.ts'
import { drawPhases, phasesWithin } from './phases.ts'
import { stacked, type Picture, type Plotter } from './plotter.ts'
import { drawRaster } from './raster.ts'
import type { Theme } from './theme.ts'

/** What to draw, and how. */
export interface Timeline {
  readonly series: readonly (Series | Events)[]
  /** What the time axis counts: `s` or `steps`. */
  readonly unit: string
  readonly phases?: readonly Phase[]
  readonly from?: number
  readonly to?: number
  readonly theme: Theme
  readonly width?: number
  readonly rasterHeight?: number
}

const LEFT = 64
const TRACE_HEIGHT = 110
/** More units than this are drawn as their mean. */
const MOST_LINES = 10

/** The picture of some series; times outside of `from` .. `to` are left out. */
export function drawTimeline(plotter: Plotter, timeline: Timeline): Picture {
  const { series, unit, phases = [], theme, width = 900, rasterHeight = 320 } = timeline
  const range = rangeOf(timeline)
  const panels = series.map((each) => (!isEvents(each) && isRaster(each) ? eventsOf(each) : each))
  const curves = panels.map((each) => (isEvents(each) ? [] : curvesOf(each)))
  const right = Math.max(...curves.map((each) => roomForNames(each.map(({ name }) => name))))
  const look = { theme, width, left: LEFT, right }
  const marked = phasesWithin(phases, range, width - LEFT - right)
  const breaks = marked.map(({ time }) => time)
  const pictures = panels.map((each, i) => {
    const x = { label: `time (${unit})`, range, shown: i === panels.length - 1 }
    const panel: Look = { ...look, height: isEvents(each) ? rasterHeight : TRACE_HEIGHT }
    if (isEvents(each)) return drawRaster(plotter, { events: each, x, unit, breaks }, panel)
    const note =
      each.units > MOST_LINES ? `mean of ${each.units} units, ± 1 standard deviation` : undefined
    return drawChart(
      plotter,
      {
        x,
        y: { label: each.name },
        curves: curves[i]!,
        breaks,
        ...(note !== undefined && { note }),
      },
      panel,
    )
  })
  const names = drawPhases(plotter, marked, range, look)
  return stacked([...(names ? [names] : []), ...pictures], 6)
}

function rangeOf({ series, from, to }: Timeline): Range {
  const all = extent(
    series.flatMap((each) =>
      isEvents(each) ? [each.from, each.to] : [each.times[0] ?? 0, each.times.at(-1) ?? 0],
    ),
  )
  return widened([from ?? all?.[0] ?? 0, to ?? all?.[1] ?? 1])
}

/** A curve for each unit, or of many their mean within one standard deviation. */
export function curvesOf({ times, units, values }: Series): readonly NamedCurve[] {
  if (units <= MOST_LINES) {
    return Array.from({ length: units }, (_, unit) => ({
      name: `[${unit}]`,
      x: times,
      y: Float64Array.from(times, (_time, k) => values[k * units + unit]!),
    }))
  }
  const mean = new Float64Array(times.length)
  const std = new Float64Array(times.length)
  for (const k of times.keys()) {
    const moments = momentsOf(values.subarray(k * units, (k + 1) * units))
    mean[k] = moments.mean
    std[k] = moments.std
  }
  return [{ name: 'mean', x: times, y: mean, spread: std }]
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly std: number } {
  let [mean, squares] = [0, 0]
  // Divided first, as the sum of large numbers may be infinite.
  for (const value of values) mean += value / values.length
  for (const value of values) squares += (value - mean) ** 2
  return { mean, std: Math.sqrt(squares / values.length) }
}
