/**
 * Fixtures of the published spiking model, of another form than the others: `spiking` and `spiking_long`
 * hold the outcomes of every draw and the spike trains of two small ensembles, step by step, and
 * `spiking_reference_run` means over seconds of the published run, of which ours is another sample.
 * Each is `examples/spiking.ccn` with the variant that measures intervals as the published program does.
 */
import type { CreateOptions, NamedArray, Network } from '../../runtime/engine/network.ts'
import { deviation, Worst, type Deviation } from './compare.ts'
import { numbersOf, transposed, type FixtureTensor } from './fixture.ts'
import { compileFixture, isPrecise, networkOn, type Target } from './replay.ts'

/** What rounding may do to a quantity in single precision, before it changes a spike. */
const rounding = 1e-4
/** Steps in which spikes must be the same in single precision; then counts are compared. */
const shortest = 200

/** One string a step, one character a neuron. */
type Train = readonly string[]

interface Neuron {
  readonly [key: string]: number
}

interface Ensemble {
  readonly neurons: readonly Neuron[]
  readonly [key: string]: number | readonly Neuron[]
}

export interface SpikingFixture {
  readonly case: string
  readonly doc: string
  readonly config: Readonly<Record<string, number>>
  readonly init: Readonly<Record<'W_input' | 'W_output', FixtureTensor>>
  readonly draw_outcomes: Readonly<Record<string, Train>>
  readonly trains: Readonly<Record<string, Train>>
  readonly samples: readonly {
    readonly step: number
    readonly teacher_on: boolean
    readonly input: Ensemble
    readonly output: Ensemble
    readonly W_input: readonly number[]
  }[]
  readonly Y_at_end: FixtureTensor
  readonly Q_at_end: FixtureTensor
}

export const isSpiking = (fixture: unknown): fixture is SpikingFixture =>
  typeof fixture === 'object' && fixture !== null && 'draw_outcomes' in fixture

const ensembles = ['input', 'output'] as const
/** The draws of a cell, in the order in which its equations make them. */
const draws = ['soma_exc', 'soma_inh', 'dend_exc', 'dend_inh']
const signals = ['spikes', 'events', 'bursts'] as const

/** Our variables of a neuron, and of an ensemble, by the fixture's names. */
const ofNeuron: Readonly<Record<string, string>> = {
  V_s: 'v',
  V_d: 'u',
  theta: 'theta',
  w_s: 'w_v',
  w_d: 'w_u',
  in_burst: 'bursting',
}
const ofEnsemble: Readonly<Record<string, string>> = {
  spike_rate_ma: 'spike_rate',
  event_rate_ma: 'event_rate',
  burst_rate_ma: 'burst_rate',
  burst_prob: 'probability',
  somatic_bias_current: 'tonic',
  mean_V_d: 'u',
}
/** Currents of two pathways, which are compared as the sum that arrives. */
const summed = ['Q_input', 'Y_input']
const known = {
  neuron: new Set([...Object.keys(ofNeuron), ...summed, 'box']),
  ensemble: new Set([
    ...Object.keys(ofEnsemble),
    ...summed.map((each) => `mean_${each}`),
    'neurons',
    'event_rate_instant',
    'dendritic_input_current',
  ]),
  config: new Set([
    'N_input',
    'N_output',
    'steps',
    'dt',
    'input_current',
    'lr_input',
    'lr_output',
    'target_rate',
    'target_gain',
    'learn_from_t',
    'learn_to_t',
  ]),
}

const numbersIn = (train = ''): readonly number[] => Array.from(train, Number)

