/**
 * The circuit `burst`, compiled by ccn 1.2.3 from examples/burst.ccn.
 *
 * BurstCCN with fixed random feedback (Greedy et al., 2022), discrete time, rates.
 *
 * Change the source and compile again, rather than this file. Names are the source's: `h[0].e` is
 * `h0_e` here. The shape of a value stands at the end of its line. A product x W^T is written (W
 * x^T)^T, which some backends multiply ten times faster. Needs TensorFlow.js alone, in any of its
 * variants:
 *
 *     import * as tf from '@tensorflow/tfjs'
 *     const network = create(tf, { seed: 1, parameters: { p0: 0.5 } })
 *     network.step(32, { x, 'y.target': y_target }) // Float32Arrays of 32 rows each
 */
import type * as TF from '@tensorflow/tfjs-core'

/** A network with new weights. `tf` is TensorFlow.js, its backend set and ready. */
export function create(tf: typeof TF, options: CreateOptions = {}): Network {
  return new Network(tf, options)
}

/** Parameters of the circuit. */
export interface Parameters {
  /** Baseline burst probability. Default 0.5, 0 to 1. */
  p0: number
  /** Strength of the teacher. Default 0.5, at least 0. */
  error_scale: number
  /** Default 0.01, at least 0. */
  noise: number
  /** Gain of the initial weights. Default 3.6. */
  scale: number
  /** Time constant of the soma. Default 0.02, in SI units (the source says ms). */
  tau: number
}

const defaultParameters: Readonly<Parameters> = {
  p0: 0.5,
  error_scale: 0.5,
  noise: 0.01,
  scale: 3.6,
  tau: 0.02,
}

/** Learning rates. */
export interface Rates {
  /** Default 0.15. */
  readonly W: number
  /** Default 0.15. */
  readonly k: number
}

/** What the circuit keeps from one step to the next. */
export interface Weights {
  readonly W: readonly [
    TF.Variable, // W[0] [5, 6]: h[0] by x
    TF.Variable, // W[1] [4, 5]: h[1] by h[0]
    TF.Variable, // W[2] [3, 4]: y by h[1]
  ]
  readonly Y: readonly [
    TF.Variable, // Y[0] [5, 4]: h[0] by h[1], constant
    TF.Variable, // Y[1] [4, 3]: h[1] by y, constant
  ]
  readonly h_k: readonly [
    TF.Variable, // h[0].k [5]
    TF.Variable, // h[1].k [4]
  ]
  /** y.k [3] */
  readonly y_k: TF.Variable
  readonly W_velocity: readonly [
    TF.Variable, // W[0].velocity [5, 6], of the optimiser
    TF.Variable, // W[1].velocity [4, 5], of the optimiser
    TF.Variable, // W[2].velocity [3, 4], of the optimiser
  ]
}

/** What is presented, examples along the first axis. */
export interface InferenceInputs {
  /** The number of examples. */
  readonly batch: number
  /** [batch, 6] */
  readonly x: TF.Tensor
}

/** The same, and what teaches. */
export interface Inputs extends InferenceInputs {
  /** [batch, 3] */
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
  private readonly options: CreateOptions
  private readonly keys = new Map<string, RandomKey>()

  constructor(tf: typeof TF, options: CreateOptions = {}) {
    this.tf = tf
    this.options = options
    for (const [name, value] of Object.entries<number | boolean>(options.parameters ?? {}))
      this.set(name, value)
    this.weights = this.scope(() => this.initialWeights())
  }

