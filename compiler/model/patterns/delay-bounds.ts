/**
 * How long the delays of single synapses can be: what is kept of the past is planned for the longest. Known
 * by intervals, from what an expression draws from, what it is clipped to, and where units are.
 */
import { evaluateElementary } from '../../../contract/elementary.ts'
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import { gridSpace, type Space } from '../../../contract/pair-program.ts'
import type { PairQuantity } from '../../../contract/pattern.ts'
import { initialisers } from '../builtins.ts'
import { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { Connection, Pattern, Scope } from '../model.ts'
import { startOf } from '../slices.ts'
import { combine, dimensionless, sameDimension, type Dimension } from '../units.ts'
import { isOfSpace, pairQuantitiesIn, pairQuantityOf } from './pair-names.ts'

/** The numbers between two ends, which may be infinite; of a written 0 or a file no dimension is known. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly dimension: Dimension | undefined
}

const anything: Interval = { low: -Infinity, high: Infinity, dimension: undefined }

/** The interval of a connection's own delays; undefined where what they are is not understood. */
export function delayBounds({ delays, pattern }: Connection): Interval | undefined {
  return delays && pattern && new Bounds(delays.scope, pattern).of(delays.value)
}

class Bounds {
  readonly #scope: Scope
  readonly #pattern: Pattern
  readonly #silent = new Context()

  constructor(scope: Scope, pattern: Pattern) {
    this.#scope = scope
    this.#pattern = pattern
  }

  of(node: Expression): Interval | undefined {
    const quantity = pairQuantityOf(this.#scope, node)
    if (quantity) return this.#pair(quantity)
    switch (node.kind) {
      case 'Unary': {
        const operand = node.operator === '-' ? this.of(node.operand) : undefined
        return operand && { ...operand, low: -operand.high, high: -operand.low }
      }
      case 'Binary':
        return this.#binary(node.operator, this.of(node.left), this.of(node.right))
      case 'Conditional': {
        if (pairQuantitiesIn(this.#scope, node.test).size > 0) {
          const [then, otherwise] = [this.of(node.then), this.of(node.otherwise)]
          if (!then || !otherwise) return undefined
          return {
            low: Math.min(then.low, otherwise.low),
            high: Math.max(then.high, otherwise.high),
            dimension: either(then, otherwise),
          }
        }
        const test = evaluate(this.#silent, this.#scope, node.test)
        if (test?.kind !== 'boolean') return undefined
        return this.of(test.value ? node.then : node.otherwise)
      }
      case 'Call':
        return this.#call(node)
      default:
        return this.#known(node)
    }
  }

  #known(node: Expression): Interval | undefined {
    const found = evaluate(this.#silent, this.#scope, node)
    if (found?.kind !== 'number') return undefined
    const { value } = found
    const isZero = node.kind === 'NumberLiteral' && value === 0 && !node.unit
    return { low: value, high: value, dimension: isZero ? undefined : found.dimension }
  }

  #pair(quantity: PairQuantity): Interval {
    const { plan, source, target } = this.#pattern
    if (!isOfSpace(quantity)) {
      const side = quantity === 'pre.index' ? source : target
      const low = startOf(side)
      return { low, high: low + side.size - 1, dimension: dimensionless }
    }
    const dimension = (source.slice?.of ?? source).positions?.dimension
    const space = gridSpace(plan)
    return space ? { ...ofSpace(quantity, space), dimension } : { ...anything, dimension }
  }

  #binary(
    operator: string,
    left: Interval | undefined,
    right: Interval | undefined,
  ): Interval | undefined {
    if (!left || !right) return undefined
    const [a, b] = [left, right]
    switch (operator) {
      case '+':
        return { low: a.low + b.low, high: a.high + b.high, dimension: either(a, b) }
      case '-':
        return { low: a.low - b.high, high: a.high - b.low, dimension: either(a, b) }
      case '*':
        return { ...hull(products(a, b)), dimension: joined(a, b, 1) }
      case '/': {
        if (b.low <= 0 && b.high >= 0) return { ...anything, dimension: joined(a, b, -1) }
        const inverse = { ...b, low: 1 / b.high, high: 1 / b.low }
        return { ...hull(products(a, inverse)), dimension: joined(a, b, -1) }
      }
      case '^': {
        const isSquare = b.low === 2 && b.high === 2
        if (!isSquare) return anything
        const [low, high] = [Math.abs(a.low), Math.abs(a.high)]
        const least = a.low <= 0 && a.high >= 0 ? 0 : Math.min(low, high)
        const dimension = joined(a, a, 1)
        return { low: least ** 2, high: Math.max(low, high) ** 2, dimension }
      }
      default:
        // Comparisons are 0 or 1.
        return operator === '@' ? undefined : { low: 0, high: 1, dimension: dimensionless }
    }
  }

  #call(call: CallExpression): Interval | undefined {
    const name = call.callee.kind === 'Name' ? call.callee.name : ''
    if (initialisers.has(name)) return this.#drawn(call, name)
    const args = call.args.map((each) => this.of(each.value))
    const [first, second, third] = args
    if (!first || args.some((each) => each === undefined)) return this.#known(call)
    const map = (fn: (x: number) => number): Interval => ({
      low: fn(first.low),
      high: fn(first.high),
      dimension: dimensionless,
    })
    switch (name) {
      case 'min':
      case 'max': {
        const fold = name === 'min' ? Math.min : Math.max
        const all = args.filter((each) => each !== undefined)
        return {
          low: fold(...all.map(({ low }) => low)),
          high: fold(...all.map(({ high }) => high)),
          dimension: all.find((each) => each.dimension)?.dimension,
        }
      }
      case 'clip':
        if (!second || !third) return undefined
        return {
          low: Math.min(Math.max(first.low, second.low), third.low),
          high: Math.min(Math.max(first.high, second.high), third.high),
          dimension: first.dimension ?? second.dimension ?? third.dimension,
        }
      case 'abs': {
        const [low, high] = [Math.abs(first.low), Math.abs(first.high)]
        const least = first.low <= 0 && first.high >= 0 ? 0 : Math.min(low, high)
        return { low: least, high: Math.max(low, high), dimension: first.dimension }
      }
      case 'floor':
      case 'ceil':
      case 'round':
      case 'trunc':
        return { ...map(Math[name]), dimension: first.dimension }
      case 'atan':
      case 'log1p':
      case 'expm1':
      case 'erf':
        return map((x) => evaluateElementary(name, [x]))
      case 'mod':
        return second && second.low > 0
          ? { low: 0, high: second.high, dimension: first.dimension ?? second.dimension }
          : anything
      case 'exp':
        return map(Math.exp)
      case 'tanh':
        return map(Math.tanh)
      case 'sigmoid':
        return map((x) => 1 / (1 + Math.exp(-x)))
      case 'softplus':
        return map((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))
      case 'log':
        return map((x) => (x > 0 ? Math.log(x) : -Infinity))
      case 'sin':
      case 'cos':
      case 'sign':
        return { low: -1, high: 1, dimension: dimensionless }
      default:
        return this.#known(call) ?? anything
    }
  }

  /** What a draw can give. */
  #drawn({ args }: CallExpression, name: string): Interval | undefined {
    if (name === 'file') return anything
    const options = initialisers.get(name) ?? []
    const given = new Map(args.map((each, i) => [each.name?.name ?? options[i], each.value]))
    // The shape of `gamma`, and how far a range reaches, are plain numbers, whatever they are a draw of.
    const found = [...given].flatMap(([of, each]) =>
      of === 'shape' || of === 'within' || of === 'fan' ? [] : [this.of(each)],
    )
    const dimension = found.find((each) => each?.dimension)?.dimension ?? dimensionless
    const option = (of: string, standard: number): Interval => {
      const value = given.get(of)
      return (value && this.of(value)) ?? { low: standard, high: standard, dimension }
    }
    switch (name) {
      case 'uniform': {
        const [low, high] = [option('low', 0), option('high', 1)]
        return {
          low: Math.min(low.low, high.low),
          high: Math.max(low.high, high.high),
          dimension,
        }
      }
      case 'truncated_normal': {
        const [mean, std] = [option('mean', 0), option('std', 1)]
        const most = std.high * (given.get('within') ? option('within', 2).high : 2)
        return { low: mean.low - most, high: mean.high + most, dimension }
      }
      case 'exponential':
      case 'lognormal':
      case 'gamma':
        return { low: 0, high: Infinity, dimension }
      default:
        return { ...anything, dimension }
    }
  }
}

