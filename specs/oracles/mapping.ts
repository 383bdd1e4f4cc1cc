/**
 * Which `.ccn` file, variants and parameters say what a fixture's configuration says, and where each
 * of the fixture's tensors is found in the compiled model. No mathematics: everything that moves a
 * weight stands in the `.ccn` files.
 */
import type { Rates } from '../../runtime/engine/network.ts'
import type { Fixture, FixtureConfig, OptimiserConfig } from './fixture.ts'

export interface Place {
  readonly name: string
  /** How the fixture lays the tensor out, compared with ours. */
  readonly layout: 'same' | 'transposed' | 'diagonal'
  /** Ours times this is the fixture's: rules are changes here and gradients there. */
  readonly factor?: number
}

export interface Mapping {
  /** Path below `examples/`. */
  readonly file: string
  readonly variants: readonly string[]
  readonly experiment: string
  readonly set: Readonly<Record<string, string>>
  readonly storage: (key: string, layer: number) => Place | undefined
  readonly variable: (key: string, layer: number) => Place | undefined
  readonly measure: (key: string) => string | undefined
  readonly rates: (step: number) => Rates | undefined
  /** Name of the random stream of a layer's noise. */
  readonly noiseStream: (layer: number) => string
}

export function mappingFor(fixture: Fixture): Mapping | undefined {
  const { config } = fixture
  switch (config.model_name) {
    case 'mnist_ann':
      return backprop(fixture, config)
    case 'mnist_burstccn':
      return burstccn(fixture, config)
    case 'mnist_burstccn_dales':
      return dales(fixture, config)
    default:
      return undefined
  }
}

const list = (values: readonly number[]): string => `[${values.join(', ')}]`
const same = (name: string): Place => ({ name, layout: 'same' })
const gradient = (name: string, layout: Place['layout'] = 'same'): Place => ({
  name,
  layout,
  factor: -1,
})
const known: readonly string[] = ['relu', 'ln_relu', 'relu_ln', 'ms_relu_n', 'relu_rms']

function sizes(config: FixtureConfig): Record<string, string> {
  return {
    inputs: String(config.n_inputs),
    outputs: String(config.n_outputs),
    layers: String(config.n_hidden_units.length),
    hidden: list(config.n_hidden_units),
  }
}

/** `rate`, `momentum` and `decay` of a family, with a suffix for its parameters. */
function optimiser(
  suffix: string,
  settings: OptimiserConfig | null | undefined,
): Record<string, string> {
  if (!settings) return {}
  return {
    [`rate${suffix}`]: String(settings.lr),
    [`momentum${suffix}`]: String(settings.momentum),
    [`decay${suffix}`]: String(settings.weight_decay),
  }
}

/** The population of a layer: the hidden ones, then the output. */
const owner = (fixture: Fixture, layer: number): string =>
  layer === fixture.init.length - 1 ? 'y' : `h[${layer}]`

/** Measures by the fixture's names: `angle_bp/layer_1`, `angle_fa/global`. */
function measureName(key: string, names: Readonly<Record<string, string>>): string | undefined {
  const [kind = '', where = ''] = key.split('/')
  const name = names[kind]
  if (name === undefined) return undefined
  if (where === 'global') return name
  const layer = /^layer_(\d+)$/.exec(where)?.[1]
  // Feedback weights belong to the lower layer there; here W[1] is the first that has a partner.
  if (layer !== undefined) return `${name}[${Number(layer) + (kind === 'angle_WY' ? 1 : 0)}]`
  return where === 'global_hidden' ? names[`${kind}/hidden`] : undefined
}

function ratesOf(fixture: Fixture): (step: number) => Rates | undefined {
  const used = fixture.lr_used
  if (!Array.isArray(used)) return () => undefined
  return (step) => {
    const rate: unknown = used[step]
    return typeof rate === 'number' ? { W: rate, k: rate, Y: rate, Q: rate } : undefined
  }
}

function backprop(fixture: Fixture, config: FixtureConfig): Mapping {
  const { W, Y } = config
  const variants = [
    ...(Y?.mode === 'random_init' ? ['feedback_alignment'] : []),
    ...(Y?.optimiser ? ['kolen_pollack'] : []),
    ...(Y?.mode === 'sym_W' ? ['symmetric_start'] : []),
    ...(config.output_activation_function === 'softmax' ? ['softmax'] : []),
    ...known.filter((name) => name === config.hidden_activation_function),
  ]
  return {
    file: 'backprop.ccn',
    variants,
    experiment: Y?.optimiser ? 'task_kolen_pollack' : 'task',
    set: {
      ...sizes(config),
      feedback: String(Y?.scale ?? 1),
      teacher: fixture.use_teacher ? 'on' : 'off',
      noise: String(fixture.forward_noise ?? 0),
      ...optimiser('', W.optimiser),
      ...optimiser('_Y', Y?.optimiser),
    },
    storage: (key, layer) => rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      switch (key) {
        case 'e':
          return same(`${population}.e`)
        case 'delta':
          return gradient(`${population}.delta`)
        case 'grad_W':
          return gradient(`update(W[${layer}])`)
        case 'grad_W_bias':
          return gradient(`update(${population}.k)`)
        case 'grad_bp_W':
          return gradient(`backprop(W[${layer}])`)
        case 'grad_fa_W':
          return gradient(`backprop[W = Y](W[${layer}])`)
        case 'grad_Y':
          return gradient(`update(Y[${layer}])`, 'transposed')
        default:
          return undefined
      }
    },
    measure: (key) =>
      measureName(key, {
        angle_bp: 'angle(W, backprop)',
        angle_fa: 'angle(W, backprop(W = Y))',
        angle_WY: 'angle(W, Y)',
      }),
    rates: ratesOf(fixture),
    noiseStream: (layer) => `W[${layer}] normal`,
  }
}

