/** Labels that do not cover each other. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsFor, spread } from '../../../project/plots/spread.ts'

describe('labels at the ends of curves', () => {
  it.each([
    ['stay where they are if there is room', [10, 50, 90], [10, 50, 90]],
    ['move apart evenly', [50, 50, 52], [40 + 2 / 3, 50 + 2 / 3, 60 + 2 / 3]],
    ['keep the order of the input', [52, 50], [56, 46]],
    ['keep within the frame', [0, 1, 99], [0, 10, 99]],
    ['push on what they meet', [20, 20, 31], [13 + 2 / 3, 23 + 2 / 3, 33 + 2 / 3]],
    ['are none', [], []],
  ])('%s', (_, wanted, placed) => {
    const found = spread(wanted, 10, [0, 100])
    expect(found).toHaveLength(placed.length)
    for (const [i, at] of placed.entries()) expect(found[i]).toBeCloseTo(at, 9)
  })

  it('are never nearer than the gap, nor outside as long as there is room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -20, max: 120, noNaN: true }), { maxLength: 9 }),
        (y) => {
          const found = spread(y, 10, [0, 100])
          const sorted = found.toSorted((a, b) => a - b)
          for (const [i, at] of sorted.entries()) {
            expect(at).toBeGreaterThanOrEqual(-1e-9)
            expect(at).toBeLessThanOrEqual(100 + 1e-9)
            if (i > 0) expect(at - sorted[i - 1]!).toBeGreaterThan(10 - 1e-6)
          }
        },
      ),
      { seed: 6150, numRuns: 300 },
    )
  })
})

describe('names of phases', () => {
  it('stand in rows, and are left out where there is no room in any', () => {
    const labels = [0, 5, 8, 9, 40].map((from) => ({ from, width: 20 }))
    expect(rowsFor(labels, 3)).toEqual([0, 1, 2, undefined, 0])
  })
})