function ofSpace(quantity: PairQuantity, { pre, post, period }: Space) {
  const [x, y] = [rangeOf(pre.x), rangeOf(pre.y)]
  const [u, v] = [rangeOf(post.x), rangeOf(post.y)]
  const apart = (
    a: readonly [number, number],
    b: readonly [number, number],
    length: number,
  ): readonly [number, number] =>
    length > 0 ? [-length / 2, length / 2] : [b[0] - a[1], b[1] - a[0]]
  const [dx, dy] = [apart(x, u, period[0]), apart(y, v, period[1])]
  const most = ([low, high]: readonly [number, number]): number =>
    Math.max(Math.abs(low), Math.abs(high))
  const [low, high]: readonly [number, number] =
    quantity === 'pre.x'
      ? x
      : quantity === 'pre.y'
        ? y
        : quantity === 'post.x'
          ? u
          : quantity === 'post.y'
            ? v
            : quantity === 'dx'
              ? dx
              : quantity === 'dy'
                ? dy
                : [0, Math.hypot(most(dx), most(dy))]
  return { low, high }
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

const either = (a: Interval, b: Interval): Dimension | undefined => a.dimension ?? b.dimension

function joined(a: Interval, b: Interval, sign: 1 | -1): Dimension | undefined {
  const [left, right] = [a.dimension, b.dimension]
  if (left && right) return combine(left, right, sign)
  // Of a number of a file that is given a unit, the unit is known.
  return left ?? (right && sign === 1 ? right : undefined)
}

/** Of infinite times 0 no more is said than that it is 0. */
const products = (a: Interval, b: Interval): readonly number[] =>
  [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high].map((each) =>
    Number.isNaN(each) ? 0 : each,
  )

const hull = (values: readonly number[]) => ({
  low: Math.min(...values),
  high: Math.max(...values),
})

/** Whether delays are in steps, rather than in seconds. */
export const isInSteps = ({ dimension }: Interval): boolean =>
  dimension !== undefined && sameDimension(dimension, { step: 1 })
