/** The same windows on every target: what is stored after each of them, beside the interpreter. */
import { describe, expect, it } from 'vitest'
import type { Network } from '../../../../runtime/engine/network.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../../helpers/wasm-network.ts'
import { emitTfjs, toJavaScript } from '../../../../compiler/emit/tfjs/index.ts'
import { withPatterns } from '../../../helpers/drawn.ts'
import { selectEngine } from '../../../../runtime/node/engine/index.ts'
import { circuits } from './circuits.ts'
import { moduleOf, waves } from './differences.ts'

describe('learning through time is the same on all targets', () => {
  for (const { what, text, onTargets } of circuits) {
    if (!onTargets) continue
    it(`${what}`, async () => {
      const ir = moduleOf(text)
      const batch = 2
      const isFirst = what === circuits[0]?.what
      const double = { precision: 'f64' } as const
      const tfjs = await selectEngine('tfjs-wasm')
      const javascript = toJavaScript(await emitTfjs(ir, { isForReading: false }))
      const rates = Object.fromEntries(ir.rates.map(({ name }) => [name, 0.1]))
      const start = interpretedNetwork(ir, { seed: 3 })
      const others: readonly (readonly [string, Network, number])[] = [
        ['wasm f64', await wasmNetwork(ir, double, { seed: 3, batch }), 1e-8],
        ...(isFirst
          ? ([
              ['wasm f32', await wasmNetwork(ir, {}, { seed: 3, batch }), 1e-3],
              [
                'threads',
                await wasmNetwork(ir, { ...double, threads: 2 }, { seed: 3, batch }),
                1e-8,
              ],
            ] as const)
          : []),
        ['tfjs', await tfjs.instantiate(javascript, withPatterns(ir, { seed: 3 })), 1e-3],
      ]
      const all = [start, ...others.map(([, network]) => network)]
      for (const [, network] of others) network.load(start.save())
      let step = 0
      for (const steps of [7, 4, 7]) {
        for (const end = step + steps; step < end; step++)
          for (const network of all) network.step(batch, waves(ir, batch, step), rates)
        for (const network of all) network.endWindow!(steps, rates)
      }
      const expected = start.save()
      for (const [target, network, tolerance] of others) {
        const found = network.save()
        for (const { name, role } of ir.storages) {
          if (role === 'check') continue
          const [a, b] = [found[name]!.data, expected[name]!.data]
          const apart = [...b].map((value, at) =>
            Object.is(value, a[at]) ? 0 : Math.abs(value - a[at]!) / Math.max(1, Math.abs(value)),
          )
          const worst = Math.max(...apart)
          expect(worst, `${target}: ${name}`).toBeLessThan(tolerance)
        }
        network.dispose()
      }
    })
  }
})
