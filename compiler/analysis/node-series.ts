/** What the operations of the tensor program are for the symbolic analysis, one example at a time. */
import type { Dim, IrNode, ValueId } from '../ir/ir.ts'
import type { Algebra } from './algebra.ts'
import {
  NotClosed,
  sameShape,
  sizeOf,
  type Expression,
  type Shape,
  type StructureForm,
} from './expressions.ts'
import type { Reading, Rows } from './from-graph.ts'
import { applied, constant, mapped, product, type Series } from './series.ts'
import { matmul, matvec, outer, reshape, structure, total, transpose } from './structures.ts'

/** What reading a node takes. */
export interface Read {
  readonly algebra: Algebra
  readonly read: (value: ValueId) => Reading
  /** The variable whose equation the node is of. */
  readonly where?: string
}

type Of<Op extends IrNode['op']> = Extract<IrNode, { readonly op: Op }>

export function mapNode({ algebra, read, where }: Read, node: Of<'map'>): Reading {
  const args = node.args.map(read)
  if (args.some(({ rows }) => rows === 'last')) throw new NotClosed('a transposed batch')
  const rows: Rows = args.some((each) => each.rows === 'first') ? 'first' : 'none'
  const series = args.map((each) => each.series)
  return { series: applied(algebra, node.fn, series, where), rows }
}

/** Everything that is neither a leaf nor element-wise. */
export function readStructure(tools: Read, node: IrNode): Reading {
  const { algebra, read } = tools
  switch (node.op) {
    case 'matmul':
      return product2(tools, node)
    case 'transpose': {
      const { series, rows } = read(node.args[0])
      if (rows !== 'none') return { series, rows: rows === 'first' ? 'last' : 'first' }
      return { series: mapped(series, (each) => transpose(algebra, each)), rows }
    }
    case 'reduce':
      return reduced(tools, node)
    case 'broadcast': {
      const { series, rows } = read(node.args[0])
      const to = sizesOf(node.to, rows)
      const wide = (each: Expression): Expression => widened(algebra, each, to)
      return { series: mapped(series, wide), rows: node.to[0] === 'batch' ? 'first' : rows }
    }
    case 'reshape': {
      const { series, rows } = read(node.args[0])
      // An axis of one example that goes away is that of the examples.
      const lost = rows === 'first' && node.to[0] !== 'batch' && node.to[0] !== 1
      const to = lost ? numbers(node.to) : sizesOf(node.to, rows)
      return {
        series: mapped(series, (each) => reshaped(algebra, each, to)),
        rows: lost ? 'none' : node.to[0] === 'batch' ? 'first' : rows,
      }
    }
    case 'slice': {
      const { series, rows } = read(node.args[0])
      const axis = alongOwn(node.axis, rows)
      const { start, size } = node
      return linear(algebra, { op: 'slice', axis, start, size }, { series, rows }, (shape) =>
        shape.with(axis, size),
      )
    }
    case 'concat': {
      const parts = node.args.map(read)
      const rows: Rows = parts.some((each) => each.rows === 'first') ? 'first' : 'none'
      const axis = alongOwn(node.axis, rows)
      return {
        series: concatenated(
          algebra,
          parts.map((each) => each.series),
          axis,
        ),
        rows,
      }
    }
    case 'identity': {
      const to = numbers(node.to)
      return plain(algebra, algebra.structure({ op: 'identity', to }, [], to), 'none')
    }
    case 'conv':
    case 'convImageGradient':
    case 'convKernelGradient':
      return convolved(tools, node)
    case 'deliver':
    case 'pairs':
    case 'toSynapses':
    case 'fromSynapses':
    case 'toMatrix':
    case 'fromMatrix':
      throw new NotClosed('single synapses of a pattern')
    case 'argmax':
      throw new NotClosed('the largest of several')
    default:
      throw new NotClosed(node.op)
  }
}

const plain = (algebra: Algebra, value: Expression, rows: Rows): Reading => ({
  series: constant(algebra, value),
  rows,
})

function linear(
  algebra: Algebra,
  form: StructureForm,
  { series, rows }: Reading,
  shapeOf: (shape: Shape) => Shape,
): Reading {
  const of = (each: Expression): Expression => structure(algebra, form, [each], shapeOf(each.shape))
  return { series: mapped(series, of), rows }
}

function product2({ algebra, read, where }: Read, node: Of<'matmul'>): Reading {
  const [left, right] = node.args.map(read) as [Reading, Reading]
  const flip = (rows: Rows, flag: boolean): Rows => {
    if (!flag || rows === 'none') return rows
    return rows === 'first' ? 'last' : 'first'
  }
  const a = flip(left.rows, node.transposeLeft)
  const b = flip(right.rows, node.transposeRight)
  const t = (flag: boolean) => (each: Expression) => (flag ? transpose(algebra, each) : each)
  const times = (
    of: (x: Expression, y: Expression) => Expression,
    x = left.series,
    y = right.series,
  ): Series => product(algebra, x, y, of, where)
  if (a === 'first' && b === 'none') {
    // A row times M is M^T times the column.
    const matrix = t(!node.transposeRight)
    return { series: times((v, m) => matvec(algebra, matrix(m), v)), rows: 'first' }
  }
  if (a === 'none' && b === 'last') {
    const matrix = t(node.transposeLeft)
    return { series: times((m, v) => matvec(algebra, matrix(m), v)), rows: 'last' }
  }
  if (a === 'last' && b === 'first') {
    return { series: times((x, y) => outer(algebra, x, y)), rows: 'none' }
  }
  if (a === 'first' && b === 'last') {
    // Of one example, an inner product.
    return { series: times((x, y) => total(algebra, algebra.mul(x, y))), rows: 'first' }
  }
  if (a === 'none' && b === 'none') {
    const [x, y] = [t(node.transposeLeft), t(node.transposeRight)]
    return { series: times((m, n) => matmul(algebra, x(m), y(n))), rows: 'none' }
  }
  throw new NotClosed('a product over some of the examples')
}

