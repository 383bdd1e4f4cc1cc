/** Fixtures of BurstCCN networks under Dale's law: `examples/dales.ccn`. */
import type { FixtureConfig } from './config.ts'
import type { Fixture } from './fixture.ts'
import {
  gradient,
  inputOf,
  isSingle,
  list,
  optimised,
  optimiser,
  owner,
  same,
  sizes,
  transpose,
  type Found,
  type Mapping,
  type Place,
} from './mapping.ts'
import { measureOf, references, usualNames, type MeasureNames } from './measures.ts'

const names: MeasureNames = {
  ...usualNames,
  references: references('W_direct = Y_reported, W_from_pv = 0'),
  // Two pathways learn, each by half; the published references are halved likewise.
  referenceScale: 0.5,
  Y: 'Y_reported',
  Q: 'Q',
  bursts: true,
}

export function dales(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y, Q } = config
  const p0 = config.p_baseline ?? 0.5
  const tied = Y?.mode === 'tied_W'
  const learns = Boolean(Y?.grad_type) && !tied
  // Where Y is tied, the apical bias is set anew after every update: what it learned is lost.
  const homeostatic = config.apical_bias_learning === true && !tied
  const bottleneck = config.feedback_bottleneck_sizes
  return {
    file: 'dales.ccn',
    variants: [
      ...(Y?.mode === 'sym_W' ? ['symmetric_start'] : tied ? ['tied'] : []),
      ...eventFeedback(config),
      ...(learns ? ['apical_learning'] : []),
      ...(homeostatic ? ['apical_bias_learning'] : []),
    ],
    experiment: homeostatic
      ? learns
        ? 'task_apical_homeostasis'
        : 'task_homeostasis'
      : learns
        ? 'task_apical'
        : 'task',
    set: {
      ...sizes(config),
      p0: String(p0),
      error_scale: String(config.error_scale ?? 1),
      feedback: String(Y?.scale ?? 1),
      event_scale: String(Q?.scale ?? 1),
      tonic: String(config.ndnf_activation ?? 0),
      noise: String(fixture.forward_noise ?? 0),
      ...(config.local_feedback_scales ? { g: list(config.local_feedback_scales) } : {}),
      ...(bottleneck ? { bottleneck: list(bottleneck) } : {}),
      teacher: fixture.use_teacher ? 'on' : 'off',
      ...optimiser({ rate: 'rate', momentum: 'momentum', decay: 'decay' }, W.optimiser),
      ...(learns
        ? optimiser(
            { rate: 'apical_rate', momentum: 'apical_momentum', decay: 'apical_decay' },
            Y?.optimiser,
          )
        : {}),
    },
    output: 'y.e',
    storage: (key, layer) => storage(fixture, key, layer),
    variable: (key, layer) => variable(fixture, learns, key, layer),
    measure: (key, measured) => measureOf(names, key, measured),
    unmeasured: { grad_norm_Y: 'the norm of grad_Y, which is compared entry by entry' },
    optimisers: [
      ...optimised(['W_direct, W_from_pv', 'k'], W.optimiser),
      ...optimised(['Y_from_sst1, Y_from_sst2'], Y?.optimiser, !learns),
    ],
    noiseStream: (layer) => (layer === 0 ? 'x normal' : `h[${layer - 1}] normal`),
    // Of a tied Y the tonic drives are sums, which single precision rounds.
    roundedTies: tied || (Boolean(Q?.mode.startsWith('tied')) && !isSingle(p0)),
  }
}

function eventFeedback({ Q }: FixtureConfig): readonly string[] {
  switch (Q?.mode) {
    case 'tied_W':
      return ['events_tied_to_forward']
    case 'tied_Y':
      return ['events_tied_to_bursts']
    case 'sym_W':
      return ['events_from_forward']
    case 'sym_Y':
      return []
    default:
      return ['events_random']
  }
}

