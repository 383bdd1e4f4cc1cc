/** What a picture that we drew shows, by its SVG: texts, boxes and lines with their places. */
import { textWidth } from '../../service/graph/metrics.ts'

/** A rectangle. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A line of text, where it is. */
export interface Text extends Area {
  readonly text: string
}

/** See the module's head. Lines are straight stretches. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly texts: readonly Text[]
  readonly borders: readonly Area[]
  readonly stretches: readonly Area[]
}

/** Reads a picture; of groups the shift alone is understood. */
export function readPicture(svg: string): Picture {
  const [texts, borders, stretches]: [Text[], Area[], Area[]] = [[], [], []]
  const shifts = [{ x: 0, y: 0 }]
  for (const [, closing, name = '', rest = '', content = ''] of svg.matchAll(
    /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"]*")*)\/?>([^<]*)/g,
  )) {
    if (name === 'g' && closing) shifts.pop()
    if (closing) continue
    const attributes = new Map(
      [...rest.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
    )
    const number = (key: string) => Number(attributes.get(key) ?? 0)
    const { x, y } = shifts.at(-1)!
    if (name === 'g') {
      const [dx = 0, dy = 0] = (/translate\(([^)]*)\)/.exec(rest)?.[1] ?? '0 0')
        .split(' ')
        .map(Number)
      shifts.push({ x: x + dx, y: y + dy })
    } else if (name === 'text') {
      const size = number('font-size')
      const text = plain(content)
      const width = textWidth(
        text,
        size,
        attributes.get('font-weight') === 'bold' ? 'bold' : 'regular',
      )
      const before = { middle: width / 2, end: width }[attributes.get('text-anchor') ?? ''] ?? 0
      const left = x + number('x') - before
      const base = y + number('y')
      texts.push({
        text,
        left,
        right: left + width,
        top: base - 0.76 * size,
        bottom: base + 0.24 * size,
      })
    } else if (name === 'rect' && attributes.get('stroke') !== undefined) {
      const [left, top] = [x + number('x'), y + number('y')]
      borders.push({ left, top, right: left + number('width'), bottom: top + number('height') })
    } else if (name === 'path' && attributes.get('fill') === 'none') {
      stretches.push(...stretchesOf(attributes.get('d') ?? '', x, y))
    }
  }
  const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg) ?? []
  return {
    width: Number(width),
    height: Number(height),
    texts,
    borders: uncovered(borders),
    stretches,
  }
}

/** Without the sheets of a stack below the topmost, which hides them. */
function uncovered(borders: readonly Area[]): readonly Area[] {
  return borders.filter((border, i) => {
    const next = borders[i + 1]
    const shift = next ? border.left - next.left : 0
    return !(next && shift > 0 && shift < 6 && Math.abs(border.right - next.right - shift) < 0.1)
  })
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  amp: '&',
}
const plain = (text: string): string =>
  text.replaceAll(/&([#\w]+);/g, (whole, name: string) => entities[name] ?? whole)

function stretchesOf(d: string, x: number, y: number): readonly Area[] {
  const points = [...d.matchAll(/([MLQ])([^MLQZ]*)/g)].map(([, kind, numbers = '']) => {
    const all = numbers
      .trim()
      .split(/[\s,]+/)
      .map(Number)
    return { kind, x: x + all.at(-2)!, y: y + all.at(-1)! }
  })
  return points.flatMap((to, i) => {
    const from = points[i - 1]
    if (!from || to.kind !== 'L') return []
    return [
      {
        left: Math.min(from.x, to.x),
        right: Math.max(from.x, to.x),
        top: Math.min(from.y, to.y),
        bottom: Math.max(from.y, to.y),
      },
    ]
  })
}

/** Whether two areas have more in common than their edges, by at least `by`. */
export const overlap = (a: Area, b: Area, by = 0.5): boolean =>
  a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by

/** Whether an area lies across the border of another. */
export const crosses = (a: Area, border: Area): boolean =>
  overlap(a, border) &&
  !(
    a.left >= border.left &&
    a.right <= border.right &&
    a.top >= border.top &&
    a.bottom <= border.bottom
  )

/** What is not as it should be in a picture: texts that overlap, or that a border or a line runs through. */
export function faultsOf({ texts, borders, stretches, width, height }: Picture): readonly string[] {
  const page = { left: 0, top: 0, right: width, bottom: height }
  return texts.flatMap((text, i) => [
    ...texts
      .slice(i + 1)
      .flatMap((other) =>
        overlap(text, other) ? [`"${text.text}" and "${other.text}" overlap`] : [],
      ),
    ...(borders.some((border) => crosses(text, border))
      ? [`a border runs through "${text.text}"`]
      : []),
    ...(crosses(text, page) ? [`"${text.text}" leaves the picture`] : []),
    ...(through(text, stretches) ? [`a line runs along "${text.text}"`] : []),
  ])
}

/** Whether a line ends inside of a text, or runs through it from side to side beside its middle. */
function through(text: Area, stretches: readonly Area[]): boolean {
  const middle = (text.left + text.right) / 2
  return stretches.some((line) => {
    if (line.left === line.right) {
      const inside = line.left > text.left && line.left < text.right
      return (
        inside &&
        Math.abs(line.left - middle) > 2 &&
        line.top < text.bottom - 1 &&
        line.bottom > text.top + 1
      )
    }
    return false
  })
}
