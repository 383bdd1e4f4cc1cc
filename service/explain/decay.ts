/**
 * What steps of the optimiser leave of the difference of two weights that change alike. With momentum a step is a
 * linear map of the difference and of what the two velocities differ by; what counts is its largest eigenvalue.
 */
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import { turned } from './substitute.ts'
import type { Probe } from './checks.ts'
import type { Trial } from './trial.ts'

export interface Decay {
  /** What a step multiplies the difference by; with momentum in the long run, and the size of it where it swings. */
  readonly factor: number
  /** Whether steps remember those before. */
  readonly inTheLongRun: boolean
}

/** Whose difference: the follower less a number times the leader. */
export interface Apart {
  readonly follower: string
  readonly leader: string
  readonly isTurned: boolean
  readonly factor: number
}

/** Undefined where steps do more to the difference than a linear map does. */
export function decayOf(trial: Trial, { outputs, inputs }: Probe, apart: Apart): Decay | undefined {
  const slots = slotsOf(trial, apart.follower)
  if (!slots || slotsOf(trial, apart.leader)?.join() !== slots.join()) return undefined
  const before = difference(trial.storages, apart)
  const size = Math.hypot(...before.slice(0, 1e5))
  if (size === 0) return undefined
  const next = following(outputs)
  const first = timesOf(difference(next, apart), before)
  if (first === undefined) return undefined
  const [slot] = slots
  if (slot === undefined) return { factor: rounded(first), inTheLongRun: false }
  // D₁ = a D₀, S₁ = c D₀ from a velocity of 0; then D₂ = a D₁ + b S₁, S₂ = c D₁ + e S₁.
  const later = following(trial.run({ inputs, storages: { ...trial.storages, ...next } }))
  const [s1, d2, s2] = [
    timesOf(difference(next, apart, slot), before),
    timesOf(difference(later, apart), before),
    timesOf(difference(later, apart, slot), before),
  ]
  if (s1 === undefined || d2 === undefined || s2 === undefined) return undefined
  if (Math.abs(s1) < 1e-12) return { factor: rounded(first), inTheLongRun: false }
  const b = (d2 - first * first) / s1
  const e = s2 / s1 - first
  return { factor: rounded(largest(first, b, s1, e)), inTheLongRun: true }
}

/** What the optimiser remembers of a weight, by the ends of the names; undefined where that is more than a velocity. */
function slotsOf(trial: Trial, weight: string): readonly string[] | undefined {
  const slots = trial.slotsOf(weight)
  const ends = slots.map((name) => name.slice(weight.length))
  return ends.length === 0 || (ends.length === 1 && ends[0] === '.velocity') ? ends : undefined
}

const following = (outputs: Probe['outputs']): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      name.startsWith('next ') ? [[name.slice('next '.length), value]] : [],
    ),
  )

function difference(
  storages: Readonly<Record<string, Tensor>>,
  { follower, leader, isTurned, factor }: Apart,
  slot = '',
): Float64Array {
  const [mine, theirs] = [storages[`${follower}${slot}`]!, storages[`${leader}${slot}`]!]
  const other = isTurned ? turned(theirs).data : theirs.data
  return Float64Array.from(mine.data, (value, i) => value - factor * other[i]!)
}

/** The number that one array is of another; undefined where it is none. */
function timesOf(after: Float64Array, before: Float64Array): number | undefined {
  const size = before.reduce((sum, value) => sum + value * value, 0)
  const times = before.reduce((sum, value, i) => sum + value * after[i]!, 0) / size
  const rest = after.reduce((sum, value, i) => sum + (value - times * before[i]!) ** 2, 0)
  return rest > 1e-24 * size ? undefined : times
}

const rounded = (factor: number): number => (Math.abs(factor - 1) < 1e-12 ? 1 : factor)

/** The eigenvalue of [[a, b], [c, e]] that is largest; its size where both are complex. */
function largest(a: number, b: number, c: number, e: number): number {
  const [half, determinant] = [(a + e) / 2, a * e - b * c]
  const under = half * half - determinant
  if (under < 0) return Math.sqrt(determinant)
  const root = Math.sqrt(under)
  return half >= 0 ? half + root : half - root
}
