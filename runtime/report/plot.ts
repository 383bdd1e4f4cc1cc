/**
 * Draws what was recorded along time, as SVG: one panel for each variable, all with the same time axis.
 * Events, and a variable that is 0 or 1, are a raster: a mark for every unit and time; of many units some are drawn, evenly
 * spaced, above the rate of all. Any other variable is a trace of each unit, or where there are many of their mean, within
 * a band of one standard deviation.
 */
import { markup } from '../../contract/escape.ts'
import { eventsOf, isRaster, rateOf, rowsOf } from './raster.ts'
import { isEvents, type Events, type Series } from './series.ts'

/** Where a phase begins. */
export interface Mark {
  readonly time: number
  readonly label: string
}

export interface PlotOptions {
  /** What the time axis counts: `s` or `steps`. */
  readonly unit: string
  readonly marks?: readonly Mark[]
  readonly from?: number
  readonly to?: number
}

const WIDTH = 900
const LEFT = 70
const RIGHT = 20
const TOP = 42
const BOTTOM = 40
const GAP = 34
const TRACE_HEIGHT = 110
/** More units than this are drawn as their mean. */
const MOST_LINES = 10
/** Points of a trace are drawn by columns of a pixel, each as its lowest and highest value. */
const COLUMNS = WIDTH - LEFT - RIGHT
const COLOURS = ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2']

/** The picture of some series; times outside of `from` .. `to` are left out. */
export function plot(series: readonly (Series | Events)[], options: PlotOptions): string {
  const all = series.flatMap((each) =>
    isEvents(each) ? [each.from, each.to] : [each.times[0] ?? 0, each.times.at(-1) ?? 0],
  )
  const [from, to] = widened(
    options.from ?? extreme(all, Math.min),
    options.to ?? extreme(all, Math.max),
  )
  const x = (time: number): number => LEFT + ((time - from) / (to - from)) * COLUMNS
  const inside = (time: number): boolean => time >= from && time <= to
  const parts: string[] = []
  let y = TOP
  const add = (name: string, height: number, draw: (panel: Panel) => readonly string[]): void => {
    const panel: Panel = { x, y, height, inside }
    parts.push(frame(panel, name), ...draw(panel))
    y += height + GAP
  }
  const addTraces = (each: Series): void =>
    add(each.name, TRACE_HEIGHT, (panel) => traces(each, panel))
  for (const each of series) {
    const events = isEvents(each) ? each : isRaster(each) ? eventsOf(each) : undefined
    if (!events) {
      if (!isEvents(each)) addTraces(each)
      continue
    }
    const rows = rowsOf(events, inside)
    const rowHeight = Math.min(320, Math.max(40, 2 * rows.length))
    add(events.name, rowHeight, (panel) => raster(events, rows, panel))
    const rate = rows.length < events.units ? rateOf(events, options.unit, [from, to]) : undefined
    if (rate) addTraces(rate)
  }
  const bottom = y - GAP
  const marks = (options.marks ?? []).filter(({ time }) => inside(time))
  const height = bottom + BOTTOM
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...marks.map((mark) => markText(mark, x, bottom)),
    ...parts,
    timeAxis(from, to, x, bottom, options.unit),
    '</svg>\n',
  ].join('\n')
}

interface Panel {
  readonly x: (time: number) => number
  readonly y: number
  readonly height: number
  readonly inside: (time: number) => boolean
}

function frame({ y, height }: Panel, name: string): string {
  return (
    `<text x="${LEFT}" y="${y - 6}" font-weight="600">${markup(name)}</text>` +
    `<rect x="${LEFT}" y="${y}" width="${COLUMNS}" height="${height}" fill="none" stroke="#ddd"/>`
  )
}

function markText({ time, label }: Mark, x: (time: number) => number, bottom: number): string {
  const at = number(x(time))
  return (
    `<line x1="${at}" x2="${at}" y1="${TOP - 18}" y2="${bottom}" stroke="#bbb" stroke-dasharray="3 3"/>` +
    `<text x="${number(x(time) + 3)}" y="${TOP - 24}" fill="#777">${markup(label)}</text>`
  )
}

