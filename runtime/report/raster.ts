/**
 * Rasters: what is 0 or 1 as events, those that are drawn of many, and how often they come along time.
 */
import type { Events, Series } from './series.ts'

/** At most so many rows: of more units, so many are drawn, evenly spaced. */
export const MOST_ROWS = 160
/** At most about so many marks: where there are more, fewer units are drawn, but not less than MIN_ROWS. */
const MOST_MARKS = 20_000
const MIN_ROWS = 20
/** Rates are counted in about so many bins. */
const BINS = 200

/** Whether a series is a raster. */
export const isRaster = ({ values }: Series): boolean =>
  values.every((value) => value === 0 || value === 1)

/** The ones of a series of zeros and ones. */
export function eventsOf({ name, times, units, values }: Series): Events {
  let count = 0
  for (const value of values) count += value
  const events = { times: new Float64Array(count), cells: new Int32Array(count) }
  let at = 0
  for (const [k, time] of times.entries()) {
    for (let unit = 0; unit < units; unit++) {
      if (values[k * units + unit] !== 1) continue
      events.times[at] = time
      events.cells[at++] = unit
    }
  }
  const [from = 0, to = from] = [times[0], times.at(-1)]
  return { name, units, from, to, ...events }
}

/** Which units are drawn, from the first row to the last: all, or some evenly spaced. */
export function rowsOf(
  { times, units }: Events,
  inside: (time: number) => boolean,
): readonly number[] {
  const within = times.reduce((count, time) => count + (inside(time) ? 1 : 0), 0)
  const ofMarks = Math.floor((MOST_MARKS / Math.max(1, within)) * units)
  const rows = Math.min(units, MOST_ROWS, Math.max(MIN_ROWS, ofMarks))
  return Array.from({ length: rows }, (_, row) => Math.floor((row * units) / rows))
}

/**
 * The rate of all units together: events a unit and second (or step), in bins of a round length; undefined if
 * that cannot be.
 */
export function rateOf(
  { name, times, units, from: first, to: last }: Events,
  unit: string,
  range: readonly [number, number],
): Series | undefined {
  const [from, to] = [Math.max(first, range[0]), Math.min(last, range[1])]
  const width = binWidth(to - from, unit)
  const bins = Math.floor((to - from) / width + 1e-9)
  if (!(bins > 1)) return undefined
  const counts = new Float64Array(bins)
  for (const time of times) {
    // What lies at the beginning of a bin, but for rounding, belongs to it.
    const bin = Math.floor((time - from) / width + 1e-6)
    if (bin >= 0 && bin < bins) counts[bin]! += 1
  }
  return {
    name: `rate of ${name} (${unit === 's' ? 'Hz' : `1/${unit}`}, bins of ${lengthText(width, unit)})`,
    times: Float64Array.from(counts, (_, bin) => from + (bin + 0.5) * width),
    units: 1,
    values: counts.map((count) => count / units / width),
  }
}

/** 1, 2 or 5 of a power of ten; whole steps where steps are counted. */
function binWidth(span: number, unit: string): number {
  const raw = span / BINS
  if (!(raw > 0 && Number.isFinite(raw))) return Number.NaN
  const power = 10 ** Math.floor(Math.log10(raw))
  const round = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.999) ?? raw
  return unit === 's' ? round : Math.max(1, Math.round(round))
}

function lengthText(width: number, unit: string): string {
  const text = (value: number): string => String(Number(value.toPrecision(6)))
  return unit === 's' && width < 1 ? `${text(width * 1000)} ms` : `${text(width)} ${unit}`
}
