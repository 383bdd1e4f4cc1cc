/**
 * A box where signals flow from left to right: they reach it on the left, feedback on the right; what leads
 * back to the box goes below it, feedback above. Sites are rows, the soma the lowest.
 */
import {
  asideOf,
  endsOf,
  flatWidth,
  headOf,
  loopsFirst,
  loopsLast,
  padding,
  stackHeight,
  titleOf,
  type End,
  type Loop,
  type Place,
  type PlacedBox,
  type Point,
  type Port,
} from './boxes.ts'
import type { Box, Circuit, Site } from './circuit.ts'
import { textWidth } from './metrics.ts'
import { leading, loopPitch, portPitch, smallSize, textSize, titleSize } from './sizes.ts'

/** Where the cell has its middle, and where the names of sites begin. */
const cellAt = 20
const nameAt = 34
const rowHeight = 20
/** From an opening to the name of its input. */
const openingInset = 13

/** Places everything in and around a box. */
export function placeSideways(circuit: Circuit, box: Box): PlacedBox {
  const ends = endsOf(circuit, box)
  const head = headOf(box)
  const margin = marginOf(box, ends)
  const width = Math.round(widthOf(box, head, ends))
  // Feedback leaves on the left beside the head, the innermost loop first.
  const leftOut = loopsFirst(ends.filter(({ end, feedback }) => end === 'from' && feedback))
  const out = loopsLast(ends.filter(({ end, feedback }) => end === 'from' && !feedback))
  const ports: Port[] = leftOut.map((end, i) => ({
    ...portOf(end, 'left', width),
    y: padding + 4 + i * portPitch,
  }))
  const places: Place[] = []
  const parts: PlacedBox['parts'][number][] = []
  let y = Math.max(
    padding + titleSize + head.length * leading + 2,
    padding + leftOut.length * portPitch,
  )
  /** A row with lines on both sides; gives its middle. */
  const row = (left: readonly End[], right: readonly End[], least: number): number => {
    const height = Math.max(least, Math.max(left.length, right.length) * portPitch + 6)
    const middle = Math.round(y + height / 2)
    ports.push(...spread(left, 'left', middle, width), ...spread(right, 'right', middle, width))
    y += height
    return middle
  }
  // What a cell sends leaves its body, or of one without below all sites.
  const last = box.sites.at(-1)
  const sendsThere =
    box.parts.length === 0 && (last?.kind === 'soma' || (last?.kind === 'input' && !last.taught))
  for (const site of box.sites) {
    const here = ends.filter((each) => each.end === 'to' && each.line.site === site.name)
    const left = loopsLast(here.filter(({ feedback }) => !feedback))
    const right = loopsFirst(here.filter(({ feedback }) => feedback))
    const leaves = site === last && sendsThere ? out : []
    const middle = row(left, [...right, ...leaves], rowHeight)
    const inset = site.kind === 'input' ? openingInset : 0
    places.push({
      site,
      drawn: true,
      x: site.kind === 'input' ? nameAt + 3.5 : cellAt,
      y: middle,
      names: [{ x: nameAt + inset, y: middle + 4 }],
    })
  }
  for (const part of box.parts) {
    const middle = row(
      [],
      out.filter(({ line }) => line.part === part),
      rowHeight,
    )
    const text = `${box.title}[${part}]`
    parts.push({ text, x: width - padding, y: middle + 4, anchor: 'end' })
  }
  const whole = out.filter(({ line }) => line.part === undefined)
  if (box.sites.length + box.parts.length > 0 && !sendsThere && whole.length > 0) {
    row([], whole, rowHeight - 4)
  }
  if (box.sites.length === 0 && box.parts.length === 0) {
    // Beside the head: there is nothing else.
    const middle = Math.ceil(Math.max(y + 4, out.length * portPitch + padding) / 2)
    const left = ends.filter(({ end }) => end === 'to')
    ports.push(...spread(left, 'left', middle, width), ...spread(out, 'right', middle, width))
    y = 2 * middle - 4
  }
  const height = Math.round(y + 4)
  return {
    box,
    width,
    height,
    title: { x: padding, y: padding + titleSize - 4 },
    head,
    places,
    parts,
    ports,
    twigs: [],
    loops: loopsOf(box, ends, ports, width, height),
    margin,
  }
}

