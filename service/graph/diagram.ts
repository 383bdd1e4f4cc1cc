/**
 * The diagram of a circuit as SVG: what a description says of populations and connections, laid out, drawn
 * and explained by a legend. The same description gives the same text.
 */
import { markup } from '../../contract/escape.ts'
import type { Description } from '../describe.ts'
import type { Marks } from './circuit.ts'
import { classesOf, drawBox } from './draw-box.ts'
import { drawLines } from './draw-lines.ts'
import { foldCircuit } from './fold.ts'
import type { Elk } from './elk.ts'
import { layOut } from './layout.ts'
import { legendOf } from './legend.ts'
import { darkSheet, type Theme } from './palette.ts'
import { Pen } from './svg.ts'

/** How to draw. */
export interface DiagramOptions {
  /** Colours for a light or a dark page, or for what the reader's system says; default: `auto`. */
  readonly theme?: Theme
  /** The experiment whose data and teacher are shown; default: the first. */
  readonly experiment?: string | undefined
  /** Colours populations and connections by what a comparison says of them. */
  readonly marks?: Marks
  /** Loads the layout's library; default: imports it. */
  readonly load?: () => Elk | Promise<Elk>
}

const margin = 16
const fonts =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
/** A legend is not squeezed below this. */
const leastWidth = 420

/** Draws a circuit. */
export async function drawDiagram(
  description: Description,
  { theme = 'auto', experiment, marks, load }: DiagramOptions = {},
): Promise<string> {
  const circuit = foldCircuit(description, {
    ...(experiment !== undefined && { experiment }),
    ...(marks && { marks }),
  })
  const layout = await layOut(circuit, load)
  const pen = new Pen(theme)
  const classes = classesOf(circuit.boxes)
  const legend = legendOf(circuit, classes, Math.max(layout.width, leastWidth))
  const inner = legend.width
  const width = Math.ceil(inner + 2 * margin)
  const height = Math.ceil(layout.height + legend.height + 3 * margin)
  const left = margin + (inner - layout.width) / 2
  const drawn = [
    pen.element('title', {}, markup(`Diagram of the circuit ${circuit.name}`)),
    pen.element('desc', {}, markup(circuit.summary)),
    pen.element('rect', { width, height, fill: 'ground' }),
    pen.element(
      'g',
      { transform: `translate(${left} ${margin})` },
      layout.boxes.map((box) => drawBox(pen, box, classes)).join('') + drawLines(pen, layout.lines),
    ),
    pen.element('g', {}, legend.draw(pen, margin, layout.height + 2 * margin)),
  ]
  const sheet = theme === 'auto' ? pen.element('style', {}, darkSheet(pen.roles)) : ''
  return pen.element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'font-family': fonts,
      ...(theme === 'auto' && { class: 'ccn-auto' }),
    },
    [...drawn, sheet].join(''),
  )
}
