/**
 * The circuit `tiny`, compiled by ccn 1.2.3 from examples/tiny.ccn.
 *
 * One layer of rates. The comment may end * / early.
 *
 * Change the source and compile again, rather than this file. Names are the source's: `y.e` is
 * `y_e` here. The shape of a value stands at the end of its line. A product x W^T is written (W
 * x^T)^T, which some backends multiply ten times faster. Needs TensorFlow.js alone, in any of its
 * variants:
 *
 *     import * as tf from '@tensorflow/tfjs'
 *     const network = create(tf, { seed: 1, parameters: { gain: 1 } })
 *     network.step(32, { x, 'y.target': y_target }) // Float32Arrays of 32 rows each
 */
import type * as TF from '@tensorflow/tfjs-core'

/** A network with new weights. `tf` is TensorFlow.js, its backend set and ready. */
export function create(tf: typeof TF, options: CreateOptions = {}): Network {
  return new Network(tf, options)
}

/** Parameters of the circuit. */
export interface Parameters {
  /** Slope of the rates. Default 1, 0 to 4. */
  gain: number
  /** The teacher is on. Default 1, 0 is off, 1 is on. */
  teaching: number
}

const defaultParameters: Readonly<Parameters> = { gain: 1, teaching: 1 }

/** Learning rates. */
export interface Rates {
  /** Default 0.25. */
  readonly W: number
}

/** What the circuit keeps from one step to the next. */
export interface Weights {
  /** W [2, 2]: y by x */
  readonly W: TF.Variable
  /** y.k [2] */
  readonly y_k: TF.Variable
}

/** What is presented, examples along the first axis. */
export interface InferenceInputs {
  /** The number of examples. */
  readonly batch: number
  /** [batch, 2] */
  readonly x: TF.Tensor
}

/** The same, and what teaches. */
export interface Inputs extends InferenceInputs {
  /** [batch, 2] */
  readonly y_target: TF.Tensor
}

/** The circuit and its weights. Plain arrays go in and come out; tensors stay inside. */
export class Network {
  /** Steps of learning done. */
  stepCount = 0
  /** The parameters in force. */
  readonly p: Parameters = { ...defaultParameters }
  readonly weights: Weights
  private readonly tf: typeof TF

  constructor(tf: typeof TF, options: CreateOptions = {}) {
    this.tf = tf
    for (const [name, value] of Object.entries<number | boolean>(options.parameters ?? {}))
      this.set(name, value)
    this.weights = this.scope(() => this.initialWeights())
  }

  /** What the circuit computes to answer. */
  forward({ x }: InferenceInputs) {
    const { tf, p } = this
    const { W, y_k } = this.weights

    // examples/tiny.ccn:31  connect x -> y.soma as W
    const y_soma = timesTransposed(tf, x, W) // [batch, 2]
    // examples/tiny.ccn:41  event e = sigmoid(gain * (soma + k))
    const y_e = tf.sigmoid(tf.mul(p.gain, tf.add(y_soma, y_k))) // [batch, 2]

    return { y_soma, y_e }
  }

  /** How good the answers are: sums over the examples. */
  scores({ y_target }: Inputs, { y_e }: Forward) {
    const { tf } = this

    const loss = tf.sum(tf.square(tf.sub(y_target, y_e)))
    const error = tf.sum(
      tf.cast(tf.notEqual(tf.argMax(y_target, -1), tf.argMax(y_e, -1)), 'float32'),
    )

    return { loss, error }
  }

  /** Everything the cells compute while they are taught. */
  circuit(inputs: Inputs) {
    const { p } = this
    const forward = this.forward(inputs)
    const { y_target } = inputs
    const { y_e } = forward

    // examples/tiny.ccn:61  t = if teaching then target else e
    const y_t = p.teaching ? y_target : y_e // [batch, 2]

    return { ...forward, y_t }
  }

