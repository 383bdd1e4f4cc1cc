/**
 * The simplification rules of element-wise functions; the part of `fold.ts` that grows.
 *
 * Each rule leaves fewer or cheaper nodes of the result's size, so that folding comes to an end: at
 * most one host scalar stands before a tensor, negations move into host scalars or cancel. What is
 * used elsewhere as well stays an operand: taking it apart would save nothing.
 */
import type { IrNode, MapFunction, Shape, ValueId } from '../ir/ir.ts'
import { evaluateElementary } from '../../contract/elementary.ts'
import { nodeAt } from '../ir/operands.ts'
import { broadcastShapes } from '../ir/shapes.ts'
import type { Rewriter } from './rewrite.ts'

/** What `fn` of `args` simplifies to, of the given shape; undefined if no rule applies. */
export function foldMap(
  r: Rewriter,
  fn: MapFunction,
  args: readonly ValueId[],
  shape: Shape,
): ValueId | undefined {
  const bare = args.map((value) => {
    const node = r.nodeOf(value)
    return node.op === 'broadcast' ? node.args[0] : value
  })
  const simple = foldConstants(r, fn, bare) ?? foldIdentity(r, fn, bare)
  if (simple !== undefined) return r.broadcast(simple, shape)
  // Broadcasting last is cheaper, and often it is not needed at all.
  const isBare = bare.every((value, i) => value === args[i])
  return isBare ? undefined : r.broadcast(r.map(fn, ...bare), shape)
}

/** `fn` of `args`, simplified if possible. */
function make(r: Rewriter, fn: MapFunction, ...args: readonly ValueId[]): ValueId {
  return foldConstants(r, fn, args) ?? foldIdentity(r, fn, args) ?? r.map(fn, ...args)
}

function constantOf(r: Rewriter, value: ValueId): number | undefined {
  const node = r.nodeOf(value)
  return node.op === 'const' ? node.value : undefined
}

function foldConstants(
  r: Rewriter,
  fn: MapFunction,
  args: readonly ValueId[],
): ValueId | undefined {
  const numbers = args.map((value) => constantOf(r, value))
  if (numbers.includes(undefined)) return undefined
  const result = evaluateElementary(fn, numbers.map(Number))
  return Number.isFinite(result) ? r.constant(result) : undefined
}

/** The operands of `value` if it is `fn` of something, and is used here alone. */
function open(r: Rewriter, value: ValueId, fn: MapFunction): readonly ValueId[] | undefined {
  return r.isShared(value) ? undefined : match(r, value, fn)
}

/** The operands of `value` if it is `fn` of something. */
function match(r: Rewriter, value: ValueId, fn: MapFunction): readonly ValueId[] | undefined {
  const node = r.nodeOf(value)
  return node.op === 'map' && node.fn === fn ? node.args : undefined
}

function foldIdentity(r: Rewriter, fn: MapFunction, args: readonly ValueId[]): ValueId | undefined {
  const a = nodeAt(args, 0)
  const b = args[1] ?? a
  const is = (value: ValueId, number: number): boolean => constantOf(r, value) === number
  const negated = (value: ValueId): ValueId | undefined => match(r, value, 'neg')?.[0]
  switch (fn) {
    case 'neg': {
      const difference = open(r, a, 'sub')
      if (difference) return r.map('sub', nodeAt(difference, 1), nodeAt(difference, 0))
      const product = scaledTensor(r, r.nodeOf(a))
      if (product && !r.isShared(a))
        return r.map('mul', make(r, 'neg', product.scale), product.value)
      return negated(a)
    }
    case 'add': {
      if (is(b, 0)) return spread(r, a, b)
      if (is(a, 0)) return spread(r, b, a)
      const [minusA, minusB] = [negated(a), negated(b)]
      if (minusB !== undefined) return make(r, 'sub', a, minusB)
      return minusA === undefined ? undefined : make(r, 'sub', b, minusA)
    }
    case 'sub': {
      if (is(b, 0)) return spread(r, a, b)
      if (is(a, 0)) return spread(r, make(r, 'neg', b), a)
      const minus = negated(b)
      return minus === undefined ? undefined : make(r, 'add', a, minus)
    }
    case 'mul':
      return foldProduct(r, a, b)
    case 'div': {
      if (is(b, 1)) return spread(r, a, b)
      if (is(b, -1)) return spread(r, make(r, 'neg', a), b)
      if (!r.isHost(b)) return undefined
      if (r.isHost(a)) return is(a, 1) ? make(r, 'reciprocal', b) : undefined
      // The quotient by a whole number is rounded once, a product with its reciprocal twice.
      if (isRounded(constantOf(r, b))) return undefined
      return make(r, 'mul', make(r, 'reciprocal', b), a)
    }
    case 'reciprocal':
      return match(r, a, 'reciprocal')?.[0]
    case 'pow':
      if (is(b, 1)) return spread(r, a, b)
      if (is(b, 2)) return make(r, 'square', a)
      if (is(b, 0.5)) return r.map('sqrt', a)
      return is(b, -1) ? make(r, 'reciprocal', a) : undefined
    case 'square':
    case 'abs': {
      const inner = open(r, a, 'neg')
      return inner && r.map(fn, ...inner)
    }
    case 'min':
    case 'max':
      return a === b ? a : undefined
    case 'select':
      return foldSelect(r, a, b, nodeAt(args, 2))
    case 'not': {
      const [equal, unequal] = [match(r, a, 'eq'), match(r, a, 'ne')]
      if (equal) return r.map('ne', ...equal)
      return unequal && r.map('eq', ...unequal)
    }
    default:
      return undefined
  }
}

