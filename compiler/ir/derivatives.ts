/**
 * Derivatives of the element-wise functions: what reaches an operand of a `map` of the cotangent g
 * of its result, before it is summed over broadcast axes.
 *
 * Conventions where there is no derivative are TensorFlow's: min and max give ties to their first
 * operand; comparisons, rounding and logic have gradient zero. A cotangent that has passed a
 * `select`, `min` or `max` is `masked`: its zeros are meant, so that 0 times the infinite derivative
 * of log, sqrt or a division at 0 must be 0, not NaN. Only masked cotangents pay for that.
 */
import { stepFunctions } from '../../contract/elementary.ts'
import type { GraphBuilder } from './builder.ts'
import type { IrNode, MapFunction, ValueId } from './ir.ts'
import { assertNever, nodeAt } from './operands.ts'

export type MapNode = Extract<IrNode, { readonly op: 'map' }>

/** Functions whose derivative may be infinite. */
const singular: ReadonlySet<MapFunction> = new Set<MapFunction>([
  'exp',
  'log',
  'sqrt',
  'reciprocal',
  'atan',
  'exprel',
  'div',
  'pow',
  'tan',
  'asin',
  'acos',
  'sinh',
  'cosh',
  'log1p',
  'expm1',
  'log10',
  'log2',
  'atan2',
  'mod',
])

/** Functions that make zeros of a cotangent where it does not belong to an operand. */
export const masking: ReadonlySet<MapFunction> = new Set(['select', 'min', 'max'] as const)

/** Whether operand `index` of a map has any influence that a gradient sees. */
export function isSmooth(fn: MapFunction, index: number): boolean {
  return !stepFunctions.has(fn) && !(fn === 'select' && index === 0)
}

/** The share of the cotangent `g` of the map `result` that belongs to its operand `index`. */
export function mapAdjoint(
  b: GraphBuilder,
  node: MapNode,
  result: ValueId,
  index: number,
  g: ValueId,
  masked: boolean,
): ValueId {
  const share = rawAdjoint(b, node, result, index, g)
  if (!masked || !singular.has(node.fn)) return share
  return b.map('select', g, share, b.constant(0))
}

function rawAdjoint(
  b: GraphBuilder,
  node: MapNode,
  y: ValueId,
  index: number,
  g: ValueId,
): ValueId {
  const x = nodeAt(node.args, 0)
  const other = node.args[1] ?? x
  const number = (value: number): ValueId => b.constant(value)
  const timesG = (value: ValueId): ValueId => b.map('mul', g, value)
  const where = (test: ValueId): ValueId => b.map('select', test, g, number(0))
  const elsewhere = (test: ValueId): ValueId => b.map('select', test, number(0), g)
  const { fn } = node
  switch (fn) {
    case 'neg':
      return b.map('neg', g)
    case 'exp':
      return timesG(y)
    case 'log':
      return b.map('div', g, x)
    case 'sqrt':
      return b.map('div', b.map('mul', number(0.5), g), y)
    case 'square':
      return timesG(b.map('mul', number(2), x))
    case 'reciprocal':
      return b.map('neg', timesG(b.map('square', y)))
    case 'abs':
      return timesG(b.map('sign', x))
    case 'sigmoid':
      return timesG(b.map('mul', y, b.map('sub', number(1), y)))
    case 'tanh':
      return timesG(b.map('sub', number(1), b.map('square', y)))
    case 'softplus':
      return timesG(b.map('sigmoid', x))
    case 'sin':
      return timesG(b.map('cos', x))
    case 'cos':
      return b.map('neg', timesG(b.map('sin', x)))
    case 'atan':
      return b.map('div', g, b.map('add', number(1), b.map('square', x)))
    case 'exprel':
      return timesG(exprelSlope(b, x, y))
    case 'tan':
      return timesG(b.map('add', number(1), b.map('square', y)))
    case 'asin':
      return b.map('div', g, sineRoot(b, x))
    case 'acos':
      return b.map('neg', b.map('div', g, sineRoot(b, x)))
    case 'sinh':
      return timesG(b.map('cosh', x))
    case 'cosh':
      return timesG(b.map('sinh', x))
    case 'log1p':
      return b.map('div', g, b.map('add', number(1), x))
    case 'expm1':
      return timesG(b.map('exp', x))
    case 'log10':
      return b.map('div', g, b.map('mul', number(Math.LN10), x))
    case 'log2':
      return b.map('div', g, b.map('mul', number(Math.LN2), x))
    case 'erf': {
      const density = b.map('exp', b.map('neg', b.map('square', x)))
      return timesG(b.map('mul', number(2 / Math.sqrt(Math.PI)), density))
    }
    case 'atan2': {
      const square = b.map('add', b.map('square', x), b.map('square', other))
      const share = b.map('div', timesG(index === 0 ? other : x), square)
      return index === 0 ? share : b.map('neg', share)
    }
    case 'mod':
      return index === 0 ? g : b.map('neg', timesG(b.map('floor', b.map('div', x, other))))
    case 'add':
      return g
    case 'sub':
      return index === 0 ? g : b.map('neg', g)
    case 'mul':
      return timesG(index === 0 ? other : x)
    case 'div':
      return index === 0 ? b.map('div', g, other) : b.map('neg', b.map('div', timesG(y), other))
    case 'pow':
      return index === 0 ? powBase(b, x, other, g) : powExponent(b, x, y, g)
    case 'max':
      return index === 0 ? where(b.map('ge', x, other)) : elsewhere(b.map('ge', x, other))
    case 'min':
      return index === 0 ? where(b.map('le', x, other)) : elsewhere(b.map('le', x, other))
    case 'select':
      return index === 1 ? where(x) : elsewhere(x)
    case 'sign':
    case 'floor':
    case 'ceil':
    case 'round':
    case 'trunc':
    case 'not':
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'and':
    case 'or':
      throw new Error(`${fn} has no gradient`)
    default:
      return assertNever(fn)
  }
}

