/**
 * Convolutions. Populations are flat, [examples, units]; seen as [examples, channels, height, width] they lie
 * in memory as they did, so that nothing is moved.
 *
 * A kernel's weight is shared by all pairs of units that lie alike to each other, and so is its
 * change: the sum of what the rule says for each of these pairs, not divided by their number.
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { Dim, ValueId } from '../../ir/ir.ts'
import type { Bias, Convolution, Population } from '../../model/model.ts'
import { sharesBias } from '../../model/weights/targets.ts'

/** What arrives, [examples, units]: the cross-correlation of the activity, or its way back. */
export function convolve(
  builder: GraphBuilder,
  { geometry, image, result, transposed }: Convolution,
  activity: ValueId,
  kernel: ValueId,
): ValueId {
  const [from, to] = transposed ? [result, image] : [image, result]
  const [examples = 1] = builder.shapeOf(activity)
  const seen = builder.reshape(activity, [examples, ...from])
  const value = transposed
    ? builder.convImageGradient(seen, kernel, geometry, image)
    : builder.conv(seen, kernel, geometry)
  return builder.reshape(value, [examples, unitsOf(to)])
}

/**
 * The sum of post * pre over the examples and over all pairs that share a weight, in the kernel's
 * shape. Both are [count, units] of the same count.
 */
export function kernelProduct(
  builder: GraphBuilder,
  { geometry, image, result, transposed, kernel }: Convolution,
  post: ValueId,
  pre: ValueId,
  count: Dim,
): ValueId {
  const [above, below] = transposed ? [pre, post] : [post, pre]
  return builder.convKernelGradient(
    builder.reshape(below, [count, ...image]),
    builder.reshape(above, [count, ...result]),
    geometry,
    kernel,
  )
}

/** A bias, [channels] or [units], as one number for each unit, [units]. */
export function spreadBias(
  builder: GraphBuilder,
  population: Population,
  bias: Bias,
  value: ValueId,
): ValueId {
  return sharesBias(population, bias) ? spreadChannels(builder, value, population.shape) : value
}

/** One number for each channel, [channels], as one for each unit, [units]. */
export function spreadChannels(
  builder: GraphBuilder,
  value: ValueId,
  [channels = 1, ...space]: readonly number[],
): ValueId {
  const places = unitsOf(space)
  const column = builder.reshape(value, [channels, 1])
  return builder.reshape(builder.broadcast(column, [channels, places]), [channels * places])
}

/** The sums over the units of each channel, [channels], of one number for each unit, [units]. */
export function sumChannels(
  builder: GraphBuilder,
  value: ValueId,
  shape: readonly number[],
): ValueId {
  const [channels = 1, ...space] = shape
  const places = unitsOf(space)
  if (places === 1) return value
  return builder.reduce('sum', builder.reshape(value, [channels, places]), [1])
}

const unitsOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