/** Whether a number is whole, and its reciprocal is none that a float can be. */
const isRounded = (number: number | undefined): boolean =>
  number !== undefined && Number.isInteger(number) && !Number.isInteger(Math.log2(Math.abs(number)))

/** `value`, broadcast as it would be by an operation with `other`. */
function spread(r: Rewriter, value: ValueId, ...others: readonly ValueId[]): ValueId {
  const shapes = [value, ...others].map((operand) => r.shapeOf(operand))
  return r.broadcast(value, broadcastShapes(shapes))
}

/** A tensor times a host scalar, taken apart. */
export function scaledTensor(
  r: Pick<Rewriter, 'isHost'>,
  node: IrNode,
): { readonly scale: ValueId; readonly value: ValueId } | undefined {
  if (node.op !== 'map' || node.fn !== 'mul') return undefined
  const [a, b] = [nodeAt(node.args, 0), nodeAt(node.args, 1)]
  if (r.isHost(a) === r.isHost(b)) return undefined
  return r.isHost(a) ? { scale: a, value: b } : { scale: b, value: a }
}

function foldProduct(r: Rewriter, a: ValueId, b: ValueId): ValueId | undefined {
  if (a === b) return r.map('square', a)
  const [minusA, minusB] = [match(r, a, 'neg')?.[0], match(r, b, 'neg')?.[0]]
  if (minusA !== undefined && minusB !== undefined) return make(r, 'mul', minusA, minusB)
  for (const [scale, value] of [
    [a, b],
    [b, a],
  ] as const) {
    const number = constantOf(r, scale)
    if (number === 1) return value
    if (number === -1) return make(r, 'neg', value)
    if (!r.isHost(scale)) continue
    const negated = open(r, value, 'neg')?.[0]
    if (negated !== undefined && !r.isHost(value)) {
      return make(r, 'mul', make(r, 'neg', scale), negated)
    }
    const product = scaledTensor(r, r.nodeOf(value))
    if (product && !r.isShared(value))
      return make(r, 'mul', make(r, 'mul', scale, product.scale), product.value)
    const quotient = open(r, value, 'div')
    if (quotient && !r.isHost(value) && r.isHost(nodeAt(quotient, 0))) {
      return r.map('div', make(r, 'mul', scale, nodeAt(quotient, 0)), nodeAt(quotient, 1))
    }
    const factors = number === undefined ? undefined : match(r, value, 'mul')
    const known = factors?.find((factor) => constantOf(r, factor) !== undefined)
    if (factors && known !== undefined && r.isHost(value)) {
      const rest = factors[0] === known ? nodeAt(factors, 1) : nodeAt(factors, 0)
      return make(r, 'mul', make(r, 'mul', scale, known), rest)
    }
  }
  return undefined
}

function foldSelect(r: Rewriter, test: ValueId, a: ValueId, b: ValueId): ValueId | undefined {
  const known = constantOf(r, test)
  if (known !== undefined) return known === 0 ? spread(r, b, a) : spread(r, a, b)
  if (a === b) return spread(r, a, test)
  const opposite = match(r, test, 'not')?.[0]
  return opposite === undefined ? undefined : make(r, 'select', opposite, b, a)
}
