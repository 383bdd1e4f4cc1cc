/**
 * Computes what is known and leaves out what does nothing: constants, identities, products with
 * several host scalars, rearrangements of rearrangements.
 *
 * Before: a verified graph. After: none of the rules below applies. Nothing is assumed of values:
 * NaN and infinity stay (x * 0 and x - x are not folded), only the rounding may differ.
 *
 *     %1 = mul(%x, 2) : [3]
 *     %2 = div(%1, %p) : [3]         %1 = reciprocal(%p) : []
 *     %3 = add(%2, 0) : [3]    ->    %2 = mul(2, %1) : []
 *     %4 = neg(%3) : [3]             %3 = neg(%2) : []
 *                                    %4 = mul(%3, %x) : [3]
 */
import { isSynapseDim, patternOf } from '../../contract/pattern.ts'
import type { Graph, IrNode, Shape, ValueId } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { isNumber, sameShape } from '../ir/shapes.ts'
import { foldMap } from './fold-map.ts'
import { rewrite, type Rewriter } from './rewrite.ts'

/** The simplified graph. */
export function fold(graph: Graph): Graph {
  return rewrite(graph, (node, _, r) => {
    if (node.op === 'map') return foldMap(r, node.fn, node.args, node.shape)
    return foldRearrangement(r, node)
  })
}

function foldRearrangement(r: Rewriter, node: IrNode): ValueId | undefined {
  if (!('args' in node) || node.args.length === 0) return undefined
  const x = nodeAt(node.args, 0)
  const inner = r.nodeOf(x)
  const keepsShape = sameShape(inner.shape, node.shape)
  // A number repeated: whatever rearranges it, it is that number repeated.
  const repeated = inner.op === 'broadcast' && r.shapeOf(inner.args[0]).length === 0
  switch (node.op) {
    case 'broadcast':
    case 'reshape':
      if (keepsShape) return x
      if (repeated) return r.broadcast(inner.args[0], node.shape)
      if (inner.op !== node.op) return undefined
      return r.emit({ ...node, args: [inner.args[0]] })
    case 'transpose':
      if (inner.op === 'transpose') return inner.args[0]
      return repeated ? r.broadcast(inner.args[0], node.shape) : undefined
    case 'slice':
      if (keepsShape) return x
      if (repeated) return r.broadcast(inner.args[0], node.shape)
      return foldSlice(r, node, inner)
    case 'concat':
      return node.args.length === 1 ? x : undefined
    case 'reduce':
      return foldReduce(r, node, inner, repeated)
    default:
      return undefined
  }
}

/** A slice of a slice, or of what was joined. */
function foldSlice(
  r: Rewriter,
  node: Extract<IrNode, { readonly op: 'slice' }>,
  inner: IrNode,
): ValueId | undefined {
  if (inner.op === 'slice' && inner.axis === node.axis) {
    return r.emit({ ...sliceOf(node), args: inner.args, start: inner.start + node.start })
  }
  if (inner.op !== 'concat' || inner.axis !== node.axis) return undefined
  let start = 0
  for (const part of inner.args) {
    const size = Number(r.shapeOf(part)[node.axis])
    if (node.start >= start && node.start + node.size <= start + size) {
      if (node.size === size) return part
      return r.emit({ ...sliceOf(node), args: [part], start: node.start - start })
    }
    start += size
  }
  return undefined
}

function sliceOf({ axis, start, size, args }: Extract<IrNode, { readonly op: 'slice' }>) {
  return { op: 'slice', axis, start, size, args } as const
}

function foldReduce(
  r: Rewriter,
  node: Extract<IrNode, { readonly op: 'reduce' }>,
  inner: IrNode,
  repeated: boolean,
): ValueId | undefined {
  const dims = node.axes.map((axis) => nodeAt(inner.shape, axis))
  if (dims.every((dim) => dim === 1)) return reshaped(r, node.args[0], node.shape)
  if (inner.op === 'reduce' && !r.isShared(node.args[0])) return foldReductions(r, node, inner)
  if (!repeated || inner.op !== 'broadcast') return undefined
  const number = inner.args[0]
  if (node.fn !== 'sum') return r.broadcast(number, node.shape)
  const fixed = dims.filter(isNumber).reduce((count, dim) => count * dim, 1)
  const count = dims.reduce<ValueId>((product, dim) => {
    if (isNumber(dim)) return product
    const size = isSynapseDim(dim)
      ? r.emit({ op: 'scalar', source: 'synapses', name: patternOf(dim) })
      : r.emit({ op: 'scalar', source: 'batch', name: 'batch' })
    return r.map('mul', size, product)
  }, r.constant(fixed))
  return r.broadcast(r.map('mul', count, number), node.shape)
}

/** A sum of sums (mean of means, ...) is one over the axes of both. */
function foldReductions(
  r: Rewriter,
  node: Extract<IrNode, { readonly op: 'reduce' }>,
  inner: Extract<IrNode, { readonly op: 'reduce' }>,
): ValueId | undefined {
  if (inner.fn !== node.fn) return undefined
  const all = r.shapeOf(inner.args[0]).map((_, axis) => axis)
  const left = inner.keep ? all : all.filter((axis) => !inner.axes.includes(axis))
  const reduced = new Set([...inner.axes, ...node.axes.map((axis) => nodeAt(left, axis))])
  const axes = all.filter((axis) => reduced.has(axis))
  const { op, fn, keep } = node
  return reshaped(r, r.emit({ op, fn, args: inner.args, axes, keep }), node.shape)
}

function reshaped(r: Rewriter, value: ValueId, to: Shape): ValueId {
  return sameShape(r.shapeOf(value), to) ? value : r.emit({ op: 'reshape', args: [value], to })
}
