/** A distribution of values at the end, filled, and at the start, as a line. */
import type { Range } from './numbers.ts'
import { drawChart } from './chart.ts'
import type { Picture, Plotter } from './plotter.ts'
import type { Theme } from './theme.ts'

/** What is drawn. */
export interface Distribution {
  readonly name: string
  /** What its values are told in; absent for plain numbers. */
  readonly unit?: string
  /** Shares in %, in bins of the same width over the range. */
  readonly histogram: {
    readonly range: Range
    readonly start?: readonly number[]
    readonly end: readonly number[]
  }
}

/** Draws it. */
export function drawDistribution(
  plotter: Plotter,
  { name, unit, histogram }: Distribution,
  theme: Theme,
): Picture {
  const { range, start, end } = histogram
  const width = (range[1] - range[0]) / end.length
  const x = end.map((_, i) => range[0] + (i + 0.5) * width)
  return drawChart(
    plotter,
    {
      x: { label: unit === undefined ? 'value' : `value (${unit})`, range },
      y: { label: `${name} (% of values)` },
      curves: [
        { name: 'end', x, y: end, filled: true, colour: 0 },
        ...(start ? [{ name: 'start', x, y: start, colour: 1, stepped: true }] : []),
      ],
      unnamed: true,
    },
    { theme, width: 300, height: 110, left: 44, right: 14 },
  )
}