/** The largest deviation of every quantity; the trains' are of the fixture's length. */
export async function replaySpiking(
  fixture: SpikingFixture,
  target: Target,
): Promise<readonly Deviation[]> {
  const { config } = fixture
  for (const key of Object.keys(config))
    if (!known.config.has(key)) throw new RangeError(`config.${key} is no option known here.`)
  if (config['lr_output'] !== 0) throw new RangeError('config.lr_output must be 0.')
  const number = (key: string): number => config[key] ?? Number.NaN
  const compiled = compileFixture({
    file: 'spiking.ccn',
    variants: ['clocked'],
    experiment: 'untaught',
    set: {
      dt: `${number('dt')} s`,
      input_cells: String(number('N_input')),
      output_cells: String(number('N_output')),
      current: `${number('input_current')} A`,
      amount: `${number('lr_input') * number('dt')} / 1 A`,
      goal: `${number('target_rate')} Hz`,
      gain: `${number('target_gain')} A / 1 Hz`,
    },
  })
  if ('errors' in compiled) throw new RangeError(compiled.errors.join(' '))
  const network = await networkOn(target, compiled.ir, { seed: 1, draw: replayed(fixture, target) })
  try {
    return compare(network, fixture, target)
  } finally {
    network.dispose()
  }
}

/** The recorded outcomes as the uniform numbers that Bernoulli draws compare with their chance. */
function replayed(
  { draw_outcomes: outcomes }: SpikingFixture,
  target: Target,
): NonNullable<CreateOptions['draw']> {
  const streams = new Map(
    ensembles.flatMap((ensemble) =>
      draws.map((draw, i) => [
        `${ensemble}s bernoulli${i === 0 ? '' : ` ${i + 1}`}`,
        outcomes[`${ensemble}_${draw}`] ?? [],
      ]),
    ),
  )
  return (stream, step) => {
    const train = streams.get(stream)?.[step]
    if (train === undefined) return undefined
    const numbers = Float64Array.from(train, (each) => (each === '1' ? 0 : 1 - 2 ** -24))
    return isPrecise(target) ? numbers : Float32Array.from(numbers)
  }
}

function compare(network: Network, fixture: SpikingFixture, target: Target): readonly Deviation[] {
  const { config, init, trains, samples } = fixture
  const worst = new Worst()
  const check = (
    quantity: string,
    step: number,
    expected: ArrayLike<number>,
    found: ArrayLike<number>,
  ): void =>
    worst.add(
      quantity,
      deviation(expected, found),
      isPrecise(target) ? 0 : rounding,
      `step ${step}`,
      'relative',
    )
  const weights = {
    W_in: numbersOf(init.W_input),
    W: transposed(init.W_output.shape, numbersOf(init.W_output)),
  }
  const shapes = network.save()
  network.load(
    Object.fromEntries(
      Object.entries(weights).map(([name, data]) => [
        name,
        { shape: shapes[name]?.shape ?? [], data },
      ]),
    ),
  )
  const wanted = ensembles.flatMap((ensemble) =>
    [...signals, ...Object.values({ ...ofNeuron, ...ofEnsemble }), 'apical', 'drive'].map(
      (each) => `${ensemble}s.${each}`,
    ),
  )
  const spikes = ensembles.flatMap((ensemble) => signals.map((each) => `${ensemble}s.${each}`))
  const counts = new Counts()
  let hasParted = false
  let t = 0
  for (let step = 0; step < (config['steps'] ?? 0); step++) {
    const teaches = t >= (config['learn_from_t'] ?? 0) && t <= (config['learn_to_t'] ?? 0)
    t += config['dt'] ?? Number.NaN
    network.set('teacher', teaches)
    const sample = samples.find((each) => each.step === step)
    const before = sample ? network.save() : {}
    const seen = network.observe(1, {}, sample ? wanted : spikes)
    network.step(1, {})
    for (const ensemble of ensembles)
      for (const signal of signals) {
        const name = `${ensemble}_${signal}`
        const expected = numbersIn(trains[name]?.[step])
        const found = seen[`${ensemble}s.${signal}`]?.data ?? []
        const off = deviation(expected, found)
        // What rounding does to one spike it does to all that follows.
        if (off > 0 && !isPrecise(target) && step >= shortest) hasParted = true
        if (!hasParted) check(name, step, expected, found)
        counts.add(name, expected, found)
      }
    if (!sample || hasParted) continue
    check('teacher_on', step, [Number(sample.teacher_on)], [Number(teaches)])
    check('W_input', step, sample.W_input, network.save()['W_in']?.data ?? [])
    for (const ensemble of ensembles) {
      for (const [key, expected, found] of compared(sample[ensemble], `${ensemble}s`, seen, before))
        check(key, step, expected, found)
    }
  }
  for (const [name, excess] of counts.excesses())
    worst.add(`${name}, count`, excess, 0, 'whole run', 'relative')
  const tied = network.derived()
  for (const [name, tensor] of Object.entries({ Y: fixture.Y_at_end, Q: fixture.Q_at_end }))
    check(`${name}_at_end`, config['steps'] ?? 0, numbersOf(tensor), tied[name]?.data ?? [])
  return worst.list()
}

