/**
 * The operations of the tensor program, a row each: its shape rule, its gradient, its text form, what it
 * costs, whether a host can compute it. Whatever asks one of these of an operation reads this table, so
 * that a new operation is a new row (and its type in `ir.ts`, and its code on each target).
 */
import {
  concatAdjoint,
  contractionAdjoint,
  reduceAdjoint,
  sliceAdjoint,
  sumTo,
  type Contraction,
} from './adjoints.ts'
import type { MatrixPart } from '../../contract/artifact.ts'
import { isSmooth, mapAdjoint } from './derivatives.ts'
import { inlineGraph } from './inline.ts'
import {
  distributions,
  type Distribution,
  type IrNode,
  type Operation,
  type Shape,
  type ValueId,
} from './ir.ts'
import { assertNever, nodeAt, operandsOf } from './operands.ts'
import { dims, first, one, two, type Passage, type Row } from './operation-row.ts'
import { geometryOf, geometryText } from './operation-text.ts'
import {
  arity,
  batchFactors,
  broadcastShapes,
  broadcastsTo,
  concatShape,
  convShape,
  factorShape,
  fail,
  formatShape,
  matmulShape,
  reduceShape,
  sameShape,
  sliceShape,
} from './shapes.ts'
import { sparseOperations } from './sparse-operations.ts'
import { writeName } from './text.ts'

const matrixParts: readonly MatrixPart[] = ['left', 'right', 'orthogonal', 'radius']

const contraction = ({
  b,
  node,
  index,
  g,
  read,
}: Pick<Passage<never>, 'b' | 'index' | 'g' | 'read'> & { readonly node: Contraction }) => {
  const other = read(nodeAt(node.args, 1 - index))
  return other === undefined ? undefined : contractionAdjoint(b, node, index, other, g)
}

