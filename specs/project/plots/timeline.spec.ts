/** Pictures of what was recorded. */
import { describe, expect, it } from 'vitest'
import { plotter, svgOf } from '../../../project/plots/plotter.ts'
import { paper } from '../../../project/plots/theme.ts'
import { drawTimeline, type Timeline } from '../../../project/plots/timeline.ts'
import { rateOf } from '../../../runtime/report/raster.ts'
import type { Events, Series } from '../../../runtime/report/series.ts'

const series = (
  name: string,
  count: number,
  units: number,
  value: (k: number, unit: number) => number,
): Series => ({
  name,
  units,
  times: Float64Array.from({ length: count }, (_, k) => k / 1000),
  values: Float64Array.from({ length: count * units }, (_, i) =>
    value(Math.floor(i / units), i % units),
  ),
})
/** The paths of rasters, and those of curves and areas. */
const rasters = (picture: string) =>
  [...picture.matchAll(/ d="(M[^"]*v[^"]*)"/g)].map(([, d]) => d!)
const curves = (picture: string) =>
  [...picture.matchAll(/aria-label="(?:line|area)"><path d="([^"]*)"/g)].map(([, d]) => d!)

const tool = await plotter()
const plot = (all: Timeline['series'], options: Omit<Timeline, 'series' | 'theme'>): string =>
  svgOf(drawTimeline(tool, { series: all, theme: paper, ...options }), { title: 'a run' })

