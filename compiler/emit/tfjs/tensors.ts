/**
 * Element-wise functions as TensorFlow.js calls in functional style: `tf.sub(1, e)`. Truth is 0 or
 * 1 in the tensor program and a dtype of its own in TensorFlow.js, so a test stays `bool` for as
 * long as only other tests read it and is cast where its number is wanted.
 */
import { basic } from '../../../contract/elementary.ts'
import { stringLiteral } from '../../../contract/escape.ts'
import { isSynapseDim, patternOf } from '../../../contract/pattern.ts'
import type { BinaryFunction, MapFunction, Shape, UnaryFunction } from '../../ir/ir.ts'
import { assertNever, nodeAt } from '../../ir/operands.ts'
import { broadcastShapes, sameShape } from '../../ir/shapes.ts'
import { applyScalar, conditionOf, type Scalar } from './scalars.ts'

/** A tensor-valued expression. */
export interface Tensor {
  readonly kind: 'tensor'
  readonly text: string
  readonly dtype: 'float32' | 'int32' | 'bool'
  readonly shape: Shape
}

export type Term = Scalar | Tensor

export function floatTensor(text: string, shape: Shape): Tensor {
  return { kind: 'tensor', text, dtype: 'float32', shape }
}

/** The shape of an expression; scalars have none. */
export function shapeOf(term: Term): Shape {
  return term.kind === 'scalar' ? [] : term.shape
}

/** The text of a term as real numbers. */
export function asFloat(term: Term): string {
  if (term.kind === 'scalar' || term.dtype === 'float32') return term.text
  return `tf.cast(${term.text}, 'float32')`
}

function asBool(term: Term): string {
  if (term.kind === 'tensor' && term.dtype === 'bool') return term.text
  return `tf.notEqual(${term.text}, 0)`
}

/** A shape as an array literal; the number of examples is a variable of the method. */
export function shapeLiteral(shape: Shape): string {
  const dims = shape.map((dim) => (isSynapseDim(dim) ? countText(patternOf(dim)) : dim))
  return `[${dims.join(', ')}]`
}

/** A pattern's synapses, as a field of the network. */
export const synapsesText = (pattern: string): string => `this.synapses[${stringLiteral(pattern)}]`

/** How many there are. */
export const countText = (pattern: string): string => `${synapsesText(pattern)}.count`

/** `term` repeated to `shape`. */
export function broadcast(term: Term, shape: Shape): Tensor {
  if (term.kind === 'tensor') {
    if (sameShape(term.shape, shape)) return term
    // TensorFlow.js repeats to no size of 0, which a pattern may have.
    if (shape.some(isSynapseDim))
      return floatTensor(`tf.add(${asFloat(term)}, tf.zeros(${shapeLiteral(shape)}))`, shape)
    return floatTensor(`tf.broadcastTo(${asFloat(term)}, ${shapeLiteral(shape)})`, shape)
  }
  if (term.text === '0') return floatTensor(`tf.zeros(${shapeLiteral(shape)})`, shape)
  if (term.text === '1') return floatTensor(`tf.ones(${shapeLiteral(shape)})`, shape)
  if (shape.length === 0) return floatTensor(`tf.scalar(${term.text})`, shape)
  return floatTensor(`tf.fill(${shapeLiteral(shape)}, ${term.text})`, shape)
}

/** `fn` of terms: arithmetic if all are numbers, else a call of TensorFlow.js. */
export function applyMap(named: MapFunction, args: readonly Term[]): Term {
  const fn = basic(named)
  const scalars = args.flatMap((arg) => (arg.kind === 'scalar' ? [arg] : []))
  if (scalars.length === args.length) return applyScalar(fn, scalars)
  const shape = broadcastShapes(args.map(shapeOf), fn)
  if (fn === 'select') return select(nodeAt(args, 0), nodeAt(args, 1), nodeAt(args, 2), shape)
  const texts = args.map(asFloat)
  const call = (name: string, parts = texts): Tensor =>
    floatTensor(`tf.${name}(${parts.join(', ')})`, shape)
  const test = (name: string, parts = texts): Tensor => ({ ...call(name, parts), dtype: 'bool' })
  switch (fn) {
    case 'not':
    case 'and':
    case 'or':
      return test(tfNames[fn], args.map(asBool))
    case 'eq':
    case 'ne': {
      const whole = args.every((arg) => arg.kind === 'tensor' && arg.dtype === 'int32')
      return test(tfNames[fn], whole ? args.map(({ text }) => text) : texts)
    }
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return test(tfNames[fn])
    case 'exprel':
      // The function is that of runtime/support/tensors.ts.
      return floatTensor(`exprel(tf, ${texts.join(', ')})`, shape)
    case 'neg':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'square':
    case 'reciprocal':
    case 'abs':
    case 'sign':
    case 'sigmoid':
    case 'tanh':
    case 'softplus':
    case 'sin':
    case 'cos':
    case 'floor':
    case 'atan':
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'pow':
    case 'min':
    case 'max':
      return call(tfNames[fn])
    default:
      return assertNever(fn)
  }
}

/** A switch chooses between two ready tensors; a tensor of tests, element by element. */
function select(test: Term, yes: Term, no: Term, shape: Shape): Tensor {
  // What guards a state or a ring; the function is that of runtime/support/tensors.ts.
  const isGuard = test.text === `tf.less(tf.abs(${no.text}), Infinity)`
  if (isGuard && yes.kind === 'tensor' && no.kind === 'tensor' && sameShape(yes.shape, no.shape))
    return floatTensor(`unlessBroken(tf, ${asFloat(no)}, ${asFloat(yes)})`, shape)
  if (test.kind === 'tensor' && shape.some(isSynapseDim)) {
    const texts = [yes, no].map((term) => asFloat(broadcast(term, shape)))
    return floatTensor(`tf.where(${asBool(broadcast(test, shape))}, ${texts.join(', ')})`, shape)
  }
  if (test.kind === 'tensor') {
    return floatTensor(`tf.where(${asBool(test)}, ${asFloat(yes)}, ${asFloat(no)})`, shape)
  }
  const branches = [yes, no].map((term) => asFloat(broadcast(term, shape)))
  return floatTensor(`(${conditionOf(test)} ? ${branches.join(' : ')})`, shape)
}

const tfNames: Readonly<Record<UnaryFunction | BinaryFunction, string>> = {
  neg: 'neg',
  exp: 'exp',
  log: 'log',
  sqrt: 'sqrt',
  square: 'square',
  reciprocal: 'reciprocal',
  abs: 'abs',
  sign: 'sign',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softplus: 'softplus',
  sin: 'sin',
  cos: 'cos',
  floor: 'floor',
  not: 'logicalNot',
  atan: 'atan',
  exprel: 'exprel',
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  div: 'div',
  pow: 'pow',
  min: 'minimum',
  max: 'maximum',
  eq: 'equal',
  ne: 'notEqual',
  lt: 'less',
  le: 'lessEqual',
  gt: 'greater',
  ge: 'greaterEqual',
  and: 'logicalAnd',
  or: 'logicalOr',
}
