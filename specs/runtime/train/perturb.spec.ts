/** What `perturb` does to weights. */
import { describe, expect, it } from 'vitest'
import type { PerturbPlan } from '../../../contract/plan.ts'
import { perturbed } from '../../../runtime/train/perturb.ts'

const data = Float32Array.from({ length: 1000 }, (_, i) => 1 + i / 1000)
const mask = Float32Array.from(data, (_, i) => i % 2)
const storages = {
  Y: { shape: [10, 100], data },
  sparse: { shape: [1000], data: data.map((value, i) => value * mask[i]!) },
  'sparse.mask': { shape: [1000], data: mask },
}
const apply = (by: PerturbPlan['by'], other: Partial<PerturbPlan> = {}, seed = 1, phase = 0) => {
  const change = { storage: 'Y', by, ...other }
  return perturbed([change], storages, seed, phase)[change.storage]!.data
}

describe('perturb', () => {
  it.each([
    [0, 0],
    [0.0001, 1],
    [0.05, 50],
    [1, 1000],
  ])('flips a fraction of %f of the signs: %i, all of different entries', (fraction, count) => {
    const after = apply({ kind: 'flip', fraction })
    expect(after.filter((value, i) => value === -data[i]!).length).toBe(count)
    expect(after.map(Math.abs)).toEqual(data)
  })

  it('adds normal noise, and multiplies', () => {
    const noise = Array.from(apply({ kind: 'normal', std: 0.5 }), (value, i) => value - data[i]!)
    const std = Math.sqrt(noise.reduce((sum, each) => sum + each * each, 0) / noise.length)
    expect(std).toBeGreaterThan(0.45)
    expect(std).toBeLessThan(0.55)
    expect(apply({ kind: 'scale', factor: -2 })).toEqual(data.map((value) => -2 * value))
  })

  it('follows from the seed and the number of the phase, and leaves what it was given', () => {
    const by = { kind: 'normal', std: 1 } as const
    expect(apply(by)).toEqual(apply(by))
    expect(apply(by)).not.toEqual(apply(by, {}, 2))
    expect(apply(by)).not.toEqual(apply(by, {}, 1, 1))
    expect(storages.Y.data[0]).toBe(1)
  })

  it('makes no synapse where there is none, and keeps bounds', () => {
    const sparse = { storage: 'sparse', mask: 'sparse.mask', minimum: 0.5, maximum: 1.5 }
    for (const by of [
      { kind: 'normal', std: 3 },
      { kind: 'flip', fraction: 1 },
      { kind: 'scale', factor: 3 },
    ] as const) {
      const after = apply(by, sparse)
      for (const [i, value] of after.entries()) {
        if (mask[i] === 0) expect(value).toBe(0)
        else expect(value).toSatisfy((each: number) => each >= 0.5 && each <= 1.5)
      }
    }
  })

  it('counts synapses, not pairs of units, and applies one change after the other', () => {
    const flip = { kind: 'flip', fraction: 0.1 } as const
    const after = apply(flip, { storage: 'sparse', mask: 'sparse.mask' })
    expect(after.filter((value) => value < 0).length).toBe(50)
    const scale = { storage: 'Y', by: { kind: 'scale', factor: 2 } } as const
    expect(perturbed([scale, scale], storages, 1, 0)['Y']!.data[0]).toBe(4)
  })
})
