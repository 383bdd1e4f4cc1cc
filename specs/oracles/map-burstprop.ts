/**
 * Fixtures of Burstprop: `examples/burstprop.ccn`, and `examples/cifar10_burstprop.ccn` with
 * convolutional areas. The phases are `predict`, without teacher, and `teach`.
 */
import type { Fixture } from './fixture.ts'
import { gradients, rateStorage } from './map-backprop.ts'
import { feedbackScales } from './map-burstccn.ts'
import {
  gradient,
  inputOf,
  isSingle,
  optimised,
  optimiser,
  owner,
  same,
  sizes,
  somaOf,
  type Mapping,
} from './mapping.ts'
import { measureOf, usualNames, type MeasureNames } from './measures.ts'

/** Whether a layer of a fixture begins with recurrent weights. */
const hasRecurrence = ({ init }: Pick<Fixture, 'init'>, layer: number): boolean =>
  Boolean(init[layer]?.['R'])

const names: MeasureNames = {
  ...usualNames,
  bursts: true,
  burstVariables: {
    apical: ['predict.h.u', 'hidden'],
    burst_prob_change: ['[...h, y].p - [...predict.h, predict.y].p', 'all'],
    burst_rate_change: ['[...h, y].change', 'all'],
  },
}

export function burstprop(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y, rec } = config
  const p0 = config.p_baseline ?? 0.5
  const shift = config.output_activity_shift ?? 0
  const recurrent = rec !== undefined && rec.mode !== 'none'
  const areas = config.out_channels?.length ?? 0
  // In a convolutional model recurrence may be of the dense layers alone; then they alone have R.
  const throughout = recurrent && areas > 0 && hasRecurrence(fixture, 0)
  const unrecurrent = throughout ? 0 : areas
  const tied = Y?.mode === 'tied_W'
  const softmax = config.output_activation_function === 'softmax'
  return {
    file: areas > 0 ? 'cifar10_burstprop.ccn' : 'burstprop.ccn',
    variants: [
      ...(tied ? ['tied'] : Y?.mode === 'sym_W' ? ['symmetric_start'] : []),
      ...(recurrent ? [throughout ? 'recurrent_throughout' : 'recurrent'] : []),
      ...(config.hidden_activation_function === 'relu' ? ['relu'] : []),
      ...(softmax ? [shift > 0 ? 'softmax_shift' : 'softmax'] : []),
    ],
    experiment: recurrent ? 'task_recurrent' : 'task',
    set: {
      ...sizes(config),
      p0: String(p0),
      error_scale: String(config.error_scale ?? 1),
      ...(shift > 0 ? { shift: String(shift) } : {}),
      ...feedbackScales(config, areas),
      scale_Y: String(Y?.scale ?? 1),
      ...optimiser({ rate: 'rate', momentum: 'momentum', decay: 'decay' }, W.optimiser),
      noise: String(fixture.forward_noise ?? 0),
      taught: fixture.use_teacher ? 'on' : 'off',
      ...(recurrent
        ? optimiser({ rate: 'rate_R', momentum: 'momentum_R', decay: 'decay_R' }, rec.optimiser)
        : {}),
    },
    output: 'predict.y.e',
    storage: (key, layer) =>
      key === 'R' ? same(`R[${layer - unrecurrent}]`) : rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      const shifted = population === 'y' ? { constant: p0 * shift } : {}
      switch (key) {
        case 'input':
          return inputOf(fixture, 'W', 'e', layer)
        case 'soma':
          return somaOf(fixture, layer)
        case 'e':
          return same(`${population}.e`)
        case 'apic':
          return same(`predict.${population}.u`)
        case 'apic_t':
          return same(`${population}.u`)
        case 'p':
          return same(`predict.${population}.p`)
        case 'p_t':
          return same(`${population}.p`)
        case 'b':
          return { ...same(`predict.${population}.b`), ...shifted }
        case 'b_t':
          return { ...same(`${population}.b`), ...shifted }
        case 'delta':
          return gradient(`${population}.change`)
        case 'grad_R':
          return gradient(`update(R[${layer - unrecurrent}])`)
        default:
          return gradients(population, key, layer)
      }
    },
    measure: (key, measured) => measureOf(names, key, measured),
    optimisers: [
      ...optimised(['W', 'k'], W.optimiser),
      ...optimised(['Y'], Y?.optimiser, true),
      ...optimised(['R'], rec?.optimiser, !recurrent),
    ],
    noiseStream: (layer) => `predict.${layer === 0 ? 'x' : owner(fixture, layer - 1)} normal`,
    roundedTies: tied && !(isSingle(p0) && isSingle(Y.scale ?? 1)),
  }
}
