/**
 * Sums over the synapses of a pattern, and rings of what was, written with operations that every backend of
 * TensorFlow.js has: gather, and scatterND, which adds where indices are equal. Signals are [examples,
 * cells], what belongs to synapses [..., synapses], in the order of the pattern. This file imports nothing
 * but types; its functions are copied as they are into generated modules.
 */
import type * as TF from '@tensorflow/tfjs-core'

/** The synapses of a pattern: from pre cell to post cell, one number of each. */
export interface Synapses {
  readonly count: number
  readonly cells: { readonly pre: number; readonly post: number }
  /** The cell of each synapse, [synapses], int32; of a pattern without any, one that nothing reads. */
  readonly pre: TF.Tensor
  readonly post: TF.Tensor
}

/** A pattern as it is given: the synapses of pre cell j are `starts[j] .. starts[j + 1]`. */
export interface GivenPattern {
  readonly count: number
  readonly starts: Int32Array
  readonly targets: Int32Array
}

/** Which side of a synapse. */
export type Side = 'pre' | 'post'

/** A given pattern as tensors. Throws RangeError for one of other cells. */
export function synapsesOf(
  tf: typeof TF,
  name: string,
  given: GivenPattern | undefined,
  cells: Synapses['cells'],
): Synapses {
  if (!given) throw new RangeError(`The pattern ${name} is missing among the options.`)
  const { count, starts, targets } = given
  const isSound = starts.length === cells.pre + 1 && targets.length === count
  if (!isSound) throw new RangeError(`The pattern ${name} is not one of ${cells.pre} pre cells.`)
  const sources = new Int32Array(count)
  for (let j = 0; j < cells.pre; j++) sources.fill(j, starts[j], starts[j + 1])
  const tensor = (values: Int32Array) =>
    tf.keep(tf.tensor(count > 0 ? values : [0], [Math.max(1, count)], 'int32'))
  return { count, cells, pre: tensor(sources), post: tensor(targets) }
}

/** What each synapse's cell on that side has: [..., cells] -> [..., synapses]. */
export function toSynapses(
  tf: typeof TF,
  value: TF.Tensor,
  synapses: Synapses,
  side: Side,
): TF.Tensor {
  if (synapses.count === 0) return tf.zeros([...value.shape.slice(0, -1), 0])
  return tf.gather(value, synapses[side], value.rank - 1)
}

/** The sum over each cell's synapses: [..., synapses] -> [..., cells]. */
export function fromSynapses(
  tf: typeof TF,
  value: TF.Tensor,
  synapses: Synapses,
  side: Side,
): TF.Tensor {
  const cells = synapses.cells[side]
  const lead = value.shape.slice(0, -1)
  const rows = lead.reduce((product, dim) => product * dim, 1)
  if (synapses.count === 0) return tf.zeros([...lead, cells])
  const flat = tf.transpose(tf.reshape(value, [rows, synapses.count]))
  const places = tf.reshape(synapses[side], [synapses.count, 1])
  const sums = tf.scatterND(places, flat, [cells, rows])
  return tf.reshape(tf.transpose(sums), [...lead, cells])
}

/** What arrives: the weights times what the cells `from` send, a 0 nothing, whatever the weight is. */
export function deliver(
  tf: typeof TF,
  sent: TF.Tensor,
  weights: TF.Tensor | number,
  synapses: Synapses,
  from: Side = 'pre',
): TF.Tensor {
  const to = from === 'pre' ? 'post' : 'pre'
  return fromSynapses(tf, weighted(tf, toSynapses(tf, sent, synapses, from), weights), synapses, to)
}

function weighted(tf: typeof TF, sent: TF.Tensor, weights: TF.Tensor | number): TF.Tensor {
  return tf.where(tf.notEqual(sent, 0), tf.mul(weights, sent), tf.zerosLike(sent))
}

/** Of each synapse, the sum over the examples of what its post cell and its pre cell have. */
export function pairs(
  tf: typeof TF,
  post: TF.Tensor,
  pre: TF.Tensor,
  synapses: Synapses,
): TF.Tensor {
  const [a, b] = [toSynapses(tf, post, synapses, 'post'), toSynapses(tf, pre, synapses, 'pre')]
  return tf.sum(tf.mul(a, b), 0)
}

/** What each synapse has, as a matrix [post, pre]; repeats add up. */
export function toMatrix(tf: typeof TF, value: TF.Tensor, synapses: Synapses): TF.Tensor {
  const { count, cells, pre, post } = synapses
  if (count === 0) return tf.zeros([cells.post, cells.pre])
  return tf.scatterND(tf.stack([post, pre], 1), value, [cells.post, cells.pre])
}

