/**
 * Sparse networks of spiking cells beside Brian2, spike by spike, and rules of plasticity beside NumPy, from the same
 * draws in double precision. `../independent/brian_networks.py` and `numpy_rules.py` wrote the fixtures.
 */
import { describe, expect, it } from 'vitest'
import type { Presented } from '../../../runtime/engine/network.ts'
import { isPrecise, type Target } from '../replay.ts'
import { compiled, fixtureOf, sparseNetwork, type Fixture } from './networks.ts'

const exact = (threads: number): Target => ({ engine: 'wasm', precision: 'f64', threads })

interface Case {
  readonly name: string
  readonly steps: number
  /** What is presented in a step. */
  readonly presented?: (fixture: Fixture, step: number) => Readonly<Record<string, Float64Array>>
  /** The connection whose weights are compared at the end. */
  readonly learns?: string
}

const cases: readonly Case[] = [
  { name: 'coba', steps: 10_000 },
  { name: 'cuba', steps: 10_000 },
  { name: 'brunel', steps: 5000, presented: outside },
  { name: 'adex', steps: 10_000 },
  { name: 'vogels', steps: 10_000, learns: 'IE' },
  { name: 'plastic', steps: 10_000, learns: 'E' },
]

/** Given spikes of the sources of `brunel`. */
function outside(fixture: Fixture, step: number): Readonly<Record<string, Float64Array>> {
  const x = new Float64Array(100)
  const [steps, cells] = [fixture('outside_step'), fixture('outside_cell')]
  for (let k = 0; k < steps.length; k++) if (steps[k] === step) x[cells[k] ?? 0] = 1
  return { outside: x }
}

/** What is presented, in the precision of a target. */
const rounded = (values: Readonly<Record<string, Float64Array>>, target: Target): Presented =>
  isPrecise(target)
    ? values
    : Object.fromEntries(
        Object.entries(values).map(([name, each]) => [name, Float32Array.from(each)]),
      )

/** Spikes as `step cell`, in the order of both; and weights at the end. */
async function spikesOf(
  { name, presented, learns }: Case,
  steps: number,
  target: Target,
): Promise<{ readonly spikes: readonly string[]; readonly weights?: ArrayLike<number> }> {
  const fixture = fixtureOf(name)
  const network = await sparseNetwork(compiled(name), target)
  try {
    const spikes: string[] = []
    for (let step = 0; step < steps; step++) {
      const inputs = rounded(presented?.(fixture, step) ?? {}, target)
      const fired = network.observe(1, inputs, ['c.s'])['c.s']?.data ?? []
      for (const [cell, value] of fired.entries()) if (value === 1) spikes.push(`${step} ${cell}`)
      network.step(1, inputs)
    }
    const weights = learns === undefined ? undefined : network.save()[learns]?.data
    return { spikes, ...(weights && { weights }) }
  } finally {
    network.dispose()
  }
}

function expected(fixture: Fixture, steps: number): readonly string[] {
  const [at, cells] = [fixture('step'), fixture('cell')]
  return Array.from(at, (step, k) => ({ step, cell: cells[k] ?? -1 }))
    .filter(({ step }) => step < steps)
    .toSorted((a, b) => a.step - b.step || a.cell - b.cell)
    .map(({ step, cell }) => `${step} ${cell}`)
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))).reduce(
    (most, each) => (each <= most ? most : each),
    0,
  )

describe.each(cases)('$name beside Brian2', (each) => {
  const fixture = fixtureOf(each.name)

  it.each([1, 2, 3])('spikes at the same steps, on %d threads', async (threads) => {
    // One second on one thread, a part of it on more, whose order must be the same.
    const steps = threads === 1 ? each.steps : each.steps / 4
    const { spikes, weights } = await spikesOf(each, steps, exact(threads))
    expect(spikes).toEqual(expected(fixture, steps))
    if (threads > 1 || each.learns === undefined) return
    const theirs = fixture('w')
    expect(weights?.length).toBe(theirs.length)
    const scale = Math.max(...Array.from(theirs, Math.abs))
    expect(largest(weights ?? [], theirs) / scale).toBeLessThan(1e-9)
  })

  it.each(['interpreter', 'tfjs-wasm'] as const)(
    'spikes at the same steps, on %s',
    async (engine) => {
      // tfjs computes in single precision, in which a spike comes a step early or late after a while.
      const steps = engine === 'interpreter' ? 50 : 60
      const { spikes } = await spikesOf(each, steps, { engine })
      expect(spikes).toEqual(expected(fixture, steps))
    },
  )
})

describe('rules of plasticity on a sparse pattern', () => {
  const fixture = fixtureOf('rules')
  const rules = ['pair', 'nearest', 'triplet', 'soft', 'hard', 'eligible']
  const names = [...rules, ...['pair', 'nearest', 'triplet', 'eligible'].map((n) => `${n}_delayed`)]
  const [sources, targets, every] = [30, 20, 500]
  const part = (array: string, step: number, width: number, scale = 1): Float64Array =>
    Float64Array.from(
      { length: width },
      (_, i) => (fixture(array)[step * width + i] ?? Number.NaN) / scale,
    )

  it.each([
    [exact(1), 5000],
    [exact(2), 1000],
    [exact(3), 1000],
    [{ engine: 'interpreter' } as Target, 500],
  ])('change weights as NumPy says, on %o', async (target, steps) => {
    const network = await sparseNetwork(compiled('rules'), target)
    try {
      for (let step = 0; step < steps; step++) {
        network.step(1, {
          'a.x': part('before', step, sources),
          'b.x': part('after', step, targets),
          'b.reward': part('reward', step, targets, 100),
        })
        if ((step + 1) % every > 0) continue
        const weights = network.save()
        for (const name of names) {
          const theirs = fixture(name)
          const count = fixture('start').length
          const at = Math.floor(step / every) * count
          const row = Array.from({ length: count }, (_, i) => theirs[at + i] ?? Number.NaN)
          expect(weights[name]?.data.length, name).toBe(count)
          expect(largest(weights[name]?.data ?? [], row), `${name}, step ${step}`).toBeLessThan(
            1e-12,
          )
        }
      }
    } finally {
      network.dispose()
    }
  })
})
