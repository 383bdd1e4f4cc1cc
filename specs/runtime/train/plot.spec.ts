/** Pictures of what was recorded. */
import { describe, expect, it } from 'vitest'
import { plot } from '../../../runtime/report/plot.ts'
import type { Series } from '../../../runtime/report/series.ts'

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
const paths = (picture: string) => [...picture.matchAll(/ d="([^"]*)"/g)].map(([, d]) => d!)

describe('a picture', () => {
  it('has a mark for each spike, the first unit at the top', () => {
    const spikes = series('z.s', 100, 4, (k, unit) => Number(k === 10 * unit))
    const [path] = paths(plot([spikes], { unit: 's' }))
    const marks = [...path!.matchAll(/M([\d.]+) ([\d.]+)v/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ])
    expect(marks.length).toBe(4)
    expect(marks.map(([x]) => x)).toEqual(marks.map(([x]) => x).toSorted((a, b) => a! - b!))
    expect(marks.map(([, y]) => y)).toEqual(marks.map(([, y]) => y).toSorted((a, b) => a! - b!))
  })

  it.each([
    ['a line for each of few units', 3, 3],
    ['the mean of many, in a band', 50, 2],
  ])('has %s', (_, units, expected) => {
    const waves = series('h.v', 200, units, (k, unit) => Math.sin(k / 10 + unit))
    expect(paths(plot([waves], { unit: 's' })).length).toBe(expected)
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
    const marks = [
      { time: 0, label: 'settle' },
      { time: 0.055, label: 'up' },
    ]
    const picture = plot([spikes], { unit: 's', from: 0.05, to: 0.09, marks })
    expect(paths(picture)[0]!.match(/M/g)!.length).toBe(5)
    expect(picture).toContain('a&lt;b')
    expect(picture).toContain('>up<')
    expect(picture).not.toContain('settle')
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