  /** What the circuit computes to answer. */
  forward({ batch, x }: InferenceInputs) {
    const { tf, p } = this
    const { W, h_k, y_k } = this.weights

    // std/burstccn.ccn:4  transmit signal + noise * normal()
    const W0_sent = tf.add(x, tf.mul(p.noise, this.normal('W[0].noise', [batch, 6]))) // [batch, 6]
    // std/burstccn.ccn:1  connect lower.event -> upper.soma as W : Depressing { init xavier_nor ...
    const h0_soma = timesTransposed(tf, W0_sent, W[0]) // [batch, 5]
    // std/burstccn.ccn:5  event e = sigmoid(soma + k)
    const h0_e = tf.sigmoid(tf.add(h0_soma, h_k[0])) // [batch, 5]

    // std/burstccn.ccn:4  transmit signal + noise * normal()
    const W1_sent = tf.add(h0_e, tf.mul(p.noise, this.normal('W[1].noise', [batch, 5]))) // [batch, 5]
    // std/burstccn.ccn:1  connect lower.event -> upper.soma as W : Depressing { init xavier_nor ...
    const h1_soma = timesTransposed(tf, W1_sent, W[1]) // [batch, 4]
    // std/burstccn.ccn:5  event e = sigmoid(soma + k)
    const h1_e = tf.sigmoid(tf.add(h1_soma, h_k[1])) // [batch, 4]

    // std/burstccn.ccn:4  transmit signal + noise * normal()
    const W2_sent = tf.add(h1_e, tf.mul(p.noise, this.normal('W[2].noise', [batch, 4]))) // [batch, 4]
    // std/burstccn.ccn:1  connect lower.event -> upper.soma as W : Depressing { init xavier_nor ...
    const y_soma = timesTransposed(tf, W2_sent, W[2]) // [batch, 3]
    // std/burstccn.ccn:5  event e = sigmoid(soma + k)
    const y_e = tf.sigmoid(tf.add(y_soma, y_k)) // [batch, 3]

    return { W0_sent, h0_soma, h0_e, W1_sent, h1_soma, h1_e, W2_sent, y_soma, y_e }
  }

  /** How good the answers are: sums over the examples. */
  scores({ y_target }: Inputs, { y_e }: Forward) {
    const { tf } = this

    // std/burstccn.ccn:12  loss squared_error = 0.5 * sum((target - e) ^ 2)
    const loss = tf.mul(0.5, tf.sum(tf.square(tf.sub(y_target, y_e))))
    const error = tf.sum(
      tf.cast(tf.notEqual(tf.argMax(y_target, -1), tf.argMax(y_e, -1)), 'float32'),
    )

    return { loss, error }
  }

  /** Everything the cells compute while they are taught. */
  circuit(inputs: Inputs) {
    const { tf, p } = this
    const { Y } = this.weights
    const forward = this.forward(inputs)
    const { y_target } = inputs
    const { h0_e, h1_e, y_e } = forward

    // std/burstccn.ccn:9  p = p0 * (1 + error_scale * (t - e) * (1 - e))
    const y_p = tf.mul(
      p.p0,
      tf.add(1, tf.mul(p.error_scale, tf.mul(tf.sub(y_target, y_e), tf.sub(1, y_e)))),
    ) // [batch, 3]
    // std/burstccn.ccn:10  burst b = p * e
    const y_b = tf.mul(y_p, y_e) // [batch, 3]
    // std/burstccn.ccn:11  excess = b - p0 * e
    const y_excess = tf.sub(y_b, tf.mul(p.p0, y_e)) // [batch, 3]

    // std/burstccn.ccn:3  connect upper.event -> lower.apical as Q : Depressing { tied = -p0 * Y }
    const Q1 = tf.mul(-p.p0, Y[1]) // [4, 3]
    // std/burstccn.ccn:2  connect upper.burst -> lower.apical as Y : Facilitating { fixed }
    const h1_apical = tf.add(timesTransposed(tf, y_b, Y[1]), timesTransposed(tf, y_e, Q1)) // [batch, 4]
    // std/burstccn.ccn:8  p = 2 * p0 * sigmoid(2 / p0 * u * (1 - e))
    const h1_p = tf.mul(2 * p.p0, tf.sigmoid(tf.mul(tf.mul(2 / p.p0, h1_apical), tf.sub(1, h1_e)))) // [batch, 4]
    // std/burstccn.ccn:10  burst b = p * e
    const h1_b = tf.mul(h1_p, h1_e) // [batch, 4]
    // std/burstccn.ccn:11  excess = b - p0 * e
    const h1_excess = tf.sub(h1_b, tf.mul(p.p0, h1_e)) // [batch, 4]

    // std/burstccn.ccn:3  connect upper.event -> lower.apical as Q : Depressing { tied = -p0 * Y }
    const Q0 = tf.mul(-p.p0, Y[0]) // [5, 4]
    // std/burstccn.ccn:2  connect upper.burst -> lower.apical as Y : Facilitating { fixed }
    const h0_apical = tf.add(timesTransposed(tf, h1_b, Y[0]), timesTransposed(tf, h1_e, Q0)) // [batch, 5]
    // std/burstccn.ccn:8  p = 2 * p0 * sigmoid(2 / p0 * u * (1 - e))
    const h0_p = tf.mul(2 * p.p0, tf.sigmoid(tf.mul(tf.mul(2 / p.p0, h0_apical), tf.sub(1, h0_e)))) // [batch, 5]
    // std/burstccn.ccn:10  burst b = p * e
    const h0_b = tf.mul(h0_p, h0_e) // [batch, 5]
    // std/burstccn.ccn:11  excess = b - p0 * e
    const h0_excess = tf.sub(h0_b, tf.mul(p.p0, h0_e)) // [batch, 5]

    // std/burstccn.ccn:12  loss squared_error = 0.5 * sum((target - e) ^ 2)
    const y_target_minus_y_e = tf.sub(y_target, y_e) // [batch, 3]
    const y_squared_error = tf.mul(0.5, tf.sum(tf.square(y_target_minus_y_e), 1)) // [batch]

    return {
      ...forward,
      y_p,
      y_b,
      y_excess,
      Q1,
      h1_apical,
      h1_p,
      h1_b,
      h1_excess,
      Q0,
      h0_apical,
      h0_p,
      h0_b,
      h0_excess,
      y_target_minus_y_e,
      y_squared_error,
    }
  }

