/**
 * Power series in a small quantity, with expressions as coefficients, up to the third power: what forward-mode
 * differentiation carries along. `open` says that there are higher powers than those kept; a series that is not
 * is a polynomial. `causes` says what made powers above the first: the functions and products that bend it.
 */
import type { ElementaryFunction } from '../../contract/elementary.ts'
import type { Algebra } from './algebra.ts'
import { isZero, NotClosed, numberOf, type Expression } from './expressions.ts'
import { apply, derivatives } from './functions.ts'

/** The highest power kept. */
export const highestPower = 3

/** What bends a series: a function, or a product of two things that both vary. */
export interface Cause {
  /** The function, or `product`. */
  readonly fn: ElementaryFunction | 'product'
  /** The variable in whose equation it stands, where that is known. */
  readonly where?: string
  /** The first power that it adds to what it is given; infinite for a kink or a step, before which it adds none. */
  readonly power: number
}

export interface Series {
  /** Of the powers 0 .. 3. */
  readonly coefficients: readonly Expression[]
  readonly open: boolean
  readonly causes: readonly Cause[]
}

/** A series that does not vary. */
export function constant(algebra: Algebra, value: Expression): Series {
  return polynomial(algebra, [value])
}

/** A series of the coefficients given, the others 0. */
export function polynomial(algebra: Algebra, given: readonly Expression[]): Series {
  const zero = algebra.number(0, given[0]?.shape ?? [])
  const coefficients = Array.from({ length: highestPower + 1 }, (_, power) => given[power] ?? zero)
  return { coefficients, open: false, causes: [] }
}

/** Whether it varies at all. */
export const varies = ({ coefficients, open }: Series): boolean =>
  open || coefficients.slice(1).some((each) => !isZero(each))

/** The value where what is small is 0. */
export const atRest = ({ coefficients }: Series): Expression => coefficients[0]!

/** What is linear, of each coefficient. */
export function mapped(series: Series, map: (coefficient: Expression) => Expression): Series {
  return { ...series, coefficients: series.coefficients.map(map) }
}

/** The sum of series. */
export function plus(algebra: Algebra, a: Series, b: Series): Series {
  return {
    coefficients: a.coefficients.map((each, power) =>
      algebra.settled(algebra.add(each, b.coefficients[power]!)),
    ),
    open: a.open || b.open,
    causes: united(a.causes, b.causes),
  }
}

/** What is linear in each of two. */
export function product(
  algebra: Algebra,
  a: Series,
  b: Series,
  times: (x: Expression, y: Expression) => Expression,
  where?: string,
): Series {
  const degreeOf = ({ coefficients }: Series): number =>
    coefficients.findLastIndex((each) => !isZero(each))
  const coefficients = a.coefficients.map((_, power) => {
    const terms: Expression[] = []
    for (let i = 0; i <= power; i++) {
      const [x, y] = [a.coefficients[i]!, b.coefficients[power - i]!]
      if (!isZero(x) && !isZero(y)) terms.push(times(x, y))
    }
    if (terms.length > 0) return algebra.settled(algebra.add(...terms))
    return algebra.number(0, times(a.coefficients[0]!, b.coefficients[0]!).shape)
  })
  const [m, n] = [degreeOf(a), degreeOf(b)]
  const isNone = (m < 0 && !a.open) || (n < 0 && !b.open)
  const bends = m > 0 && n > 0
  const cause: Cause = { fn: 'product', power: 2, ...(where !== undefined && { where }) }
  return {
    coefficients,
    open: !isNone && (a.open || b.open || m + n > highestPower),
    causes: united(a.causes, b.causes, bends ? [cause] : []),
  }
}

