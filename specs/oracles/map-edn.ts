/** Fixtures of error dendritic networks: `examples/edn.ccn`. */
import type { Fixture } from './fixture.ts'
import { gradient, owner, same, sizes, transpose, type Found, type Mapping } from './mapping.ts'
import { gradients } from './map-backprop.ts'
import { measureOf, references, type MeasureNames } from './measures.ts'

const names: MeasureNames = {
  update: ['W', 'W[0..layers - 1]'],
  weight: ['W', 'W[0..layers - 1]'],
  references: references('W = Y'),
  referenceScale: 1,
  Y: 'Y',
  bursts: false,
  rate: 'r',
}

export function edn(fixture: Fixture): Mapping {
  const { config } = fixture
  const { W, Y, pyr_intn: P, intn_pyr: V } = config
  const tied = Y?.mode === 'tied_W'
  return {
    file: 'edn.ccn',
    variants: tied ? ['tied'] : [],
    experiment: 'task',
    set: {
      ...sizes(config),
      // The reference ignores its lambda_output and uses lambda_hidden in the output layer, too.
      nudge: String(config.lambda_hidden),
      leak: String(config.lambda_intn),
      feedback: String(Y?.scale ?? 1),
      teacher: fixture.use_teacher ? 'on' : 'off',
      rate: String(W.optimiser?.lr ?? 0),
      rate_P: String(P?.optimiser?.lr ?? 0),
      rate_V: String(V?.optimiser?.lr ?? 0),
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
    variable: (key, layer) => variable(fixture, tied, key, layer),
    measure: (key, measured) => measureOf(names, key, measured),
    unmeasured: {
      angle_W_pyr_intn: 'the weights that it is between join different populations',
      angle_Y_intn_pyr: 'the weights that it is between join different populations',
    },
    optimisers: [],
    noiseStream: () => '',
    roundedTies: false,
  }
}

function variable(fixture: Fixture, tied: boolean, key: string, layer: number): Found | undefined {
  const population = owner(fixture, layer)
  switch (key) {
    case 'input':
      return layer === 0 ? { uncompared: 'it is what is presented' } : same(`h[${layer - 1}].r`)
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
      return gradient(`update(P[${layer}])`)
    case 'grad_P_bias':
      return gradient(`update(interneuron[${layer}].c)`)
    case 'grad_V':
      return tied
        ? { uncompared: 'it does not learn' }
        : gradient(`update(V[${layer}])`, 'transposed')
    default:
      return gradients(population, key, layer)
  }
}