function rateStorage(fixture: Fixture, key: string, layer: number): Place | undefined {
  switch (key) {
    case 'W':
      return same(`W[${layer}]`)
    case 'W_bias':
      return same(`${owner(fixture, layer)}.k`)
    case 'Y':
    case 'Q':
      return { name: `${key}[${layer}]`, layout: 'transposed' }
    default:
      return undefined
  }
}

function burstccn(fixture: Fixture, config: FixtureConfig): Mapping {
  const { W, Y, Q } = config
  const shift = config.output_activity_shift ?? 0
  const softmax = config.output_activation_function === 'softmax'
  const output = softmax
    ? shift > 0
      ? ['softmax_shift']
      : ['softmax']
    : shift > 0
      ? ['sigmoid_shift']
      : []
  const learnsY = Y?.optimiser ? (Y.grad_type === 'kp' ? 'kolen_pollack' : 'apical') : undefined
  const variants = [
    ...(learnsY === undefined ? [] : [learnsY]),
    ...burstFeedback(config),
    ...eventFeedback(config),
    ...output,
    ...known.filter((name) => name === config.hidden_activation_function),
  ]
  const experiment = Q?.optimiser
    ? 'task_kolen_pollack'
    : W.optimiser
      ? learnsY === undefined
        ? 'task'
        : 'task_apical'
      : 'task_feedback_only'
  return {
    file: 'burstccn_family.ccn',
    variants,
    experiment,
    set: {
      ...sizes(config),
      p0: String(config.p_baseline ?? 0.5),
      error_scale: String(config.error_scale ?? 1),
      ...(shift > 0 ? { shift: String(shift) } : {}),
      ...(config.local_feedback_scales ? { g: list(config.local_feedback_scales) } : {}),
      ...(config.n_apical_branches && Y?.optimiser
        ? { branches: list(config.n_apical_branches) }
        : {}),
      scale_Y: String(Y?.scale ?? 1),
      scale_Q: String(Q?.scale ?? 1),
      teacher: fixture.use_teacher ? 'on' : 'off',
      noise: String(fixture.forward_noise ?? 0),
      ...optimiser('', W.optimiser),
      ...optimiser('_Y', Y?.optimiser),
      ...optimiser('_Q', Q?.optimiser),
    },
    storage: (key, layer) => rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      switch (key) {
        case 'e':
          return same(`${population}.e`)
        case 'apic':
          return same(`${population}.u`)
        case 'p_t':
          return same(`${population}.p`)
        case 'delta':
          return gradient(`${population}.excess`)
        case 'grad_W':
          return W.optimiser ? gradient(`update(W[${layer}])`) : undefined
        case 'grad_W_bias':
          return W.optimiser ? gradient(`update(${population}.k)`) : undefined
        case 'grad_Y':
        case 'grad_Q':
          return gradient(`update(${key.slice(-1)}[${layer}])`, 'transposed')
        case 'grad_bp_W':
          return gradient(`backprop(W[${layer}])`)
        case 'grad_fa_W':
          return gradient(`backprop[W = Y](W[${layer}])`)
        default:
          return undefined
      }
    },
    measure: (key) =>
      measureName(key, {
        ...(W.optimiser
          ? { angle_bp: 'angle(W, backprop)', angle_fa: 'angle(W, backprop(W = Y))' }
          : {}),
        ...(W.optimiser ? { 'angle_bp/hidden': 'angle(W[0..layers-1], backprop)' } : {}),
        angle_WY: 'angle(W, Y)',
        angle_QY: 'angle(-Q, Y)',
      }),
    rates: ratesOf(fixture),
    noiseStream: (layer) => `W[${layer}] normal`,
  }
}

/** What Y follows, always or at the start. Its initial values are loaded from the fixture. */
function burstFeedback({ Y }: FixtureConfig): readonly string[] {
  switch (Y?.mode) {
    case 'tied_W':
      return ['tied']
    case 'tied_Q':
      return ['tied_to_events']
    case 'sym_W':
      return ['symmetric_start']
    default:
      return []
  }
}

