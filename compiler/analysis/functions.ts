/**
 * Element-wise functions of expressions, their derivatives, and what is known of them: arithmetic becomes
 * sums and products, what is known of truths (0 or 1) is used.
 */
import {
  evaluateElementary,
  truthFunctions,
  type ElementaryFunction,
} from '../../contract/elementary.ts'
import { assertNever } from '../ir/operands.ts'
import type { Algebra } from './algebra.ts'
import { atomOf, isZero, numberOf, type Atom, type Expression } from './expressions.ts'

const isTruthAtom = (atom: Atom | undefined): boolean =>
  atom?.kind === 'function' && truthFunctions.has(atom.fn)

/** `fn` of expressions, in the normal form. */
export function apply(
  algebra: Algebra,
  fn: ElementaryFunction,
  args: readonly Expression[],
): Expression {
  const numbers = args.map(numberOf)
  if (numbers.every((each) => each !== undefined)) {
    const shape = args.reduce(
      (all, each) => algebra.mul(all, algebra.number(1, each.shape)),
      algebra.one,
    )
    return algebra.number(evaluateElementary(fn, numbers), shape.shape)
  }
  const [a, b, c] = args as [Expression, Expression, Expression]
  const asIs = (): Expression => algebra.application(fn, args)
  switch (fn) {
    case 'neg':
      return algebra.neg(a)
    case 'add':
      return algebra.add(a, b)
    case 'sub':
      return algebra.sub(a, b)
    case 'mul':
      return algebra.mul(a, b)
    case 'div':
      return algebra.div(a, b)
    case 'reciprocal':
      return algebra.power(a, -1)
    case 'square':
      return algebra.power(a, 2)
    case 'pow': {
      const power = numbers[1]
      if (power === undefined) return asIs()
      if (Number.isInteger(power)) return algebra.power(a, power)
      if (power === 0.5) return apply(algebra, 'sqrt', [a])
      return power === -0.5 ? algebra.power(apply(algebra, 'sqrt', [a]), -1) : asIs()
    }
    case 'select':
      return select(algebra, a, b, c) ?? asIs()
    case 'lt':
    case 'le':
      // Values are finite where they are computed with.
      if (numbers[1] === Number.POSITIVE_INFINITY) return truth(algebra, true, a)
      return compared(algebra, 'lt', a, b)
    case 'gt':
    case 'ge':
      // Apart from single points.
      return compared(algebra, 'gt', a, b)
    case 'max':
    case 'min':
      return a === b ? a : asIs()
    case 'not':
      return isTruthAtom(atomOf(a)) ? algebra.sub(algebra.one, a) : asIs()
    case 'and':
      if (numbers[0] !== undefined)
        return isZero(a) ? truth(algebra, false, b) : whether(algebra, b)
      if (numbers[1] !== undefined)
        return isZero(b) ? truth(algebra, false, a) : whether(algebra, a)
      return isTruthAtom(atomOf(a)) && isTruthAtom(atomOf(b)) ? algebra.mul(a, b) : asIs()
    default:
      return asIs()
  }
}

/** a - b > 0 is a > b. */
function compared(algebra: Algebra, fn: 'gt' | 'lt', a: Expression, b: Expression): Expression {
  const [first, second] = a.terms
  const isDifference = isZero(b) && a.terms.length === 2
  if (!isDifference || first!.coefficient * second!.coefficient > 0) {
    return algebra.application(fn, [a, b])
  }
  const [more, less] = first!.coefficient > 0 ? [first!, second!] : [second!, first!]
  const sides = [algebra.ofTerm(more, a.shape), algebra.neg(algebra.ofTerm(less, a.shape))]
  return algebra.application(fn, sides)
}

const truth = (algebra: Algebra, value: boolean, like: Expression): Expression =>
  algebra.number(value ? 1 : 0, like.shape)

/** 1 where it is not 0. */
const whether = (algebra: Algebra, a: Expression): Expression =>
  isTruthAtom(atomOf(a)) ? a : algebra.application('ne', [a, algebra.zero])

function select(
  algebra: Algebra,
  test: Expression,
  yes: Expression,
  no: Expression,
): Expression | undefined {
  const known = numberOf(test)
  if (known !== undefined) return known === 0 ? no : yes
  if (yes === no) return yes
  const where = whether(algebra, test)
  if (isZero(no)) return algebra.mul(where, yes)
  return algebra.add(algebra.mul(where, yes), algebra.mul(algebra.sub(algebra.one, where), no))
}

/**
 * The derivatives of a function of one argument at x: f', f'', f'''. Undefined for one that has none where it
 * is asked (a kink or a step).
 */
