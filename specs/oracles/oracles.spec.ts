/**
 * The published reference programs, replayed on the reference interpreter in double precision, on the
 * tfjs target in single precision, and on the wasm target in both, on one and on two threads: the models of
 * fully connected layers (those with convolutions are in `convolutional.spec.ts`), the silencing experiment,
 * the spiking circuit.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problemsOf } from './config.ts'
import { readFixture, type Fixture } from './fixture.ts'
import { mappingFor } from './map-fixture.ts'
import { folder, replaysPublished, silencing, spiking, spikingRun, targets } from './published.ts'
import { compileFixture, isPrecise, isWithin, replay } from './replay.ts'
import { isSilencing, replaySilencing } from './silencing.ts'
import { isSpikingRun, replaySpikingRun } from './spiking-run.ts'
import { isSpiking, replaySpiking } from './spiking.ts'

const exact = { roundedTies: false }

describe('oracles', () => {
  replaysPublished((name) => !name.startsWith('conv'))
})

describe('the silencing experiment', () => {
  const fixture: unknown = JSON.parse(readFileSync(`${folder}/${silencing}`, 'utf8'))
  if (!isSilencing(fixture)) throw new Error('It is of another form.')
  for (const target of targets) {
    it(`ends with the published weights on ${Object.values(target).join(', ')}`, async () => {
      const deviations = await replaySilencing(fixture, target)
      expect(deviations.map((each) => each.quantity)).toEqual(
        expect.arrayContaining(
          ['control', 'pv', 'vip', 'sst', 'ndnf'].flatMap((each) => [
            `${each} w_direct_final`,
            `${each} w_final`,
            `${each} event_rate_final`,
            `${each} p_t_initial`,
          ]),
        ),
      )
      expect(deviations.filter((each) => !isWithin(each, target, exact))).toEqual([])
    })
  }

  it('is refused if it says something unknown', async () => {
    const config = { ...fixture.config, momentum: 0.9 }
    await expect(
      replaySilencing({ ...fixture, config }, { engine: 'interpreter' }),
    ).rejects.toThrow('config.momentum')
  })
})

describe('the spiking circuit', () => {
  for (const file of spiking) {
    const fixture: unknown = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
    if (!isSpiking(fixture)) throw new Error('It is of another form.')
    for (const target of targets) {
      it(`${fixture.case} on ${Object.values(target).join(', ')}`, async () => {
        const deviations = await replaySpiking(fixture, target)
        const compared = new Map(deviations.map((each) => [each.quantity, each.compared]))
        const ensembles = ['input', 'output'].flatMap((ensemble) =>
          ['spikes', 'events', 'bursts'].map(
            (signal) => compared.get(`${ensemble}_${signal}`) ?? 0,
          ),
        )
        const steps = isPrecise(target) ? fixture.config['steps'] : 200
        expect(Math.min(...ensembles)).toBeGreaterThanOrEqual(steps ?? Infinity)
        expect([...compared.keys()]).toEqual(
          expect.arrayContaining(['V_s', 'V_d', 'theta', 'W_input', 'apical', 'drive', 'Y_at_end']),
        )
        expect(deviations.filter((each) => !isWithin(each, target, exact))).toEqual([])
      })
    }
    it(`${fixture.case} is refused if it says something unknown`, async () => {
      const config = { ...fixture.config, momentum: 0.9 }
      await expect(
        replaySpiking({ ...fixture, config }, { engine: 'interpreter' }),
      ).rejects.toThrow('config.momentum')
    })
  }

  // The whole run takes ten seconds or more; `npm run oracles` has it.
  const run: unknown = JSON.parse(readFileSync(`${folder}/${spikingRun}`, 'utf8'))
  if (!isSpikingRun(run)) throw new Error('It is of another form.')
  const precise = { engine: 'wasm', precision: 'f64' } as const
  it('runs as the published one does, until its teacher has begun', async () => {
    const deviations = await replaySpikingRun(run, precise, 22)
    expect(deviations.length).toBe(12)
    expect(deviations.filter((each) => !isWithin(each, precise, exact))).toEqual([])
  })
  it('in single precision has its statistics', async () => {
    const deviations = await replaySpikingRun(run, { engine: 'wasm' }, 30)
    expect(deviations.length).toBe(11)
    expect(deviations.filter((each) => !isWithin(each, precise, exact))).toEqual([])
  })
})

describe('a fixture with something unknown', () => {
  const known = readFixture(`${folder}/fc_kp.json`)
  const { config } = known
  const recurrent = readFixture(`${folder}/burstprop_rec.json`)
  const perturbed = readFixture(`${folder}/node_perturbation.json`)
  /** The recurrent weights of one layer alone. */
  const onlyIn = (fixture: Fixture, layer: number): Fixture => ({
    ...fixture,
    init: fixture.init.map((each, i) => (i === layer ? each : { ...each, R: null })),
  })
  const changed: readonly (readonly [string, unknown, string])[] = [
    ['a key', { ...known, extra: 1 }, 'fixture.extra'],
    ['an option', { ...known, config: { ...config, dropout: 0.5 } }, 'config.dropout'],
    ['a mode', { ...known, config: { ...config, Y: { ...config.Y, mode: 'mirror' } } }, 'Y.mode'],
    [
      'a rule',
      { ...known, config: { ...config, Q: { ...config.Q, grad_type: 'apic' } } },
      'Q.grad',
    ],
    [
      'an activation',
      { ...known, config: { ...config, hidden_activation_function: 'gelu' } },
      'gelu',
    ],
    [
      'a wrong length',
      { ...known, config: { ...config, local_feedback_scales: [1] } },
      'a list of 2 numbers',
    ],
    [
      'an optimiser',
      {
        ...known,
        config: {
          ...config,
          W: { ...config.W, optimiser: { ...config.W.optimiser, type: 'adagrad' } },
        },
      },
      'optimiser.type',
    ],
    [
      'a schedule without a length',
      {
        ...known,
        config: {
          ...config,
          W: {
            ...config.W,
            optimiser: {
              ...config.W.optimiser,
              lr_scheduler: { type: 'cosine_warmup', warmup_epochs: 1 },
            },
          },
        },
      },
      'lr_schedule',
    ],
    ['noise without draws', { ...known, forward_noise: 0.1 }, 'standard_normal_draws'],
    [
      'a forgetting of 1',
      {
        ...known,
        config: {
          ...config,
          W: { ...config.W, optimiser: { ...config.W.optimiser, type: 'adam', betas: [0.9, 1] } },
        },
      },
      'betas',
    ],
    ['an error of strength 0', { ...known, config: { ...config, error_scale: 0 } }, 'W learns by'],
    ['recurrence in a middle layer', onlyIn(recurrent, 0), 'init.R'],
    [
      'recurrence of rectified layers',
      {
        ...recurrent,
        config: { ...recurrent.config, hidden_activation_function: 'relu' },
      },
      'sigmoid layers only',
    ],
    ['a draw too few', { ...perturbed, forward_noise: 0.1 }, 'but needs 9'],
  ]
  for (const [what, fixture, part] of changed)
    it(`(${what}) is refused`, () => expect(problemsOf(fixture).join(' ')).toContain(part))

  it('(a tensor) is refused while it is compared', async () => {
    const [first, ...rest] = known.init
    const fixture = { ...known, init: [{ ...first, Z: first?.['W'] }, ...rest] }
    const mapping = mappingFor(fixture)
    const compiled = compileFixture(mapping)
    if ('errors' in compiled) throw new Error(compiled.errors.join('\n'))
    await expect(replay(compiled.ir, fixture, mapping, { engine: 'interpreter' })).rejects.toThrow(
      'init.Z',
    )
  })
})
