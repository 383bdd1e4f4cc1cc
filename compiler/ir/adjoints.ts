/**
 * Adjoints of the operations that are not element-wise: contractions, reductions and rearrangements.
 * Each gives the share of the cotangent g of a node's result that belongs to one of its operands,
 * in that operand's shape. `operations.ts` says which is whose.
 */
import type { GraphBuilder } from './builder.ts'
import type { IrNode, Shape, ValueId } from './ir.ts'
import { assertNever, nodeAt } from './operands.ts'
import { isNumber, sameShape } from './shapes.ts'

/** Sums `value` over the axes along which `shape` was broadcast; broadcasts it where it is smaller. */
export function sumTo(b: GraphBuilder, value: ValueId, shape: Shape): ValueId {
  const from = b.shapeOf(value)
  const offset = from.length - shape.length
  const isSummed = (axis: number): boolean =>
    axis < offset || (shape[axis - offset] === 1 && from[axis] !== 1)
  const axes = from.flatMap((_, axis) => (isSummed(axis) ? [axis] : []))
  if (axes.length === 0) return b.broadcast(value, shape)
  const sum = b.reduce('sum', value, axes, offset === 0)
  const dims = from.map((dim, axis) => (isSummed(axis) ? 1 : dim)).slice(Math.max(0, offset))
  return b.broadcast(b.reshape(sum, dims), shape)
}

export type Contraction = Extract<
  IrNode,
  { readonly op: 'matmul' | 'conv' | 'convImageGradient' | 'convKernelGradient' }
>

export function contractionAdjoint(
  b: GraphBuilder,
  node: Contraction,
  index: number,
  other: ValueId,
  g: ValueId,
): ValueId {
  const shape = b.shapeOf(nodeAt(node.args, index)) as readonly number[]
  switch (node.op) {
    case 'matmul': {
      const { transposeLeft, transposeRight } = node
      if (index === 0) {
        return transposeLeft
          ? b.matmul(other, g, { transposeLeft: transposeRight, transposeRight: true })
          : b.matmul(g, other, { transposeRight: !transposeRight })
      }
      return transposeRight
        ? b.matmul(g, other, { transposeLeft: true, transposeRight: transposeLeft })
        : b.matmul(other, g, { transposeLeft: !transposeLeft })
    }
    case 'conv':
      return index === 0
        ? b.convImageGradient(g, other, node.geometry, [shape[1]!, shape[2]!, shape[3]!])
        : b.convKernelGradient(other, g, node.geometry, [
            shape[0]!,
            shape[1]!,
            shape[2]!,
            shape[3]!,
          ])
    case 'convImageGradient':
      return index === 0
        ? b.conv(g, other, node.geometry)
        : b.convKernelGradient(g, other, node.geometry, [
            shape[0]!,
            shape[1]!,
            shape[2]!,
            shape[3]!,
          ])
    case 'convKernelGradient':
      return index === 0
        ? b.convImageGradient(other, g, node.geometry, [shape[1]!, shape[2]!, shape[3]!])
        : b.conv(other, g, node.geometry)
    default:
      return assertNever(node)
  }
}

export function reduceAdjoint(
  b: GraphBuilder,
  node: Extract<IrNode, { readonly op: 'reduce' }>,
  result: ValueId,
  g: ValueId,
): ValueId {
  const x = node.args[0]
  const shape = b.shapeOf(x)
  const kept = shape.map((dim, axis) => (node.axes.includes(axis) ? 1 : dim))
  // What was reduced along leading axes broadcasts back as it is.
  const leading = node.axes.every((axis, i) => axis === i)
  const spread = leading ? g : b.reshape(g, kept)
  switch (node.fn) {
    case 'sum':
      return b.broadcast(spread, shape)
    case 'mean': {
      const share = b.map('div', spread, reducedCount(b, shape, node.axes))
      return b.broadcast(share, shape)
    }
    case 'max':
    case 'min': {
      // Equals share the gradient, as in TensorFlow.
      const winners = b.map('eq', x, b.reshape(result, kept))
      const share = b.map('div', spread, b.reduce('sum', winners, node.axes, true))
      return b.map('select', winners, share, b.constant(0))
    }
    default:
      return assertNever(node.fn)
  }
}

/** How many elements one element of the result is made of. */
function reducedCount(b: GraphBuilder, shape: Shape, axes: readonly number[]): ValueId {
  const dims = axes.map((axis) => shape[axis] ?? 1)
  const fixed = dims.filter(isNumber).reduce((product, dim) => product * dim, 1)
  return dims.reduce<ValueId>(
    (count, dim) => (isNumber(dim) ? count : b.map('mul', b.sizeOf(dim), count)),
    b.constant(fixed),
  )
}

export function sliceAdjoint(
  b: GraphBuilder,
  node: Extract<IrNode, { readonly op: 'slice' }>,
  g: ValueId,
): ValueId {
  const shape = b.shapeOf(node.args[0])
  const whole = Number(shape[node.axis])
  const zeros = (size: number): ValueId[] => {
    const dims = shape.map((dim, axis) => (axis === node.axis ? size : dim))
    return size > 0 ? [b.filled(0, dims)] : []
  }
  const parts = [...zeros(node.start), g, ...zeros(whole - node.start - node.size)]
  return parts.length === 1 ? g : b.concat(parts, node.axis)
}

export function concatAdjoint(
  b: GraphBuilder,
  node: Extract<IrNode, { readonly op: 'concat' }>,
  index: number,
  g: ValueId,
): ValueId {
  const sizes = node.args.map((value) => Number(b.shapeOf(value)[node.axis]))
  const start = sizes.slice(0, index).reduce((sum, size) => sum + size, 0)
  const share = b.slice(g, node.axis, start, nodeAt(sizes, index))
  return sameShape(b.shapeOf(share), b.shapeOf(g)) ? g : share
}
