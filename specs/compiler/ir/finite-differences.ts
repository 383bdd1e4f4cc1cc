/** Compares gradients that a graph computes with central differences of what it computes. */
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { gradients } from '../../../compiler/ir/gradient.ts'
import type { Shape, ValueId } from '../../../compiler/ir/ir.ts'
import { verify } from '../../../compiler/ir/verify.ts'
import { interpret, tensor, type Environment, type Tensor } from '../../helpers/interpreter.ts'
import { sizeOfDim } from '../../../compiler/ir/shapes.ts'

export const BATCH = 3

/** A deterministic stream of numbers in [0, 1). */
export function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 12345
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32
  }
}

/** A tensor of `shape` with numbers in [low, high). */
export function randomTensor(
  shape: Shape,
  next: () => number,
  low = -1,
  high = 1,
  synapses?: (pattern: string) => number,
): Tensor {
  const dims = shape.map((dim) => sizeOfDim(dim, BATCH, synapses))
  const count = dims.reduce((product, dim) => product * dim, 1)
  return tensor(
    dims,
    Array.from({ length: count }, () => low + (high - low) * next()),
  )
}

/**
 * The largest difference between the gradient of sum(w * f(inputs)), w random, and its central
 * difference, relative to the larger of 1 and the gradient.
 */
export function gradientError(
  shapes: readonly Shape[],
  f: (b: GraphBuilder, ...inputs: ValueId[]) => ValueId,
  options: {
    readonly seed?: number
    readonly low?: number
    readonly high?: number
    readonly patterns?: Environment['patterns']
  } = {},
): number {
  const { seed = 1, low = -1, high = 1, patterns = {} } = options
  const synapses = (name: string): number => patterns[name]?.count ?? Number.NaN
  const next = numbers(seed)
  const b = new GraphBuilder('gradient')
  const inputs = shapes.map((shape, i) => b.input(`x${i}`, shape))
  const result = f(b, ...inputs)
  const weights = b.load('weights', b.shapeOf(result))
  const loss = b.reduce('sum', b.map('mul', result, weights))
  b.output('loss', loss)
  b.section = 'backprop'
  gradients(b, loss, inputs).forEach((gradient, i) => b.output(`g${i}`, gradient))
  const graph = b.build()
  verify(graph)

  const values = shapes.map((shape) => randomTensor(shape, next, low, high, synapses))
  const environment = (given: readonly Tensor[]) => ({
    batch: BATCH,
    patterns,
    inputs: Object.fromEntries(given.map((value, i) => [`x${i}`, value])),
    storages: { weights: randomTensor(b.shapeOf(weights), numbers(seed + 1), -1, 1, synapses) },
  })
  const lossOf = (given: readonly Tensor[]): number =>
    interpret(graph, environment(given)).outputs['loss']!.data[0]!
  const { outputs } = interpret(graph, environment(values))
  let worst = 0
  values.forEach((value, i) => {
    const gradient = outputs[`g${i}`]!
    if (gradient.shape.join() !== value.shape.join()) throw new Error('a gradient of another shape')
    gradient.data.forEach((analytic, k) => {
      const step = 1e-5
      const moved = (by: number): number =>
        lossOf(values.with(i, tensor(value.shape, value.data.with(k, value.data[k]! + by))))
      const numeric = (moved(step) - moved(-step)) / (2 * step)
      const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(numeric))
      worst = Number.isNaN(error) ? Infinity : Math.max(worst, error)
    })
  })
  return worst
}