function reduced({ algebra, read }: Read, node: Of<'reduce'>): Reading {
  const { series, rows } = read(node.args[0])
  const own = rows === 'first' ? node.axes.filter((axis) => axis !== 0) : node.axes
  const axes = own.map((axis) => alongOwn(axis, rows))
  const lost = rows === 'first' && node.axes.includes(0) && !node.keep
  const after: Rows = lost ? 'none' : rows
  if (axes.length === 0) return { series, rows: after }
  const shape = series.coefficients[0]!.shape
  if (shape.length === 0) return { series, rows: after }
  const all = axes.length === shape.length
  const to = all
    ? []
    : node.keep
      ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : shape.filter((_, axis) => !axes.includes(axis))
  const keep = node.keep && !all
  const [reads] = [series.coefficients.slice(1).some(({ terms }) => terms.length > 0)]
  if (node.fn === 'max' || node.fn === 'min') {
    if (reads) throw new NotClosed('the largest of several')
    const op = node.fn === 'max' ? 'largest' : 'smallest'
    const value = algebra.structure({ op, axes, keep }, [series.coefficients[0]!], to)
    return plain(algebra, value, after)
  }
  const share = node.fn === 'mean' ? 1 / sizeOf(axes.map((axis) => shape[axis]!)) : 1
  const sum = (each: Expression): Expression =>
    algebra.scale(
      share,
      structure(algebra, { op: 'sum', axes, keep }, [filled(algebra, each, shape)], to),
    )
  return { series: mapped(series, sum), rows: after }
}

function convolved(
  { algebra, read, where }: Read,
  node: Of<'conv' | 'convImageGradient' | 'convKernelGradient'>,
): Reading {
  const [left, right] = node.args.map(read) as [Reading, Reading]
  const shape =
    node.op === 'convKernelGradient' ? numbers(node.shape) : numbers(node.shape.slice(1))
  const { geometry } = node
  const form: StructureForm =
    node.op === 'conv' ? { op: 'conv', geometry } : { op: node.op, geometry, to: shape }
  const of = (x: Expression, y: Expression): Expression => structure(algebra, form, [x, y], shape)
  const rows: Rows = node.op === 'convKernelGradient' ? 'none' : 'first'
  return { series: product(algebra, left.series, right.series, of, where), rows }
}

function concatenated(algebra: Algebra, parts: readonly Series[], axis: number): Series {
  const whole = (power: number): Expression => {
    const pieces = parts.map((each) => each.coefficients[power]!)
    const size = pieces.reduce((sum, each) => sum + (each.shape[axis] ?? 1), 0)
    const shape = pieces[0]!.shape.with(axis, size)
    if (pieces.every(({ terms }) => terms.length === 0)) return algebra.number(0, shape)
    return algebra.structure({ op: 'concat', axis }, pieces, shape)
  }
  return {
    coefficients: [0, 1, 2, 3].map(whole),
    open: parts.some((each) => each.open),
    causes: parts.flatMap((each) => each.causes),
  }
}

/** The value in the larger shape; products broadcast by themselves. */
const widened = (algebra: Algebra, value: Expression, to: Shape): Expression =>
  algebra.shaped(value, to)

/** As a value of all its elements, where a sum counts them. */
function filled(algebra: Algebra, value: Expression, shape: Shape): Expression {
  const { factors } = algebra.asTerm(value)
  const own = factors.find(({ atom }) => sameShape(atom.shape, shape))
  if (own || value.terms.length === 0) return value
  const isNumber = factors.every(({ atom }) => atom.shape.length === 0)
  return isNumber ? value : structure(algebra, { op: 'broadcast', to: shape }, [value], shape)
}

function reshaped(algebra: Algebra, value: Expression, to: Shape): Expression {
  if (value.shape.length === 0 && sizeOf(to) === 1) return value
  return reshape(algebra, value, to)
}

/** An axis of a value, without that of the examples. */
function alongOwn(axis: number, rows: Rows): number {
  if (rows === 'last') throw new NotClosed('a transposed batch')
  if (rows === 'none') return axis
  if (axis === 0) throw new NotClosed('parts of the examples')
  return axis - 1
}

function sizesOf(shape: readonly Dim[], rows: Rows): Shape {
  return numbers(shape[0] === 'batch' || rows === 'first' ? shape.slice(1) : shape)
}

function numbers(shape: readonly Dim[]): Shape {
  return shape.map((size) => {
    if (typeof size !== 'number') throw new NotClosed('values of single synapses')
    return size
  })
}
