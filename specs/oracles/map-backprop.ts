/**
 * Fixtures of backprop, feedback alignment and Kolen-Pollack networks: `examples/backprop.ccn`, and
 * `examples/cifar10_backprop.ccn`, which has the same variants.
 */
import type { Fixture } from './fixture.ts'
import {
  gradient,
  inputOf,
  isSingle,
  optimised,
  optimiser,
  owner,
  rectifiers,
  same,
  sizes,
  somaOf,
  transpose,
  type Found,
  type Mapping,
} from './mapping.ts'
import { measureOf, usualNames } from './measures.ts'

export function backprop(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y } = config
  const tied = Y?.mode === 'tied_W'
  const learnsY = Y?.mode.startsWith('tied') ? undefined : Y?.optimiser
  return {
    file: config.out_channels ? 'cifar10_backprop.ccn' : 'backprop.ccn',
    variants: [
      ...(tied ? [] : ['feedback_alignment']),
      ...(learnsY ? ['kolen_pollack'] : []),
      ...(Y?.mode === 'sym_W' ? ['symmetric_start'] : []),
      ...(Y?.mode === 'tied_decay_W' ? ['tied_decay'] : []),
      ...(config.output_activation_function === 'softmax' ? ['softmax'] : []),
      ...rectifiers.filter((name) => name === config.hidden_activation_function),
    ],
    experiment: learnsY ? 'task_kolen_pollack' : 'task',
    set: {
      ...sizes(config),
      feedback: String(Y?.scale ?? 1),
      teacher: fixture.use_teacher ? 'on' : 'off',
      noise: String(fixture.forward_noise ?? 0),
      ...optimiser({ rate: 'rate', momentum: 'momentum', decay: 'decay' }, W.optimiser),
      ...(learnsY
        ? optimiser({ rate: 'rate_Y', momentum: 'momentum_Y', decay: 'decay_Y' }, learnsY)
        : {}),
    },
    output: 'y.e',
    storage: (key, layer) => rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      switch (key) {
        case 'input':
          return inputOf(fixture, 'W', 'e', layer)
        case 'soma':
          return somaOf(fixture, layer)
        case 'e':
          return same(`${population}.e`)
        case 'delta':
          return gradient(`${population}.delta`)
        case 'grad_Y':
          return learnsY
            ? gradient(`update(Y[${layer}])`, 'transposed')
            : { uncompared: 'this Y does not learn' }
        default:
          return gradients(population, key, layer)
      }
    },
    measure: (key, measured) => measureOf(usualNames, key, measured),
    optimisers: [...optimised(['W', 'k'], W.optimiser), ...optimised(['Y'], learnsY)],
    noiseStream: (layer) => `W[${layer}] normal`,
    roundedTies: tied && !isSingle(Y.scale ?? 1),
  }
}

/** Gradients of W and of the biases, the rule's and those of the references. */
export function gradients(population: string, key: string, layer: number): Found | undefined {
  switch (key) {
    case 'grad_W':
      return gradient(`update(W[${layer}])`)
    case 'grad_W_bias':
      return gradient(`update(${population}.k)`)
    case 'grad_bp_W':
      return gradient(`backprop(W[${layer}])`)
    case 'grad_fa_W':
      return gradient(`backprop[W = Y](W[${layer}])`)
    case 'b_input_bp':
    case 'delta_bp':
    case 'delta_fa':
    case 'grad_bp_W_bias':
    case 'grad_fa_W_bias':
      return { uncompared: 'a step on the way to the reference gradients of W' }
    default:
      return undefined
  }
}

export function rateStorage(fixture: Fixture, key: string, layer: number): Found | undefined {
  switch (key) {
    case 'W':
      return same(`W[${layer}]`)
    case 'W_bias':
      return same(`${owner(fixture, layer)}.k`)
    case 'Y':
    case 'Q':
      return transpose(`${key}[${layer}]`)
    default:
      return undefined
  }
}