  /** The changes that the plasticity rules ask for, and the weights after this step. */
  updates({ batch, x }: Inputs, { y_e, y_t }: Circuit, rates: Rates) {
    const { tf } = this
    const { W, y_k } = this.weights

    // examples/tiny.ccn:71  dw = (t - e) * sent
    const y_t_minus_y_e = tf.sub(y_t, y_e) // [batch, 2]
    const update_W = tf.div(tf.matMul(tf.transpose(y_t_minus_y_e), x), batch) // [2, 2]
    const W_next = tf.add(W, tf.mul(rates.W, update_W)) // [2, 2]
    const y_k_next = tf.add(y_k, tf.mul(rates.W, tf.mean(y_t_minus_y_e, 0))) // [2]

    return { update_W, W_next, y_k_next }
  }

  /** What is measured in this step. */
  measures({ update_W }: Updates) {
    const { tf } = this

    const size_W = tf.sqrt(tf.sum(tf.square(update_W)))

    return { size_W }
  }

  /** Weights that follow from others. */
  tiedWeights() {
    const { tf } = this
    const { W } = this.weights

    // examples/tiny.ccn:51  tied = -W
    const V = tf.neg(W) // [2, 2]

    return { V }
  }

  /** Answers without learning. */
  infer(count: number, presented: InferenceArrays): Answers {
    return this.scope(() => {
      const inputs = this.presentToInfer(count, presented)
      const forward = this.forward(inputs)
      return arrays({ 'y.e': forward.y_e })
    })
  }

  /** Scores the answers, without learning. */
  score(count: number, presented: LearningArrays): Scores {
    return this.scope(() => {
      const inputs = this.present(count, presented)
      const forward = this.forward(inputs)
      const scores = this.scores(inputs, forward)
      return numbers({ loss: scores.loss, error: scores.error })
    })
  }

  /** Learns from the examples. */
  step(count: number, presented: LearningArrays, given: Partial<Rates> = {}): void {
    this.scope(() => {
      const inputs = this.present(count, presented)
      const circuit = this.circuit(inputs)
      const rates = this.rates(given)
      const updates = this.updates(inputs, circuit, rates)
      this.commit(updates)
    })
    this.stepCount += 1
  }

  /** The same, and measures. */
  measuredStep(count: number, presented: LearningArrays, given: Partial<Rates> = {}): Measures {
    const measured = this.scope(() => {
      const inputs = this.present(count, presented)
      const circuit = this.circuit(inputs)
      const rates = this.rates(given)
      const updates = this.updates(inputs, circuit, rates)
      const measures = this.measures(updates)
      const result = numbers({ 'size(W)': measures.size_W })
      this.commit(updates)
      return result
    })
    this.stepCount += 1
    return measured
  }

  /** Any variables, updates and gradients, without learning. */
  observe<Name extends keyof Variables>(
    count: number,
    presented: LearningArrays,
    names: readonly Name[],
  ): Record<Name, NamedArray> {
    return this.scope(() => {
      const inputs = this.present(count, presented)
      const circuit = this.circuit(inputs)
      const shown: Partial<Record<keyof Variables, Value>> = {
        'y.e': circuit.y_e,
        'y.t': circuit.y_t,
      }
      if (names.some((name) => !(name in shown))) {
        const rates = this.rates()
        const updates = this.updates(inputs, circuit, rates)
        Object.assign(shown, { 'update(W)': updates.update_W })
      }
      return arrays(pick(shown, names))
    })
  }

  /** The weights and all else that lasts, by name. */
  save(): Record<StorageName, NamedArray> {
    return arrays(this.storages())
  }

  /** Sets what is given; all of it or, if anything does not fit, nothing. */
  load(values: Readonly<Record<string, GivenArray>>): void {
    const storages: Record<string, TF.Variable> = this.storages()
    for (const [name, { shape, data }] of Object.entries(values)) {
      const storage = storages[name]
      if (!storage) throw new RangeError(`There is nothing called ${name} to load into.`)
      if (String(shape) !== String(storage.shape) || data.length !== storage.size) {
        throw new RangeError(
          `${name} is [${storage.shape.join(', ')}], not [${shape.join(', ')}] with ${data.length} values.`,
        )
      }
    }
    this.scope(() => {
      for (const [name, { shape, data }] of Object.entries(values)) {
        storages[name]?.assign(this.tf.tensor(Float32Array.from(data), [...shape]))
      }
    })
  }

