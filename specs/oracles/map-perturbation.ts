/**
 * Fixtures of node perturbation: `examples/node_perturbation.ccn`. Its phases are `clean` and `perturbed`. Feedback
 * weights move nothing here: W and its update are only measured against them.
 *
 * With forward noise the draws are those of the clean pass, one for each layer's input, then those of the
 * perturbed pass, for each layer that of its input and then the perturbation.
 */
import type { Fixture } from './fixture.ts'
import { gradients, rateStorage } from './map-backprop.ts'
import {
  inputOf,
  isSingle,
  optimised,
  optimiser,
  owner,
  rectifiers,
  same,
  sizes,
  type Found,
  type Mapping,
} from './mapping.ts'
import { measureOf, usualNames, type MeasureNames } from './measures.ts'

const names: MeasureNames = {
  ...usualNames,
  rates: '[...clean.h, clean.y].e',
}

export function nodePerturbation(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y } = config
  const noisy = Number(fixture.forward_noise) > 0
  const layers = fixture.init.length
  const tied = Y?.mode === 'tied_W'
  /** What reaches a layer in a pass. */
  const input = (pass: string, layer: number): Found => {
    const found = inputOf(fixture, 'W', 'e', layer)
    return 'uncompared' in found ? found : same(...found.names.map((name) => `${pass}${name}`))
  }
  return {
    file: 'node_perturbation.ccn',
    variants: [
      tied ? 'compared_tied' : 'compared',
      ...(config.output_activation_function === 'softmax' ? ['softmax'] : []),
      ...rectifiers.filter((name) => name === config.hidden_activation_function),
    ],
    experiment: 'task_compared',
    set: {
      ...sizes(config),
      sigma: String(config.perturb_sigma),
      noise: String(fixture.forward_noise ?? 0),
      scale_Y: String(Y?.scale ?? 1),
      ...optimiser({ rate: 'rate', momentum: 'momentum', decay: 'decay' }, W.optimiser),
    },
    output: 'clean.y.e',
    storage: (key, layer) => rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      switch (key) {
        case 'input':
          return input('clean.', layer)
        case 'input_p':
          return input('', layer)
        case 'soma':
          return same(`clean.${population}.soma`, `${population}.k`)
        case 'soma_p':
          return same(`${population}.soma`, `${population}.k`, `${population}.noise`)
        case 'perturb':
          return same(`${population}.noise`)
        case 'e':
          return same(`clean.${population}.e`)
        case 'e_p':
          return same(`${population}.e`)
        case 'delta':
          return { uncompared: 'its mean over the examples is grad_W_bias' }
        default:
          return gradients(population, key, layer)
      }
    },
    measure: (key, measured) => measureOf(names, key, measured),
    optimisers: [...optimised(['W', 'k'], W.optimiser), ...optimised(['Y'], Y?.optimiser, true)],
    noiseStream: (draw) => {
      if (!noisy) return `${owner(fixture, draw)} normal`
      if (draw < layers) return `clean.W[${draw}] normal`
      const layer = Math.floor((draw - layers) / 2)
      const isInput = (draw - layers) % 2 === 0
      return isInput ? `W[${layer}] normal` : `${owner(fixture, layer)} normal`
    },
    roundedTies: tied && !isSingle(Y.scale ?? 1),
  }
}
