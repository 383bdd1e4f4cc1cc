/**
 * Freshly initialised `.ccn` models beside freshly initialised networks of the published programs: the
 * standard deviations of all weights, from `statistics.json` (784-500-500-10).
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import { emitJavaScript } from '../../compiler/index.ts'
import { root } from '../helpers/repository.ts'
import type { FixtureConfig } from './config.ts'
import type { Fixture } from './fixture.ts'
import { mappingFor } from './map-fixture.ts'
import { compileFixture } from './replay.ts'

interface Net {
  readonly config: FixtureConfig
  /** Standard deviations of each layer's weights. */
  readonly layers: readonly Readonly<Record<string, number>>[]
}

const nets = JSON.parse(readFileSync(`${root}/specs/oracles/statistics.json`, 'utf8')) as Readonly<
  Record<string, Net>
>

describe('initial weights', () => {
  for (const [name, { config, layers }] of Object.entries(nets)) {
    it(`are spread as those of the published program: ${name}`, async () => {
      const fixture: Fixture = {
        case: name,
        doc: '',
        config,
        batch: 1,
        use_teacher: true,
        init: layers.map(() => ({})),
        inputs: [],
        targets: [],
        runs: { float32: [], float64: [] },
      }
      const mapping = mappingFor(fixture)
      const scale = String(config.W.scale ?? 1)
      const compiled = compileFixture({ ...mapping, set: { ...mapping.set, scale } })
      if ('errors' in compiled) throw new Error(compiled.errors.join('\n'))
      const engine = await selectEngine('tfjs-wasm')
      const network = await engine.instantiate(await emitJavaScript(compiled.ir), { seed: 3 })
      try {
        const weights = { ...network.save(), ...network.derived() }
        for (const [layer, stds] of layers.entries()) {
          for (const [key, std] of Object.entries(stds)) {
            const place = mapping.storage(key, layer)
            if (!place || 'uncompared' in place) throw new Error(`${key} has no place`)
            const [family = ''] = place.names
            const found = weights[family]
            if (!found) throw new Error(`there is no ${family}`)
            const values = Array.from(found.data)
            const mean = values.reduce((a, b) => a + b, 0) / values.length
            const variance =
              values.reduce((total, each) => total + (each - mean) ** 2, 0) / values.length
            // The standard deviation of n values is uncertain by about 1 / sqrt(2 n), here of two samples.
            const spread = 8 / Math.sqrt(values.length)
            expect(
              Math.abs(Math.sqrt(variance) / std - 1),
              `${key} of layer ${layer}`,
            ).toBeLessThan(spread)
          }
        }
      } finally {
        network.dispose()
      }
    })
  }
})
