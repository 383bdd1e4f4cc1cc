/**
 * How hard are the procedural digits? Trains a linear classifier and networks of two hidden layers
 * on 8000 images and prints their errors on 2000 others, for two seeds: the linear one should do
 * clearly worse. Back-propagation is written out in plain tensor operations; nothing of CCN but the
 * data is used. Repeat with `npx tsx bench/digits-difficulty.ts` (about two minutes on one core).
 */

import { version_wasm as wasmVersion } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { epochOrder, gatherBatch } from '../runtime/data/batches.ts'
import { loadDataset } from '../runtime/node/data/readers.ts'
import type { DatasetPlan } from '../contract/dataset.ts'
import type { DataPart, LoadedDataset } from '../runtime/data/types.ts'
import { normalValues, streamKey } from '../runtime/support/random.ts'

interface Classifier {
  readonly name: string
  readonly hidden: readonly number[]
  readonly activation: 'relu' | 'sigmoid'
  readonly epochs: number
}

const CLASSIFIERS: readonly Classifier[] = [
  { name: 'linear', hidden: [], activation: 'relu', epochs: 15 },
  { name: '784-200-200-10 relu', hidden: [200, 200], activation: 'relu', epochs: 8 },
  { name: '784-200-200-10 sigmoid', hidden: [200, 200], activation: 'sigmoid', epochs: 12 },
]
const SEEDS = [1, 2]
const BATCH = 50
const ADAM = { rate: 1e-3, mean: 0.9, square: 0.999, floor: 1e-8 }

/** The data set `digits` of the standard library, with other images for each seed. */
function digitsPlan(seed: number): DatasetPlan {
  const part = (count: number, partSeed: number) => ({
    name: 'digits',
    positional: [],
    named: { count, seed: partSeed },
  })
  return {
    name: 'digits',
    fields: [
      { name: 'image', shape: [28, 28] },
      { name: 'label', shape: [], classes: 10 },
    ],
    train: part(8000, 2 * seed - 1),
    test: part(2000, 2 * seed),
  }
}

interface Weight {
  value: tf.Tensor
  mean: tf.Tensor
  square: tf.Tensor
}

function createWeights(sizes: readonly number[], seed: number): Weight[] {
  return sizes.slice(1).flatMap((outputs, layer) => {
    const inputs = sizes[layer]!
    const values = normalValues(streamKey(seed, `layer ${layer}`), 0, inputs * outputs)
    const scale = Math.sqrt(layer === sizes.length - 2 ? 1 / inputs : 2 / inputs)
    const matrix = tf.tensor2d(
      values.map((value) => value * scale),
      [inputs, outputs],
    )
    return [matrix, tf.zeros([outputs])].map((value) => ({
      value,
      mean: tf.zerosLike(value),
      square: tf.zerosLike(value),
    }))
  })
}

/** The activity of each layer, the input first and the class probabilities last. */
function forward(weights: readonly Weight[], input: tf.Tensor, activation: string): tf.Tensor[] {
  const activities = [input]
  for (let k = 0; k < weights.length; k += 2) {
    const sum = tf.add(tf.matMul(activities.at(-1)!, weights[k]!.value), weights[k + 1]!.value)
    if (k + 2 === weights.length) activities.push(tf.softmax(sum as tf.Tensor2D))
    else activities.push(activation === 'relu' ? tf.relu(sum) : tf.sigmoid(sum))
  }
  return activities
}

/** The gradient of the mean cross-entropy by each weight. */
function gradients(
  weights: readonly Weight[],
  input: tf.Tensor,
  classes: tf.Tensor,
  activation: string,
): tf.Tensor[] {
  const activities = forward(weights, input, activation)
  const found: tf.Tensor[] = []
  let delta: tf.Tensor = tf.div(tf.sub(activities.at(-1)!, classes), input.shape[0]!)
  for (let k = weights.length - 2; k >= 0; k -= 2) {
    const below = activities[k / 2]!
    found.unshift(tf.matMul(below as tf.Tensor2D, delta as tf.Tensor2D, true), tf.sum(delta, 0))
    if (k === 0) break
    const back = tf.matMul(delta as tf.Tensor2D, weights[k]!.value as tf.Tensor2D, false, true)
    const slope =
      activation === 'relu'
        ? tf.cast(tf.greater(below, 0), 'float32')
        : tf.mul(below, tf.sub(1, below))
    delta = tf.mul(back, slope)
  }
  return found
}

function adam(weight: Weight, gradient: tf.Tensor, step: number): void {
  const mean = tf.add(tf.mul(weight.mean, ADAM.mean), tf.mul(gradient, 1 - ADAM.mean))
  const square = tf.add(
    tf.mul(weight.square, ADAM.square),
    tf.mul(tf.square(gradient), 1 - ADAM.square),
  )
  const rate = (ADAM.rate * Math.sqrt(1 - ADAM.square ** step)) / (1 - ADAM.mean ** step)
  const change = tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(square), ADAM.floor))
  const value = tf.sub(weight.value, change)
  tf.dispose([weight.mean, weight.square, weight.value])
  Object.assign(weight, { mean: tf.keep(mean), square: tf.keep(square), value: tf.keep(value) })
}

function train(data: LoadedDataset, classifier: Classifier, seed: number): number {
  const weights = createWeights([784, ...classifier.hidden, 10], seed)
  const buffers = new Map<string, Float32Array>()
  let step = 0
  for (let epoch = 0; epoch < classifier.epochs; epoch++) {
    const order = epochOrder(seed, epoch, data.train.count)
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = gatherBatch(data.train, order, start, BATCH, ['image', 'label'], buffers)
      step++
      tf.tidy(() => {
        const input = tf.tensor2d(Float32Array.from(batch.fields['image']!), [batch.count, 784])
        const labels = tf.tensor1d(Float32Array.from(batch.fields['label']!), 'int32')
        const found = gradients(weights, input, tf.oneHot(labels, 10), classifier.activation)
        weights.forEach((weight, k) => adam(weight, found[k]!, step))
      })
    }
  }
  const error = testError(weights, data.test, classifier.activation)
  for (const { value, mean, square } of weights) tf.dispose([value, mean, square])
  return error
}

function testError(weights: readonly Weight[], test: DataPart, activation: string): number {
  return tf.tidy(() => {
    const input = tf.tensor2d(Float32Array.from(test.fields['image']!), [test.count, 784])
    const answers = tf.argMax(forward(weights, input, activation).at(-1)!, 1).dataSync<'int32'>()
    const wrong = test.fields['label']!.filter((label, k) => label !== answers[k]).length
    return wrong / test.count
  })
}

await tf.setBackend('wasm')
console.log(`8000 training and 2000 test images, tfjs-backend-wasm ${wasmVersion}`)
const datasets = await Promise.all(
  SEEDS.map((seed) => loadDataset(digitsPlan(seed), { standardise: true, validation: 0, seed })),
)
for (const classifier of CLASSIFIERS) {
  const started = performance.now()
  const errors = SEEDS.map((seed, k) => train(datasets[k]!, classifier, seed))
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const figures = errors.map((error) => `${(100 * error).toFixed(2)} %`).join(', ')
  console.log(
    `${classifier.name}, ${classifier.epochs} epochs: test error ${figures} (${seconds} s)`,
  )
}
