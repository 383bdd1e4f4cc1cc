/** Draws a box: its border, its head, and the cell with its compartments. */
import { sheet, stackHeight, titleOf, type Place, type PlacedBox, type Point } from './boxes.ts'
import type { Box } from './circuit.ts'
import type { BoxAt } from './layout.ts'
import type { Role } from './palette.ts'
import { leading, smallSize, textSize, titleSize } from './sizes.ts'
import type { Pen } from './svg.ts'

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
  const sheets = Array.from({ length: stackHeight(box) / sheet + 1 }, (_, i) => i).toReversed()
  return [
    ...sheets.map((i) =>
      pen.element('rect', { x: at.x + i * sheet, y: at.y - i * sheet, ...shape }),
    ),
    head(pen, at),
    cell(pen, at, border),
    ...at.parts.map(({ text, x, y, anchor }) =>
      pen.text(text, at.x + x, at.y + y, {
        fill: 'dim',
        'font-size': textSize,
        ...(anchor === 'end' && { 'text-anchor': 'end' }),
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

function head(pen: Pen, { box, x, y, title, head: lines }: BoxAt, fill: Role = 'ink'): string {
  const [left, base] = [x + title.x, y + title.y]
  return [
    pen.text(titleOf(box), left, base, {
      fill: box.mark ?? fill,
      'font-size': titleSize,
      'font-weight': 'bold',
      'xml:space': 'preserve',
    }),
    ...lines.map((line, i) =>
      pen.text(line, left, base + (i + 1) * leading + 1, { fill: 'dim', 'font-size': smallSize }),
    ),
  ].join('')
}

/** The body, dendrites above it, and openings for inputs; with their names. */
function cell(pen: Pen, { places, twigs, box, x, y }: BoxAt, border: Role): string {
  const soma = places.find(({ site }) => site.kind === 'soma')
  const dendrites = places.filter(({ site }) => site.kind === 'dendrite')
  const ink: Role = box.sign === 'inhibitory' ? border : 'cell'
  const isRound = box.sign === 'inhibitory' || dendrites.length === 0
  return [
    soma ? drawDendrites(pen, { x, y }, soma, dendrites, twigs, ink) : '',
    ...places.map((place) => drawSite(pen, { x, y }, place, ink, isRound)),
    ...places.flatMap(({ site: { name, taught }, names }) =>
      names.map((at) =>
        pen.text(name, x + at.x, y + at.y, {
          fill: taught ? 'teacher' : 'dim',
          'font-size': textSize,
        }),
      ),
    ),
  ].join('')
}

/** The trunk from the soma up, with a tuft; twigs reach where lines come in. */
function drawDendrites(
  pen: Pen,
  { x, y }: Point,
  soma: Point,
  [highest, ...others]: readonly Place[],
  twigs: PlacedBox['twigs'],
  ink: Role,
): string {
  const [middle, body] = [x + soma.x, y + soma.y]
  const above = twigs.filter((twig) => twig.y < soma.y && !twig.body)
  const onBody = twigs.filter(({ body: isBody }) => isBody)
  const below = twigs.filter((twig) => twig.y > soma.y)
  // Straight past the names at the border, then to the cell.
  const way = (from: number, to: Point, straight: number) =>
    `M${middle} ${from}L${x + to.x} ${y + to.y + straight}L${x + to.x} ${y + to.y}`
  const basal = [
    ...below.map((twig) => way(body, twig, -5)),
    ...onBody.map((twig) => way(body, twig, 16)),
  ]
  const tip = y + (highest?.y ?? 0)
  const tuft =
    above.length > 0
      ? above.map((twig) => way(tip + 3, twig, 16))
      : [
          `M${middle} ${tip + 3}L${middle - 7} ${tip - 6}M${middle} ${tip + 3}L${middle + 7} ${tip - 6}`,
        ]
  const apical = highest
    ? [
        `M${middle} ${body - 5}L${middle} ${above.length > 0 ? tip + 3 : tip - 7}`,
        ...tuft,
        // Further dendrites branch off below.
        ...(above.length > 0 ? [] : others).map(
          (other) => `M${middle} ${y + other.y + 4}L${middle + 7} ${y + other.y - 3}`,
        ),
      ]
    : []
  if (basal.length + apical.length === 0) return ''
  return pen.element('path', {
    d: [...basal, ...apical].join(''),
    fill: 'none',
    stroke: ink,
    'stroke-width': 2,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  })
}

/** The mark of a site. */
function drawSite(pen: Pen, box: Point, place: Place, ink: Role, isRound: boolean): string {
  const { kind, taught } = place.site
  if (!place.drawn) return ''
  const [cx, cy] = [box.x + place.x, box.y + place.y]
  if (kind === 'soma' && isRound) return pen.element('circle', { cx, cy, r: 6, fill: ink })
  if (kind === 'soma') {
    return pen.element('path', {
      d: `M${cx} ${cy - 9}L${cx + 8} ${cy + 6}L${cx - 8} ${cy + 6}Z`,
      fill: ink,
      stroke: ink,
      'stroke-width': 1.5,
      'stroke-linejoin': 'round',
    })
  }
  if (kind === 'compartment') {
    return pen.element('circle', { cx, cy, r: 4, fill: 'none', stroke: ink, 'stroke-width': 1.8 })
  }
  if (kind === 'dendrite') return ''
  const role: Role = taught ? 'teacher' : 'wire'
  return pen.element('rect', {
    x: cx - 3.5,
    y: cy - 3.5,
    width: 7,
    height: 7,
    fill: taught ? 'teacher' : 'none',
    stroke: role,
    'stroke-width': 1.3,
  })
}
