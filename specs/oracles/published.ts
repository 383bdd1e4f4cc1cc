/**
 * The fixtures of the published reference programs whose models learn from examples, each replayed on the
 * targets, with what a fixture of each model must at least have compared.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { root } from '../helpers/repository.ts'
import { problemsOf } from './config.ts'
import { readFixture } from './fixture.ts'
import { mappingFor } from './map-fixture.ts'
import { compileFixture, isWithin, replay, type Target } from './replay.ts'

export const folder = `${root}/specs/oracles/fixtures`
export const silencing = 'silencing_experiment.json'
export const spiking = ['spiking.json', 'spiking_long.json']
export const spikingRun = 'spiking_reference_run.json'
const others = new Set([silencing, ...spiking, spikingRun, 'sine_task.json'])
const isOther = (name: string): boolean => others.has(name) || name.startsWith('continuous_')
const files = readdirSync(folder).filter((name) => name.endsWith('.json') && !isOther(name))

export const targets: readonly Target[] = [
  { engine: 'interpreter' },
  { engine: 'tfjs-wasm' },
  { engine: 'wasm' },
  { engine: 'wasm', threads: 2 },
  { engine: 'wasm', precision: 'f64', threads: 2 },
]

/** What every fixture must at least have compared. */
const ann = ['output', 'e', 'delta', 'grad_W', 'grad_bp_W', 'W', 'W_bias', 'angle_bp', 'angle_fa']
const burstccn = ['output', 'e', 'apic', 'p_t', 'delta', 'W', 'W_bias', 'Y', 'Q']
const essential: Readonly<Record<string, readonly string[]>> = {
  mnist_ann: ann,
  cifar10_conv_ann: [...ann, 'soma', 'grad_Y', 'Y', 'angle_WY'],
  mnist_burstccn: burstccn,
  cifar10_conv_burstccn: [...burstccn, 'soma', 'grad_W', 'grad_bp_W', 'grad_fa_W', 'angle_bp'],
  mnist_edn: ['output', 'pyr_soma_t', 'pyr_apical', 'W', 'P', 'V', 'angle_bp', 'angle_fa'],
  mnist_burstprop: [
    'output',
    'apic',
    'apic_t',
    'p_t',
    'b',
    'b_t',
    'delta',
    'grad_W',
    'W',
    'angle_bp',
  ],
  cifar10_conv_burstprop: [
    'output',
    'apic',
    'p_t',
    'b_t',
    'delta',
    'grad_W',
    'W',
    'W_bias',
    'angle_bp',
  ],
  mnist_np: ['output', 'perturb', 'e_p', 'grad_W', 'W', 'W_bias', 'angle_bp'],
  mnist_burstccn_dales: [
    'output',
    'e',
    'apic',
    'p_t',
    'W_direct',
    'W_from_PV',
    'Y_from_SST1',
    'angle_bp',
    'angle_fa',
  ],
}

/** Replays each fixture whose name passes. They stand in two spec files, so that two workers share them. */
export function replaysPublished(passes: (name: string) => boolean): void {
  it('are all here', () => expect(files.length).toBe(34))
  describe.each(files.filter(passes))('%s', (file) => {
    const fixture = readFixture(`${folder}/${file}`)
    const mapping = mappingFor(fixture)
    const hasMeasures = fixture.runs.float64[0]?.measures_after_update !== undefined
    it.each(targets)('on %j', async (target) => {
      expect(problemsOf(fixture)).toEqual([])
      const compiled = compileFixture(mapping)
      if ('errors' in compiled) throw new Error(compiled.errors.join('\n'))
      const deviations = await replay(compiled.ir, fixture, mapping, target)
      const compared = deviations.map((each) => each.quantity)
      const needed = essential[fixture.config.model_name] ?? []
      // A fixture that was stored without measures has no angles.
      const stored = needed.filter((each) => hasMeasures || !each.startsWith('angle'))
      expect(compared).toEqual(expect.arrayContaining(stored))
      expect(deviations.filter((each) => !isWithin(each, target, mapping))).toEqual([])
    })
  })
}