export function derivatives(
  algebra: Algebra,
  fn: ElementaryFunction,
  x: Expression,
  order: number,
): readonly Expression[] | undefined {
  const y = apply(algebra, fn, [x])
  const { one } = algebra
  const number = (value: number): Expression => algebra.number(value)
  const times = (...factors: readonly Expression[]): Expression => algebra.mul(...factors)
  const minus = (value: Expression, by: Expression): Expression => algebra.sub(value, by)
  const zeros = [number(0), number(0), number(0)]
  switch (fn) {
    case 'exp':
      return [y, y, y]
    case 'log':
      return [1, 2, 3].map((n) => times(number([1, -1, 2][n - 1]!), algebra.power(x, -n)))
    case 'sqrt': {
      const over = (n: number): Expression => times(y, algebra.power(x, -n))
      return [
        times(number(0.5), over(1)),
        times(number(-0.25), over(2)),
        times(number(0.375), over(3)),
      ]
    }
    case 'abs': {
      if (isZero(x)) return undefined
      return [algebra.application('sign', [x]), number(0), number(0)]
    }
    case 'sigmoid':
    case 'softplus': {
      const s = apply(algebra, 'sigmoid', [x])
      const first = times(s, minus(one, s))
      const second = times(first, minus(one, times(number(2), s)))
      const third = times(first, algebra.add(one, times(number(-6), s), times(number(6), s, s)))
      return fn === 'sigmoid' ? [first, second, third] : [s, first, second]
    }
    case 'tanh': {
      const first = minus(one, times(y, y))
      const third = times(algebra.add(number(-2), times(number(6), y, y)), first)
      return [first, times(number(-2), y, first), third]
    }
    case 'sin': {
      const cos = apply(algebra, 'cos', [x])
      return [cos, algebra.neg(y), algebra.neg(cos)]
    }
    case 'cos': {
      const sin = apply(algebra, 'sin', [x])
      return [algebra.neg(sin), algebra.neg(y), sin]
    }
    case 'atan': {
      const slope = algebra.power(algebra.add(one, times(x, x)), -1)
      const second = times(number(-2), x, slope, slope)
      const third = times(algebra.sub(times(number(6), x, x), number(2)), slope, slope, slope)
      return [slope, second, third]
    }
    case 'tan': {
      const square = times(y, y)
      const first = algebra.add(one, square)
      const third = times(number(2), first, algebra.add(one, times(number(3), square)))
      return [first, times(number(2), y, first), third]
    }
    case 'asin':
    case 'acos': {
      const root = apply(algebra, 'sqrt', [minus(one, times(x, x))])
      const over = (n: number): Expression => algebra.power(root, -n)
      const all = [
        over(1),
        times(x, over(3)),
        algebra.add(over(3), times(number(3), x, x, over(5))),
      ]
      return fn === 'asin' ? all : all.map((each) => algebra.neg(each))
    }
    case 'sinh':
    case 'cosh': {
      const other = apply(algebra, fn === 'sinh' ? 'cosh' : 'sinh', [x])
      return [other, y, other]
    }
    case 'log1p':
      return [1, 2, 3].map((n) =>
        times(number([1, -1, 2][n - 1]!), algebra.power(algebra.add(one, x), -n)),
      )
    case 'expm1': {
      const e = apply(algebra, 'exp', [x])
      return [e, e, e]
    }
    case 'log10':
    case 'log2': {
      const per = 1 / (fn === 'log10' ? Math.LN10 : Math.LN2)
      return [1, 2, 3].map((n) => times(number(per * [1, -1, 2][n - 1]!), algebra.power(x, -n)))
    }
    case 'erf': {
      const density = apply(algebra, 'exp', [algebra.neg(times(x, x))])
      const first = times(number(2 / Math.sqrt(Math.PI)), density)
      const third = times(minus(times(number(4), x, x), number(2)), first)
      return [first, times(number(-2), x, first), third]
    }
    case 'exprel': {
      if (isZero(x)) return [number(1 / 2), number(1 / 3), number(1 / 4)]
      // (e^x - 1) / x: its n-th derivative is (e^x - n times the one before) / x.
      const e = apply(algebra, 'exp', [x])
      const next = (before: Expression, n: number): Expression =>
        algebra.div(minus(e, times(number(n), before)), x)
      const first = next(y, 1)
      const second = next(first, 2)
      return [first, second, next(second, 3)]
    }
    case 'floor':
    case 'ceil':
    case 'round':
    case 'trunc':
    case 'sign':
    case 'not':
      return isZero(x) && order > 0 ? undefined : zeros
    case 'neg':
    case 'square':
    case 'reciprocal':
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'pow':
    case 'atan2':
    case 'mod':
    case 'min':
    case 'max':
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'and':
    case 'or':
    case 'select':
      throw new Error(`${fn} is no function of one argument that is expanded`)
    default:
      return assertNever(fn)
  }
}
