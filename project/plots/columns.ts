/** Curves of very many points, as few as can be told apart in a picture. */

/** A curve: `x` ascends; NaN in `y` interrupts it. */
export interface Curve {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/**
 * The points of a curve that are to be drawn: of each of so many columns the lowest and the highest value where it
 * has more than two, otherwise all of them. What is not within `from` .. `to` is left out.
 */
export function thinned(
  { x, y }: Curve,
  [from, to]: readonly [number, number],
  columns: number,
): [number, number][] {
  const points: [number, number][] = []
  const columnOf = (time: number): number => Math.floor(((time - from) / (to - from)) * columns)
  for (let i = 0; i < x.length;) {
    if (!(x[i]! >= from && x[i]! <= to)) {
      i++
      continue
    }
    const column = columnOf(x[i]!)
    const start = i
    let [low, high, broken] = [i, i, false]
    for (; i < x.length && columnOf(x[i]!) === column && x[i]! <= to; i++) {
      if (y[i]! < y[low]! || Number.isNaN(y[low]!)) low = i
      if (y[i]! > y[high]! || Number.isNaN(y[high]!)) high = i
      if (!Number.isFinite(y[i]!)) broken = true
    }
    if (i - start <= 2 || low === high) {
      const last = i - start <= 2 ? i : start + 1
      for (let k = start; k < last; k++) points.push([x[k]!, y[k]!])
      continue
    }
    const [first, second] = low < high ? [low, high] : [high, low]
    points.push([x[start]!, y[first]!], [x[start]!, y[second]!])
    if (broken) points.push([x[start]!, Number.NaN])
  }
  return points
}
