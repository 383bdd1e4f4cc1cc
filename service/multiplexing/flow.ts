/**
 * What states come to between spikes: in closed form where each relaxes by itself (dx/dt = k (x0 - x)), or where
 * they follow each other linearly; else by the method of Dormand and Prince with adaptive steps.
 */
import { affineFlow, affineOf } from './affine.ts'
import type { State, Terminal } from './terminal.ts'

/** Relative and absolute error of one step. */
const tolerance = 1e-10

/** The states at each of some times, which ascend from 0, without a spike in between. */
export type Flow = (from: State, times: readonly number[]) => readonly State[]

/** How the states of a terminal go on; `rate`: of a signal that they follow. */
export function flowOf(terminal: Terminal, rate = 0): Flow {
  const derivative = (state: State): number[] => terminal.derivative(state, rate)
  const closed = relaxing(derivative, terminal.initial)
  if (closed)
    return (from, times) =>
      times.map((t) =>
        closed.map(({ pace, rest }, i) =>
          pace === 0 ? from[i]! + rest * t : rest + (from[i]! - rest) * Math.exp(-pace * t),
        ),
      )
  const linear = affineOf(derivative, terminal.initial)
  if (linear) return affineFlow(linear)
  return (from, times) => {
    let [now, at] = [[...from], 0]
    // A first guess; the error decides.
    let step = 1e-4
    return times.map((goal) => {
      while (goal - at > 1e-15 * goal) {
        const size = Math.min(step, goal - at)
        const { next, error } = dormandPrince(derivative, now, size)
        const factor = error === 0 ? 5 : Math.min(5, Math.max(0.2, 0.9 * error ** -0.2))
        if (error <= 1) {
          now = next
          at += size
        }
        step = size * factor
        if (!(step > 1e-12)) throw new Error('The states of a terminal grow without bound.')
      }
      at = goal
      return now
    })
  }
}

/** Paces and rests, if every derivative is affine in its own state and reads no other. */
function relaxing(
  derivative: (state: State) => number[],
  start: State,
): readonly { readonly pace: number; readonly rest: number }[] | undefined {
  const probes = [0, 0.3, 1, 2.7]
  const found = start.map((_, i) => {
    const at = (own: number, others: number): number =>
      derivative(start.map((__, j) => (j === i ? own : others)))[i]!
    const [low, high] = [at(0, 0), at(1, 0)]
    const slope = high - low
    const isAffine = probes.every((own) =>
      probes.every(
        (others) =>
          Math.abs(at(own, others) - (low + slope * own)) <=
          1e-9 * (Math.abs(low) + Math.abs(slope)),
      ),
    )
    if (!isAffine) return undefined
    return slope === 0 ? { pace: 0, rest: low } : { pace: -slope, rest: -low / slope }
  })
  return found.every((each) => each !== undefined) ? found : undefined
}

// Dormand and Prince (1980), of order 5 with an estimate of order 4.
const nodes = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
]
const errors = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]

function dormandPrince(derivative: (state: State) => number[], state: State, step: number) {
  const slopes: number[][] = []
  let next: number[] = [...state]
  for (const row of nodes) {
    next = state.map((x, i) => x + step * row.reduce((sum, a, j) => sum + a * slopes[j]![i]!, 0))
    slopes.push(derivative(next))
  }
  const error = state.map((x, i) => {
    const off = step * errors.reduce((sum, e, j) => sum + e * slopes[j]![i]!, 0)
    return Math.abs(off) / (tolerance * (1 + Math.max(Math.abs(x), Math.abs(next[i]!))))
  })
  return { next, error: Math.max(...error, 0) }
}