const portOf = ({ line, end }: End, side: 'left' | 'right', width: number) => ({
  line,
  end,
  side,
  x: side === 'left' ? 0 : width,
})

/** Ports below each other around a middle, at whole pixels: where ELK's lines are. */
function spread(
  ends: readonly End[],
  side: 'left' | 'right',
  middle: number,
  width: number,
): readonly Port[] {
  const first = middle - ((ends.length - 1) * portPitch) / 2
  return ends.map((end, i) => ({
    ...portOf(end, side, width),
    y: Math.round(first + i * portPitch),
  }))
}

function loopsOf(
  box: Box,
  ends: readonly End[],
  ports: readonly Port[],
  width: number,
  height: number,
): readonly Loop[] {
  return ends.flatMap(({ line, end, loop, feedback }): readonly Loop[] => {
    if (loop === undefined || end === 'to') return []
    const start = ports.find((each) => each.line === line && each.end === 'from')?.y ?? 0
    const stop = ports.find((each) => each.line === line && each.end === 'to')?.y ?? 0
    const [left, right] = [-asideOf(loop), width + asideOf(loop)]
    const along = feedback
      ? -(loop + 0.5) * loopPitch - 4 - stackHeight(box)
      : height + (loop + 0.5) * loopPitch + 2
    const [from, to] = feedback ? [0, width] : [width, 0]
    const [first, last] = feedback ? [left, right] : [right, left]
    const points: readonly Point[] = [
      { x: from, y: start },
      { x: first, y: start },
      { x: first, y: along },
      { x: last, y: along },
      { x: last, y: stop },
      { x: to, y: stop },
    ]
    const size = flatWidth(line) + 10
    const label = {
      x: (width - size) / 2,
      y: along - leading / 2 - 1,
      width: size,
      height: leading + 2,
      lines: [line.title, ...line.details],
      flat: true as const,
    }
    return [{ line, points, label }]
  })
}

function marginOf(box: Box, ends: readonly End[]): PlacedBox['margin'] {
  const loops = ends.filter(({ loop, end }) => loop !== undefined && end === 'from')
  const above = loops.filter(({ feedback }) => feedback).length
  const below = loops.length - above
  const beside = loops.length === 0 ? 0 : asideOf(Math.max(above, below) - 1) + 6
  return {
    left: beside,
    right: Math.max(beside, stackHeight(box)),
    top: Math.max(above === 0 ? 0 : above * loopPitch + 16, stackHeight(box)),
    bottom: below === 0 ? 0 : below * loopPitch + 8,
  }
}

function widthOf(box: Box, head: readonly string[], ends: readonly End[]): number {
  const inset = ({ kind }: Site) => nameAt + (kind === 'input' ? openingInset : 0)
  const sites = box.sites.map((site) => inset(site) + textWidth(site.name, textSize))
  const parts = box.parts.map((part) => nameAt + textWidth(`${box.title}[${part}]`, textSize))
  const texts = [
    textWidth(titleOf(box), titleSize, 'bold'),
    ...head.map((line) => textWidth(line, smallSize)),
  ].map((size) => padding + size)
  // The straight stretch of a loop is longer than its text.
  const loops = ends.flatMap(({ line, loop }) =>
    loop === undefined ? [] : [flatWidth(line) + 34 - 2 * asideOf(loop) - padding],
  )
  const least = box.kind === 'outside' ? 50 : 84
  return Math.max(least, ...texts, ...sites, ...parts, ...loops) + padding
}