/** The first unit is at the top. */
function raster(
  { times, cells, units }: Events,
  rows: readonly number[],
  { x, y, height, inside }: Panel,
): string[] {
  const rowOf = new Map(rows.map((unit, row) => [unit, row]))
  const step = height / rows.length
  const length = number(Math.max(0.6, step * 0.9))
  const drawn = new Set<number>()
  let path = ''
  for (const [k, time] of times.entries()) {
    const row = rowOf.get(cells[k]!)
    if (row === undefined || !inside(time)) continue
    const at = x(time)
    // Marks that would cover each other are drawn once.
    const place = Math.round(2 * at) * rows.length + row
    if (drawn.has(place)) continue
    drawn.add(place)
    path += `M${number(at)} ${number(y + row * step)}v${length}`
  }
  const counted = `${units} ${units === 1 ? 'unit' : 'units'}`
  const lines = rows.length < units ? [`${rows.length} of`, counted] : [counted]
  const label = lines
    .map(
      (line, i) => `<text x="${LEFT - 8}" y="${y + 10 + 13 * i}" text-anchor="end">${line}</text>`,
    )
    .join('')
  return [label, `<path d="${path}" stroke="#222" stroke-width="0.8" fill="none"/>`]
}

function traces({ times, units, values }: Series, panel: Panel): string[] {
  const steps = [...times.keys()].filter((k) => panel.inside(times[k]!))
  const at = (k: number, unit: number): number => values[k * units + unit]!
  const lines: { readonly low: readonly number[]; readonly high: readonly number[] }[] = []
  let band: { readonly low: readonly number[]; readonly high: readonly number[] } | undefined
  if (units <= MOST_LINES) {
    for (let unit = 0; unit < units; unit++) {
      const line = steps.map((k) => at(k, unit))
      lines.push({ low: line, high: line })
    }
  } else {
    const moments = steps.map((k) => momentsOf(values.subarray(k * units, (k + 1) * units)))
    const mean = moments.map((each) => each.mean)
    lines.push({ low: mean, high: mean })
    band = {
      low: moments.map((each) => each.mean - each.std),
      high: moments.map((each) => each.mean + each.std),
    }
  }
  const seen = [...lines, ...(band ? [band] : [])].flatMap(({ low, high }) => [
    extreme(low, Math.min),
    extreme(high, Math.max),
  ])
  const lowest = extreme(seen, Math.min)
  const highest = extreme(seen, Math.max)
  if (!Number.isFinite(lowest)) return []
  // Halves, as the difference of two large numbers may be infinite.
  const margin = positive(highest / 2 - lowest / 2, Math.abs(highest / 2)) * 0.1
  const bottom = Math.max(-Number.MAX_VALUE, lowest - margin)
  const top = Math.min(Number.MAX_VALUE, highest + margin)
  const { y, height, x } = panel
  const yOf = (value: number): number =>
    y + height - ((value / 2 - bottom / 2) / (top / 2 - bottom / 2)) * height
  const scaled = steps.map((k) => x(times[k]!))
  return [
    ...ticks(bottom, top, 3).map((tick) => {
      const level = number(yOf(tick.value))
      return (
        `<line x1="${LEFT - 4}" x2="${LEFT}" y1="${level}" y2="${level}" stroke="#999"/>` +
        `<text x="${LEFT - 8}" y="${number(yOf(tick.value) + 4)}" text-anchor="end">${tick.text}</text>`
      )
    }),
    ...(band ? [`<path d="${area(scaled, band, yOf)}" fill="${COLOURS[0]}" opacity="0.25"/>`] : []),
    ...lines.map(
      ({ low }, i) =>
        `<path d="${polyline(scaled, low, yOf)}" stroke="${COLOURS[i % COLOURS.length]}" fill="none"/>`,
    ),
  ]
}

