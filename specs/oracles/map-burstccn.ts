/**
 * Fixtures of BurstCCN networks: `examples/burstccn_family.ccn`, and the convolutional ones
 * `examples/cifar10_family.ccn`, which has the same variants.
 */
import type { FixtureConfig } from './config.ts'
import type { Fixture } from './fixture.ts'
import { gradients, rateStorage } from './map-backprop.ts'
import {
  gradient,
  inputOf,
  isSingle,
  list,
  optimised,
  optimiser,
  owner,
  rectifiers,
  same,
  sizes,
  somaOf,
  type Mapping,
} from './mapping.ts'
import { measureOf, usualNames, type MeasureNames } from './measures.ts'

const names: MeasureNames = {
  ...usualNames,
  Q: 'Q',
  bursts: true,
}

/** Measures of the gradient of W. */
const ofGradients = ['bp', 'fa'].flatMap((name) => [
  'grad_norm',
  `angle_${name}`,
  `grad_norm_${name}`,
  `grad_norm_ratio_${name}`,
])

export function burstccn(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y, Q } = config
  const areas = config.out_channels?.length ?? 0
  const p0 = config.p_baseline ?? 0.5
  const shift = config.output_activity_shift ?? 0
  const shifted = { constant: p0 * shift }
  // A rule without an optimiser has gradients, too; a tied weight follows whatever its optimiser did.
  const learnsY = Boolean(Y?.grad_type) && !Y?.mode.startsWith('tied')
  const learnsQ = Boolean(Q?.grad_type) && !Q?.mode.startsWith('tied')
  const still = { uncompared: 'it does not learn' }
  // Bursts are then at the baseline, as without a teacher; only what is divided by the scale is not a number there.
  const silent = config.error_scale === 0
  const divided = 'the published program divides by an error_scale of 0'
  return {
    file: areas > 0 ? 'cifar10_family.ccn' : 'burstccn_family.ccn',
    variants: [
      ...(learnsY ? [Y?.grad_type === 'kp' ? 'kolen_pollack_bursts' : 'apical'] : []),
      ...burstFeedback(config),
      ...eventFeedback(config),
      ...(learnsQ ? ['kolen_pollack_events'] : []),
      ...outputVariant(config, shift, areas),
      ...rectifiers.filter((name) => name === config.hidden_activation_function),
    ],
    experiment: learnsY
      ? learnsQ
        ? 'task_kolen_pollack'
        : areas > 0
          ? 'task_bursts'
          : 'task_apical'
      : learnsQ
        ? 'task_events'
        : 'task',
    set: {
      ...sizes(config),
      p0: String(p0),
      error_scale: silent ? '1' : String(config.error_scale ?? 1),
      ...(shift > 0 ? { shift: String(shift) } : {}),
      ...feedbackScales(config, areas),
      ...(config.n_apical_branches && learnsY ? { branches: branchesOf(config) } : {}),
      scale_Y: String(Y?.scale ?? 1),
      scale_Q: String(Q?.scale ?? 1),
      teacher: fixture.use_teacher && !silent ? 'on' : 'off',
      noise: String(fixture.forward_noise ?? 0),
      ...optimiser({ rate: 'rate', momentum: 'momentum', decay: 'decay' }, W.optimiser),
      ...(learnsY
        ? optimiser({ rate: 'rate_Y', momentum: 'momentum_Y', decay: 'decay_Y' }, Y?.optimiser)
        : {}),
      ...(learnsQ
        ? optimiser({ rate: 'rate_Q', momentum: 'momentum_Q', decay: 'decay_Q' }, Q?.optimiser)
        : {}),
    },
    output: 'y.e',
    storage: (key, layer) => rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      if (silent && (key === 'grad_W' || key === 'grad_W_bias')) return { uncompared: divided }
      switch (key) {
        case 'input':
          return inputOf(fixture, 'W', 'e', layer)
        case 'soma':
          return somaOf(fixture, layer)
        case 'e':
          return same(`${population}.e`)
        case 'Y_input':
        case 'Q_input':
          return { uncompared: 'single currents are no variables; g times their sum is `apic`' }
        case 'apic':
          return same(`${population}.u`)
        case 'p_t':
          return same(`${population}.p`)
        case 'b':
          return { ...same(`${population}.rest`), ...(population === 'y' ? shifted : {}) }
        case 'b_t':
          return { ...same(`${population}.b`), ...(population === 'y' ? shifted : {}) }
        case 'delta':
          return gradient(`${population}.excess`)
        case 'grad_Y':
          return learnsY ? gradient(`update(Y[${layer}])`, 'transposed') : still
        case 'grad_Q':
          return learnsQ ? gradient(`update(Q[${layer}])`, 'transposed') : still
        default:
          return gradients(population, key, layer)
      }
    },
    measure: (key, measured) => measureOf(names, key, measured),
    unmeasured: {
      grad_norm_Y: 'the norm of grad_Y, which is compared entry by entry',
      ...(silent ? Object.fromEntries(ofGradients.map((kind) => [kind, divided])) : {}),
    },
    optimisers: [
      ...optimised(['W', 'k'], W.optimiser),
      ...optimised(['Y'], Y?.optimiser, !learnsY),
      ...optimised(['Q'], Q?.optimiser, !learnsQ),
    ],
    noiseStream: (layer) => `W[${layer}] normal`,
    roundedTies:
      [Y, Q].some((each) => each?.mode.startsWith('tied')) &&
      !(isSingle(p0) && isSingle(Y?.scale ?? 1)),
  }
}

/** The outputs of convolutional circuits are shifted sigmoids unless a variant says otherwise. */
function outputVariant(config: FixtureConfig, shift: number, areas: number): readonly string[] {
  const softmax = config.output_activation_function === 'softmax'
  if (softmax) return [shift > 0 ? 'softmax_shift' : 'softmax']
  if (areas > 0) return shift > 0 ? [] : ['sigmoid']
  return shift > 0 ? ['sigmoid_shift'] : []
}

export function feedbackScales(config: FixtureConfig, areas: number): Record<string, string> {
  const scales = config.local_feedback_scales
  if (areas === 0) return scales ? { g: list(scales) } : {}
  const all = scales ?? Array.from({ length: areas + config.n_hidden_units.length }, () => 1)
  return { g_areas: list(all.slice(0, areas)), g_layers: list(all.slice(areas)) }
}

/** A dendrite has at most as many branches as units connect to it. */
function branchesOf(config: FixtureConfig): string {
  const above = [...config.n_hidden_units.slice(1), config.n_outputs]
  const requested = config.n_apical_branches ?? []
  return list(requested.map((count, layer) => Math.min(count, above[layer] ?? count)))
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

/** What Q follows. Of a Y that is tied to Q it cannot begin as a copy: its values are loaded. */
function eventFeedback({ Y, Q }: FixtureConfig): readonly string[] {
  switch (Q?.mode) {
    case 'tied_W':
      return ['events_tied_to_forward']
    case 'tied_Y':
      return ['events_tied_to_bursts']
    case 'sym_W':
      return ['events_from_forward']
    case 'sym_Y':
      return Y?.mode === 'tied_Q' ? ['events_random'] : ['events_from_bursts']
    default:
      return ['events_random']
  }
}