  /** The changes that the plasticity rules ask for, and the weights after this step. */
  updates(
    { batch }: Inputs,
    { W0_sent, W1_sent, W2_sent, y_excess, h1_excess, h0_excess }: Circuit,
    rates: Rates,
  ) {
    const { tf, p } = this
    const { W, h_k, y_k, W_velocity } = this.weights

    const p0_times_error_scale = p.p0 * p.error_scale

    // std/burstccn.ccn:13  dw = post.excess * sent / (post.p0 * post.gain)
    const update_W0 = tf.div(
      tf.matMul(tf.transpose(h0_excess), W0_sent),
      batch * p0_times_error_scale,
    ) // [5, 6]
    const update_h0_k = tf.div(tf.mean(h0_excess, 0), p0_times_error_scale) // [5]
    // std/burstccn.ccn:14  optimise W with sgd(rate = rate, momentum = 0.9)
    const W0_velocity_next = tf.add(tf.mul(0.9, W_velocity[0]), update_W0) // [5, 6]
    const W0_next = tf.add(W[0], tf.mul(rates.W, W0_velocity_next)) // [5, 6]
    const h0_k_next = tf.add(h_k[0], tf.mul(rates.k, update_h0_k)) // [5]

    // std/burstccn.ccn:13  dw = post.excess * sent / (post.p0 * post.gain)
    const update_W1 = tf.div(
      tf.matMul(tf.transpose(h1_excess), W1_sent),
      batch * p0_times_error_scale,
    ) // [4, 5]
    const update_h1_k = tf.div(tf.mean(h1_excess, 0), p0_times_error_scale) // [4]
    // std/burstccn.ccn:14  optimise W with sgd(rate = rate, momentum = 0.9)
    const W1_velocity_next = tf.add(tf.mul(0.9, W_velocity[1]), update_W1) // [4, 5]
    const W1_next = tf.add(W[1], tf.mul(rates.W, W1_velocity_next)) // [4, 5]
    const h1_k_next = tf.add(h_k[1], tf.mul(rates.k, update_h1_k)) // [4]

    // std/burstccn.ccn:13  dw = post.excess * sent / (post.p0 * post.gain)
    const update_W2 = tf.div(
      tf.matMul(tf.transpose(y_excess), W2_sent),
      batch * p0_times_error_scale,
    ) // [3, 4]
    const update_y_k = tf.div(tf.mean(y_excess, 0), p0_times_error_scale) // [3]
    // std/burstccn.ccn:14  optimise W with sgd(rate = rate, momentum = 0.9)
    const W2_velocity_next = tf.add(tf.mul(0.9, W_velocity[2]), update_W2) // [3, 4]
    const W2_next = tf.add(W[2], tf.mul(rates.W, W2_velocity_next)) // [3, 4]
    const y_k_next = tf.add(y_k, tf.mul(rates.k, update_y_k)) // [3]

    return {
      update_W0,
      update_h0_k,
      W0_velocity_next,
      W0_next,
      h0_k_next,
      update_W1,
      update_h1_k,
      W1_velocity_next,
      W1_next,
      h1_k_next,
      update_W2,
      update_y_k,
      W2_velocity_next,
      W2_next,
      y_k_next,
    }
  }