  /** Weights that follow from others, by name. */
  derived(): Record<'V', NamedArray> {
    return this.scope(() => {
      const tiedWeights = this.tiedWeights()
      return arrays({ V: tiedWeights.V })
    })
  }

  /** Changes a parameter from the next step on; a switch is 0 or 1, or a boolean. */
  set(name: string, value: number | boolean): void {
    Object.assign(this.p, { [name]: allowed(name, Number(value)) })
  }

  /** Frees the weights; the network is of no use afterwards. */
  dispose(): void {
    for (const storage of Object.values<TF.Variable>(this.storages())) storage.dispose()
  }

  private storages(): Record<StorageName, TF.Variable> {
    const { W, y_k } = this.weights
    return { W, 'y.k': y_k }
  }

  /** The weights before the first step. */
  private initialWeights(): Weights {
    const { tf } = this

    // examples/tiny.ccn:31  connect x -> y.soma as W
    const W = tf.mul(tf.reshape(tf.fill([2], 0.5), [2, 1]), tf.fill([1, 2], 2)) // [2, 2]

    const variable = (value: TF.Tensor) => tf.variable(value, false)
    return {
      W: variable(W),
      y_k: variable(tf.zeros([2])),
    }
  }

  /** Makes the new weights the weights. */
  private commit({ W_next, y_k_next }: Updates): void {
    const { W, y_k } = this.weights
    W.assign(W_next)
    y_k.assign(y_k_next)
  }

  private presentToInfer(count: number, presented: InferenceArrays): InferenceInputs {
    return { batch: count, x: this.tensor(count, 'x', presented.x) }
  }

  private present(count: number, presented: LearningArrays): Inputs {
    return {
      ...this.presentToInfer(count, presented),
      y_target: this.tensor(count, 'y.target', presented['y.target']),
    }
  }

  /** One input, its examples along the first axis. */
  private tensor(
    count: number,
    name: keyof typeof meta.inputs,
    values: Float32Array | undefined,
  ): TF.Tensor {
    const shape = [count, ...meta.inputs[name].shape]
    const size = shape.reduce((product, length) => product * length, 1)
    if (values?.length !== size) {
      const found = values === undefined ? 'is missing' : `has ${values.length} values`
      throw new RangeError(`The input ${name} ${found}; [${shape.join(', ')}] needs ${size}.`)
    }
    return this.tf.tensor(values, shape)
  }

  private rates(given: Partial<Rates> = {}): Rates {
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(meta.rates, name)) throw new RangeError(`There is no rate called ${name}.`)
    }
    return { ...meta.rates, ...given }
  }

  /** Frees every tensor that `work` makes, except for variables. */
  private scope<T>(work: () => T): T {
    this.tf.engine().startScope()
    try {
      return work()
    } finally {
      this.tf.engine().endScope()
    }
  }
}

/** The values of the equations, as tensors by name. */
export type Forward = ReturnType<Network['forward']>
export type Circuit = ReturnType<Network['circuit']>
export type Updates = ReturnType<Network['updates']>

/** What is presented, row by row. */
export type InferenceArrays = { readonly x: Float32Array }

/** The same, and what teaches. */
export type LearningArrays = InferenceArrays & { readonly 'y.target': Float32Array }

/** What the circuit answers. */
export type Answers = Record<'y.e', NamedArray>

/** Sums over the examples. */
export type Scores = Record<'loss' | 'error', number>

/** What a step can measure. */
export type Measures = Record<'size(W)', number>

/** Everything that `observe` can show. */
export interface Variables {
  /** [batch, 2] */
  readonly 'y.e': NamedArray
  /** [batch, 2] */
  readonly 'y.t': NamedArray
  /** [2, 2] */
  readonly 'update(W)': NamedArray
}

