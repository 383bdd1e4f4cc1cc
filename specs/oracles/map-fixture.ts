/** Which mapping a fixture has, by its model. */
import { modelOf } from './config.ts'
import type { Fixture } from './fixture.ts'
import { backprop } from './map-backprop.ts'
import { burstccn } from './map-burstccn.ts'
import { dales } from './map-dales.ts'
import { burstprop } from './map-burstprop.ts'
import { edn } from './map-edn.ts'
import { nodePerturbation } from './map-perturbation.ts'
import type { Mapping } from './mapping.ts'

/** The mapping of a fixture in which `problemsOf` found nothing wrong. */
export function mappingFor(fixture: Fixture): Mapping {
  switch (modelOf(fixture.config.model_name)) {
    case 'mnist_ann':
    case 'cifar10_conv_ann':
      return backprop(fixture)
    case 'mnist_burstccn':
    case 'cifar10_conv_burstccn':
      return burstccn(fixture)
    case 'mnist_burstccn_dales':
      return dales(fixture)
    case 'mnist_edn':
      return edn(fixture)
    case 'mnist_burstprop':
    case 'cifar10_conv_burstprop':
      return burstprop(fixture)
    case 'mnist_np':
      return nodePerturbation(fixture)
    default:
      throw new RangeError(`No model is compared with ${fixture.config.model_name}.`)
  }
}