  /** Reference gradients, to compare with; no cell computes them. */
  gradients(
    { batch }: Inputs,
    { W0_sent, h0_e, W1_sent, h1_e, W2_sent, y_e, y_target_minus_y_e }: Circuit,
  ) {
    const { tf } = this
    const { W } = this.weights

    const backprop_at_y_e = tf.mul(
      tf.neg(
        tf.mul(
          tf.broadcastTo(tf.reshape(tf.mul(tf.fill([batch], 1 / (batch * 1)), 0.5), [batch, 1]), [
            batch,
            3,
          ]),
          tf.mul(2, y_target_minus_y_e),
        ),
      ),
      tf.mul(y_e, tf.sub(1, y_e)),
    ) // [batch, 3]
    const backprop_W2 = tf.matMul(tf.transpose(backprop_at_y_e), W2_sent) // [3, 4]
    const backprop_at_h1_e = tf.mul(tf.matMul(backprop_at_y_e, W[2]), tf.mul(h1_e, tf.sub(1, h1_e))) // [batch, 4]
    const backprop_W1 = tf.matMul(tf.transpose(backprop_at_h1_e), W1_sent) // [4, 5]
    const backprop_W0 = tf.matMul(
      tf.transpose(tf.mul(tf.matMul(backprop_at_h1_e, W[1]), tf.mul(h0_e, tf.sub(1, h0_e)))),
      W0_sent,
    ) // [5, 6]

    return { backprop_W2, backprop_W1, backprop_W0 }
  }

  /** What is measured in this step. */
  measures(
    { update_W0, update_W1, update_W2 }: Updates,
    { backprop_W2, backprop_W1, backprop_W0 }: Gradients,
  ) {
    const { tf } = this

    // std/burstccn.ccn:15  measure angle(W, backprop)
    const neg_backprop_W0 = tf.neg(backprop_W0) // [5, 6]
    const angle_W_backprop_0_div = tf.div(
      tf.sum(tf.mul(update_W0, neg_backprop_W0)),
      tf.sqrt(tf.mul(tf.sum(tf.square(update_W0)), tf.sum(tf.square(neg_backprop_W0)))),
    )
    const angle_W_backprop_0 = tf.mul(
      180 / Math.PI,
      tf.atan(
        tf.div(tf.sqrt(tf.sub(1, tf.square(angle_W_backprop_0_div))), angle_W_backprop_0_div),
      ),
    )
    const neg_backprop_W1 = tf.neg(backprop_W1) // [4, 5]
    const angle_W_backprop_1_div = tf.div(
      tf.sum(tf.mul(update_W1, neg_backprop_W1)),
      tf.sqrt(tf.mul(tf.sum(tf.square(update_W1)), tf.sum(tf.square(neg_backprop_W1)))),
    )
    const angle_W_backprop_1 = tf.mul(
      180 / Math.PI,
      tf.atan(
        tf.div(tf.sqrt(tf.sub(1, tf.square(angle_W_backprop_1_div))), angle_W_backprop_1_div),
      ),
    )
    const neg_backprop_W2 = tf.neg(backprop_W2) // [3, 4]
    const angle_W_backprop_2_div = tf.div(
      tf.sum(tf.mul(update_W2, neg_backprop_W2)),
      tf.sqrt(tf.mul(tf.sum(tf.square(update_W2)), tf.sum(tf.square(neg_backprop_W2)))),
    )
    const angle_W_backprop_2 = tf.mul(
      180 / Math.PI,
      tf.atan(
        tf.div(tf.sqrt(tf.sub(1, tf.square(angle_W_backprop_2_div))), angle_W_backprop_2_div),
      ),
    )

    return { angle_W_backprop_0, angle_W_backprop_1, angle_W_backprop_2 }
  }