function variable(
  fixture: Fixture,
  learns: boolean,
  key: string,
  layer: number,
): Found | undefined {
  const population = owner(fixture, layer)
  if (isFactor(fixture, key, layer)) return ambiguous
  switch (key) {
    case 'input':
      return inputOf(fixture, 'W_direct', 'e', layer)
    case 'pv':
      return same(`pv[${layer}].rate`)
    case 'soma':
      return same(`${population}.soma`, `${population}.k`)
    case 'e':
      return same(`${population}.e`)
    case 'vip1':
    case 'vip2':
    case 'sst1':
    case 'sst2':
    case 'ndnf':
      return same(`${key}[${layer}].rate`)
    case 'apic':
      return same(`${population}.u`)
    case 'p_t':
      return same(`${population}.p`)
    case 'b':
      return same(`${population}.rest`)
    case 'b_t':
      return same(`${population}.b`)
    case 'delta':
      return gradient(`${population}.excess`)
    case 'grad_W_direct':
      return gradient(`update(W_direct[${layer}])`)
    case 'grad_W_from_PV':
      return gradient(`update(W_from_pv[${layer}])`)
    case 'grad_W_bias':
    case 'grad_bias_input':
      return gradient(`update(${population}.k)`)
    // The exact gradients; the published references are half of them, since two pathways learn.
    case 'grad_bp_W_direct':
      return half(`backprop(W_direct[${layer}])`)
    case 'grad_bp_W_from_PV':
      return half(`backprop(W_from_pv[${layer}])`)
    case 'grad_fa_W_direct':
      return half(`backprop[W_direct = Y_reported, W_from_pv = 0](W_direct[${layer}])`)
    case 'grad_fa_W_from_PV':
      return half(`backprop[W_direct = Y_reported, W_from_pv = 0](W_from_pv[${layer}])`)
    case 'grad_Y_from_SST1':
    case 'grad_Y_from_SST2':
      return learns
        ? gradient(`update(Y_from_sst${key.slice(-1)}[${layer}])`, 'transposed')
        : { uncompared: 'it does not learn' }
    case 'excitatory_input':
    case 'inhibitory_input':
    case 'Y_input':
    case 'Q_input':
    case 'Y_input_e':
      return { uncompared: 'single currents are no variables; their sums are compared' }
    case 'b_input_bp':
    case 'delta_bp':
    case 'delta_fa':
    case 'grad_bp_W_bias':
    case 'grad_fa_W_bias':
    case 'grad_bp_bias_input':
    case 'grad_fa_bias_input':
      return { uncompared: 'a step on the way to the reference gradients of W' }
    case 'effective_W':
      return same(`W[${layer}]`)
    case 'effective_Y':
      return transpose(`Y_effective[${layer}]`)
    case 'effective_Q':
      return transpose(`Q[${layer}]`)
    case 'reported_Y':
      return transpose(`Y_reported[${layer}]`)
    case 'effective_grad_W':
    case 'effective_grad_bp_W':
    case 'effective_grad_fa_W':
      return { uncompared: 'made of gradients that are compared' }
    default:
      return undefined
  }
}

const half = (name: string): Place => ({ names: [name], layout: 'same', factor: -0.5 })

const matrices: Readonly<Record<string, readonly [string, Place['layout']]>> = {
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
}

/** Whether a tensor belongs to singular vectors that are computed anew after every update. */
function isFactor({ config, init }: Fixture, key: string, layer: number): boolean {
  const above = [...config.n_hidden_units.slice(1), config.n_outputs][layer]
  const channels = config.feedback_bottleneck_sizes?.[layer]
  const split = config.Y?.mode === 'tied_W' && layer < init.length - 1 && channels !== above
  return split && channels !== undefined && /^(vip|sst|Y_to_|Y_from_)/.test(key)
}

const ambiguous: Found = {
  uncompared: 'singular vectors have no sign; what they add up to is `effective_Y`',
}

function storage(fixture: Fixture, key: string, layer: number): Found | undefined {
  if (isFactor(fixture, key, layer)) return ambiguous
  const matrix = matrices[key]
  if (matrix) return { names: [`${matrix[0]}[${layer}]`], layout: matrix[1] }
  switch (key) {
    case 'Y_full_rank_original':
      return transpose(`Y[${layer}]`)
    case 'W_bias':
    case 'bias_input':
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
