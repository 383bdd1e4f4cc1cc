/** Draws a box: its border, its head, and the cell with its compartments. */
import { padding, siteInset, titleOf } from './boxes.ts'
import type { Box } from './circuit.ts'
import type { BoxAt } from './layout.ts'
import type { Role } from './palette.ts'
import { leading, smallSize, textSize, titleSize } from './sizes.ts'
import type { Pen } from './svg.ts'

/** How far the sheets of a stack are apart. */
const sheet = 4
/** From the left of an opening to the name of its input. */
const openingInset = 13
/** Where the drawing of the cell has its middle, from the left. */
const cellAt = 20

/** Classes of inhibitory cells get a colour each, by the order in which they come. */
export type Classes = ReadonlyMap<string, 1 | 2 | 3 | 4>

/** The classes of a circuit's inhibitory cells. */
export function classesOf(boxes: readonly Box[]): Classes {
  const types = [...new Set(boxes.filter(isInterneuron).map(({ type }) => type))]
  return new Map(types.map((type, i) => [type, ((i % 4) + 1) as 1 | 2 | 3 | 4]))
}

const isInterneuron = ({ kind, sign }: Box): boolean =>
  kind === 'population' && sign === 'inhibitory'

/** A box at its place. */
export function drawBox(pen: Pen, at: BoxAt, classes: Classes): string {
  const { box } = at
  if (box.kind === 'outside') return drawOutside(pen, at)
  const number = isInterneuron(box) ? classes.get(box.type) : undefined
  const fill: Role = number !== undefined ? `class-${number}` : 'box'
  const border: Role = box.mark ?? (number !== undefined ? `edge-${number}` : 'border')
  const shape = {
    width: at.width,
    height: at.height,
    rx: number !== undefined ? 16 : 5,
    fill,
    stroke: border,
    'stroke-width': box.mark ? 2.4 : 1.3,
    ...(box.mark === 'removed' && { 'stroke-dasharray': '5 3' }),
  }
  const sheets = box.count > 2 ? [2, 1, 0] : box.count > 1 ? [1, 0] : [0]
  return [
    ...sheets.map((i) =>
      pen.element('rect', { x: at.x + i * sheet, y: at.y - i * sheet, ...shape }),
    ),
    head(pen, at),
    cell(pen, at, border),
    ...at.parts.map(({ part, y }) =>
      pen.text(`${box.title}[${part}]`, at.x + at.width - padding, at.y + y + 4, {
        fill: 'dim',
        'font-size': textSize,
        'text-anchor': 'end',
      }),
    ),
  ].join('')
}

function drawOutside(pen: Pen, at: BoxAt): string {
  const taught = at.ports.some(({ line }) => line.hue === 'teacher')
  return [
    pen.element('rect', {
      x: at.x,
      y: at.y,
      width: at.width,
      height: at.height,
      rx: 5,
      fill: 'ground',
      stroke: taught ? 'teacher' : 'wire',
      'stroke-width': 1.2,
      'stroke-dasharray': '4 3',
    }),
    head(pen, at, taught ? 'teacher' : 'ink'),
  ].join('')
}

function head(pen: Pen, { box, x, y, head: lines }: BoxAt, fill: Role = 'ink'): string {
  const top = y + padding + titleSize - 4
  return [
    pen.text(titleOf(box), x + padding, top, {
      fill: box.mark ?? fill,
      'font-size': titleSize,
      'font-weight': 'bold',
      'xml:space': 'preserve',
    }),
    ...lines.map((line, i) =>
      pen.text(line, x + padding, top + (i + 1) * leading + 1, {
        fill: 'dim',
        'font-size': smallSize,
      }),
    ),
  ].join('')
}

/** The body, dendrites above it, and openings for inputs; with their names. */
function cell(pen: Pen, { rows, box, x, y }: BoxAt, border: Role): string {
  const middle = x + cellAt
  const soma = rows.find(({ site }) => site.kind === 'soma')
  const dendrites = rows.filter(({ site }) => site.kind === 'dendrite')
  const ink: Role = box.sign === 'inhibitory' ? border : 'cell'
  const drawn: string[] = []
  const [highest] = dendrites
  if (soma && highest) {
    const [from, to] = [y + soma.y - 5, y + highest.y]
    const tuft = `M${middle} ${to + 3}L${middle - 7} ${to - 6}M${middle} ${to + 3}L${middle + 7} ${to - 6}`
    const twigs = dendrites
      .slice(1)
      .map((row) => `M${middle} ${y + row.y + 4}L${middle + 7} ${y + row.y - 3}`)
    drawn.push(
      pen.element('path', {
        d: `M${middle} ${from}L${middle} ${to - 7}${tuft}${twigs.join('')}`,
        fill: 'none',
        stroke: ink,
        'stroke-width': 2,
        'stroke-linecap': 'round',
      }),
    )
  }
  for (const { site, y: height } of rows) {
    const at = y + height
    if (site.kind === 'soma' && (box.sign === 'inhibitory' || !highest)) {
      drawn.push(pen.element('circle', { cx: middle, cy: at, r: 6, fill: ink }))
    } else if (site.kind === 'soma') {
      drawn.push(
        pen.element('path', {
          d: `M${middle} ${at - 9}L${middle + 8} ${at + 6}L${middle - 8} ${at + 6}Z`,
          fill: ink,
          stroke: ink,
          'stroke-width': 1.5,
          'stroke-linejoin': 'round',
        }),
      )
    } else if (site.kind === 'compartment') {
      drawn.push(
        pen.element('circle', {
          cx: middle,
          cy: at,
          r: 4,
          fill: 'none',
          stroke: ink,
          'stroke-width': 1.8,
        }),
      )
    } else if (site.kind === 'input') {
      drawn.push(
        pen.element('rect', {
          x: x + siteInset,
          y: at - 3.5,
          width: 7,
          height: 7,
          fill: site.taught ? 'teacher' : 'none',
          stroke: site.taught ? 'teacher' : 'wire',
          'stroke-width': 1.3,
        }),
      )
    }
    drawn.push(
      pen.text(site.name, x + siteInset + (site.kind === 'input' ? openingInset : 0), at + 4, {
        fill: site.taught ? 'teacher' : 'dim',
        'font-size': textSize,
      }),
    )
  }
  return drawn.join('')
}
