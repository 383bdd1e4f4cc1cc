/**
 * The names of phases above pictures that share a time axis. Where names would cover each other they stand in up to
 * three rows; a name that has no room in any is left out, and so are all of them where phases are narrower than a line.
 */
import { FONT_SIZE, shortened, widthOf, type Picture, type Plotter } from './plotter.ts'
import { rowsFor } from './spread.ts'
import type { Look } from './chart.ts'
import type { Phase } from './chart-data.ts'

const ROWS = 3
const ROW_HEIGHT = FONT_SIZE + 3
const TOP = 4
/** Phases that are narrower on average are not marked at all. */
const LEAST_WIDTH = 3
const MOST_LETTERS = 28

/** Phases within a range, or none if there are too many to be told apart. */
export function phasesWithin(
  phases: readonly Phase[],
  [from, to]: readonly [number, number],
  columns: number,
): readonly Phase[] {
  const current = phases.findLast(({ time }) => time < from)
  const within = phases.filter(({ time }) => time >= from && time <= to)
  const all = current && within[0]?.time !== from ? [{ ...current, time: from }, ...within] : within
  return all.length * LEAST_WIDTH > columns ? [] : all
}

/** A strip of names; undefined if there are none. */
export function drawPhases(
  { Plot, draw }: Plotter,
  phases: readonly Phase[],
  range: readonly [number, number],
  { theme, width, left, right }: Omit<Look, 'height'>,
): Picture | undefined {
  const columns = width - left - right
  const at = (time: number): number => ((time - range[0]) / (range[1] - range[0])) * columns
  const labels = phases
    .map(({ time, label }) => ({ time, text: shortened(label, MOST_LETTERS) }))
    .filter(({ text }) => text !== '')
    .map((each) => {
      // A name that begins near the end stands before the place, not outside of the picture.
      const room = widthOf(each.text) + 8
      const fits = at(each.time) + room <= columns + right
      return { ...each, room, shift: fits ? 0 : -room }
    })
  const rows = rowsFor(
    labels.map(({ time, room, shift }) => ({ from: at(time) + shift, width: room })),
    ROWS,
  )
  const used = Math.max(-1, ...rows.map((row) => row ?? -1)) + 1
  if (used === 0) return undefined
  const height = TOP + used * ROW_HEIGHT
  const placed = labels.flatMap(({ time, text, shift }, i) => {
    const row = rows[i]
    return row === undefined ? [] : [{ time, text, row, shift }]
  })
  return draw({
    width,
    height,
    marginTop: 0,
    marginBottom: 0,
    marginLeft: left,
    marginRight: right,
    x: { domain: [...range], type: 'linear', axis: null },
    y: { domain: [0, height], reverse: true, type: 'linear', axis: null },
    marks: [
      Plot.ruleX(placed, {
        x: 'time',
        y1: ({ row }: { readonly row: number }) => TOP + row * ROW_HEIGHT + 1,
        y2: height,
        stroke: theme.faint,
        strokeDasharray: '2 3',
        strokeOpacity: 0.7,
      }),
      ...placed.map(({ time, text, row, shift }) =>
        Plot.text([[time, TOP + row * ROW_HEIGHT + ROW_HEIGHT / 2]], {
          text: () => text,
          textAnchor: 'start',
          dx: 4 + shift,
          fill: theme.faint,
          fontSize: FONT_SIZE,
        }),
      ),
    ],
  })
}
