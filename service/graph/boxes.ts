/**
 * What a box needs to be drawn, whichever way signals flow: its text and sites, where lines reach and leave it,
 * and the room around it that lines back to itself need. `sideways.ts` and `upright.ts` fill it in.
 */
import type { Box, Circuit, Line, Site } from './circuit.ts'
import { textWidth } from './metrics.ts'
import { headLength, leading, loopPitchBeside, smallSize, textSize } from './sizes.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Which way signals flow. */
export type Direction = 'right' | 'up'

/** Where a line reaches or leaves a box, from its top left corner. */
export interface Port extends Point {
  readonly line: Line
  readonly end: 'from' | 'to'
  readonly side: 'left' | 'right' | 'top' | 'bottom'
}

/** Text on a line; `x` and `y` are its top left corner. */
export interface Label extends Point {
  readonly width: number
  readonly height: number
  readonly lines: readonly string[]
  /** All on one line. */
  readonly flat?: true
}

/** A line back to its own box, with its way around it. */
export interface Loop {
  readonly line: Line
  readonly points: readonly Point[]
  readonly label: Label
}

/** A site where the cell is drawn, and where its name begins. */
export interface Place extends Point {
  readonly site: Site
  /** Whether it has a drawing of its own there. */
  readonly drawn: boolean
  /** Where its name begins, on each side where it is needed. */
  readonly names: readonly Point[]
}

/** A box with everything in its place, from its top left corner on. */
export interface PlacedBox {
  readonly box: Box
  readonly width: number
  readonly height: number
  /** Where the title begins, on its base line, and lines below it. */
  readonly title: Point
  readonly head: readonly string[]
  readonly places: readonly Place[]
  readonly parts: readonly (Point & { readonly text: string; readonly anchor: 'start' | 'end' })[]
  readonly ports: readonly Port[]
  /** Tips of dendrites, above and below the cell; `body`: from above onto the body itself. */
  readonly twigs: readonly (Point & { readonly body?: true })[]
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
/** How far the sheets of a stack are apart. */
export const sheet = 4
/** How far they stand out. */
export const stackHeight = ({ count }: Box): number => Math.min(count - 1, 2) * sheet

/** Whether a line leads back, against the flow. */
export function isFeedback(circuit: Circuit, line: Line): boolean {
  if (line.from === line.to) return line.step < 0
  const place = (id: string) => circuit.boxes.findIndex((box) => box.id === id)
  return place(line.from) > place(line.to)
}

/** One end of a line, at a box. */
export interface End {
  readonly line: Line
  readonly end: 'from' | 'to'
  readonly feedback: boolean
  /** Of a line back to its own box: 0 for the innermost. */
  readonly loop?: number
}

/** All ends at a box; loops are numbered apart with the flow and against it. */
export function endsOf(circuit: Circuit, box: Box): readonly End[] {
  const own = circuit.lines.filter(({ from, to }) => from === box.id || to === box.id)
  const back = own.filter(({ from, to }) => from === to)
  return own.flatMap((line) => {
    const feedback = isFeedback(circuit, line)
    const loop = back.filter((each) => isFeedback(circuit, each) === feedback).indexOf(line)
    const common = { line, feedback, ...(loop >= 0 && { loop }) }
    return [
      ...(line.from === box.id ? [{ ...common, end: 'from' as const }] : []),
      ...(line.to === box.id ? [{ ...common, end: 'to' as const }] : []),
    ]
  })
}

/** Loops first, from the innermost on. */
export const loopsFirst = (ends: readonly End[]): readonly End[] =>
  ends.toSorted((a, b) => (a.loop ?? 1e6) - (b.loop ?? 1e6))

/** Loops last, the innermost at the end. */
export const loopsLast = (ends: readonly End[]): readonly End[] =>
  ends.toSorted((a, b) => (b.loop ?? 1e6) - (a.loop ?? 1e6))

/** How far from a box the loop of a number turns. */
export const asideOf = (loop: number): number => headLength + 6 + loop * loopPitchBeside

/** Lines of text below the title: the type of cell and the number of units. */
export function headOf({ type, size }: Box): readonly string[] {
  const both = size === '' ? type : `${type} · ${size}`
  if (both.length <= 20) return [both]
  const sizes = size.split(', ')
  const lines = sizes.length > 1 && size.length > 20 ? sizes : [size]
  return [type, ...(lines.length > 4 ? [lines[0]!, '…', lines.at(-1)!] : lines)]
}

/** The title, with the count of what is folded. */
export const titleOf = ({ title, count }: Box): string =>
  count > 1 ? `${title}  ×${count}` : title

/** The room that the text of a line needs, title and details below each other. */
export function labelSize(line: Line): Pick<Label, 'width' | 'height' | 'lines'> {
  const lines = [...(line.title === '' ? [] : [line.title]), ...line.details]
  const widths = lines.map((text, i) =>
    textWidth(text, i === 0 ? textSize : smallSize, i === 0 ? 'bold' : 'regular'),
  )
  return {
    width: Math.ceil(Math.max(0, ...widths)) + 8,
    height: lines.length * leading + 2,
    lines,
  }
}

/** The width of the text of a line on one line: the title in bold, and the details. */
export const flatWidth = ({ title, details }: Line): number =>
  textWidth(title, smallSize, 'bold') +
  textWidth(details.join('  '), smallSize) +
  (details.length > 0 ? 6 : 0)
