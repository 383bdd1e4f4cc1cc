/** Draws lines with their text. */
import type { Label } from './boxes.ts'
import type { LineAt } from './layout.ts'
import { leading, smallSize, textSize } from './sizes.ts'
import { halo, roleOf, stroke } from './strokes.ts'
import type { Pen } from './svg.ts'

/** Bands of the teaching signal first, then lines, then text. */
export function drawLines(pen: Pen, lines: readonly LineAt[]): string {
  return [
    ...lines.filter(({ line }) => line.teaches).map(({ points }) => halo(pen, points)),
    ...lines.map(({ line, points }) => stroke(pen, line, points)),
    ...lines.map((each) => label(pen, each)),
  ].join('')
}

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
    ...(at.flat ? flatText(pen, line, at) : stackedText(pen, line, at)),
  ].join('')
}

/** The title and details, one below the other. */
function stackedText(pen: Pen, line: LineAt['line'], at: Label): readonly string[] {
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

/** The title and details, on one line. */
function flatText(pen: Pen, line: LineAt['line'], at: Label): readonly string[] {
  const y = at.y + leading - 1.5
  const details = line.details.join('  ')
  const title = pen.text(line.title, at.x + 5, y, {
    fill: roleOf(line),
    'font-size': smallSize,
    'font-weight': 'bold',
  })
  if (details === '') return [title]
  return [
    title,
    pen.text(details, at.x + at.width - 5, y, {
      fill: 'dim',
      'font-size': smallSize,
      'text-anchor': 'end',
      'xml:space': 'preserve',
    }),
  ]
}
