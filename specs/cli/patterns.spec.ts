/** A pattern, its weights and its delays are the same on any engine and number of threads, from the seed alone. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeNpz } from '../../runtime/node/io/npz.ts'
import { Workplace } from './run-cli.ts'

const place = new Workplace({
  'net.ccn': `
cell S { spike s = bernoulli(0.1) }
cell C { compartment soma  state v = 0 : 5 ms * dv/dt = soma - v }
population a[150] : S at ring(spacing = 10 um)
population b[150] : C at ring(spacing = 10 um)
connect a.s -> b.soma as U { random probability 0.02  init lognormal(1, 1) }
connect a.s -> b.soma as D { random probability exp(-distance / 60 um)  init 1  delay uniform(1 ms, 5 ms) }
connect a.s -> b.soma as I { random in_degree 7 repeats  init exponential(1) }
connect a[0..119].s -> b[20..].soma as N { random synapses 900  init post.index - pre.index }
experiment e { step 1 ms  duration 4 ms  record U, D, I, N every 4 ms }`,
})
afterAll(() => place.remove())

const recordsOf = async (name: string, options: string) => {
  const { err, code } = await place.run(`train net.ccn --name ${name} ${options}`)
  expect([code, err]).toEqual([0, ''])
  return decodeNpz(readFileSync(place.path(`runs/${name}/records/part-0001.npz`)), 'part')
}

describe('a pattern', () => {
  it('is the same on every engine, and another one for another seed', async () => {
    const first = await recordsOf('one', '--engine wasm --threads 1')
    const pairs = [...first.keys()].filter((name) => /^(pre|post)\(/.test(name))
    expect(pairs.length).toBe(8)
    const others = { three: '--engine wasm --threads 3', tfjs: '--engine tfjs-cpu' }
    for (const [name, options] of Object.entries(others)) {
      const found = await recordsOf(name, options)
      for (const key of pairs) expect(found.get(key), `${name}, ${key}`).toEqual(first.get(key))
      for (const key of ['U', 'D', 'I', 'N']) {
        const [one, other] = [first.get(key)!.data, found.get(key)!.data]
        expect(other.length).toBe(one.length)
        expect(one.every((value, s) => Math.abs(value - other[s]!) <= 1e-5 * Math.abs(value))).toBe(
          true,
        )
      }
    }
    const seeded = await recordsOf('seed', '--engine wasm --seed 2')
    for (const key of pairs) expect(seeded.get(key)).not.toEqual(first.get(key))
  })
})
