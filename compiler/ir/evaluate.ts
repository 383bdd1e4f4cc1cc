/**
 * Evaluates graphs in plain JavaScript, in double precision, in the order in which they are written: what
 * they mean. Gradients, passes and targets are compared with it, and derivations are checked by it.
 */
import type { MatrixPart } from '../../contract/artifact.ts'
import { evaluateElementary, type ElementaryFunction } from '../../contract/elementary.ts'
import type { DrawnPattern } from '../../contract/pattern.ts'
import { convolve } from './evaluate-convolution.ts'
import { evaluateSparse, isSparse } from './evaluate-sparse.ts'
import type { Graph, IrNode, ValueId } from './ir.ts'
import { assertNever, nodeAt, operandsOf } from './operands.ts'
import { sizeOfDim } from './shapes.ts'
import { count, expanded, reader, tabulate, tensor, type Tensor } from './tensor.ts'

export { tabulate, tensor, type Tensor }

/** What a graph is run on. */
export interface Environment {
  /** What 'batch' stands for. */
  readonly batch: number
  /** Steps of the run before this one. Default 0. */
  readonly step?: number
  readonly inputs?: Readonly<Record<string, Tensor>>
  readonly storages?: Readonly<Record<string, Tensor>>
  /** Parameters and rates by name. */
  readonly scalars?: Readonly<Record<string, number>>
  /** `count` draws; Bernoulli draws come as uniform ones. Needed for graphs that draw. */
  readonly draw?: (
    stream: string,
    distribution: string,
    count: number,
    /** The means of Poisson draws; trials and chances of binomial ones. */
    ...parameters: readonly ArrayLike<number>[]
  ) => ArrayLike<number>
  /** Patterns of synapses by name. */
  readonly patterns?: Readonly<Record<string, DrawnPattern>>
  /** A factor of the truncated SVD. Needed for graphs that factor. */
  readonly factor?: (matrix: Tensor, rank: number, side: MatrixPart) => Tensor
}

export interface Run {
  /** By node. */
  readonly values: readonly Tensor[]
  readonly outputs: Readonly<Record<string, Tensor>>
  readonly stores: Readonly<Record<string, Tensor>>
}

/** The value of every node, output and store of `graph`. */
export function evaluateGraph(graph: Graph, environment: Environment): Run {
  const values: Tensor[] = []
  const synapses = (name: string): number => given(environment.patterns, name).count
  for (const node of graph.nodes) {
    const shape = node.shape.map((dim) => sizeOfDim(dim, environment.batch, synapses))
    const operands = operandsOf(node).map((value) => nodeAt(values, value))
    const value = evaluateNode(node, operands, shape, environment)
    if (value.data.length !== count(shape) || value.shape.join() !== shape.join()) {
      throw new Error(`${node.op}: [${value.shape.join()}] is not [${shape.join()}]`)
    }
    values.push(value)
  }
  const { step = 0 } = environment
  const pick = (value: ValueId): Tensor => nodeAt(values, value)
  return {
    values,
    outputs: Object.fromEntries(graph.outputs.map((o) => [o.name, pick(o.value)])),
    stores: Object.fromEntries(
      graph.stores.map((s) => [
        s.storage,
        s.push
          ? pushed(given(environment.storages, s.storage), pick(s.value), step)
          : pick(s.value),
      ]),
    ),
  }
}

/** A ring after the row whose turn it is was written. */
function pushed(ring: Tensor, value: Tensor, step: number): Tensor {
  const data = ring.data.slice()
  data.set(value.data, (step % (data.length / value.data.length)) * value.data.length)
  return { shape: ring.shape, data }
}

/** The element at `index`, which may have leading axes too many; axes of size 1 broadcast. */
function at({ shape, data }: Tensor, index: readonly number[]): number {
  const extra = index.length - shape.length
  let offset = 0
  shape.forEach((dim, axis) => {
    offset = offset * dim + (dim === 1 ? 0 : index[extra + axis]!)
  })
  return data[offset]!
}

/** The value of a node, of the values of its operands. */
export function evaluateNode(
  node: IrNode,
  operands: readonly Tensor[],
  shape: readonly number[],
  environment: Environment,
): Tensor {
  const a = operands[0]!
  const b = operands[1]!
  if (isSparse(node)) {
    const { step = 0, patterns } = environment
    return evaluateSparse(node, operands, shape, { step, pattern: (name) => given(patterns, name) })
  }
  switch (node.op) {
    case 'const':
      return tensor([], [node.value])
    case 'scalar':
      if (node.source === 'batch') return tensor([], [environment.batch])
      if (node.source === 'step') return tensor([], [environment.step ?? 0])
      if (node.source === 'synapses')
        return tensor([], [given(environment.patterns, node.name).count])
      return tensor([], [given(environment.scalars, node.name)])
    case 'input':
      return given(environment.inputs, node.name)
    case 'load':
      return given(environment.storages, node.storage)
    case 'map':
      return mapped(node.fn, operands, shape)
    case 'matmul':
      return multiplied(a, b, node)
    case 'conv':
    case 'convImageGradient':
    case 'convKernelGradient':
      return convolve(node, a, b, shape)
    case 'reduce':
      return reduction(node, a, shape)
    case 'broadcast':
      return { shape, data: expanded(a, shape) }
    case 'reshape':
      return { shape, data: a.data }
    case 'transpose':
      return transposed(a, shape)
    case 'slice':
      return { shape, data: parts(a, node.axis, node.start, shape[node.axis]!) }
    case 'concat':
      return joinedParts(operands, node.axis, shape)
    case 'argmax':
      return tabulate(shape, (i) => {
        const row = Array.from({ length: a.shape.at(-1)! }, (_, k) => at(a, [...i, k]))
        return row.indexOf(Math.max(...row))
      })
    case 'random': {
      if (!environment.draw) throw new Error('draws are needed')
      const parameters =
        node.distribution === 'bernoulli'
          ? []
          : operands.map((each) => tabulate(shape, (i) => at(each, i)).data)
      const draws = tensor(
        shape,
        environment.draw(node.stream, node.distribution, count(shape), ...parameters),
      )
      if (node.distribution !== 'bernoulli') return draws
      return tabulate(shape, (i) => (at(draws, i) < at(a, i) ? 1 : 0))
    }
    case 'identity':
      return tabulate(shape, ([i, j]) => (i === j ? 1 : 0))
    case 'factor':
      if (!environment.factor) throw new Error('factors are needed')
      return environment.factor(a, node.rank, node.side)
    case 'stop':
    case 'custom':
      return a
    default:
      return assertNever(node)
  }
}

