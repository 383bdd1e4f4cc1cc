/** Puts labels beside each other so that none covers another. */

/**
 * Places as near as may be to those that are wanted, at least `gap` apart and within `low` .. `high` as far as there
 * is room; in the order of the input. Labels keep their order.
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): readonly number[] {
  const order = [...wanted.keys()].toSorted((a, b) => wanted[a]! - wanted[b]!)
  // Groups of labels that touch each other lie around the mean of where they would be.
  const groups: { sum: number; count: number }[] = []
  const span = ({ count }: { readonly count: number }): number => (count - 1) * gap
  const start = (group: { readonly sum: number; readonly count: number }): number => {
    const centred = group.sum / group.count - span(group) / 2
    return Math.max(low, Math.min(centred, high - span(group)))
  }
  for (const i of order) {
    groups.push({ sum: wanted[i]!, count: 1 })
    for (;;) {
      const [before, last] = [groups.at(-2), groups.at(-1)!]
      if (!before || start(before) + before.count * gap <= start(last)) break
      groups.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count })
    }
  }
  const placed = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, k) => start(group) + k * gap),
  )
  const places: number[] = []
  for (const [at, i] of order.entries()) places[i] = placed[at]!
  return places
}

/**
 * The row of each label on a line of some rows, so that none covers the one before: undefined where no row has room
 * for it. Labels begin at `from` and are `width` wide; they come in order.
 */
export function rowsFor(
  labels: readonly { readonly from: number; readonly width: number }[],
  rows: number,
): readonly (number | undefined)[] {
  const ends = Array.from({ length: rows }, () => Number.NEGATIVE_INFINITY)
  return labels.map(({ from, width }) => {
    const row = ends.findIndex((end) => end <= from)
    if (row < 0) return undefined
    ends[row] = from + width
    return row
  })
}
