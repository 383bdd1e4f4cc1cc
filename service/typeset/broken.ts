/**
 * Long equations in several lines: broken before a sign of addition, or an `and` or `or`, outside of all
 * brackets. Widths are those of characters, counted roughly.
 */
import { row, type Box } from './boxes.ts'

/** A line: what stands before the relation, and from it on. */
export interface BrokenRow {
  readonly left?: Box
  readonly right?: Box
}

/** Lines of about `width` characters. What cannot be broken stays longer. */
export function brokenRows(box: Box, width: number): readonly BrokenRow[] {
  const parts = flat(box)
  const at = parts.findIndex((each) => each.kind === 'mark' && each.space === 'relation')
  const left = at < 0 ? [] : parts.slice(0, at)
  const lines: Box[][] = [[]]
  let used = left.reduce((all, each) => all + widthOf(each), 0)
  for (const [i, part] of parts.slice(Math.max(at, 0)).entries()) {
    const rest = parts.slice(Math.max(at, 0) + i + 1)
    const next = widthOf(part) + widthToBreak(rest)
    if (canBreak(part) && i > 1 && used + next > width) {
      lines.push([])
      used = 0
    }
    lines.at(-1)?.push(part)
    used += widthOf(part)
  }
  return lines.map((line, i) => ({
    ...(i === 0 && left.length > 0 && { left: row(...left) }),
    ...(line.length > 0 && { right: row(...line) }),
  }))
}

const flat = (box: Box): readonly Box[] => (box.kind === 'row' ? box.boxes.flatMap(flat) : [box])

const canBreak = (box: Box): boolean =>
  box.kind === 'mark' &&
  ((box.space === 'binary' && (box.text === '+' || box.text === '−')) ||
    (box.space === 'word' && (box.text === 'and' || box.text === 'or')))

function widthToBreak(boxes: readonly Box[]): number {
  const end = boxes.findIndex(canBreak)
  return boxes.slice(0, end < 0 ? boxes.length : end).reduce((all, each) => all + widthOf(each), 0)
}

/** In characters of the text's size, roughly. */
export function widthOf(box: Box): number {
  switch (box.kind) {
    case 'row':
      return box.boxes.reduce((all, each) => all + widthOf(each), 0)
    case 'identifier':
    case 'numeral':
    case 'words':
      return box.text.length
    case 'unit':
      return box.factors.reduce((all, { name }) => all + name.length + 1, 0)
    case 'mark':
      return box.text.length + (box.space === 'prefix' ? 0 : 2)
    case 'times':
      return box.visible ? 2 : 0.5
    case 'fraction':
      return Math.max(widthOf(box.above), widthOf(box.below)) + 0.5
    case 'scripts':
    case 'limits':
      return (
        widthOf(box.base) +
        0.7 * Math.max(...[box.below, box.above].map((each) => (each ? widthOf(each) : 0)))
      )
    case 'primes':
      return widthOf(box.base) + box.count
    case 'lead':
      return widthOf(box.of)
    case 'root':
      return widthOf(box.of) + 2
    case 'fence':
      return widthOf(box.of) + 2
    case 'cases':
      return (
        Math.max(
          ...box.cases.map(({ value, when }) => widthOf(value) + (when ? widthOf(when) + 3 : 9)),
        ) + 4
      )
  }
}