/** Row-major values. */
export interface NamedArray {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Values that are given, in either precision: weights that are loaded, arrays of files. */
export interface GivenArray {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

export interface CreateOptions {
  /** Seeds the initial weights and every draw. Default 0. */
  readonly seed?: number
  /** Parameters that differ from their defaults. */
  readonly parameters?: Readonly<Partial<Record<keyof Parameters, number | boolean>>>
  /** Replaces a draw by what it returns, unless that is undefined. */
  readonly draw?: (
    stream: string,
    step: number,
    count: number,
  ) => Float32Array | Float64Array | undefined
}

type StorageName = keyof typeof meta.weights

type Value = TF.Tensor | number

interface Limits {
  readonly kind: 'number' | 'switch'
  readonly minimum?: number
  readonly maximum?: number
}

/** Facts about the circuit; shapes without the axis of the examples. */
export const meta = {
  name: 'tiny',
  source: 'examples/tiny.ccn',
  parameters: {
    gain: { value: 1, kind: 'number', minimum: 0, maximum: 4 },
    teaching: { value: 1, kind: 'switch' },
  },
  inputs: { x: { shape: [2], inference: true }, 'y.target': { shape: [2], inference: false } },
  weights: {
    W: { shape: [2, 2], role: 'weight', axes: ['y', 'x'] },
    'y.k': { shape: [2], role: 'weight' },
  },
  rates: { W: 0.25 },
  answers: ['y.e'],
  scores: ['loss', 'error'],
  measures: ['size(W)'],
} as const

/** An engine's tensors as plain arrays. */
function arrays<Name extends string>(values: Record<Name, Value>): Record<Name, NamedArray> {
  const result = Object.entries<Value>(values).map(([name, value]): [string, NamedArray] => [
    name,
    typeof value === 'number'
      ? { shape: [], data: Float32Array.of(value) }
      : { shape: value.shape, data: value.dataSync<'float32'>().slice() },
  ])
  return Object.fromEntries(result) as Record<Name, NamedArray>
}

/** Tensors of one number each as numbers. */
function numbers<Name extends string>(values: Record<Name, Value>): Record<Name, number> {
  const result = Object.entries<Value>(values).map(([name, value]): [string, number] => [
    name,
    typeof value === 'number' ? value : (value.dataSync()[0] ?? Number.NaN),
  ])
  return Object.fromEntries(result) as Record<Name, number>
}

/** Those of `values` that are asked for. */
function pick<Name extends string>(
  values: Partial<Record<Name, Value>>,
  names: readonly Name[],
): Record<Name, Value> {
  const result = names.map((name): [string, Value] => {
    const value = values[name]
    if (value === undefined) throw new RangeError(`There is no variable called ${name}.`)
    return [name, value]
  })
  return Object.fromEntries(result) as Record<Name, Value>
}

/** `value`, if it is one that the parameter may have. */
function allowed(name: string, value: number): number {
  const parameters: Record<string, Limits> = meta.parameters
  const limits = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (!limits) throw new RangeError(`There is no parameter called ${name}.`)
  const { kind, minimum = -Infinity, maximum = Infinity } = limits
  const fits = kind === 'switch' ? value === 0 || value === 1 : value >= minimum && value <= maximum
  if (!fits) {
    const range = kind === 'switch' ? '0 or 1' : `between ${minimum} and ${maximum}`
    throw new RangeError(`The parameter ${name} must be ${range}, not ${value}.`)
  }
  return value
}

/**
 * `a` times the transpose of `b`, for matrices: what units send, through weights that are [post, pre]. The
 * flags of tf.matMul are not used, since with them the WebAssembly backend falls back to a loop that is
 * ten times slower; the smaller matrices are transposed instead, as x W^T = (W x^T)^T.
 */
function timesTransposed(tf: typeof TF, a: TF.Tensor, b: TF.Tensor): TF.Tensor {
  const [rows = 1] = a.shape
  const [columns = 1] = b.shape
  return b.size > a.size + rows * columns
    ? tf.transpose(tf.matMul(b, tf.transpose(a)))
    : tf.matMul(a, tf.transpose(b))
}