describe('a picture', () => {
  it('has a mark for each spike, the first unit at the top', () => {
    const spikes = series('z.s', 100, 4, (k, unit) => Number(k === 10 * unit))
    const [path] = rasters(plot([spikes], { unit: 's' }))
    const marks = [...path!.matchAll(/M([\d.]+) ([\d.]+)v/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ])
    expect(marks.length).toBe(4)
    expect(marks.map(([x]) => x)).toEqual(marks.map(([x]) => x).toSorted((a, b) => a! - b!))
    expect(marks.map(([, y]) => y)).toEqual(marks.map(([, y]) => y).toSorted((a, b) => a! - b!))
  })

  it('draws some of many units, evenly spaced, above the rate of all', () => {
    // Unit k fires at 10 ms, unit 0 at each 2 ms besides: 400 + 500 spikes of 400 units in 1 s.
    const spikes = series('z.s', 1000, 400, (k, unit) =>
      Number(k === 10 || (unit === 0 && k % 2 === 1)),
    )
    const picture = plot([spikes], { unit: 's' })
    const [marks] = rasters(picture)
    const [, rate] = curves(picture)
    const rows = new Set([...marks!.matchAll(/M[\d.]+ ([\d.]+)v/g)].map(([, y]) => y))
    expect(rows.size).toBe(160)
    expect(picture).toContain('>160 of 400 units<')
    expect(picture).toContain('rate of z.s (Hz, bins of 5 ms)')
    // Steps: three points a bin, but one less at either end.
    expect(rate!.match(/[ML]/g)!.length).toBe(2 * 199)
  })

  it('draws events as it draws zeros and ones', () => {
    const spikes = series('z.s', 1000, 200, (k, unit) => Number(k % 200 === unit))
    const events: Events = {
      name: 'z.s',
      units: 200,
      times: Float64Array.from({ length: 1000 }, (_, k) => k / 1000),
      cells: Int32Array.from({ length: 1000 }, (_, k) => k % 200),
      from: 0,
      to: 0.999,
    }
    expect(plot([events], { unit: 's' })).toBe(plot([spikes], { unit: 's' }))
  })

  it('counts events a unit and second, each in the bin that it begins', () => {
    const times = Float64Array.from({ length: 500 }, (_, k) => (Math.floor(k / 5) * 20) / 1000)
    const events: Events = {
      name: 's',
      units: 10,
      times,
      cells: Int32Array.from({ length: 500 }, (_, k) => k % 5),
      from: 0,
      to: 2,
    }
    const rate = rateOf(events, 's', [0, 2])
    expect(rate?.times[0]).toBeCloseTo(0.005, 12)
    // Bins of 10 ms: 5 events of 10 units in every other one.
    expect([...rate!.values.subarray(0, 4)].map((each) => Math.round(each))).toEqual([50, 0, 50, 0])
    expect(rateOf(events, 's', [5, 6])).toBeUndefined()
  })

  it('draws fewer units where there are too many marks', () => {
    const count = 400_000
    const events: Events = {
      name: 's',
      units: 4000,
      times: Float64Array.from({ length: count }, (_, k) => k / 100_000),
      cells: Int32Array.from({ length: count }, (_, k) => (k * 7919) % 4000),
      from: 0,
      to: 4,
    }
    const [marks] = rasters(plot([events], { unit: 's' }))
    expect(marks!.match(/M/g)!.length).toBeLessThan(25_000)
  })

  it.each([
    ['a line for each of few units', 3, 3],
    ['the mean of many, in a band', 50, 2],
  ])('has %s', (_, units, expected) => {
    const waves = series('h.v', 200, units, (k, unit) => Math.sin(k / 10 + unit))
    expect(curves(plot([waves], { unit: 's' })).length).toBe(expected)
  })

  it('stays small however long a run is, and leaves out what is no number', () => {
    const long = series('v', 200_000, 1, (k) => (k % 1000 < 20 ? Number.NaN : Math.sin(k)))
    const picture = plot([long], { unit: 's' })
    expect(picture.length).toBeLessThan(60_000)
    expect(picture).not.toContain('NaN')
    const spikes = series('s', 200_000, 2, (k) => k % 2)
    expect(plot([spikes], { unit: 's' }).length).toBeLessThan(120_000)
  })

  it('shows a part of the time, names as they are, and where phases begin', () => {
    const spikes = series('a<b', 100, 1, (k) => Number(k % 10 === 0))
    const phases = [
      { time: 0, label: 'settle' },
      { time: 0.055, label: 'up' },
    ]
    const picture = plot([spikes], { unit: 's', from: 0.05, to: 0.09, phases })
    expect(rasters(picture)[0]!.match(/M/g)!.length).toBe(5)
    expect(picture).toContain('a&lt;b')
    expect(picture).toContain('>up<')
    // What began before is still going on.
    expect(picture).toContain('>settle<')
    expect(picture).toContain('time (s)')
  })

  it.each([
    ['2', () => 2],
    ['0.1', () => 0.1],
    ['-1e300', () => -1e300],
    ['NaN', () => Number.NaN],
    ['infinity', () => Number.POSITIVE_INFINITY],
    ['numbers as far apart as can be', (k: number) => (k % 2 ? 1 : -1) * Number.MAX_VALUE],
    ['numbers as near as can be', (k: number) => (k % 2) * Number.MIN_VALUE],
    ['numbers that differ in their last bit', (k: number) => 1 + (k % 2) * Number.EPSILON],
  ])('can be of %s', (_, value) => {
    for (const units of [1, 20]) {
      for (const count of [1, 5]) {
        const picture = plot([series('c', count, units, value)], { unit: 'steps' })
        expect(picture).not.toMatch(/NaN|Infinity/)
        expect(picture).toContain('</svg>')
        expect(picture.length).toBeLessThan(10_000)
      }
    }
  })

  it.each([
    [0, 0],
    [100, 100],
    [1e16, 1e16],
    [1e300, 1e300],
    [5e-324, 5e-324],
    [0, 5e-324],
    [100, 100 + 2e-14],
  ])('can be of a moment: %s to %s', (from, to) => {
    const picture = plot([series('c', 5, 1, () => 2)], { unit: 's', from, to })
    expect(picture).not.toMatch(/NaN|Infinity/)
    expect(picture.length).toBeLessThan(10_000)
  })
})