export const operations: { readonly [K in Operation['op']]: Row<K> } = {
  ...sparseOperations,
  const: { shape: () => [], host: 'always', cost: 'nothing' },
  scalar: { shape: () => [], host: 'always', cost: 'nothing' },
  input: { host: 'never', cost: 'nothing' },
  load: { host: 'never', cost: 'nothing' },
  map: {
    shape: ({ fn }, operands) =>
      operands.length === arity(fn)
        ? broadcastShapes(operands, fn)
        : fail('map', operands, `${fn} takes ${arity(fn)} operands`),
    passes: ({ fn }, index) => isSmooth(fn, index),
    adjoint: ({ b, node, result, index, g, masked, shape }) =>
      sumTo(b, mapAdjoint(b, node, result, index, g, masked), shape),
    host: 'of host scalars',
    cost: 'element',
  },
  matmul: {
    shape: ({ transposeLeft, transposeRight }, [a = [], b = []]) =>
      matmulShape(a, b, transposeLeft, transposeRight),
    adjoint: contraction,
    host: 'never',
    cost: 'product',
    read: (text) => {
      const [transposeLeft = false, transposeRight = false] = text.transposed
      return { op: 'matmul', args: two(text), transposeLeft, transposeRight }
    },
  },
  conv: {
    shape: ({ geometry }, [a = [], b = []]) => convShape(a, b, geometry),
    adjoint: contraction,
    host: 'never',
    cost: 'convolution',
    text: ({ geometry }) => ({ attributes: geometryText(geometry) }),
    read: (text) => ({ op: 'conv', args: two(text), geometry: geometryOf(text.attributes) }),
  },
  convImageGradient: {
    shape: ({ op, geometry, imageShape }, operands) => {
      const [a = [], b = []] = operands
      const image: Shape = [a[0] ?? 1, ...imageShape]
      const expected = convShape(image, b, geometry)
      if (sameShape(expected, a)) return image
      return fail(op, operands, `the gradient should be ${formatShape(expected)}`)
    },
    adjoint: contraction,
    host: 'never',
    cost: 'convolution',
    text: ({ geometry }) => ({ attributes: geometryText(geometry) }),
    read: (text) => {
      const imageShape = dims(text).slice(1) as [number, number, number]
      const geometry = geometryOf(text.attributes)
      return text.shape && { op: 'convImageGradient', args: two(text), geometry, imageShape }
    },
  },
  convKernelGradient: {
    shape: ({ op, geometry, kernelShape }, operands) => {
      const [a = [], b = []] = operands
      const expected = convShape(a, kernelShape, geometry)
      if (sameShape(expected, b)) return kernelShape
      return fail(op, operands, `the gradient should be ${formatShape(expected)}`)
    },
    adjoint: contraction,
    host: 'never',
    cost: 'convolution',
    text: ({ geometry }) => ({ attributes: geometryText(geometry) }),
    read: (text) => {
      const kernelShape = dims(text) as [number, number, number, number]
      const geometry = geometryOf(text.attributes)
      return text.shape && { op: 'convKernelGradient', args: two(text), geometry, kernelShape }
    },
  },
  reduce: {
    shape: ({ axes, keep }, [a = []]) => reduceShape(a, axes, keep),
    adjoint: ({ b, node, result, g }) => reduceAdjoint(b, node, result, g),
    keepsNumber: true,
    host: 'never',
    cost: 'element',
    text: ({ fn, axes, keep }) => ({
      suffix: fn,
      attributes: [`axes=${formatShape(axes)}`, ...(keep ? ['keep=1'] : [])],
    }),
    read: (text) => {
      const fn = (['sum', 'mean', 'max', 'min'] as const).find((known) => known === text.suffix)
      const { axes: given, keep } = text.attributes
      const axes = Array.isArray(given) ? given.map(Number) : []
      return fn && { op: 'reduce', fn, args: one(text), axes, keep: keep === 1 }
    },
  },
  broadcast: {
    shape: ({ op, to }, [a = []]) =>
      broadcastsTo(a, to) ? to : fail(op, [a], `not to ${formatShape(to)}`),
    adjoint: ({ b, g, shape }) => sumTo(b, g, shape),
    keepsNumber: true,
    host: 'never',
    cost: 'element',
    read: (text) => text.shape && { op: 'broadcast', args: one(text), to: text.shape },
  },
  reshape: {
    shape: ({ op, to }, [a = []]) =>
      sameShape(batchFactors(a), batchFactors(to))
        ? to
        : fail(op, [a], `not to ${formatShape(to)}`),
    adjoint: ({ b, g, shape }) => b.reshape(g, shape),
    keepsNumber: true,
    host: 'never',
    cost: 'nothing',
    read: (text) => text.shape && { op: 'reshape', args: one(text), to: text.shape },
  },
  transpose: {
    shape: ({ op }, [a = []]) => (a.length === 2 ? [a[1]!, a[0]!] : fail(op, [a], 'not a matrix')),
    adjoint: ({ b, g }) => b.transpose(g),
    host: 'never',
    cost: 'element',
    read: (text) => ({ op: 'transpose', args: one(text) }),
  },
  slice: {
    shape: ({ axis, start, size }, [a = []]) => sliceShape(a, axis, start, size),
    adjoint: ({ b, node, g }) => sliceAdjoint(b, node, g),
    host: 'never',
    cost: 'element',
    text: ({ axis, start, size }) => ({
      attributes: [`axis=${axis}`, `start=${start}`, `size=${size}`],
    }),
    read: (text) => {
      const { axis, start, size } = text.attributes
      const numbers = { axis: Number(axis), start: Number(start), size: Number(size) }
      return { op: 'slice', args: one(text), ...numbers }
    },
  },
  concat: {
    shape: ({ axis }, operands) => concatShape(operands, axis),
    adjoint: ({ b, node, index, g }) => concatAdjoint(b, node, index, g),
    host: 'never',
    cost: 'element',
    text: ({ axis }) => ({ attributes: [`axis=${axis}`] }),
    read: (text) => ({ op: 'concat', args: text.args, axis: Number(text.attributes['axis']) }),
  },
  argmax: {
    shape: ({ op }, [a = []]) => (a.length > 0 ? a.slice(0, -1) : fail(op, [a], 'a single number')),
    host: 'never',
    cost: 'element',
    read: (text) => ({ op: 'argmax', args: one(text) }),
  },
  random: {
    shape: ({ op, distribution, to }, operands) => {
      if (operands.length !== parametersOf[distribution]) {
        return fail(op, operands, `${distribution} with ${operands.length} operands`)
      }
      const isFitting = operands.every((each) => broadcastsTo(each, to))
      return isFitting ? to : fail(op, operands, `not to ${formatShape(to)}`)
    },
    host: 'never',
    cost: 'element',
    text: ({ distribution, stream }) => ({
      suffix: distribution,
      attributes: [`stream=${writeName(stream)}`],
    }),
    read: (text) => {
      const distribution = distributions.find((each) => each === text.suffix)
      const { args, shape: to } = text
      const stream = String(text.attributes['stream'])
      return distribution && to && { op: 'random', distribution, stream, to, args }
    },
  },
  identity: {
    shape: ({ to }) => to,
    host: 'never',
    cost: 'element',
    read: (text) => ({ op: 'identity', to: dims(text) as [number, number] }),
  },
  factor: {
    shape: ({ rank, side }, [a = []]) => factorShape(a, rank, side),
    adjoint: () => {
      throw new Error('factor cannot be differentiated')
    },
    host: 'never',
    cost: 'element',
    text: ({ rank, side }) => ({ attributes: [`rank=${rank}`, `side=${side}`] }),
    read: (text) => {
      const side = matrixParts.find((each) => each === text.attributes['side']) ?? 'right'
      return { op: 'factor', args: one(text), rank: Number(text.attributes['rank']), side }
    },
  },
  stop: {
    shape: first,
    passes: ({ into }) => into !== undefined,
    adjoint: ({ g }) => g,
    isOperand: true,
    host: 'of host scalars',
    cost: 'nothing',
    text: ({ into }) => ({
      attributes: into === undefined ? [] : [`into=${JSON.stringify(into)}`],
    }),
    read: (text) => {
      const { into } = text.attributes
      return { op: 'stop', args: one(text), ...(into !== undefined && { into: String(into) }) }
    },
  },
  custom: {
    shape: first,
    passes: (_, index) => index === 1,
    adjoint: ({ b, node, index, g, shape }) => {
      if (index === 0) return undefined
      const captured = node.args.slice(2).map((value, i) => [`c${i}`, value] as const)
      const given = { ...Object.fromEntries(captured), z: node.args[1], g }
      const share = inlineGraph(b, node.pullback, given)['result']
      if (share === undefined) throw new Error(`${node.pullback.name} has no output "result"`)
      return sumTo(b, share, shape)
    },
    isOperand: true,
    host: 'of host scalars',
    cost: 'nothing',
    read: (text) =>
      text.pullback && {
        op: 'custom',
        args: [...two(text), ...text.args.slice(2)],
        pullback: text.pullback,
      },
  },
}

