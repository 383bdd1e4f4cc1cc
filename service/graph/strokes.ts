/** Lines: their way with rounded corners, their thickness and dashes, and their heads. */
import type { Hue, Line } from './circuit.ts'
import type { Point } from './boxes.ts'
import type { Role } from './palette.ts'
import { headLength } from './sizes.ts'
import { short, type Attributes, type Pen } from './svg.ts'

const cornerRadius = 6
/** Of the band behind a line that carries the teaching signal. */
const haloWidth = 9

/** How a line is drawn along its way. */
export function strokeOf({
  weight,
  teaches,
  hue,
  mark,
}: Pick<Line, 'weight' | 'teaches' | 'hue' | 'mark'>): Attributes {
  // What is no more is dashed, whatever its weights did.
  if (mark === 'removed') return { 'stroke-width': 1.6, 'stroke-dasharray': '4 4' }
  switch (weight) {
    case 'learns':
      return { 'stroke-width': 2.6 }
    case 'fixed':
      return { 'stroke-width': 1.4 }
    case 'tied':
      return { 'stroke-width': 1.6, 'stroke-dasharray': '6 3' }
    case 'copied':
      return { 'stroke-width': 1.6, 'stroke-dasharray': '8 3 1.5 3' }
    case 'wire':
      return hue === 'teacher' || teaches
        ? { 'stroke-width': 1.4 }
        : { 'stroke-width': 1.2, 'stroke-dasharray': '1.5 2.5' }
  }
}

/** The colour of a line: its mark, if it has one, or what it says. */
export const roleOf = ({ mark, hue }: { readonly mark?: Line['mark']; readonly hue: Hue }): Role =>
  mark ?? hue

/** The band behind a line that carries the teaching signal. */
export function halo(pen: Pen, points: readonly Point[]): string {
  return pen.element('path', {
    d: pathOf(points),
    fill: 'none',
    stroke: 'halo',
    'stroke-width': haloWidth,
    'stroke-linejoin': 'round',
  })
}

/** A line with its head. */
export function stroke(pen: Pen, line: Line, points: readonly Point[]): string {
  const role = roleOf(line)
  const [before, tip] = [points.at(-2), points.at(-1)]
  if (!before || !tip) return ''
  const cut =
    line.sign === 'excitatory' || line.hue === 'teacher'
      ? headLength - 2
      : line.sign === 'inhibitory'
        ? 2
        : 1
  const way = [...points.slice(0, -1), towards(tip, before, cut)]
  return (
    pen.element('path', { d: pathOf(way), fill: 'none', stroke: role, ...strokeOf(line) }) +
    head(pen, line, before, tip)
  )
}

/** The end of a line: a filled arrow excites, a bar inhibits, an open arrow does either. */
export function head(
  pen: Pen,
  line: Pick<Line, 'sign' | 'hue' | 'weight' | 'mark'>,
  before: Point,
  tip: Point,
): string {
  const role = roleOf(line)
  const length = Math.max(Math.hypot(tip.x - before.x, tip.y - before.y), 1e-9)
  const [dx, dy] = [(tip.x - before.x) / length, (tip.y - before.y) / length]
  const at = (back: number, side: number): string =>
    `${short(tip.x - dx * back - dy * side)} ${short(tip.y - dy * back + dx * side)}`
  const width = line.weight === 'learns' ? 2.4 : 1.8
  if (line.sign === 'excitatory' || line.hue === 'teacher') {
    return pen.element('path', {
      d: `M${at(0, 0)}L${at(headLength, 4.5)}L${at(headLength, -4.5)}Z`,
      fill: role,
    })
  }
  if (line.sign === 'inhibitory') {
    return pen.element('path', {
      d: `M${at(2, 5.5)}L${at(2, -5.5)}`,
      fill: 'none',
      stroke: role,
      'stroke-width': 2.8,
    })
  }
  const size = line.sign === 'wire' ? 5 : 7
  return pen.element('path', {
    d: `M${at(size, size * 0.62)}L${at(0.5, 0)}L${at(size, -size * 0.62)}`,
    fill: 'none',
    stroke: role,
    'stroke-width': line.sign === 'wire' ? 1.3 : width,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  })
}

function towards(from: Point, to: Point, by: number): Point {
  const length = Math.max(Math.hypot(to.x - from.x, to.y - from.y), 1e-9)
  return {
    x: from.x + ((to.x - from.x) * by) / length,
    y: from.y + ((to.y - from.y) * by) / length,
  }
}

/** A way with rounded corners. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  const parts = [`M${short(first.x)} ${short(first.y)}`]
  rest.forEach((point, i) => {
    const [before, after] = [points[i]!, rest[i + 1]]
    if (!after) {
      parts.push(`L${short(point.x)} ${short(point.y)}`)
      return
    }
    const room = Math.min(distance(before, point), distance(point, after)) / 2
    const radius = Math.min(cornerRadius, room)
    const [enter, leave] = [towards(point, before, radius), towards(point, after, radius)]
    parts.push(
      `L${short(enter.x)} ${short(enter.y)}`,
      `Q${short(point.x)} ${short(point.y)} ${short(leave.x)} ${short(leave.y)}`,
    )
  })
  return parts.join('')
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)
