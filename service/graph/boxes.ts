/**
 * The geometry of a box: where its text and its sites are, where lines reach and leave it, and the room
 * around it that lines back to itself need. Signals flow from left to right: they reach a box on the left,
 * feedback on the right; what leads back to the box goes below it, feedback above.
 */
import type { Box, Circuit, Line, Site } from './circuit.ts'
import { textWidth } from './metrics.ts'
import {
  headLength,
  leading,
  loopPitch,
  loopPitchBeside,
  portPitch,
  smallSize,
  textSize,
  titleSize,
} from './sizes.ts'

/** A place on the left or right side of a box, at a height below its top. */
export interface Port {
  readonly line: Line
  readonly end: 'from' | 'to'
  readonly side: 'left' | 'right'
  readonly y: number
}

/** A line back to its own box: around below, or above it; the innermost has number 0. */
export interface Loop {
  readonly line: Line
  readonly below: boolean
  readonly number: number
}

/** A site at its height. */
export interface Row {
  readonly site: Site
  readonly y: number
}

/** A part that lines leave, at its height. */
export interface PartRow {
  readonly part: string
  readonly y: number
}

/** A box with everything in its place, from its top left corner on. */
export interface PlacedBox {
  readonly box: Box
  readonly width: number
  readonly height: number
  /** Lines of the head below the title. */
  readonly head: readonly string[]
  readonly rows: readonly Row[]
  readonly parts: readonly PartRow[]
  readonly ports: readonly Port[]
  readonly loops: readonly Loop[]
  /** Room around the box for its loops. */
  readonly margin: {
    readonly left: number
    readonly right: number
    readonly top: number
    readonly bottom: number
  }
}

/** The room between the border of a box and its text. */
export const padding = 10
/** Where the names of sites begin; left of them is the drawing of the cell. */
export const siteInset = 34
const rowHeight = 20

/** Which side a line's ends are at: of feedback, which flows from right to left, the other. */
export const isFeedback = (circuit: Circuit, line: Line): boolean => {
  const place = (id: string) => circuit.boxes.findIndex((box) => box.id === id)
  if (line.from === line.to) return line.step < 0
  return place(line.from) > place(line.to)
}

/** Places everything in and around a box. */
export function placeBox(circuit: Circuit, box: Box): PlacedBox {
  const own = circuit.lines.filter(({ from, to }) => from === box.id || to === box.id)
  const head = headOf(box)
  const loops = loopsOf(circuit, own)
  const ends = endsOf(circuit, box, own)
  const top = padding + titleSize + head.length * leading + 2
  // Feedback leaves on the left beside the head, the innermost loop first.
  const leftOut = ordered(
    ends.filter(({ end, feedback }) => end === 'from' && feedback),
    loops,
  )
  const rows: Row[] = []
  const parts: PartRow[] = []
  const ports: Port[] = leftOut.map(({ line }, i) => ({
    line,
    end: 'from',
    side: 'left',
    y: padding + 4 + i * portPitch,
  }))
  let y = Math.max(top, padding + leftOut.length * portPitch)
  for (const site of box.sites) {
    const here = ends.filter((each) => each.end === 'to' && each.line.site === site.name)
    const left = here.filter(({ feedback }) => !feedback)
    const right = ordered(
      here.filter(({ feedback }) => feedback),
      loops,
    )
    const out = site === box.sites.at(-1) && box.parts.length === 0 ? outOf(ends, loops) : []
    const most = Math.max(1, left.length, right.length + out.length)
    const height = Math.max(rowHeight, most * portPitch + 6)
    const middle = y + height / 2
    rows.push({ site, y: middle })
    ports.push(
      ...spread(outermostFirst(left, loops), 'to', 'left', middle),
      ...spreadBoth(right, out, middle),
    )
    y += height
  }
  if (box.parts.length > 0) {
    for (const part of box.parts) {
      const out = outOf(ends, loops).filter(({ line }) => line.part === part)
      const height = Math.max(rowHeight, out.length * portPitch + 6)
      parts.push({ part, y: y + height / 2 })
      ports.push(...spread(out, 'from', 'right', y + height / 2))
      y += height
    }
    const whole = outOf(ends, loops).filter(({ line }) => line.part === undefined)
    if (whole.length > 0) {
      const height = Math.max(rowHeight, whole.length * portPitch + 6)
      ports.push(...spread(whole, 'from', 'right', y + height / 2))
      y += height
    }
  } else if (box.sites.length === 0) {
    const out = outOf(ends, loops)
    const left = ends.filter((each) => each.end === 'to')
    const most = Math.max(out.length, left.length)
    const middle = Math.max(y + 4, most * portPitch + padding) / 2
    ports.push(...spread(out, 'from', 'right', middle), ...spread(left, 'to', 'left', middle))
    y = 2 * middle - 4
  }
  const margin = marginOf(loops)
  // The straight stretch of a loop is longer than its text.
  const widest = loops.map(({ line, number }) => loopTextWidth(line) + 34 - 2 * asideOf(number))
  const width = Math.max(widthOf(box, head), ...widest)
  return {
    box,
    width: Math.round(width),
    height: Math.round(y + 4),
    head,
    rows,
    parts,
    ports,
    loops,
    margin,
  }
}

