/**
 * Fixtures of the published programs in continuous time, replayed on every target; the sine task as a
 * whole on wasm, and its beginning on tfjs.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'
import { replayContinuous } from './continuous.ts'
import { isContinuous } from './map-continuous.ts'
import { isWithin, type Target } from './replay.ts'
import { isSine, replaySine, sineTolerance } from './sine.ts'

const folder = `${root}/specs/oracles/fixtures`
const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'tfjs-wasm' },
  { engine: 'wasm' },
  { engine: 'wasm', precision: 'f64' },
]

describe('in continuous time', () => {
  const exact = { roundedTies: false }
  for (const name of [
    'continuous_journal',
    'continuous_journal_ma',
    'continuous_neurips',
    'continuous_neurips_burstprop',
  ]) {
    const fixture: unknown = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'))
    if (!isContinuous(fixture)) throw new Error(`${name} is of another form.`)
    for (const target of targets) {
      it(`${name} on ${Object.values(target).join(', ')}`, async () => {
        const deviations = await replayContinuous(fixture, target)
        expect(deviations.map((each) => each.quantity)).toEqual(
          expect.arrayContaining([
            'soma_potential',
            'event_rate',
            'burst_rate',
            'burst_prob_cache',
            'dendritic_potential',
            'W',
            'W_bias',
            'Y',
          ]),
        )
        expect(deviations.filter((each) => !isWithin(each, target, exact))).toEqual([])
      })
    }
    it.each([
      ['an option', { config: { ...fixture.config, noise: 1 } }, 'config.noise'],
      ['a program', { kind: 'thesis' }, 'kind is thesis'],
      ['a weight', { init: [{ ...fixture.init[0], Z: fixture.targets }] }, 'fixture has Z'],
    ])(`${name} with %s that is unknown is refused`, async (_, changed, part) => {
      await expect(
        replayContinuous({ ...fixture, ...changed }, { engine: 'interpreter' }),
      ).rejects.toThrow(part)
    })
  }

  const sine: unknown = JSON.parse(readFileSync(`${folder}/sine_task.json`, 'utf8'))
  if (!isSine(sine)) throw new Error('It is of another form.')
  const whole = Number.POSITIVE_INFINITY
  it.each<[Target, number]>([
    [{ engine: 'wasm' }, whole],
    [{ engine: 'wasm', precision: 'f64' }, whole],
    [{ engine: 'tfjs-wasm' }, 1000],
  ])(
    'the sine task on %j, %d steps',
    async (target, steps) => {
      const deviations = await replaySine(sine, target, steps)
      const needed = ['first_20_steps', 'mean_loss', ...(steps === whole ? ['W', 'Y'] : [])]
      expect(deviations.map((each) => each.quantity)).toEqual(expect.arrayContaining(needed))
      expect(deviations.filter((each) => !(each.worst <= sineTolerance))).toEqual([])
    },
    120_000,
  )
})
