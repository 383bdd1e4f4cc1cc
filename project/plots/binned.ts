/** Curves as means over stretches, where single points are noise. */
import type { Curve } from './columns.ts'

/** The curve with at most so many points: each the mean of those that follow one another; what is NaN is left out. */
export function binned({ x, y }: Curve, most: number): Curve {
  if (x.length <= most) return { x, y }
  const size = Math.ceil(x.length / most)
  const [means, places]: [number[], number[]] = [[], []]
  for (let start = 0; start < x.length; start += size) {
    const end = Math.min(start + size, x.length)
    let [sum, count, place] = [0, 0, 0]
    for (let i = start; i < end; i++) {
      place += x[i]! / (end - start)
      if (!Number.isFinite(y[i]!)) continue
      sum += y[i]!
      count++
    }
    places.push(place)
    means.push(count > 0 ? sum / count : Number.NaN)
  }
  return { x: places, y: means }
}