/** The entry of each synapse in a matrix [post, pre]. */
export function fromMatrix(tf: typeof TF, matrix: TF.Tensor, synapses: Synapses): TF.Tensor {
  const { count, pre, post } = synapses
  return count === 0 ? tf.zeros([0]) : tf.gatherND(matrix, tf.stack([post, pre], 1))
}

/**
 * A sum or mean over axes of which one has a place for each synapse: of none the sum is 0, and the mean, 0 / 0, no
 * number. (Backends differ in what they make of tensors without elements.)
 */
export function reduceSynapses(
  tf: typeof TF,
  fn: 'sum' | 'mean' | 'max' | 'min',
  value: TF.Tensor,
  axes: readonly number[],
  keep: boolean,
): TF.Tensor {
  if (value.size > 0) return tf[fn](value, [...axes], keep)
  const shape = value.shape.flatMap((size, axis) =>
    axes.includes(axis) ? (keep ? [1] : []) : [size],
  )
  return tf.fill(shape, { sum: 0, mean: Number.NaN, max: -Infinity, min: Infinity }[fn])
}

/** What was pushed `lag` steps ago to a ring of `rows`, [rows x examples, cells]. */
export function recall(
  tf: typeof TF,
  ring: TF.Tensor,
  step: number,
  rows: number,
  lag: number,
): TF.Tensor {
  const [all = 0, ...rest] = ring.shape
  const height = all / rows
  const row = (((step - lag) % rows) + rows) % rows
  return tf.slice(ring, [row * height, ...rest.map(() => 0)], [height, ...rest])
}

/** The ring with the row whose turn it is replaced. */
export function pushed(
  tf: typeof TF,
  ring: TF.Tensor,
  value: TF.Tensor,
  step: number,
  rows: number,
): TF.Tensor {
  const [all = 0, ...rest] = ring.shape
  const height = all / rows
  const row = step % rows
  const none = rest.map(() => 0)
  const parts = [
    ...(row > 0 ? [tf.slice(ring, [0, ...none], [row * height, ...rest])] : []),
    value,
    ...(row + 1 < rows
      ? [tf.slice(ring, [(row + 1) * height, ...none], [(rows - row - 1) * height, ...rest])]
      : []),
  ]
  return parts.length === 1 ? tf.clone(value) : tf.concat(parts, 0)
}

/** What each synapse's pre cell sent `delays` steps ago, by a ring: [examples, synapses]. */
export function toSynapsesLate(
  tf: typeof TF,
  ring: TF.Tensor,
  delays: TF.Tensor,
  synapses: Synapses,
  step: number,
  rows: number,
): TF.Tensor {
  const [all = 0, cells = 1] = ring.shape
  const examples = all / rows
  if (synapses.count === 0) return tf.zeros([examples, 0])
  const row = tf.mod(
    tf.sub((step % rows) + rows, tf.cast(delays, 'int32')),
    tf.scalar(rows, 'int32'),
  )
  const place = tf.add(tf.mul(tf.cast(row, 'int32'), tf.scalar(cells, 'int32')), synapses.pre)
  // By row and cell first, the examples of each behind.
  const flat = tf.reshape(tf.transpose(tf.reshape(ring, [rows, examples, cells]), [0, 2, 1]), [
    rows * cells,
    examples,
  ])
  return tf.transpose(tf.gather(flat, tf.cast(place, 'int32')))
}

/** What arrives of what was sent `delays` steps ago. */
export function deliverLate(
  tf: typeof TF,
  ring: TF.Tensor,
  weights: TF.Tensor | number,
  delays: TF.Tensor,
  synapses: Synapses,
  step: number,
  rows: number,
): TF.Tensor {
  const sent = toSynapsesLate(tf, ring, delays, synapses, step, rows)
  return fromSynapses(tf, weighted(tf, sent, weights), synapses, 'post')
}

/** Of each synapse, the sum over the examples of what its post cell has and its pre cell sent. */
export function pairsLate(
  tf: typeof TF,
  post: TF.Tensor,
  ring: TF.Tensor,
  delays: TF.Tensor,
  synapses: Synapses,
  step: number,
  rows: number,
): TF.Tensor {
  const sent = toSynapsesLate(tf, ring, delays, synapses, step, rows)
  return tf.sum(tf.mul(toSynapses(tf, post, synapses, 'post'), sent), 0)
}