/** sqrt(1 - x^2), with the digits of 1 - |x|. */
function sineRoot(b: GraphBuilder, x: ValueId): ValueId {
  const one = b.constant(1)
  return b.map('sqrt', b.map('mul', b.map('sub', one, x), b.map('add', one, x)))
}

/**
 * The derivative (e^x - y) / x of y = (e^x - 1) / x, which loses its digits near 0: there twelve terms of
 * its series, the sum of (k + 1) x^k / (k + 2)!.
 */
function exprelSlope(b: GraphBuilder, x: ValueId, y: ValueId): ValueId {
  const terms = [0.5]
  for (let k = 1; k < 12; k++) terms.push((terms[k - 1]! * (k + 1)) / k / (k + 2))
  const series = terms
    .slice(0, -1)
    .reduceRight<ValueId>(
      (sum, each) => b.map('add', b.map('mul', sum, x), b.constant(each)),
      b.constant(terms.at(-1)!),
    )
  const isSmall = b.map('lt', b.map('abs', x), b.constant(0.3))
  const divisor = b.map('select', isSmall, b.constant(1), x)
  const quotient = b.map('div', b.map('sub', b.map('exp', x), y), divisor)
  return b.map('select', isSmall, series, quotient)
}

/** g p x^(p-1). A constant exponent is lowered here, so that 0^0 never meets a factor of 0. */
function powBase(b: GraphBuilder, x: ValueId, exponent: ValueId, g: ValueId): ValueId {
  const node = b.nodeOf(exponent)
  if (node.op === 'const' && node.value === 1) return g
  if (node.op === 'const' && node.value === 0) return b.map('mul', g, b.constant(0))
  const lowered =
    node.op === 'const' ? b.constant(node.value - 1) : b.map('sub', exponent, b.constant(1))
  const power = node.op === 'const' && node.value === 2 ? x : b.map('pow', x, lowered)
  return b.map('mul', g, b.map('mul', exponent, power))
}

/** g y log(x), and 0 where x is not positive. */
function powExponent(b: GraphBuilder, x: ValueId, y: ValueId, g: ValueId): ValueId {
  const one = b.constant(1)
  const positive = b.map('gt', x, b.constant(0))
  return b.map('mul', g, b.map('mul', y, b.map('log', b.map('select', positive, x, one))))
}
