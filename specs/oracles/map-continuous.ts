/**
 * Fixtures of the published programs in continuous time: which variant of `examples/continuous.ccn`
 * each is, and where what it recorded is found. A program copies rates in the midst of a step (its
 * caches): some of this step, some of the step before.
 */
import type { FixtureTensor } from './fixture.ts'

/** Tensors of one layer by the fixture's names. */
export type ContinuousLayer = Readonly<Record<string, FixtureTensor>>

export interface ContinuousStep {
  readonly step: number
  readonly teacher_on: boolean
  readonly layers: readonly ContinuousLayer[]
  readonly input_event_rate_ma?: FixtureTensor
}

export interface ContinuousConfig {
  readonly n_inputs: number
  readonly n_hidden_layers: number
  readonly n_hidden_units: number | readonly number[]
  readonly n_outputs: number
  readonly dt: number
  readonly p_baseline: number
  readonly tau_W: number
  readonly lr: number
  /** Whether feedback weights follow the forward weights while the teacher is on. */
  readonly weight_transport: boolean
  readonly steps_teacher_off: number
  readonly steps_teacher_on: number
  readonly steps_off_after: number
}

export interface ContinuousFixture {
  readonly case: string
  readonly doc: string
  readonly kind: string
  readonly config: ContinuousConfig
  readonly runs: Readonly<Record<'float32' | 'float64', readonly ContinuousStep[]>>
  readonly init: readonly ContinuousLayer[]
  readonly init_state: readonly ContinuousLayer[]
  /** [steps, units] */
  readonly inputs: FixtureTensor
  readonly targets: FixtureTensor
}

/** A product of variables of one cell, in this step or so many before. */
export interface Seen {
  readonly product: readonly string[]
  readonly ago: 0 | 1
}

export interface Program {
  readonly variants: readonly string[]
  /** What is recorded of each layer; 0 is what the program has and never sets. */
  readonly hidden: Readonly<Record<string, Seen | 0>>
  readonly output: Readonly<Record<string, Seen | 0>>
}

const now = (...product: readonly string[]): Seen => ({ product, ago: 0 })
const before = (...product: readonly string[]): Seen => ({ product, ago: 1 })

const rates = {
  soma_potential: now('v'),
  event_rate: now('e'),
  burst_rate: now('b'),
  burst_prob: now('p'),
  event_rate_cache: before('e'),
  burst_rate_cache: before('b'),
  burst_prob_cache: before('p'),
}
const dendrite = { dendritic_potential: now('u') }
const noDendrite = { dendritic_potential: 0 } as const

/** Copied with the new event rate and the old burst probability, which is what the cell sends. */
const prompt = {
  ...rates,
  burst_rate: now('p', 'e'),
  event_rate_cache: now('e'),
  burst_rate_cache: now('b'),
}
const trace = { event_rate_ma: now('m'), event_rate_ma_cache: before('m') }
const means = {
  event_rate_ma: now('event_mean'),
  event_rate_ma_cache: before('event_mean'),
  burst_rate_ma: now('burst_mean'),
}
const expected = { burst_prob_ma: now('expected') }

const programs: Readonly<Record<string, Program>> = {
  journal: {
    variants: ['prompt'],
    hidden: { ...prompt, ...dendrite },
    output: { ...prompt, ...noDendrite },
  },
  journal_ma: {
    variants: [],
    hidden: { ...rates, ...dendrite, ...trace },
    output: { ...rates, ...noDendrite },
  },
  neurips: {
    variants: ['averaged'],
    hidden: { ...rates, ...dendrite, ...means, event_rate_cache: now('e') },
    output: { ...rates, ...noDendrite, ...means },
  },
  neurips_burstprop: {
    variants: ['burstprop'],
    hidden: { ...rates, ...dendrite, ...means, ...expected, event_rate_cache: now('e') },
    output: { ...rates, ...noDendrite, ...means, ...expected },
  },
}

const known = new Set([
  'n_inputs',
  'n_hidden_layers',
  'n_hidden_units',
  'n_outputs',
  'dt',
  'p_baseline',
  'tau_W',
  'lr',
  'weight_transport',
  'steps_teacher_off',
  'steps_teacher_on',
  'steps_off_after',
])

export const isContinuous = (fixture: unknown): fixture is ContinuousFixture =>
  typeof fixture === 'object' && fixture !== null && 'kind' in fixture && 'init_state' in fixture

/** The program that made a fixture; throws if it says something unknown. */
export function programOf({ kind, config }: ContinuousFixture): Program {
  const program = programs[kind]
  if (!program) throw new RangeError(`kind is ${kind}, which is not known here.`)
  for (const key of Object.keys(config))
    if (!known.has(key)) throw new RangeError(`config.${key} is no option that is known here.`)
  return program
}

const seconds = (value: number): string => `${value} s`
const list = (values: readonly (number | string)[]): string => `[${values.join(', ')}]`

/** Parameters of the example. */
export function parametersOf({
  kind,
  config,
}: ContinuousFixture): Readonly<Record<string, string>> {
  const { n_hidden_layers: layers, n_hidden_units: units } = config
  const hidden = typeof units === 'number' ? Array.from({ length: layers }, () => units) : units
  // 0.2 s for each layer that is still to come, 0.1 s for the last one.
  const traces = Array.from({ length: layers }, (_, i) => Math.max(0.1, 0.2 * (layers - 1 - i)))
  return {
    inputs: String(config.n_inputs),
    layers: String(layers),
    hidden: list(hidden),
    outputs: String(config.n_outputs),
    dt: seconds(config.dt),
    p0: String(config.p_baseline),
    tau_w: seconds(config.tau_W),
    rate: String(config.lr),
    ...(kind === 'journal_ma' ? { tau_x: seconds(0.2 * layers) } : {}),
    tau_m: list(traces.map(seconds)),
    copying: config.weight_transport ? 'on' : 'off',
  }
}
