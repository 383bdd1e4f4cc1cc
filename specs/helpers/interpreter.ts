/**
 * Runs graphs in plain JavaScript, in double precision, one element at a time: the reference that
 * gradients, passes and targets are compared with. Nothing here is meant to be fast.
 */
import type { ConvGeometry, Graph, IrNode, Shape, ValueId } from '../../compiler/ir/ir.ts'
import { evaluateElementary } from '../../contract/elementary.ts'
import { assertNever, nodeAt, operandsOf } from '../../compiler/ir/operands.ts'
import { sizeOfDim } from '../../compiler/ir/shapes.ts'
import type { DrawnPattern } from '../../contract/pattern.ts'
import { evaluateSparse, isSparse } from './interpreter-sparse.ts'

/** Row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

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
    /** The means of Poisson draws. */
    parameter?: ArrayLike<number>,
  ) => ArrayLike<number>
  /** Patterns of synapses by name. */
  readonly patterns?: Readonly<Record<string, DrawnPattern>>
  /** A factor of the truncated SVD. Needed for graphs that factor. */
  readonly factor?: (matrix: Tensor, rank: number, side: 'left' | 'right') => Tensor
}

export interface Run {
  /** By node. */
  readonly values: readonly Tensor[]
  readonly outputs: Readonly<Record<string, Tensor>>
  readonly stores: Readonly<Record<string, Tensor>>
}

/** The value of every node, output and store of `graph`. */
export function interpret(graph: Graph, environment: Environment): Run {
  const values: Tensor[] = []
  const synapses = (name: string): number => given(environment.patterns, name).count
  for (const node of graph.nodes) {
    const shape = node.shape.map((dim) => sizeOfDim(dim, environment.batch, synapses))
    const operands = operandsOf(node).map((value) => nodeAt(values, value))
    const value = evaluate(node, operands, shape, environment)
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

/** A tensor of the given numbers. */
export function tensor(shape: readonly number[], numbers: ArrayLike<number>): Tensor {
  if (numbers.length !== count(shape)) {
    throw new Error(`${numbers.length} numbers for [${shape.join()}]`)
  }
  return { shape, data: Float64Array.from(numbers) }
}

/** A tensor whose element at each index is `of(index)`. */
export function tabulate(
  shape: readonly number[],
  of: (index: readonly number[]) => number,
): Tensor {
  const data = new Float64Array(count(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    data[i] = of(index)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
  return { shape, data }
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
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

function evaluate(
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
      return tabulate(shape, (i) =>
        evaluateElementary(
          node.fn,
          operands.map((x) => at(x, i)),
        ),
      )
    case 'matmul': {
      const inner = a.shape[node.transposeLeft ? 0 : 1]!
      return tabulate(shape, ([m, n]) =>
        sum(inner, (k) => {
          const left = at(a, node.transposeLeft ? [k, m!] : [m!, k])
          return left * at(b, node.transposeRight ? [n!, k] : [k, n!])
        }),
      )
    }
    case 'conv':
    case 'convImageGradient':
    case 'convKernelGradient':
      return convolution(node, a, b, shape)
    case 'reduce':
      return reduction(node, a, shape)
    case 'broadcast':
      return tabulate(shape, (i) => at(a, i))
    case 'reshape':
      return { shape, data: a.data }
    case 'transpose':
      return tabulate(shape, ([i, j]) => at(a, [j!, i!]))
    case 'slice':
      return tabulate(shape, (i) => at(a, i.with(node.axis, i[node.axis]! + node.start)))
    case 'concat':
      return tabulate(shape, (i) => {
        let position = i[node.axis]!
        for (const part of operands) {
          const size = part.shape[node.axis]!
          if (position < size) return at(part, i.with(node.axis, position))
          position -= size
        }
        throw new Error('concat: past the end')
      })
    case 'argmax':
      return tabulate(shape, (i) => {
        const row = Array.from({ length: a.shape.at(-1)! }, (_, k) => at(a, [...i, k]))
        return row.indexOf(Math.max(...row))
      })
    case 'random': {
      if (!environment.draw) throw new Error('draws are needed')
      const parameter =
        node.distribution === 'poisson' ? tabulate(shape, (i) => at(a, i)).data : undefined
      const draws = tensor(
        shape,
        environment.draw(node.stream, node.distribution, count(shape), parameter),
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

function sum(size: number, term: (index: number) => number): number {
  let total = 0
  for (let i = 0; i < size; i++) total += term(i)
  return total
}

function reduction(
  node: Extract<IrNode, { readonly op: 'reduce' }>,
  a: Tensor,
  shape: readonly number[],
): Tensor {
  const groups = new Map<string, number[]>()
  const keyOf = (i: readonly number[]): string =>
    i.filter((_, axis) => !node.axes.includes(axis)).join()
  tabulate(a.shape, (i) => {
    const key = keyOf(i)
    groups.set(key, [...(groups.get(key) ?? []), at(a, i)])
    return 0
  })
  return tabulate(shape, (i) => {
    const group = groups.get(node.keep ? keyOf(i) : i.join()) ?? []
    switch (node.fn) {
      case 'sum':
        return sum(group.length, (k) => group[k]!)
      case 'mean':
        return sum(group.length, (k) => group[k]!) / group.length
      case 'max':
        return Math.max(...group)
      case 'min':
        return Math.min(...group)
      default:
        return assertNever(node.fn)
    }
  })
}

type Convolution = Extract<
  IrNode,
  { readonly op: 'conv' | 'convImageGradient' | 'convKernelGradient' }
>

/** All three: every product of an image, a kernel and an output element, added to the third. */
function convolution(node: Convolution, a: Tensor, b: Tensor, shape: readonly number[]): Tensor {
  const result = { shape, data: new Float64Array(count(shape)) }
  const image = node.op === 'convImageGradient' ? result : a
  const kernel = node.op === 'convKernelGradient' ? result : b
  const output = node.op === 'conv' ? result : node.op === 'convImageGradient' ? a : b
  const { groups }: ConvGeometry = node.geometry
  const { stride, padding, dilation } = node.geometry
  tabulate(output.shape, ([n, o, y, x]) => {
    tabulate(kernel.shape.slice(1), ([c, h, w]) => {
      const group = Math.floor(o! / (output.shape[1]! / groups))
      const row = y! * stride[0] + h! * dilation[0] - padding[0]
      const column = x! * stride[1] + w! * dilation[1] - padding[1]
      if (row < 0 || column < 0 || row >= image.shape[2]! || column >= image.shape[3]!) return 0
      const i = flat(image.shape, [n!, group * kernel.shape[1]! + c!, row, column])
      const k = flat(kernel.shape, [o!, c!, h!, w!])
      const j = flat(output.shape, [n!, o!, y!, x!])
      if (node.op === 'conv') result.data[j]! += image.data[i]! * kernel.data[k]!
      else if (node.op === 'convImageGradient') result.data[i]! += output.data[j]! * kernel.data[k]!
      else result.data[k]! += output.data[j]! * image.data[i]!
      return 0
    })
    return 0
  })
  return result
}

function flat(shape: Shape, index: readonly number[]): number {
  return index.reduce((offset, i, axis) => offset * Number(shape[axis]) + i, 0)
}
