/** Fixtures of node perturbation: `examples/node_perturbation.ccn`. Its phases are `clean` and `perturbed`. */
import type { Fixture } from './fixture.ts'
import { gradients, rateStorage } from './map-backprop.ts'
import { owner, same, sizes, type Mapping } from './mapping.ts'
import { measureOf, type MeasureNames } from './measures.ts'

const backprop = {
  name: 'backprop',
  norms: ['backprop(W)', 'backprop(W[0..layers - 1])'],
} as const

const names: MeasureNames = {
  update: ['W', 'W[0..layers - 1]'],
  weight: ['W', 'W[0..layers - 1]'],
  // The feedback weights of the fixture are the forward weights, and only measured.
  references: { bp: backprop, fa: backprop },
  referenceScale: 1,
  Y: 'W',
  bursts: false,
  rates: '[...clean.h, clean.y].e',
}

const noFeedback = 'there are no feedback weights here; those of the fixture are W'

export function nodePerturbation(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y } = config
  return {
    file: 'node_perturbation.ccn',
    variants: [],
    experiment: 'task',
    set: {
      ...sizes(config),
      sigma: String(config.perturb_sigma),
      rate: String(W.optimiser?.lr ?? 0),
      momentum: String(W.optimiser?.momentum ?? 0),
      decay: String(W.optimiser?.weight_decay ?? 0),
    },
    output: 'clean.y.e',
    storage: (key, layer) =>
      key === 'Y' ? { uncompared: noFeedback } : rateStorage(fixture, key, layer),
    variable: (key, layer) => {
      const population = owner(fixture, layer)
      const below = `h[${layer - 1}].e`
      switch (key) {
        case 'input':
          return layer === 0 ? { uncompared: 'it is what is presented' } : same(`clean.${below}`)
        case 'input_p':
          return layer === 0 ? { uncompared: 'it is what is presented' } : same(below)
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
        case 'grad_fa_W':
          return { uncompared: noFeedback }
        default:
          return gradients(population, key, layer)
      }
    },
    measure: (key, measured) => measureOf(names, key, measured),
    unmeasured: { Y_norm: noFeedback, angle_WY: noFeedback },
    optimisers: [
      ...(W.optimiser ? [{ families: ['W', 'k'], config: W.optimiser }] : []),
      ...(Y?.optimiser ? [{ families: ['Y'], config: Y.optimiser }] : []),
    ],
    noiseStream: (layer) => `${owner(fixture, layer)} normal`,
    roundedTies: false,
  }
}
