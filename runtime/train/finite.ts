/**
 * Finds out which number stopped being one. Weights, scores and variables must be finite; a
 * measure need not be, as the angle to a zero vector has no value.
 */
import type { NamedArray, Network } from '../engine/network.ts'
import { RunError, type RunPlace } from './errors.ts'
import type { Batch } from './present.ts'

/** A name and the value under it that is NaN or infinite. */
export interface NonFinite {
  readonly name: string
  readonly value: number
  readonly kind: 'weight' | 'variable' | 'score'
}

/**
 * The first of `arrays` that holds NaN or an infinity. `states` may be infinite (the time since an
 * event that never was), but not NaN.
 */
export function findInArrays(
  arrays: Readonly<Record<string, NamedArray>>,
  kind: NonFinite['kind'],
  states: readonly string[] = [],
): NonFinite | undefined {
  for (const [name, { data }] of Object.entries(arrays)) {
    if (states.includes(name)) {
      const value = data.find(Number.isNaN)
      if (value !== undefined) return { name, value, kind: 'variable' }
      continue
    }
    for (const value of data) {
      // A difference with itself is NaN for NaN and both infinities, and 0 for all else.
      if (value - value !== 0) return { name, value, kind }
    }
  }
  return undefined
}

/** The first score that is NaN or infinite. */
export function findInScores(scores: Readonly<Record<string, number>>): NonFinite | undefined {
  for (const [name, value] of Object.entries(scores)) {
    if (!Number.isFinite(value)) return { name, value, kind: 'score' }
  }
  return undefined
}

/**
 * Where a bad score comes from: the first weight that is not finite, or else the first of
 * `variables`, which are in the order of computation, that is not finite for `batch`.
 */
export function traceScore(
  score: NonFinite,
  network: Network,
  batch: Batch | undefined,
  variables: readonly string[],
  states: readonly string[] = [],
): NonFinite {
  const weight = findInArrays(network.save(), 'weight', states)
  if (weight) return weight
  if (!batch || variables.length === 0) return score
  const values = network.observe(batch.count, batch.inputs, variables)
  const inOrder = Object.fromEntries(
    variables.flatMap((name) => (values[name] ? [[name, values[name]]] : [])),
  )
  return findInArrays(inOrder, 'variable') ?? score
}

/** What to tell the user about it; `fineAt` is the last step known to be good. */
export function nonFiniteError(
  culprit: NonFinite,
  place: Omit<RunPlace, 'variable'>,
  fineAt: number,
  rates: Readonly<Record<string, number>>,
): RunError {
  const value = Number.isNaN(culprit.value) ? 'NaN' : 'infinite'
  const used = Object.entries(rates)
    .filter(([, rate]) => rate !== 0)
    .map(([name, rate]) => `${name} ${Number(rate.toPrecision(3))}`)
  const at =
    place.epoch === undefined
      ? `step ${place.step} (${Number((place.time ?? 0).toPrecision(6))} s)`
      : `step ${place.step} of epoch ${place.epoch}`
  const since = fineAt < place.step ? ` (all was finite at step ${fineAt})` : ''
  const shorter = place.epoch === undefined ? 'a shorter step, ' : ''
  const advice =
    used.length > 0
      ? `Try ${shorter}lower learning rates (now ${used.join(', ')}) or smaller initial weights`
      : `Try ${shorter && 'a shorter step or '}smaller initial weights`
  return new RunError(
    `The ${culprit.kind} ${culprit.name} became ${value} by ${at}${since}. ${advice}.`,
    { variable: culprit.name, ...place },
  )
}
