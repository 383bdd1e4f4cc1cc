/**
 * What the beginning of a phase does to weights: `perturb Y by flip(0.001)`. The draws follow from the
 * run's seed, the weight and the number of the phase, so that a resumed run makes the same ones. Where
 * there is no synapse there is none afterwards, and bounds hold.
 */
import type { NamedArray } from '../engine/network.ts'
import { normalValues, permutation, streamKey } from '../support/random.ts'
import type { PerturbPlan } from '../../contract/plan.ts'

/**
 * The changed weights. `storages` are all of the network's, `phase` is the number of phases before the
 * one that begins.
 */
export function perturbed(
  changes: readonly PerturbPlan[],
  storages: Readonly<Record<string, NamedArray>>,
  seed: number,
  phase: number,
): Record<string, NamedArray> {
  const result: Record<string, NamedArray> = {}
  for (const [position, change] of changes.entries()) {
    const before = result[change.storage] ?? storages[change.storage]
    if (!before) throw new RangeError(`The compiled circuit has no weight ${change.storage}.`)
    const mask = change.mask === undefined ? undefined : storages[change.mask]?.data
    const key = streamKey(seed, `perturb ${change.storage} ${position}`)
    const data = changed(change, before.data.slice(), mask, (count) => ({
      order: () => permutation(key, phase, count),
      normal: () => normalValues(key, phase, count),
    }))
    result[change.storage] = { shape: before.shape, data }
  }
  return result
}

type Values = NamedArray['data']
type Draws = (count: number) => {
  readonly order: () => Uint32Array
  readonly normal: () => Float32Array
}

function changed(
  { by, minimum, maximum }: PerturbPlan,
  values: Values,
  mask: Values | undefined,
  draws: Draws,
): Values {
  switch (by.kind) {
    case 'scale':
      for (let i = 0; i < values.length; i++) values[i]! *= by.factor
      break
    case 'normal': {
      const noise = draws(values.length).normal()
      for (const [i, draw] of noise.entries()) {
        if (mask?.[i] !== 0) values[i]! += by.std * draw
      }
      break
    }
    case 'flip': {
      const places = [...values.keys()].filter((i) => mask?.[i] !== 0)
      // At least one, if any are to be flipped: the published program's rule.
      const count = by.fraction > 0 ? Math.max(1, Math.round(by.fraction * places.length)) : 0
      const order = draws(places.length).order()
      for (const chosen of order.subarray(0, count)) {
        const place = places[chosen]!
        values[place] = -values[place]!
      }
      break
    }
  }
  for (const [i, value] of values.entries()) {
    if (mask?.[i] === 0) continue
    if (minimum !== undefined && value < minimum) values[i] = minimum
    if (maximum !== undefined && value > maximum) values[i] = maximum
  }
  return values
}