/** A line whose points share columns is drawn by the lowest and highest value of each. */
function polyline(
  x: readonly number[],
  values: readonly number[],
  yOf: (value: number) => number,
): string {
  let path = ''
  let pen = false
  for (let i = 0; i < values.length;) {
    const column = Math.floor(x[i]!)
    let [low, high] = [values[i]!, values[i]!]
    const start = i
    for (; i < values.length && Math.floor(x[i]!) === column; i++) {
      low = Math.min(low, values[i]!)
      high = Math.max(high, values[i]!)
    }
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      pen = false
      continue
    }
    const dense = i - start > 2
    const points = dense ? [low, high] : values.slice(start, i)
    for (const [k, value] of points.entries()) {
      path += `${pen ? 'L' : 'M'}${number(dense ? x[start]! : x[start + k]!)} ${number(yOf(value))}`
      pen = true
    }
  }
  return path
}

function area(
  x: readonly number[],
  { low, high }: { readonly low: readonly number[]; readonly high: readonly number[] },
  yOf: (value: number) => number,
): string {
  const kept = [...x.keys()].filter((i) => i === 0 || Math.floor(x[i]!) !== Math.floor(x[i - 1]!))
  const finite = kept.filter((i) => Number.isFinite(low[i]) && Number.isFinite(high[i]))
  const edge = (indices: readonly number[], values: readonly number[]): string[] =>
    indices.map((i) => `${number(x[i]!)} ${number(yOf(values[i]!))}`)
  return `M${[...edge(finite, high), ...edge(finite.toReversed(), low)].join('L')}Z`
}

function timeAxis(
  from: number,
  to: number,
  x: (time: number) => number,
  bottom: number,
  unit: string,
): string {
  const marks = ticks(from, to, 8).map(
    ({ value, text }) =>
      `<line x1="${number(x(value))}" x2="${number(x(value))}" y1="${bottom}" y2="${bottom + 4}" stroke="#999"/>` +
      `<text x="${number(x(value))}" y="${bottom + 16}" text-anchor="middle">${text}</text>`,
  )
  const label = `<text x="${LEFT + COLUMNS / 2}" y="${bottom + 32}" text-anchor="middle">time (${markup(unit)})</text>`
  return [...marks, label].join('\n')
}

/** Round numbers within a range, about `count` of them. */
function ticks(
  from: number,
  to: number,
  count: number,
): readonly { value: number; text: string }[] {
  const raw = to / count - from / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw) ?? raw
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  // Where numbers are so near that nothing lies between them, there is no round one either.
  const some = last - first
  if (!(step > 0 && some >= 0 && some <= 2 * count)) return []
  return Array.from({ length: some + 1 }, (_, i) => {
    const value = (first + i) * step
    return { value, text: String(Number(value.toPrecision(12))) }
  }).filter(({ value }) => Number.isFinite(value))
}

/** The first of these that is above 0, or a half. */
function positive(...sizes: readonly number[]): number {
  return sizes.find((size) => size > 0) ?? 0.5
}

/** A range as it is, or around a single place if it holds no more. */
function widened(from: number, to: number): readonly [number, number] {
  const least = Math.max(Math.abs(from), Math.abs(to)) * 1e-9
  if (to - from > least) return [from, to]
  const half = positive(Math.abs(from) * 1e-3)
  return [from - half, from + half]
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly std: number } {
  let [mean, squares] = [0, 0]
  // Divided first, as the sum of large numbers may be infinite.
  for (const value of values) mean += value / values.length
  for (const value of values) squares += (value - mean) ** 2
  return { mean, std: Math.sqrt(squares / values.length) }
}

/** Over the finite values; NaN if there are none. */
function extreme(values: readonly number[], pick: (a: number, b: number) => number): number {
  let found = Number.NaN
  for (const value of values) {
    if (Number.isFinite(value)) found = Number.isNaN(found) ? value : pick(found, value)
  }
  return found
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10)
}
