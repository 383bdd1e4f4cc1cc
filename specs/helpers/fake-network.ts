/**
 * A hand-written `Network`: logistic regression with momentum and weight noise, in single
 * precision. It has what matters to the runner (weights, slots, draws that depend on the step, a
 * parameter, scores, measures, variables) and runs thousands of steps in a second.
 */
import type { Engine, NamedArray, Network, Presented, Rates } from '../../runtime/engine/network.ts'
import { normalValues, streamKey } from '../../runtime/support/random.ts'

export interface FakeOptions {
  readonly inputs?: number
  readonly classes?: number
  readonly seed?: number
}

/** Inputs `x` [inputs] and `y.target` [classes]; weights `W`, slots `momentum(W)`; rate `W`. */
export class FakeNetwork implements Network {
  stepCount = 0
  gain = 1
  readonly inputs: number
  readonly classes: number
  readonly #noise: readonly [number, number]
  #weights: Float32Array
  #momentum: Float32Array

  constructor({ inputs = 2, classes = 2, seed = 1 }: FakeOptions = {}) {
    this.inputs = inputs
    this.classes = classes
    this.#noise = streamKey(seed, 'noise')
    this.#weights = normalValues(streamKey(seed, 'W'), 0, inputs * classes)
    this.#momentum = new Float32Array(inputs * classes)
  }

  infer(count: number, inputs: Presented): Record<string, NamedArray> {
    const data = this.#answers(count, inputs)
    return { y: { shape: [count, this.classes], data } }
  }

  score(count: number, inputs: Presented): Record<string, number> {
    const y = this.#answers(count, inputs)
    const targets = inputs['y.target']!
    let loss = 0
    let error = 0
    for (let row = 0; row < count; row++) {
      const from = row * this.classes
      for (let k = from; k < from + this.classes; k++) loss += (y[k]! - targets[k]!) ** 2
      const at = (values: Float32Array | Float64Array) =>
        argmax(values.subarray(from, from + this.classes))
      if (at(y) !== at(targets)) error++
    }
    return { loss: Math.fround(loss), error }
  }

  step(count: number, inputs: Presented, rates: Rates = {}): void {
    const { delta } = this.#forward(count, inputs)
    const x = inputs['x']!
    const noise = normalValues(this.#noise, this.stepCount, this.#weights.length)
    for (let i = 0; i < this.classes; i++) {
      for (let j = 0; j < this.inputs; j++) {
        let gradient = 0
        for (let row = 0; row < count; row++) {
          gradient += delta[row * this.classes + i]! * x[row * this.inputs + j]!
        }
        const at = i * this.inputs + j
        this.#momentum[at] = 0.9 * this.#momentum[at]! + gradient / count + 1e-3 * noise[at]!
        this.#weights[at]! -= (rates['W'] ?? 0.1) * this.#momentum[at]!
      }
    }
    this.stepCount++
  }

  measuredStep(count: number, inputs: Presented, rates: Rates = {}): Record<string, number> {
    this.step(count, inputs, rates)
    const norm = Math.hypot(...this.#weights)
    return { 'norm(W)': norm, 'angle(W, backprop)': this.stepCount === 1 ? Number.NaN : 30 / norm }
  }

  observe(count: number, inputs: Presented, names: readonly string[]): Record<string, NamedArray> {
    const { y, delta } = this.#forward(count, inputs)
    const all: Record<string, NamedArray> = {
      'y.soma': { shape: [count, this.classes], data: y },
      'y.delta': { shape: [count, this.classes], data: delta },
    }
    return Object.fromEntries(
      names.map((name) => {
        if (!all[name]) throw new RangeError(`There is no variable ${name}`)
        return [name, all[name]]
      }),
    )
  }

  save(): Record<string, NamedArray> {
    const shape = [this.classes, this.inputs]
    return {
      W: { shape, data: this.#weights.slice() },
      'momentum(W)': { shape, data: this.#momentum.slice() },
    }
  }

  load(values: Readonly<Record<string, NamedArray>>): void {
    for (const [name, { data }] of Object.entries(values)) {
      if (!['W', 'momentum(W)'].includes(name)) throw new RangeError(`There is no weight ${name}.`)
      if (data.length !== this.#weights.length) throw new RangeError(`${name} has another shape.`)
      if (name === 'W') this.#weights = Float32Array.from(data)
      else this.#momentum = Float32Array.from(data)
    }
  }

  derived(): Record<string, NamedArray> {
    return {}
  }

  set(name: string, value: number | boolean): void {
    if (name !== 'gain') throw new RangeError(`There is no parameter ${name}.`)
    this.gain = Number(value)
  }

  dispose(): void {}

  #answers(count: number, inputs: Presented): Float32Array {
    const x = inputs['x']!
    const y = new Float32Array(count * this.classes)
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < this.classes; i++) {
        let sum = 0
        for (let j = 0; j < this.inputs; j++) {
          sum += this.#weights[i * this.inputs + j]! * x[row * this.inputs + j]!
        }
        y[row * this.classes + i] = 1 / (1 + Math.exp(-this.gain * sum))
      }
    }
    return y
  }

  #forward(count: number, inputs: Presented): { y: Float32Array; delta: Float32Array } {
    const y = this.#answers(count, inputs)
    const targets = inputs['y.target']!
    return { y, delta: y.map((value, k) => value - targets[k]!) }
  }
}

/** An engine whose modules are all `FakeNetwork`s. */
export function fakeEngine(options: FakeOptions = {}): Engine {
  return {
    name: 'fake',
    target: 'tfjs',
    description: 'logistic regression',
    instantiate: async (_, { seed }) => new FakeNetwork({ ...options, seed: seed ?? 0 }),
    liveTensors: () => undefined,
  }
}

function argmax(values: Float32Array | Float64Array): number {
  return values.indexOf(Math.max(...values))
}