interface End {
  readonly line: Line
  readonly end: 'from' | 'to'
  readonly feedback: boolean
}

function endsOf(circuit: Circuit, box: Box, own: readonly Line[]): readonly End[] {
  return own.flatMap((line) => {
    const feedback = isFeedback(circuit, line)
    return [
      ...(line.from === box.id ? [{ line, end: 'from' as const, feedback }] : []),
      ...(line.to === box.id ? [{ line, end: 'to' as const, feedback }] : []),
    ]
  })
}

/** What leaves on the right: lines to others above those that turn back below the box. */
function outOf(ends: readonly End[], loops: readonly Loop[]): readonly End[] {
  return outermostFirst(
    ends.filter(({ end, feedback }) => end === 'from' && !feedback),
    loops,
  )
}

/** The number of a line's loop; of a line to another box a number beyond all. */
const numberOf = (loops: readonly Loop[], line: Line): number =>
  loops.find((each) => each.line === line)?.number ?? loops.length

/** Loops first, the innermost on top: of lines that turn back above the box. */
const ordered = (ends: readonly End[], loops: readonly Loop[]): readonly End[] =>
  ends.toSorted((a, b) => numberOf(loops, a.line) - numberOf(loops, b.line))

/** Loops last, the innermost at the bottom: of lines that turn back below the box. */
const outermostFirst = (ends: readonly End[], loops: readonly Loop[]): readonly End[] =>
  ends.toSorted((a, b) => numberOf(loops, b.line) - numberOf(loops, a.line))

function spread(
  ends: readonly End[],
  end: Port['end'],
  side: Port['side'],
  middle: number,
): readonly Port[] {
  const first = middle - ((ends.length - 1) * portPitch) / 2
  return ends.map(({ line }, i) => ({ line, end, side, y: first + i * portPitch }))
}

/** On the right of one row: what comes in above what goes out. */
function spreadBoth(
  incoming: readonly End[],
  out: readonly End[],
  middle: number,
): readonly Port[] {
  const count = incoming.length + out.length
  const first = middle - ((count - 1) * portPitch) / 2
  return [...incoming, ...out].map(({ line, end }, i) => ({
    line,
    end,
    side: 'right',
    y: first + i * portPitch,
  }))
}

function loopsOf(circuit: Circuit, own: readonly Line[]): readonly Loop[] {
  const back = own.filter(({ from, to }) => from === to)
  const number = (lines: readonly Line[], below: boolean): readonly Loop[] =>
    lines.map((line, i) => ({
      line,
      below,
      number: i,
    }))
  return [
    ...number(
      back.filter((line) => !isFeedback(circuit, line)),
      true,
    ),
    ...number(
      back.filter((line) => isFeedback(circuit, line)),
      false,
    ),
  ]
}

/** How far from a box the loop of a number turns. */
export const asideOf = (number: number): number => headLength + 6 + number * loopPitchBeside

function marginOf(loops: readonly Loop[]): PlacedBox['margin'] {
  const below = loops.filter((each) => each.below).length
  const above = loops.length - below
  const most = Math.max(below, above)
  const beside = most === 0 ? 0 : asideOf(most - 1) + 6
  return {
    left: beside,
    right: beside,
    top: above === 0 ? 0 : above * loopPitch + 16,
    bottom: below === 0 ? 0 : below * loopPitch + 8,
  }
}

/** Lines of text below the title: the type of cell and the number of units. */
function headOf({ type, size }: Box): readonly string[] {
  const both = size === '' ? type : `${type} · ${size}`
  if (both.length <= 20) return [both]
  const sizes = size.split(', ')
  const lines = sizes.length > 1 && size.length > 20 ? sizes : [size]
  return [type, ...(lines.length > 4 ? [lines[0]!, '…', lines.at(-1)!] : lines)]
}

/** The title, with the count of what is folded. */
export const titleOf = ({ title, count }: Box): string =>
  count > 1 ? `${title}  ×${count}` : title

function widthOf(box: Box, head: readonly string[]): number {
  const sites = box.sites.map(
    ({ name, kind }) => siteInset + (kind === 'input' ? 13 : 0) + textWidth(name, textSize),
  )
  const parts = box.parts.map((part) => siteInset + textWidth(`${box.title}[${part}]`, textSize))
  const texts = [
    textWidth(titleOf(box), titleSize, 'bold'),
    ...head.map((line) => textWidth(line, smallSize)),
  ].map((width) => padding + width)
  return Math.max(box.kind === 'outside' ? 50 : 84, ...texts, ...sites, ...parts) + padding
}

/** The width of the text of a loop, on one line: the title in bold, and the details. */
export const loopTextWidth = ({ title, details }: Line): number =>
  textWidth(title, smallSize, 'bold') +
  textWidth(details.join('  '), smallSize) +
  (details.length > 0 ? 6 : 0)
