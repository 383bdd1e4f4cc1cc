/**
 * Shapes, and the rules of operations by which the shape of a result follows from those of the operands
 * (`operations.ts` says which rule is whose).
 *
 * A shape that breaks its rule is a bug of the compiler (the checker has accepted the circuit by
 * then), so these functions throw; the message gives the operation and the shapes. 'batch' and
 * 'synapses of ...' are symbols: each equals itself, broadcasts with 1, is never merged, split, cut or joined.
 */
import type { MatrixPart } from '../../contract/artifact.ts'
import { isSynapseDim, patternOf } from '../../contract/pattern.ts'
import { composedBinaryFunctions } from '../../contract/elementary.ts'
import { binaryFunctions, type ConvGeometry, type Dim, type MapFunction, type Shape } from './ir.ts'

/** `[batch, 500]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatDim).join(', ')}]`
}

const formatDim = (dim: Dim): string =>
  isSynapseDim(dim) ? `synapses ${JSON.stringify(patternOf(dim))}` : String(dim)

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis])
}

/** The number of elements, the batch counted as `batch`, and the synapses of each pattern as told. */
export function elementCount(
  shape: Shape,
  batch: number,
  synapses: (pattern: string) => number = unknownSynapses,
): number {
  return shape.reduce<number>((count, dim) => count * sizeOfDim(dim, batch, synapses), 1)
}

/** The size of an axis, the batch counted as `batch`, and the synapses of each pattern as told. */
export function sizeOfDim(
  dim: Dim,
  batch: number,
  synapses: (pattern: string) => number = unknownSynapses,
): number {
  if (dim === 'batch') return batch
  return isSynapseDim(dim) ? synapses(patternOf(dim)) : dim
}

const unknownSynapses = (pattern: string): never => {
  throw new Error(`The number of synapses of ${pattern} is not known here`)
}

/** Whether a size is a number; the others are symbols. */
export const isNumber = (dim: Dim | undefined): dim is number => typeof dim === 'number'

/** The common shape of element-wise operands, by NumPy's rule. */
export function broadcastShapes(shapes: readonly Shape[], operation = 'map'): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const result: Dim[] = Array.from({ length: rank }, () => 1)
  for (const shape of shapes) {
    const offset = rank - shape.length
    shape.forEach((dim, axis) => {
      const before = result[offset + axis]
      if (before === 1) result[offset + axis] = dim
      else if (dim !== 1 && dim !== before) fail(operation, shapes, `${before} against ${dim}`)
    })
  }
  return result
}

/** Whether `from` broadcasts to exactly `to`. */
export function broadcastsTo(from: Shape, to: Shape): boolean {
  const offset = to.length - from.length
  return offset >= 0 && from.every((dim, axis) => dim === 1 || dim === to[offset + axis])
}

/** Output size of a convolution along one axis. */
export function convSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1
}

/** How many operands a map function takes. */
export function arity(fn: MapFunction): number {
  if (fn === 'select') return 3
  return binary.has(fn) ? 2 : 1
}

const binary: ReadonlySet<MapFunction> = new Set<MapFunction>([
  ...binaryFunctions,
  ...composedBinaryFunctions,
])

/** What a broken rule throws. */
export function fail(operation: string, shapes: readonly Shape[], reason: string): never {
  throw new Error(`${operation} of ${shapes.map(formatShape).join(' and ')}: ${reason}`)
}

export function matmulShape(
  left: Shape,
  right: Shape,
  flipLeft: boolean,
  flipRight: boolean,
): Shape {
  const flags = `matmul${flipLeft ? ' transposeLeft' : ''}${flipRight ? ' transposeRight' : ''}`
  if (left.length !== 2 || right.length !== 2) fail(flags, [left, right], 'not two matrices')
  const [m, k] = flipLeft ? [left[1]!, left[0]!] : [left[0]!, left[1]!]
  const [l, n] = flipRight ? [right[1]!, right[0]!] : [right[0]!, right[1]!]
  if (k !== l) fail(flags, [left, right], `${k} against ${l}`)
  return [m, n]
}

export function convShape(image: Shape, kernel: Shape, geometry: ConvGeometry): Shape {
  const bad = (reason: string): never => fail('conv', [image, kernel], reason)
  if (image.length !== 4 || kernel.length !== 4) bad('not an image and a kernel')
  const [count, channels, height, width] = image as [Dim, Dim, Dim, Dim]
  const [features, inputs, h, w] = kernel as [Dim, Dim, Dim, Dim]
  const numbers = [channels, height, width, features, inputs, h, w]
  if (!numbers.every(isNumber)) bad('a symbol where a number should be')
  const { stride, padding, dilation, groups } = geometry
  if (channels !== Number(inputs) * groups) bad(`${channels} channels in ${groups} groups`)
  if (Number(features) % groups !== 0) bad(`${features} features in ${groups} groups`)
  const out = [
    convSize(Number(height), Number(h), stride[0], padding[0], dilation[0]),
    convSize(Number(width), Number(w), stride[1], padding[1], dilation[1]),
  ]
  if (out.some((size) => size < 1)) bad('the kernel is larger than the image')
  return [count, features, ...out]
}

export function reduceShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  axes.forEach((axis, i) => {
    if (!(axis >= 0 && axis < shape.length)) fail('reduce', [shape], `there is no axis ${axis}`)
    if (i > 0 && axis <= axes[i - 1]!) fail('reduce', [shape], 'axes are not in ascending order')
  })
  if (keep) return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
  return shape.filter((_, axis) => !axes.includes(axis))
}

/** The product of the numbers before, between and after the dimensions that are symbols. */
export function batchFactors(shape: Shape): Shape {
  const factors: Dim[] = [1]
  for (const dim of shape) {
    if (!isNumber(dim)) factors.push(dim, 1)
    else factors[factors.length - 1] = Number(factors.at(-1)) * dim
  }
  return factors
}

export function sliceShape(shape: Shape, axis: number, start: number, size: number): Shape {
  const dim = shape[axis]
  if (typeof dim !== 'number') return fail('slice', [shape], `axis ${axis} has no number`)
  if (start < 0 || size < 1 || start + size > dim) {
    fail('slice', [shape], `${start} .. ${start + size} of axis ${axis}`)
  }
  return shape.map((old, i) => (i === axis ? size : old))
}

export function concatShape(shapes: readonly Shape[], axis: number): Shape {
  const first = shapes[0] ?? fail('concat', shapes, 'nothing to join')
  let total = 0
  for (const shape of shapes) {
    const dim = shape[axis]
    if (typeof dim !== 'number') return fail('concat', shapes, `axis ${axis} has no number`)
    const fits = shape.every((other, i) => i === axis || other === first[i])
    if (!fits || shape.length !== first.length) fail('concat', shapes, `along axis ${axis}`)
    total += dim
  }
  return first.map((dim, i) => (i === axis ? total : dim))
}

export function factorShape(shape: Shape, rank: number, side: MatrixPart): Shape {
  const [m, n] = shape
  if (shape.length !== 2 || typeof m !== 'number' || typeof n !== 'number') {
    return fail('factor', [shape], 'not a matrix of known size')
  }
  if (rank < 1 || rank > Math.min(m, n)) fail('factor', [shape], `rank ${rank}`)
  if (side === 'radius') {
    return m === n ? [] : fail('factor', [shape], 'no square matrix')
  }
  if (side === 'orthogonal') return [m, n]
  return side === 'left' ? [m, rank] : [rank, n]
}