/** What Q follows; a Q that learns starts from what is loaded. */
function eventFeedback({ Q }: FixtureConfig): readonly string[] {
  if (Q?.optimiser) return []
  switch (Q?.mode) {
    case 'tied_W':
      return ['events_tied_to_forward']
    case 'sym_W':
      return ['events_from_forward']
    case 'sym_Y':
      return ['events_from_bursts']
    case 'random_init':
      return ['events_random']
    default:
      return []
  }
}

function dales(fixture: Fixture, config: FixtureConfig): Mapping {
  const { W, Y } = config
  const learns = Boolean(Y?.optimiser)
  // Under a bottleneck the reference feedback is the matrix that the factors were made from.
  const reported = fixture.init[0]?.['Y_full_rank_original'] ? 'Y' : 'Y_effective'
  const homeostatic = config.apical_bias_learning === true
  return {
    file: 'dales.ccn',
    variants: [
      ...(learns ? ['apical_learning'] : []),
      ...(homeostatic ? ['apical_bias_learning'] : []),
    ],
    experiment: homeostatic ? 'task_homeostasis' : learns ? 'task_apical' : 'task',
    set: {
      ...sizes(config),
      p0: String(config.p_baseline ?? 0.5),
      error_scale: String(config.error_scale ?? 1),
      ...(config.local_feedback_scales ? { g: list(config.local_feedback_scales) } : {}),
      ...(config.feedback_bottleneck_sizes
        ? { bottleneck: list(config.feedback_bottleneck_sizes) }
        : {}),
      teacher: fixture.use_teacher ? 'on' : 'off',
      ...optimiser('', W.optimiser),
      ...(Y?.optimiser ? { apical_rate: String(Y.optimiser.lr) } : {}),
    },
    storage: (key, layer) => daleStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      switch (key) {
        case 'e':
          return same(`${population}.e`)
        case 'apic':
          return same(`${population}.u`)
        case 'p_t':
          return same(`${population}.p`)
        case 'delta':
          return gradient(`${population}.excess`)
        case 'pv':
          return same(`pv[${layer}].rate`)
        case 'vip1':
        case 'vip2':
        case 'sst1':
        case 'sst2':
        case 'ndnf':
          return same(`${key}[${layer}].rate`)
        case 'grad_W_direct':
          return gradient(`update(W_direct[${layer}])`)
        case 'grad_W_from_PV':
          return gradient(`update(W_from_pv[${layer}])`)
        case 'grad_W_bias':
          return gradient(`update(${population}.k)`)
        case 'grad_Y_from_SST1':
          return gradient(`update(Y_from_sst1[${layer}])`, 'transposed')
        case 'grad_Y_from_SST2':
          return gradient(`update(Y_from_sst2[${layer}])`, 'transposed')
        default:
          return undefined
      }
    },
    measure: (key) =>
      measureName(key, {
        angle_bp: 'angle(W, backprop)',
        angle_fa: `angle(W, backprop(W_direct = ${reported}, W_from_pv = 0))`,
        angle_WY: `angle(W, ${reported})`,
      }),
    rates: ratesOf(fixture),
    noiseStream: (layer) => `W_direct[${layer}] normal`,
  }
}

const daleMatrices: Readonly<Record<string, readonly [string, Place['layout']]>> = {
  W_direct: ['W_direct', 'same'],
  W_from_PV: ['W_from_pv', 'same'],
  W_to_PV: ['W_to_pv', 'diagonal'],
  Q_direct: ['Q_direct', 'transposed'],
  Q_to_NDNF: ['Q_to_ndnf', 'diagonal'],
  Q_from_NDNF: ['Q_from_ndnf', 'transposed'],
  Y_to_VIP1: ['Y_to_vip1', 'transposed'],
  Y_to_VIP2: ['Y_to_vip2', 'transposed'],
  Y_to_SST1: ['Y_to_sst1', 'transposed'],
  Y_to_SST2: ['Y_to_sst2', 'transposed'],
  Y_from_SST1: ['Y_from_sst1', 'transposed'],
  Y_from_SST2: ['Y_from_sst2', 'transposed'],
  Y_VIP1_to_SST1: ['Y_vip1_to_sst1', 'diagonal'],
  Y_VIP2_to_SST2: ['Y_vip2_to_sst2', 'diagonal'],
  Y_full_rank_original: ['Y', 'transposed'],
}

function daleStorage(fixture: Fixture, key: string, layer: number): Place | undefined {
  const matrix = daleMatrices[key]
  if (matrix) return { name: `${matrix[0]}[${layer}]`, layout: matrix[1] }
  switch (key) {
    case 'W_bias':
      return same(`${owner(fixture, layer)}.k`)
    case 'sst1_bias':
    case 'sst2_bias':
      return same(`${key.slice(0, 4)}[${layer}].beta`)
    case 'apical_bias':
      return same(`h[${layer}].apical_bias`)
    default:
      return undefined
  }
}
