/**
 * Limits between circuits: with the order that they must have, and without one. A leaky potential settles with its
 * time constant, forward Euler is of first order, an ensemble of n cells is off by 1 / sqrt(n).
 */
import { describe, expect, it } from 'vitest'
import { measureRefinements } from '../../project/refinement.ts'
import { surroundings } from '../../project/surroundings.ts'
import { checkAll } from '../../service/check-all.ts'
import { convergenceOf } from '../../service/refinement/convergence.ts'
import { refinementText } from '../../service/refinement/text.ts'
import { memoryHost } from '../helpers/compile-text.ts'

const circuit = (more: string): string => `model rates
param n = 1
param dt = 1 ms
param shift = 0
dataset two { field v[2]  train constant(v = 0.3)  test constant(v = 0.3) }
cell In { input value  event e = value }
cell Rate { compartment soma  event e = sigmoid(soma) }
cell Leaky { compartment soma { state v : 20 ms * dv/dt = -v + input + shift }  event e = sigmoid(soma.v) }
cell Noisy { compartment soma  event e = if bernoulli(sigmoid(soma)) > 0 then 1 else 0 }
cell Mean { compartment soma  event e = soma }
population x[2] : In
population h[n] : Rate
population y[1] : Mean
connect x.e -> h.soma as V { init 0.7 }
connect h.e -> y.soma as W { init 1 / n }
variant leaky { h: cell Leaky }
variant wrong { h: cell Leaky  set shift = 0.5 }
variant noisy { h: cell Noisy }
variant precise { h: cell Leaky }
experiment answer { data two  present x = v  batch 1  epochs 1 }
experiment settle { step dt  duration 50 ms  solver euler  data two  present x = v  batch 1 }
experiment fine { step 0.01 ms  duration 50 ms  solver rk4  data two  present x = v  batch 1 }
${more}
`

async function measured(more: string) {
  const where = surroundings({ env: { CCN_CACHE: '0' } })
  const host = memoryHost({ 'main.ccn': circuit(more) })
  return measureRefinements(where, { main: '/project/main.ccn', host })
}

describe('refinements', () => {
  it('settle with their time constant', async () => {
    const [found] = await measured(
      'leaky refines rates when settled { over 40 ms, 80 ms, 160 ms  run settle against answer  y.e = y.e  mean(h.e) = mean(h.e) }',
    )
    expect(found).toMatchObject({ holds: true, limit: 'when settled', parameter: 'time' })
    for (const { paces, points } of found!.pairs) {
      expect(points).toHaveLength(3)
      // Of forward Euler: -dt / log(1 - dt / tau); and the slope of the sigmoid changes on the way.
      expect(paces.at(-1)).toBeCloseTo(-1e-3 / Math.log(1 - 1e-3 / 20e-3), 3)
    }
  })

  it('fail where they settle elsewhere', async () => {
    const [found] = await measured(
      'wrong refines rates when settled { over 50 ms, 200 ms, 400 ms  run settle against answer  y.e = y.e }',
    )
    expect(found!.holds).toBe(false)
    expect(refinementText(found!)).toMatch(/does not converge: the difference .*\n$/)
  })

  it('have the order of the method', async () => {
    const [found] = await measured(
      'leaky refines precise as dt shrinks { over 2 ms, 1 ms, 0.5 ms, 0.25 ms  run settle against fine  y.e = y.e }',
    )
    expect(found!.holds).toBe(true)
    expect(found!.pairs[0]!.order).toBeGreaterThan(0.9)
    expect(found!.pairs[0]!.order).toBeLessThan(1.2)
  })

  it('have the order of chance', async () => {
    const [found] = await measured(
      'noisy refines rates as n grows { over 16, 256, 4096  seeds 12  run answer against answer  y.e = y.e }',
    )
    expect(found!.holds).toBe(true)
    expect(found!.pairs[0]!.order).toBeGreaterThan(0.35)
    expect(found!.pairs[0]!.order).toBeLessThan(0.65)
  })

  it('say what cannot be compared', async () => {
    await expect(
      measured(
        'leaky refines rates as n grows { over 1, 2, 3  run settle against answer  h.e = h.e }',
      ),
    ).rejects.toThrow('h.e has 2 values, but what it corresponds to, h.e, has 1.')
    await expect(
      measured(
        'noisy refines rates when settled { over 1 s, 2 s, 3 s  run answer against answer  y.e = y.e }',
      ),
    ).rejects.toThrow('`noisy` cannot settle: nothing goes on in it in time.')
  })
})

describe('names of what corresponds', () => {
  const found = (more: string) => {
    const host = memoryHost({ 'main.ccn': circuit(more) })
    return checkAll('/project/main.ccn', host).findings.map(({ diagnostic, where }) =>
      [diagnostic.message, where ?? ''].join(' / '),
    )
  }
  const limit = 'leaky refines rates when settled { over 1 s, 2 s, 3 s  run settle against answer'

  it('are looked for in each of the circuits', () => {
    // An `h` behind a number is a population, and no hour.
    expect(found(`${limit}  seeds 2  h.e = h.e  mean(h.v) = mean(h.e) }`)).toEqual([])
    expect(found(`${limit}  h.v = h.v  y.e = mean(z.e) }`)).toEqual([
      '`h` (cell Rate) has no variable named `v`. / rates',
      'There is no value named `z` here. / rates',
    ])
    expect(found(`${limit}  h.w = h.e }`)).toEqual([
      '`h` (cell Leaky) has no variable named `w`. / variant leaky',
    ])
  })
})

describe('convergence', () => {
  const points = (...differences: readonly number[]) =>
    differences.map((difference, i) => ({ at: 2 ** i, difference }))

  it.each([
    ['order 1', [1, 0.5, 0.25, 0.125], true, 1],
    ['order 2', [1, 0.25, 0.0625], true, 2],
    ['rounding', [1e-12, 2e-12, 1e-12], true, undefined],
    ['a rest', [1, 0.5, 0.4, 0.39, 0.389], false, undefined],
    ['growth', [0.1, 0.2, 0.4], false, undefined],
    ['no number', [1, Number.NaN, 0.1], false, undefined],
  ] as const)('%s', (_, differences, converges, order) => {
    const found = convergenceOf(points(...differences), 1, true)
    expect(found.converges).toBe(converges)
    if (order !== undefined) expect(found.order).toBeCloseTo(order, 9)
  })
})