/** A function of series. Throws NotClosed where it has a kink or a step at rest. */
export function applied(
  algebra: Algebra,
  fn: ElementaryFunction,
  args: readonly Series[],
  where?: string,
): Series {
  const [a, b, c] = args as [Series, Series, Series]
  const times = (x: Series, y: Series): Series =>
    product(algebra, x, y, (left, right) => algebra.mul(left, right), where)
  if (!args.some(varies)) {
    const value = constant(algebra, apply(algebra, fn, args.map(atRest)))
    return { ...value, causes: united(...args.map((each) => each.causes)) }
  }
  switch (fn) {
    case 'neg':
      return mapped(a, (each) => algebra.neg(each))
    case 'add':
      return plus(algebra, a, b)
    case 'sub':
      return plus(
        algebra,
        a,
        mapped(b, (each) => algebra.neg(each)),
      )
    case 'mul':
      return times(a, b)
    case 'square':
      return times(a, a)
    case 'div':
      return times(a, inverse(algebra, b, 1, where))
    case 'reciprocal':
      return inverse(algebra, a, 1, where)
    case 'pow': {
      const power = numberOf(atRest(b))
      if (varies(b) || power === undefined) throw new NotClosed('a power that varies')
      if (Number.isInteger(power) && power >= 0 && power <= 4) {
        const one = constant(algebra, algebra.number(1, atRest(a).shape))
        return Array.from({ length: power }).reduce<Series>((all) => times(all, a), one)
      }
      return inverse(algebra, a, -power, where)
    }
    case 'max':
    case 'min': {
      const [x, y] = [atRest(a), atRest(b)]
      if (isZero(algebra.settled(algebra.sub(x, y)))) {
        throw new NotClosed(`the kink of ${fn}, at which the circuit rests`)
      }
      const first = apply(algebra, fn === 'max' ? 'ge' : 'le', [x, y])
      return chosen(algebra, kinked(constant(algebra, first), fn, where), a, b)
    }
    case 'select':
      if (varies(a) && isZero(algebra.settled(atRest(a)))) {
        throw new NotClosed('a step at which the circuit rests')
      }
      return chosen(algebra, { ...constant(algebra, atRest(a)), causes: a.causes }, b, c)
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'and':
    case 'or':
    case 'not':
    case 'sign':
    case 'floor':
    case 'ceil':
    case 'round':
    case 'trunc':
      if (
        isZero(algebra.settled(algebra.sub(atRest(a), args.length > 1 ? atRest(b) : algebra.zero)))
      ) {
        throw new NotClosed('a step at which the circuit rests')
      }
      return kinked(constant(algebra, apply(algebra, fn, args.map(atRest))), fn, where)
    case 'atan2':
    case 'mod':
      throw new NotClosed(`\`${fn}\` of what varies`)
    default:
      return composed(algebra, fn, a, where)
  }
}

/** A series that holds until a function reaches a kink or a step. */
const kinked = (series: Series, fn: ElementaryFunction, where: string | undefined): Series => ({
  ...series,
  causes: united(series.causes, [{ fn, power: Infinity, ...(where !== undefined && { where }) }]),
})

function chosen(algebra: Algebra, test: Series, yes: Series, no: Series): Series {
  const where = atRest(test)
  return {
    coefficients: yes.coefficients.map((each, power) =>
      algebra.settled(apply(algebra, 'select', [where, each, no.coefficients[power]!])),
    ),
    open: yes.open || no.open,
    causes: united(test.causes, yes.causes, no.causes),
  }
}

/** a^-power, by the binomial series. */
function inverse(algebra: Algebra, a: Series, power: number, where: string | undefined): Series {
  const x = atRest(a)
  if (!varies(a)) return constant(algebra, apply(algebra, 'pow', [x, algebra.number(-power)]))
  if (isZero(x)) throw new NotClosed('a division by what rests at 0')
  const base = apply(algebra, 'pow', [x, algebra.number(-power)])
  const over = (n: number): Expression => algebra.mul(base, algebra.power(x, -n))
  const [p1, p2, p3] = [-power, -power * (-power - 1), -power * (-power - 1) * (-power - 2)]
  const rows = [p1, p2, p3].map((factor, n) => algebra.mul(algebra.number(factor), over(n + 1)))
  return expanded(
    algebra,
    a,
    base,
    rows,
    { fn: power === 1 ? 'reciprocal' : 'pow', power: 2 },
    where,
  )
}

function composed(
  algebra: Algebra,
  fn: ElementaryFunction,
  a: Series,
  where: string | undefined,
): Series {
  const x = atRest(a)
  const rows = derivatives(algebra, fn, x, 1)
  if (!rows) throw new NotClosed(`the kink of ${fn}, at which the circuit rests`)
  const settled = rows.map((each) => algebra.settled(each))
  const power = isZero(settled[1]!) ? 3 : 2
  return expanded(algebra, a, apply(algebra, fn, [x]), settled, { fn, power }, where)
}

/** Faa di Bruno's formula, of f(x) with the derivatives `rows` at rest. */
function expanded(
  algebra: Algebra,
  a: Series,
  value: Expression,
  rows: readonly Expression[],
  cause: Omit<Cause, 'where'>,
  where: string | undefined,
): Series {
  const [, x1, x2, x3] = a.coefficients as [Expression, Expression, Expression, Expression]
  const [f1, f2, f3] = rows as [Expression, Expression, Expression]
  const times = (...factors: readonly Expression[]): Expression => algebra.mul(...factors)
  const half = algebra.number(0.5)
  const sixth = algebra.number(1 / 6)
  const coefficients = [
    value,
    times(f1, x1),
    algebra.add(times(f1, x2), times(half, f2, x1, x1)),
    algebra.add(times(f1, x3), times(f2, x1, x2), times(sixth, f3, x1, x1, x1)),
  ].map((each) => algebra.settled(each))
  return {
    coefficients,
    open: true,
    causes: united(a.causes, [{ ...cause, ...(where !== undefined && { where }) }]),
  }
}

/** Each cause once. */
export function united(...lists: readonly (readonly Cause[])[]): readonly Cause[] {
  const all = new Map(lists.flat().map((each) => [`${each.fn} ${each.where} ${each.power}`, each]))
  return [...all.values()]
}
