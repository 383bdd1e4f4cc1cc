/**
 * Whether differences go to 0 on the way to a limit, and how fast: the order is the slope of the logarithm of the
 * difference over that of the limit's parameter, by least squares. It converges if the slope at the end is not 0 and
 * the difference has become smaller, or if nothing is left but rounding.
 */

/** A difference, at a value of the limit's parameter. */
export interface Point {
  readonly at: number
  readonly difference: number
}

export interface Convergence {
  /** Between each point and the one before; none for the first, and where there is no difference. */
  readonly orders: readonly (number | undefined)[]
  /** Over all points; none where fewer than two differ. */
  readonly order?: number
  /** Between each point and the one before: in which time the difference becomes e times smaller. */
  readonly paces: readonly (number | undefined)[]
  readonly converges: boolean
  /** Why not. */
  readonly reason?: string
}

/** Less than this, relative to what is compared, is rounding. */
export const rounding = 1e-9

/** Slopes smaller than this are none. */
const leastOrder = 0.2

/** How far differences must have come down in all. */
const leastFactor = 1.5

/** `grows`: the limit is at infinity, else at 0. `scale`: the size of what is compared. */
export function convergenceOf(
  points: readonly Point[],
  scale: number,
  grows: boolean,
): Convergence {
  const floor = rounding * Math.max(scale, Number.MIN_VALUE)
  const sign = grows ? -1 : 1
  const orders = points.map((point, i) => {
    const before = points[i - 1]
    return before && slope([before, point], floor, sign)
  })
  const order = slope(points, floor, sign)
  const [first, last] = [points[0]!, points.at(-1)!]
  const paces = points.map((point, i) => {
    const before = points[i - 1]
    if (!before || before.difference <= floor || point.difference <= floor) return undefined
    return (point.at - before.at) / Math.log(before.difference / point.difference)
  })
  const found = { orders, paces, ...(order !== undefined && { order }) }
  if (points.some(({ difference }) => !Number.isFinite(difference)))
    return { ...found, converges: false, reason: 'what is compared is not finite' }
  if (last.difference <= floor) return { ...found, converges: true }
  const end = slope(points.slice(-3), floor, sign)
  if (!(last.difference * leastFactor < first.difference))
    return { ...found, converges: false, reason: 'the difference does not become smaller' }
  if (end !== undefined && end < leastOrder)
    return { ...found, converges: false, reason: 'the difference stays where it is at the end' }
  return { ...found, converges: true }
}

function slope(points: readonly Point[], floor: number, sign: number): number | undefined {
  const left = points.filter(({ difference }) => difference > floor)
  if (left.length < 2) return undefined
  const xs = left.map(({ at }) => Math.log(at))
  const ys = left.map(({ difference }) => Math.log(difference))
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length
  const [mx, my] = [mean(xs), mean(ys)]
  const sum = (f: (i: number) => number): number => xs.reduce((all, _, i) => all + f(i), 0)
  return (sign * sum((i) => (xs[i]! - mx) * (ys[i]! - my))) / sum((i) => (xs[i]! - mx) ** 2)
}
