/** What expressions of weights are for: the weight, bias or matrix that they set, with its axes and shape. */
import type { Bias, Connection, Matrix, Population } from '../model.ts'

/** What an expression of weights is for: decides which elements names mean, and the final shape. */
export interface WeightTarget {
  /** Storage name, for random streams. */
  readonly name: string
  /** [post, pre] of a matrix, [population] of a vector: what its axes count. */
  readonly axes: readonly string[]
  readonly shape: readonly number[]
  /** The kernel of a transposed convolution, which is stored [pre, post, height, width]. */
  readonly transposed?: boolean
  /** The weight of a connection, with the synapses that it has if they are single ones. */
  readonly connection?: Connection
}

export function connectionTarget(connection: Connection): WeightTarget {
  const post = connection.target.population.name
  const pre = connection.source.population.name
  const { name, shape, connectivity } = connection
  if (connectivity === 'conv_transpose')
    return { name, axes: [pre, post], shape, transposed: true, connection }
  return { name, axes: connectivity === 'one_to_one' ? [post] : [post, pre], shape, connection }
}

/** The storage of the delays of a connection's synapses, in steps. */
export const delayName = ({ name }: Connection): string => `${name}.delay`

/** Whether the units of a channel have one bias together. */
export const sharesBias = ({ shape }: Population, { perChannel }: Bias): boolean =>
  perChannel && shape.length > 1

export function biasTarget(population: Population, bias: Bias): WeightTarget {
  const { name, size, shape } = population
  const count = sharesBias(population, bias) ? (shape[0] ?? 1) : size
  return { name: bias.storage, axes: [name], shape: [count] }
}

export function matrixTarget({ name, rows, columns }: Matrix): WeightTarget {
  return { name, axes: [rows.name, columns.name], shape: [rows.size, columns.size] }
}

/** Whether only some pairs of a connection's matrix of weights are connected. */
export const isMasked = ({ connectivity, pattern }: Connection): boolean =>
  connectivity === 'mask' || pattern?.sparse === false

/** The storage of a connection's mask: 1 where two units are connected, else 0. */
export const maskName = ({ name }: Connection): string => `${name}.mask`