function given<T>(record: Readonly<Record<string, T>> | undefined, name: string): T {
  const value = record?.[name]
  if (value === undefined) throw new Error(`${name} is not given`)
  return value
}

function mapped(
  fn: ElementaryFunction,
  operands: readonly Tensor[],
  shape: readonly number[],
): Tensor {
  const data = new Float64Array(count(shape))
  const [a, b, c] = operands.map((each) => expanded(each, shape))
  if (a && b && fn === 'mul') for (let i = 0; i < data.length; i++) data[i] = a[i]! * b[i]!
  else if (a && b && fn === 'add') for (let i = 0; i < data.length; i++) data[i] = a[i]! + b[i]!
  else if (a && b && fn === 'sub') for (let i = 0; i < data.length; i++) data[i] = a[i]! - b[i]!
  else if (a) {
    const args = operands.map(() => 0)
    for (let i = 0; i < data.length; i++) {
      args[0] = a[i]!
      if (b) args[1] = b[i]!
      if (c) args[2] = c[i]!
      data[i] = evaluateElementary(fn, args)
    }
  }
  return { shape, data }
}

/** a b, each transposed if its flag says so; sums go by the inner index, from 0 on. */
export function multiplied(
  a: Tensor,
  b: Tensor,
  flags: { readonly transposeLeft: boolean; readonly transposeRight: boolean },
): Tensor {
  const [a0 = 1, a1 = 1] = a.shape
  const [b0 = 1, b1 = 1] = b.shape
  const [rows, inner] = flags.transposeLeft ? [a1, a0] : [a0, a1]
  const columns = flags.transposeRight ? b0 : b1
  const [aRow, aInner] = flags.transposeLeft ? [1, a1] : [a1, 1]
  const [left, right] = [a.data, b.data]
  const data = new Float64Array(rows * columns)
  if (flags.transposeRight) {
    for (let m = 0; m < rows; m++) {
      for (let n = 0; n < columns; n++) {
        let sum = 0
        for (let k = 0; k < inner; k++) sum += left[m * aRow + k * aInner]! * right[n * b1 + k]!
        data[m * columns + n] = sum
      }
    }
    return { shape: [rows, columns], data }
  }
  // Along the rows of b; every element adds up in the same order.
  for (let m = 0; m < rows; m++) {
    const start = m * columns
    for (let k = 0; k < inner; k++) {
      const value = left[m * aRow + k * aInner]!
      const from = k * b1
      for (let n = 0; n < columns; n++) data[start + n]! += value * right[from + n]!
    }
  }
  return { shape: [rows, columns], data }
}

function transposed({ shape: [rows = 1, columns = 1], data }: Tensor, shape: readonly number[]) {
  const result = new Float64Array(data.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j]!
  return { shape, data: result }
}

/** The elements of an axis from `start` on, so many. */
function parts({ shape, data }: Tensor, axis: number, start: number, size: number): Float64Array {
  const block = count(shape.slice(axis + 1))
  const row = block * shape[axis]!
  const result = new Float64Array(count(shape.slice(0, axis)) * size * block)
  for (let from = start * block, to = 0; to < result.length; from += row, to += size * block) {
    result.set(data.subarray(from, from + size * block), to)
  }
  return result
}

function joinedParts(operands: readonly Tensor[], axis: number, shape: readonly number[]): Tensor {
  const block = count(shape.slice(axis + 1))
  const row = block * shape[axis]!
  const data = new Float64Array(count(shape))
  let start = 0
  for (const part of operands) {
    const own = block * part.shape[axis]!
    if (own === 0) continue
    for (let from = 0, to = start; to < data.length; from += own, to += row) {
      data.set(part.data.subarray(from, from + own), to)
    }
    start += own
  }
  return { shape, data }
}

function reduction(
  node: Extract<IrNode, { readonly op: 'reduce' }>,
  a: Tensor,
  shape: readonly number[],
): Tensor {
  const kept = a.shape.map((dim, axis) => (node.axes.includes(axis) ? 1 : dim))
  const size = a.data.length / count(shape)
  const data = new Float64Array(count(shape)).fill(startOf(node.fn))
  const place = reader(
    { shape: kept, data: Float64Array.from({ length: data.length }, (_, i) => i) },
    a.shape,
  )
  a.data.forEach((value, i) => {
    const to = place(i)
    data[to] = joined(node.fn, data[to]!, value)
  })
  return { shape, data: node.fn === 'mean' ? data.map((each) => each / size) : data }
}

type Reduction = Extract<IrNode, { readonly op: 'reduce' }>['fn']

function startOf(fn: Reduction): number {
  if (fn === 'max') return -Infinity
  return fn === 'min' ? Infinity : 0
}

function joined(fn: Reduction, a: number, b: number): number {
  if (fn === 'max') return Math.max(a, b)
  return fn === 'min' ? Math.min(a, b) : a + b
}