/** How many ones each train has, in the fixture and here. */
class Counts {
  readonly #counts = new Map<string, readonly [number, number]>()

  add(name: string, expected: ArrayLike<number>, found: ArrayLike<number>): void {
    const [ours, theirs] = this.#counts.get(name) ?? [0, 0]
    const sum = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((total, each) => total + each, 0)
    this.#counts.set(name, [ours + sum(expected), theirs + sum(found)])
  }

  /** How far counts differ beyond three times the deviation of two counts of chance. */
  excesses(): readonly (readonly [string, number])[] {
    return [...this.#counts].map(([name, [expected, found]]) => [
      name,
      Math.max(0, Math.abs(expected - found) / (3 * Math.sqrt(expected + found) + 1) - 1),
    ])
  }
}

type Values = Readonly<Record<string, NamedArray>>

/** Every quantity of an ensemble with what we have for it. */
function compared(
  ensemble: Ensemble,
  name: string,
  seen: Values,
  before: Values,
): readonly (readonly [string, ArrayLike<number>, ArrayLike<number>])[] {
  const { neurons } = ensemble
  const of = (variable: string): readonly number[] => [...(seen[`${name}.${variable}`]?.data ?? [])]
  const first = (variable: string): readonly number[] => of(variable).slice(0, neurons.length)
  const inputs = (each: Neuron): number => summed.reduce((sum, key) => sum + (each[key] ?? 0), 0)
  const units = of('v').length
  const past = before[`${name}.spikes in the 2 steps before`]?.data ?? []
  const box = neurons.map((_, i) => (past[i] ?? 0) + (past[units + i] ?? 0))
  const arrives = [...first('apical'), ...neurons.map(() => 0)].slice(0, neurons.length)
  const total = (numbers: readonly number[]): number =>
    numbers.reduce((sum, each) => sum + each, 0) / numbers.length
  const numbers = (key: string): number => Number(ensemble[key])
  for (const key of [...Object.keys(ensemble), ...neurons.flatMap((each) => Object.keys(each))])
    if (!known.ensemble.has(key) && !known.neuron.has(key))
      throw new RangeError(`The fixture has ${key}, which is not known here.`)
  return [
    ...Object.entries(ofNeuron).map(
      ([key, variable]) =>
        [key, neurons.map((each) => Number(each[key])), first(variable)] as const,
    ),
    ['box', neurons.map((each) => Number(each['box'])), box],
    ['apical', neurons.map(inputs), arrives],
    [
      'mean_apical',
      [summed.reduce((sum, key) => sum + numbers(`mean_${key}`), 0)],
      [total(of('apical'))],
    ],
    ...Object.entries(ofEnsemble).map(
      ([key, variable]) => [key, [numbers(key)], [total(of(variable))]] as const,
    ),
    ['event_rate_instant', [numbers('event_rate_instant')], [total(of('events')) / 1e-3]],
    ...(ensemble['dendritic_input_current'] === undefined
      ? []
      : [['drive', [numbers('dendritic_input_current')], [total(of('drive'))]] as const]),
  ]
}
