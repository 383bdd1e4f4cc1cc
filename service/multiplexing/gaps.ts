/** Gaps between events: which there are, and how often. */

/** Trains of an ensemble's cells: events, of which some become bursts of two spikes. */
export interface Train {
  /** Of events, in Hz; a Poisson process with a dead time, or regular. */
  readonly rate: number
  /** That an event becomes a burst. */
  readonly probability: number
  /** From the first spike of a burst to the second, in s. */
  readonly interval: number
  /** Nothing new begins for so long after an event, in s; at least `interval`. */
  readonly dead: number
  readonly regular: boolean
}

/** Gauss and Legendre's nodes and weights on [-1, 1], of 8 points. */
const legendre = [
  [0.1834346424956498, 0.362683783378362],
  [0.525532409916329, 0.3137066458778873],
  [0.7966664774136267, 0.2223810344533745],
  [0.9602898564975363, 0.1012285362903763],
] as const

/** Ends of panels beyond the dead time, in s: from 0.25 ms on each twice as long as the one before. */
const panels = [0, ...Array.from({ length: 19 }, (_, k) => 2.5e-4 * 2 ** k)]

interface Point {
  readonly t: number
  readonly weight: number
}

const points: readonly Point[] = panels.slice(1).flatMap((to, i) => {
  const from = panels[i]!
  const [middle, half] = [(from + to) / 2, (to - from) / 2]
  return legendre
    .flatMap(([x, weight]) => [
      { t: middle - half * x, weight: weight * half },
      { t: middle + half * x, weight: weight * half },
    ])
    .toSorted((a, b) => a.t - b.t)
})

/** The gaps that averages are taken over, ascending. */
export const gridOfGaps = (dead: number): readonly number[] => points.map(({ t }) => dead + t)

/** The weight of each gap of the grid. */
export function gapsOf({ rate, dead, regular }: Train, grid: readonly number[]): readonly number[] {
  if (regular) return grid.map(() => 1)
  const mean = 1 / rate - dead
  const weights = points.map(({ t, weight }) => (weight * Math.exp(-t / mean)) / mean)
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((each) => each / total)
}