  /** Weights that follow from others. */
  tiedWeights() {
    const { tf, p } = this
    const { Y } = this.weights

    // std/burstccn.ccn:3  connect upper.event -> lower.apical as Q : Depressing { tied = -p0 * Y }
    const Q0 = tf.mul(-p.p0, Y[0]) // [5, 4]
    const Q1 = tf.mul(-p.p0, Y[1]) // [4, 3]

    return { Q0, Q1 }
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
      const gradients = this.gradients(inputs, circuit)
      const measures = this.measures(updates, gradients)
      const result = numbers({
        'angle(W, backprop)[0]': measures.angle_W_backprop_0,
        'angle(W, backprop)[1]': measures.angle_W_backprop_1,
        'angle(W, backprop)[2]': measures.angle_W_backprop_2,
      })
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
        'h[0].e': circuit.h0_e,
        'h[1].e': circuit.h1_e,
        'y.e': circuit.y_e,
        'y.p': circuit.y_p,
        'y.b': circuit.y_b,
        'y.excess': circuit.y_excess,
        'Q[1]': circuit.Q1,
        'h[1].apical': circuit.h1_apical,
        'h[1].p': circuit.h1_p,
        'h[1].b': circuit.h1_b,
        'h[1].excess': circuit.h1_excess,
        'Q[0]': circuit.Q0,
        'h[0].apical': circuit.h0_apical,
        'h[0].p': circuit.h0_p,
        'h[0].b': circuit.h0_b,
        'h[0].excess': circuit.h0_excess,
        'y.squared_error': circuit.y_squared_error,
      }
      if (names.some((name) => !(name in shown))) {
        const rates = this.rates()
        const updates = this.updates(inputs, circuit, rates)
        const gradients = this.gradients(inputs, circuit)
        Object.assign(shown, {
          'update(W[0])': updates.update_W0,
          'update(h[0].k)': updates.update_h0_k,
          'update(W[1])': updates.update_W1,
          'update(h[1].k)': updates.update_h1_k,
          'update(W[2])': updates.update_W2,
          'update(y.k)': updates.update_y_k,
          'backprop(W[0])': gradients.backprop_W0,
          'backprop(W[1])': gradients.backprop_W1,
          'backprop(W[2])': gradients.backprop_W2,
        })
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
  derived(): Record<'Q[0]' | 'Q[1]', NamedArray> {
    return this.scope(() => {
      const tiedWeights = this.tiedWeights()
      return arrays({ 'Q[0]': tiedWeights.Q0, 'Q[1]': tiedWeights.Q1 })
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
    const { W, Y, h_k, y_k, W_velocity } = this.weights
    return {
      'W[0]': W[0],
      'W[1]': W[1],
      'W[2]': W[2],
      'Y[0]': Y[0],
      'Y[1]': Y[1],
      'h[0].k': h_k[0],
      'h[1].k': h_k[1],
      'y.k': y_k,
      'W[0].velocity': W_velocity[0],
      'W[1].velocity': W_velocity[1],
      'W[2].velocity': W_velocity[2],
    }
  }

  /** The weights before the first step. */
  private initialWeights(): Weights {
    const { tf, p } = this

    // std/burstccn.ccn:1  connect lower.event -> upper.soma as W : Depressing { init xavier_nor ...
    const W0 = tf.mul(p.scale * Math.sqrt(0.18181818181818182), this.normal('W[0]', [5, 6])) // [5, 6]

    const W1 = tf.mul(p.scale * Math.sqrt(0.2222222222222222), this.normal('W[1]', [4, 5])) // [4, 5]

    const W2 = tf.mul(p.scale * Math.sqrt(0.2857142857142857), this.normal('W[2]', [3, 4])) // [3, 4]

    // std/burstccn.ccn:2  connect upper.burst -> lower.apical as Y : Facilitating { fixed }
    const Y0 = tf.mul(p.scale * Math.sqrt(0.2222222222222222), this.normal('Y[0]', [5, 4])) // [5, 4]

    const Y1 = tf.mul(p.scale * Math.sqrt(0.2857142857142857), this.normal('Y[1]', [4, 3])) // [4, 3]

    const variable = (value: TF.Tensor) => tf.variable(value, false)
    return {
      W: [variable(W0), variable(W1), variable(W2)],
      Y: [variable(Y0), variable(Y1)],
      h_k: [variable(tf.zeros([5])), variable(tf.zeros([4]))],
      y_k: variable(tf.zeros([3])),
      W_velocity: [
        variable(tf.zeros([5, 6])),
        variable(tf.zeros([4, 5])),
        variable(tf.zeros([3, 4])),
      ],
    }
  }

  /** Makes the new weights the weights. */
  private commit({
    W0_velocity_next,
    W0_next,
    h0_k_next,
    W1_velocity_next,
    W1_next,
    h1_k_next,
    W2_velocity_next,
    W2_next,
    y_k_next,
  }: Updates): void {
    const { W, h_k, y_k, W_velocity } = this.weights
    W_velocity[0].assign(W0_velocity_next)
    W[0].assign(W0_next)
    h_k[0].assign(h0_k_next)
    W_velocity[1].assign(W1_velocity_next)
    W[1].assign(W1_next)
    h_k[1].assign(h1_k_next)
    W_velocity[2].assign(W2_velocity_next)
    W[2].assign(W2_next)
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

  /** Draws with mean 0 and standard deviation 1. */
  private normal(stream: string, shape: number[]): TF.Tensor {
    return this.draw(stream, shape, (key, count) => normalValues(key, this.stepCount, count))
  }

  /** Draws depend on the seed, the name of the stream and the step alone. */
  private draw(
    stream: string,
    shape: number[],
    make: (key: RandomKey, count: number) => Float32Array | TF.Tensor,
  ): TF.Tensor {
    const count = shape.reduce((product, length) => product * length, 1)
    const recorded = this.options.draw?.(stream, this.stepCount, count)
    if (recorded !== undefined) return this.tf.tensor(Float32Array.from(recorded), shape)
    const key = this.keys.get(stream) ?? streamKey(this.options.seed ?? 0, stream)
    this.keys.set(stream, key)
    const values = make(key, count)
    return values instanceof Float32Array ? this.tf.tensor(values, shape) : values
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
export type Gradients = ReturnType<Network['gradients']>

/** What is presented, row by row. */
export type InferenceArrays = { readonly x: Float32Array }

/** The same, and what teaches. */
export type LearningArrays = InferenceArrays & { readonly 'y.target': Float32Array }

/** What the circuit answers. */
export type Answers = Record<'y.e', NamedArray>

/** Sums over the examples. */
export type Scores = Record<'loss' | 'error', number>

/** What a step can measure. */
export type Measures = Record<
  'angle(W, backprop)[0]' | 'angle(W, backprop)[1]' | 'angle(W, backprop)[2]',
  number
>

/** Everything that `observe` can show. */
export interface Variables {
  /** [batch, 5] */
  readonly 'h[0].e': NamedArray
  /** [batch, 4] */
  readonly 'h[1].e': NamedArray
  /** [batch, 3] */
  readonly 'y.e': NamedArray
  /** [batch, 3] */
  readonly 'y.p': NamedArray
  /** [batch, 3] */
  readonly 'y.b': NamedArray
  /** [batch, 3] */
  readonly 'y.excess': NamedArray
  /** [4, 3] */
  readonly 'Q[1]': NamedArray
  /** [batch, 4] */
  readonly 'h[1].apical': NamedArray
  /** [batch, 4] */
  readonly 'h[1].p': NamedArray
  /** [batch, 4] */
  readonly 'h[1].b': NamedArray
  /** [batch, 4] */
  readonly 'h[1].excess': NamedArray
  /** [5, 4] */
  readonly 'Q[0]': NamedArray
  /** [batch, 5] */
  readonly 'h[0].apical': NamedArray
  /** [batch, 5] */
  readonly 'h[0].p': NamedArray
  /** [batch, 5] */
  readonly 'h[0].b': NamedArray
  /** [batch, 5] */
  readonly 'h[0].excess': NamedArray
  /** [batch] */
  readonly 'y.squared_error': NamedArray
  /** [5, 6] */
  readonly 'update(W[0])': NamedArray
  /** [5] */
  readonly 'update(h[0].k)': NamedArray
  /** [4, 5] */
  readonly 'update(W[1])': NamedArray
  /** [4] */
  readonly 'update(h[1].k)': NamedArray
  /** [3, 4] */
  readonly 'update(W[2])': NamedArray
  /** [3] */
  readonly 'update(y.k)': NamedArray
  /** [5, 6] */
  readonly 'backprop(W[0])': NamedArray
  /** [4, 5] */
  readonly 'backprop(W[1])': NamedArray
  /** [3, 4] */
  readonly 'backprop(W[2])': NamedArray
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
  name: 'burst',
  source: 'examples/burst.ccn',
  parameters: {
    p0: { value: 0.5, kind: 'number', minimum: 0, maximum: 1 },
    error_scale: { value: 0.5, kind: 'number', minimum: 0 },
    noise: { value: 0.01, kind: 'number', minimum: 0 },
    scale: { value: 3.6, kind: 'number' },
    tau: { value: 0.02, kind: 'number', unit: 'ms' },
  },
  inputs: { x: { shape: [6], inference: true }, 'y.target': { shape: [3], inference: false } },
  weights: {
    'W[0]': { shape: [5, 6], role: 'weight', axes: ['h[0]', 'x'] },
    'W[1]': { shape: [4, 5], role: 'weight', axes: ['h[1]', 'h[0]'] },
    'W[2]': { shape: [3, 4], role: 'weight', axes: ['y', 'h[1]'] },
    'Y[0]': { shape: [5, 4], role: 'constant', axes: ['h[0]', 'h[1]'] },
    'Y[1]': { shape: [4, 3], role: 'constant', axes: ['h[1]', 'y'] },
    'h[0].k': { shape: [5], role: 'weight' },
    'h[1].k': { shape: [4], role: 'weight' },
    'y.k': { shape: [3], role: 'weight' },
    'W[0].velocity': { shape: [5, 6], role: 'slot' },
    'W[1].velocity': { shape: [4, 5], role: 'slot' },
    'W[2].velocity': { shape: [3, 4], role: 'slot' },
  },
  rates: { W: 0.15, k: 0.15 },
  answers: ['y.e'],
  scores: ['loss', 'error'],
  measures: ['angle(W, backprop)[0]', 'angle(W, backprop)[1]', 'angle(W, backprop)[2]'],
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

type RandomKey = readonly [number, number]

const WORD = 2 ** 32

const THREEFRY_PARITY = 0x1bd11bda

/**
 * Fills `words`, of even length, with consecutive blocks of one step: the words 2j and 2j + 1 are
 * threefry(key, [firstBlock + j, step]). Block and step count modulo 2^32.
 */
function threefryWords(key: RandomKey, step: number, firstBlock: number, words: Uint32Array): void {
  const key0 = key[0] | 0
  const key1 = key[1] | 0
  const key2 = THREEFRY_PARITY ^ key0 ^ key1
  for (let at = 0; at < words.length; at += 2) {
    let x0 = (firstBlock + (at >>> 1) + key0) | 0
    let x1 = (step + key1) | 0
    // Five groups of four rounds; a round is: add, rotate, exclusive or.
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
    x0 = (x0 + key1) | 0
    x1 = (x1 + key2 + 1) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0
    x0 = (x0 + key2) | 0
    x1 = (x1 + key0 + 2) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
    x0 = (x0 + key0) | 0
    x1 = (x1 + key1 + 3) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0
    x0 = (x0 + key1) | 0
    x1 = (x1 + key2 + 4) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
    words[at] = x0 + key2
    words[at + 1] = x1 + key0 + 5
  }
}

/**
 * The key of the stream `stream` under `seed`, any safe integer. Chains threefry over the name's
 * code points; the last link carries the length and a counter that no draw reaches, so that no
 * stream's key is another stream's output. Throws RangeError for any other seed.
 */
function streamKey(seed: number, stream: string): RandomKey {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`A seed is a whole number up to 2^53 - 1, not ${seed}.`)
  }
  const state = new Uint32Array(2)
  let key: RandomKey = [seed % WORD, Math.floor(seed / WORD)]
  let length = 0
  for (const character of stream) {
    threefryWords(key, length, character.codePointAt(0)!, state)
    key = [state[0]!, state[1]!]
    length++
  }
  threefryWords(key, length, 0xffffffff, state)
  return [state[0]!, state[1]!]
}

/** Room for the words made at a time: an even number, so that chunks begin with whole blocks. */
function chunkFor(count: number): Uint32Array {
  return new Uint32Array(Math.min(256, count + (count & 1)))
}

/**
 * `count` values from the normal distribution with mean 0 and deviation 1, by the method of Box
 * and Muller: a block gives the pair r cos t, r sin t. Computed in f64 and rounded to f32; the
 * largest possible magnitude is 6.67. Logarithm, cosine and sine are series of plain arithmetic
 * (errors below 1e-10), because Math.log and its kin may differ from one engine to another.
 */
function normalValues(
  key: RandomKey,
  step: number,
  count: number,
  out: Float32Array = new Float32Array(count),
): Float32Array {
  const words = chunkFor(count)
  for (let start = 0; start < count; start += words.length) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(words.length, count - start)
    for (let i = 0; i < size; i += 2) {
      const radius = Math.sqrt(-2 * logOfFraction(words[i]!))
      // The low 31 bits give an angle from -pi/2 to pi/2, the top bit adds half a turn.
      const angle = ((words[i + 1]! & 0x7fffffff) - 2 ** 30) * (Math.PI / 2 ** 31)
      const signed = radius * (1 - 2 * (words[i + 1]! >>> 31))
      out[start + i] = signed * cosine(angle)
      if (i + 1 < size) out[start + i + 1] = signed * sine(angle)
    }
  }
  return out
}

/** log((word + 1) / 2^32): the power of two is split off, then 2 artanh((m - 1) / (m + 1)). */
function logOfFraction(word: number): number {
  const zeros = Math.clz32(word | 1)
  const m = (word + 1) * ((1 << zeros) >>> 0) * 2 ** -32 // in (1/2, 1]
  const fold = m < Math.SQRT1_2 ? 1 : 0
  const s = (m + m * fold - 1) / (m + m * fold + 1) // |s| < 0.172
  const q = s * s
  const tail = 1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13)))
  return 2 * s * (1 + q * (1 / 3 + q * (1 / 5 + q * tail))) - (zeros + fold) * Math.LN2
}

/** The Taylor series to x^16, for |x| <= pi/2. */
function cosine(x: number): number {
  const q = x * x
  const tail = 1 / 3628800 - q * (1 / 479001600 - q * (1 / 87178291200 - q * (1 / 20922789888000)))
  return 1 - q * (1 / 2 - q * (1 / 24 - q * (1 / 720 - q * (1 / 40320 - q * tail))))
}

/** The Taylor series to x^15, for |x| <= pi/2. */
function sine(x: number): number {
  const q = x * x
  const tail = 1 / 362880 - q * (1 / 39916800 - q * (1 / 6227020800 - q * (1 / 1307674368000)))
  return x * (1 - q * (1 / 6 - q * (1 / 120 - q * (1 / 5040 - q * tail))))
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
