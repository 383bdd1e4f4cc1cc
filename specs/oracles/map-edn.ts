/** Fixtures of error dendritic networks: `examples/edn.ccn`. */
import type { Fixture } from './fixture.ts'
import type { FixtureConfig } from './config.ts'
import {
  gradient,
  inputOf,
  isSingle,
  optimised,
  optimiser,
  owner,
  same,
  sizes,
  transpose,
  type Found,
  type Mapping,
} from './mapping.ts'
import { gradients } from './map-backprop.ts'
import { measureOf, usualNames, type MeasureNames } from './measures.ts'

const names: MeasureNames = {
  ...usualNames,
  rate: 'r',
}

export function edn(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y, pyr_intn: P, intn_pyr: V } = config
  return {
    file: 'edn.ccn',
    variants: [...feedbackOf(config), ...predictionOf(config), ...cancellationOf(config)],
    experiment: 'task',
    set: {
      ...sizes(config),
      // The reference ignores its lambda_output and uses lambda_hidden in the output layer, too.
      nudge: String(config.lambda_hidden),
      leak: String(config.lambda_intn),
      feedback: String(Y?.scale ?? 1),
      copy: String(Y?.scale ?? 1),
      scale_P: String(P?.scale ?? 1),
      noise: String(fixture.forward_noise ?? 0),
      teacher: fixture.use_teacher ? 'on' : 'off',
      ...optimiser({ rate: 'rate', momentum: 'momentum', decay: 'decay' }, W.optimiser),
      ...optimiser({ rate: 'rate_P', momentum: 'momentum_P', decay: 'decay_P' }, P?.optimiser),
      ...optimiser({ rate: 'rate_V', momentum: 'momentum_V', decay: 'decay_V' }, V?.optimiser),
    },
    output: 'y.r',
    storage: (key, layer) => {
      switch (key) {
        case 'W':
        case 'P':
          return same(`${key}[${layer}]`)
        case 'W_bias':
          return same(`${owner(fixture, layer)}.k`)
        case 'P_bias':
          return same(`interneuron[${layer}].c`)
        case 'Y':
        case 'V':
          return transpose(`${key}[${layer}]`)
        default:
          return undefined
      }
    },
    variable: (key, layer) => variable(fixture, key, layer),
    measure: (key, measured) => measureOf(names, key, measured),
    unmeasured: {
      angle_W_pyr_intn: 'the weights that it is between join different populations',
      angle_Y_intn_pyr: 'the weights that it is between join different populations',
    },
    optimisers: [
      ...optimised(['W', 'k'], W.optimiser),
      ...optimised(['Y'], Y?.optimiser, true),
      ...optimised(['P', 'c'], P?.optimiser, P?.mode === 'tied_W'),
      ...optimised(['V'], V?.optimiser, V?.mode === 'tied_Y'),
    ],
    noiseStream: (layer) => `W[${layer}] normal`,
    roundedTies: Y?.mode === 'tied_W' && !isSingle(Y.scale ?? 1),
  }
}

/** What Y follows, always or at the start; its initial values are loaded from the fixture. */
function feedbackOf({ Y }: FixtureConfig): readonly string[] {
  if (Y?.mode === 'tied_W') return ['feedback_tied']
  return Y?.mode === 'sym_W' ? ['feedback_symmetric'] : []
}

function predictionOf({ pyr_intn: P }: FixtureConfig): readonly string[] {
  if (P?.mode === 'tied_W') return ['prediction_tied']
  return P?.mode === 'sym_W' ? [] : ['prediction_random']
}

function cancellationOf({ intn_pyr: V }: FixtureConfig): readonly string[] {
  if (V?.mode === 'tied_Y') return ['cancellation_tied']
  return V?.mode === 'sym_Y' ? [] : ['cancellation_random']
}

const still: Found = { uncompared: 'it does not learn' }

function variable(fixture: Fixture, key: string, layer: number): Found | undefined {
  const population = owner(fixture, layer)
  const { pyr_intn: P, intn_pyr: V } = fixture.config
  switch (key) {
    case 'input':
      return inputOf(fixture, 'W', 'r', layer)
    case 'pyr_basal':
    case 'pyr_soma':
      return same(`${population}.z`)
    case 'pyr_basal_rate':
    case 'pyr_soma_rate':
      return same(`${population}.r`)
    case 'pyr_soma_t':
      return same(`${population}.z_t`)
    case 'pyr_soma_rate_t':
      return same(`${population}.r_t`)
    case 'pyr_apical':
      return same(`${population}.u`)
    case 'intn_basal':
      return same(`interneuron[${layer}].z`)
    case 'intn_basal_rate':
      return same(`interneuron[${layer}].r`)
    case 'intn_soma':
      return same(`interneuron[${layer}].z_t`)
    case 'intn_soma_rate':
      return same(`interneuron[${layer}].r_t`)
    case 'delta':
      return { uncompared: 'it is the difference of two rates that are compared' }
    case 'grad_P':
      return P?.mode === 'tied_W' ? still : gradient(`update(P[${layer}])`)
    case 'grad_P_bias':
      return P?.mode === 'tied_W' ? still : gradient(`update(interneuron[${layer}].c)`)
    case 'grad_V':
      return V?.mode === 'tied_Y' ? still : gradient(`update(V[${layer}])`, 'transposed')
    default:
      return gradients(population, key, layer)
  }
}
