/** Polynomials on the Chebyshev nodes of a box: barycentric interpolation (Berrut and Trefethen, 2004). */
import type { State } from './terminal.ts'

export class Chebyshev {
  /** All nodes of the box; those of the last axis run fastest. */
  readonly nodes: readonly State[]
  readonly #axes: readonly Float64Array[]
  readonly #count: number

  constructor(box: readonly (readonly [number, number])[], count: number) {
    this.#count = count
    this.#axes = box.map(([from, to]) =>
      Float64Array.from({ length: count }, (_, k) => {
        const x = count === 1 ? 0 : Math.cos((Math.PI * k) / (count - 1))
        return (from + to) / 2 + ((to - from) / 2) * x
      }),
    )
    let nodes: number[][] = [[]]
    for (const axis of this.#axes)
      nodes = nodes.flatMap((head) => [...axis].map((x) => [...head, x]))
    this.nodes = nodes
  }

  /** For each of some states, the weights with which the values at the nodes make that at the state. */
  weights(states: readonly State[]): Float64Array {
    const size = this.nodes.length
    const all = new Float64Array(states.length * size)
    for (const [k, state] of states.entries()) {
      let product = Float64Array.of(1)
      for (const [i, axis] of this.#axes.entries()) {
        const own = this.#along(axis, state[i]!)
        const next = new Float64Array(product.length * own.length)
        for (let a = 0; a < product.length; a++)
          for (let b = 0; b < own.length; b++) next[a * own.length + b] = product[a]! * own[b]!
        product = next
      }
      all.set(product, k * size)
    }
    return all
  }

  #along(axis: Float64Array, x: number): Float64Array {
    const weights = new Float64Array(this.#count)
    const exact = axis.indexOf(x)
    if (exact >= 0 || this.#count === 1) {
      weights[Math.max(exact, 0)] = 1
      return weights
    }
    let sum = 0
    for (let k = 0; k < this.#count; k++) {
      const half = k === 0 || k === this.#count - 1 ? 0.5 : 1
      const weight = ((k % 2 === 0 ? 1 : -1) * half) / (x - axis[k]!)
      weights[k] = weight
      sum += weight
    }
    return weights.map((each) => each / sum)
  }
}
