/**
 * Beside NumPy (`independent/numpy_positions_noise.py`): the noise `xi` step by step from the same draws, for steps of
 * several lengths, and how many synapses join cells at each distance, periodic or not.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { drawPattern } from '../../runtime/patterns/draw.ts'
import { compileText } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { root } from '../helpers/repository.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(`${root}/specs/oracles/sparse/fixtures/${name}.json`, 'utf8')) as T

interface Noise {
  readonly solver: string
  readonly step: number
  /** In mV, after each step, of each cell. */
  readonly v: readonly (readonly number[])[]
}

interface Distances {
  readonly chance: string
  readonly rows: number
  readonly columns: number
  readonly periodic: boolean
  /** Length in um, pairs, synapses expected, their variance. */
  readonly distances: readonly (readonly [number, number, number, number])[]
}

function compiled(text: string) {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  return ir
}

describe('the noise xi beside NumPy', () => {
  it.each(fixture<Noise[]>('noise'))('$solver with steps of $step s', async (given) => {
    const ir = compiled(`
param tau = 20 ms
cell C { state v = 0 mV : tau * dv/dt = -v + 2 mV * sqrt(2 * tau) * xi }
population a[6] : C
experiment e { step ${given.step} s  solver ${given.solver}  duration 1 s }`)
    const networks = [
      interpretedNetwork(ir, { seed: 3 }),
      await wasmNetwork(ir, { precision: 'f64' }, { seed: 3 }),
    ]
    for (const network of networks) {
      for (const wanted of given.v) {
        network.step(1, {}, {})
        const found = network.save()['a.v']?.data ?? []
        // Normal draws are numbers of single precision, those of the other program of double.
        wanted.forEach((each, cell) =>
          expect(Math.abs(Number(found[cell]) * 1000 - each)).toBeLessThan(1e-6),
        )
      }
      network.dispose()
    }
  })
})

describe('synapses by distance beside NumPy', () => {
  it.each(fixture<Distances[]>('distances'))(
    '$chance, $rows x $columns cells, periodic: $periodic',
    ({ chance, rows, columns, periodic, distances }) => {
      const cells = rows * columns
      const [plan] =
        compiled(`
cell A { compartment x  state v = 0 : 10 ms * dv/dt = x - v  spike s when v > 1 { v = 0 } }
population a[${cells}] : A at grid(10 um, rows = ${rows}, periodic = ${periodic})
connect a.s -> a.x as W { random probability ${chance} no_self  init 1  delay 1 ms  fixed }
experiment e { step 0.1 ms  duration 1 ms }`).patterns ?? []
      if (!plan) throw new Error('a pattern is drawn')
      const seeds = 6
      const found = new Map<number, number>()
      for (let seed = 0; seed < seeds; seed++) {
        const { starts, targets } = drawPattern(plan, seed)
        for (let j = 0; j < cells; j++)
          for (const i of targets.subarray(starts[j], starts[j + 1])) {
            const [across, down] = [
              [(i % columns) - (j % columns), columns],
              [Math.floor(i / columns) - Math.floor(j / columns), rows],
            ].map(([by = 0, size = 0]) => {
              const way = Math.abs(by)
              return periodic ? Math.min(way, size - way) : way
            })
            const length = Math.round(10 * Math.hypot(across ?? 0, down ?? 0) * 1e6)
            found.set(length, (found.get(length) ?? 0) + 1)
          }
      }
      let [all, mean, variance, chi] = [0, 0, 0, 0]
      for (const [length, pairs, expected, spread] of distances) {
        const count = found.get(Math.round(length * 1e6)) ?? 0
        found.delete(Math.round(length * 1e6))
        expect(count).toBeLessThanOrEqual(seeds * pairs)
        const deviation = Math.sqrt(seeds * spread)
        expect(Math.abs(count - seeds * expected)).toBeLessThan(5 * deviation + 2)
        all += count
        mean += seeds * expected
        variance += seeds * spread
        if (deviation > 3) chi += ((count - seeds * expected) / deviation) ** 2 - 1
      }
      // Nothing at a distance that there is not.
      expect([...found.keys()]).toEqual([])
      expect(Math.abs(all - mean)).toBeLessThan(4 * Math.sqrt(variance))
      expect(Math.abs(chi)).toBeLessThan(5 * Math.sqrt(2 * distances.length))
    },
  )
})