/** How many numbers draws need: a probability, or a mean; trials and a chance. */
const parametersOf: Readonly<Record<Distribution, number>> = {
  normal: 0,
  uniform: 0,
  bernoulli: 1,
  poisson: 1,
  binomial: 2,
}

/** The row of an operation, for what is asked of any of them. */
export function rowOf(operation: Operation): Row<Operation['op']> {
  // Each row is of its own kind of operation, which the type of a union of rows cannot say.
  return operations[operation.op] as unknown as Row<Operation['op']>
}

/** The row of the operation called so; undefined if there is none. */
export function rowNamed(name: string): Row<Operation['op']> | undefined {
  return Object.hasOwn(operations, name)
    ? (operations[name as Operation['op']] as unknown as Row<Operation['op']>)
    : undefined
}

/** An operation whose shape follows from its operands. */
export type DerivedOperation = Exclude<Operation, { readonly op: 'input' | 'load' }>

/** The shape of what `operation` makes of operands of these shapes. Throws where its rule fails. */
export function resultShape(operation: DerivedOperation, operands: readonly Shape[]): Shape {
  if ('args' in operation && operation.args.length !== operands.length) {
    return fail(operation.op, operands, 'operands are missing')
  }
  const { shape } = rowOf(operation)
  return shape ? shape(operation, operands) : fail(operation.op, operands, 'has no rule')
}

/** Whether a gradient passes to operand `index`. */
export function passesGradient(node: IrNode, index: number): boolean {
  const { passes, adjoint } = rowOf(node)
  return passes ? passes(node, index) : adjoint !== undefined
}

/** Whether a node is a matrix product, a convolution or an adjoint of one. */
export function isContraction(node: IrNode): node is Extract<IrNode, Contraction> {
  const { cost } = rowOf(node)
  return cost === 'product' || cost === 'convolution'
}

/** Whether a node is a number that a target may compute outside of tensors, if `isNumber` tells it of its operands. */
export function isNumber(node: IrNode, isNumberOperand: (value: ValueId) => boolean): boolean {
  if (node.shape.length > 0) return false
  const { host, keepsNumber } = rowOf(node)
  if (host === 'always') return true
  if (host === 'never' && !keepsNumber) return false
  return operandsOf(node).every(isNumberOperand)
}

/** Whether a node is a host scalar, if `isHost` tells it of its operands. */
export function isHostScalar(node: IrNode, isHost: (value: ValueId) => boolean): boolean {
  if (node.shape.length > 0) return false
  const { host } = rowOf(node)
  switch (host) {
    case 'always':
      return true
    case 'never':
      return false
    case 'of host scalars':
      return 'args' in node && node.args.every(isHost)
    default:
      return assertNever(host)
  }
}
