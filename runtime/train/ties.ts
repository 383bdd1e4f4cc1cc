/** Tied weights, which are stored nowhere: what they are made of may be finite where they are not, as of a quotient. */
import type { Network } from '../engine/network.ts'
import { findInArrays, type MayBeInfinite, type NonFinite } from './finite.ts'

export class Ties {
  readonly #network: Network
  readonly #mayBeInfinite: MayBeInfinite
  /** Whether there are any, once that is known. */
  #exist = true

  constructor(network: Network, mayBeInfinite: MayBeInfinite) {
    this.#network = network
    this.#mayBeInfinite = mayBeInfinite
  }

  /** The first tied weight that is not finite. */
  bad(): NonFinite | undefined {
    if (!this.#exist) return undefined
    // What is one number is a measure.
    const all = Object.entries(this.#network.derived()).filter(([, { shape }]) => shape.length > 0)
    this.#exist = all.length > 0
    return findInArrays(Object.fromEntries(all), 'weight', this.#mayBeInfinite)
  }
}
