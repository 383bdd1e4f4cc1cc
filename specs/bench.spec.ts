import { describe, expect, it } from 'vitest'
import { figures, median, ratios, summary, table } from '../bench/statistics.ts'

describe('statistics of the benchmarks', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
    [[], Number.NaN],
  ])('median of %j', (values, expected) => expect(median(values)).toBe(expected))

  it.each([
    [0.012345, '0.0123'],
    [2, '2.00'],
    [45.678, '45.7'],
    [9.999, '10.0'],
    [1234.5, '1230'],
    [0, '0'],
    [Number.NaN, '-'],
  ])('%d to three figures', (value, text) => expect(figures(value)).toBe(text))

  it('gives median, least and greatest', () => {
    expect(summary([2, 1, 4], 1)).toBe('2.0 (1.0 - 4.0)')
    expect(summary([])).toBe('-')
  })

  it('forms ratios within rounds', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3])
    expect(() => ratios([1], [1, 2])).toThrow(RangeError)
  })

  it('aligns the first column left and the others right', () => {
    expect(
      table([
        ['', 'ms'],
        ['step', '12'],
        ['x', '3.4'],
      ]),
    ).toBe('       ms\nstep   12\nx     3.4')
  })
})
