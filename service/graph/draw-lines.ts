/** Draws lines, those back to their own box too, with their text. */
import { asideOf, loopTextWidth, type Loop, type PlacedBox } from './boxes.ts'
import type { BoxAt, LabelAt, LineAt, Point } from './layout.ts'
import { leading, loopPitch, smallSize, textSize } from './sizes.ts'
import { halo, roleOf, stroke } from './strokes.ts'
import type { Pen } from './svg.ts'

/** All lines with their ways: what ELK laid out, and loops around their boxes. */
export function waysOf(boxes: readonly BoxAt[], lines: readonly LineAt[]): readonly LineAt[] {
  return [...lines, ...boxes.flatMap((box) => box.loops.map((loop) => around(box, loop)))]
}

/** Bands of the teaching signal first, then lines, then text. */
export function drawLines(pen: Pen, ways: readonly LineAt[]): string {
  return [
    ...ways.filter(({ line }) => line.teaches).map(({ points }) => halo(pen, points)),
    ...ways.map(({ line, points }) => stroke(pen, line, points)),
    ...ways.map((way) => label(pen, way)),
  ].join('')
}

/** The way around a box, below or above it. */
function around(box: BoxAt, { line, below, number }: Loop): LineAt {
  const { x, y, width, height } = box
  const port = (end: 'from' | 'to') =>
    box.ports.find((each) => each.line === line && each.end === end)
  const [from, to] = [port('from'), port('to')]
  const aside = asideOf(number)
  const along = below
    ? y + height + (number + 0.5) * loopPitch + 2
    : y - (number + 0.5) * loopPitch - 4 - stackHeight(box)
  const [right, left] = [x + width + aside, x - aside]
  const [start, end] = [y + (from?.y ?? 0), y + (to?.y ?? 0)]
  const way: readonly Point[] = below
    ? [
        { x: x + width, y: start },
        { x: right, y: start },
        { x: right, y: along },
        { x: left, y: along },
        { x: left, y: end },
        { x, y: end },
      ]
    : [
        { x, y: start },
        { x: left, y: start },
        { x: left, y: along },
        { x: right, y: along },
        { x: right, y: end },
        { x: x + width, y: end },
      ]
  const size = loopTextWidth(line) + 10
  return {
    line,
    points: way,
    label: {
      x: (left + right - size) / 2,
      y: along - leading / 2 - 1,
      width: size,
      height: leading + 2,
      lines: [line.title, ...line.details],
    },
  }
}

/** How far the sheets of a stack stand out above. */
const stackHeight = ({ box }: PlacedBox): number => (box.count > 2 ? 8 : box.count > 1 ? 4 : 0)

/** Text on a line, which ends where the text begins. */
function label(pen: Pen, { line, label: at }: LineAt): string {
  if (!at || at.lines.length === 0) return ''
  return [
    pen.element('rect', {
      x: at.x + 1,
      y: at.y,
      width: at.width - 2,
      height: at.height,
      fill: 'ground',
    }),
    ...(line.from === line.to ? loopText(pen, line, at) : stackedText(pen, line, at)),
  ].join('')
}

/** The title and details, one below the other. */
function stackedText(pen: Pen, line: LineAt['line'], at: LabelAt): readonly string[] {
  return at.lines.map((text, i) => {
    const isTitle = i === 0 && line.title !== ''
    return pen.text(text, at.x + at.width / 2, at.y + (i + 1) * leading - 2, {
      fill: isTitle ? roleOf(line) : 'dim',
      'font-size': isTitle ? textSize : smallSize,
      ...(isTitle && { 'font-weight': 'bold' }),
      'text-anchor': 'middle',
    })
  })
}

/** The title and details of a loop, on one line. */
function loopText(pen: Pen, line: LineAt['line'], at: LabelAt): readonly string[] {
  const y = at.y + leading - 1.5
  const x = at.x + 5
  const [details] = [line.details.join('  ')]
  return [
    pen.text(line.title, x, y, {
      fill: roleOf(line),
      'font-size': smallSize,
      'font-weight': 'bold',
    }),
    ...(details === ''
      ? []
      : [
          pen.text(details, at.x + at.width - 5, y, {
            fill: 'dim',
            'font-size': smallSize,
            'text-anchor': 'end',
            'xml:space': 'preserve',
          }),
        ]),
  ]
}
