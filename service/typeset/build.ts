/**
 * Makers of mathematics. They flatten what needs no parentheses (sums of sums, products of products of one
 * kind) and draw signs out of products, so that `-p0 * Y` is minus a product; the value stays the same.
 */
import type {
  Fence,
  Mathematics,
  Product,
  ProductOperator,
  Relation,
  RelationOperator,
  Sum,
  Symbolic,
  Term,
} from './mathematics.ts'
import { nameSymbol } from './symbols.ts'

/** A symbol by the name that a file gives it: `tau_m` is τ with the subscript m. */
export function symbol(
  name: string,
  around: Pick<Symbolic, 'style' | 'accent' | 'primes'> & {
    readonly subscripts?: readonly (Mathematics | string | number)[]
    readonly superscripts?: readonly (Mathematics | string | number)[]
  } = {},
): Symbolic {
  const { subscripts = [], superscripts = [], ...rest } = around
  return withScripts(
    { ...nameSymbol(name), ...rest },
    subscripts.map(lifted),
    superscripts.map(lifted),
  )
}

/** A symbol with more around it. */
export function withScripts(
  base: Symbolic,
  subscripts: readonly Mathematics[],
  superscripts: readonly Mathematics[] = [],
): Symbolic {
  const below = [...(base.subscripts ?? []), ...subscripts]
  const above = [...(base.superscripts ?? []), ...superscripts]
  return {
    ...base,
    ...(below.length > 0 && { subscripts: below }),
    ...(above.length > 0 && { superscripts: above }),
  }
}

const lifted = (each: Mathematics | string | number): Mathematics => {
  if (typeof each === 'number') return number(each)
  return typeof each === 'string' ? nameSymbol(each) : each
}

/** A number, of at most `digits` significant ones where it is not text. */
export function number(value: number | string, unit?: string, digits = 6): Mathematics {
  const text = typeof value === 'string' ? value : numberText(value, digits)
  if (text === '∞' || text === '-∞') {
    const infinity: Symbolic = { kind: 'symbol', name: '∞', style: 'upright' }
    return text === '∞' ? infinity : negative(infinity)
  }
  if (text.startsWith('-')) return negative(number(text.slice(1), unit))
  return { kind: 'number', text, ...(unit !== undefined && { unit }) }
}

function numberText(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const plain = String(Number(value.toPrecision(digits)))
  const size = Math.abs(value)
  const scaled = Number(plain).toExponential()
  const extreme = size >= 1e6 || (size < 1e-3 && value !== 0)
  return extreme && scaled.length < plain.length ? scaled : plain
}

export function words(text: string): Mathematics {
  return { kind: 'words', text }
}

/** The sum of terms; a plain value has the sign +. */
export function sum(...terms: readonly (Mathematics | Term)[]): Mathematics {
  const flat = terms.map(asTerm).flatMap(({ sign, value }): readonly Term[] => {
    if (value.kind !== 'sum') return [{ sign, value }]
    // -(-a) is a; a - (b + c) keeps its parentheses.
    if (sign === '+') return value.terms
    const [only] = value.terms
    if (value.terms.length > 1 || !only) return [{ sign, value }]
    return [{ sign: only.sign === '+' ? '-' : '+', value: only.value }]
  })
  const [first] = flat
  if (!first) return number(0)
  return flat.length === 1 && first.sign === '+' ? first.value : { kind: 'sum', terms: flat }
}

const asTerm = (each: Mathematics | Term): Term =>
  'kind' in each ? { sign: '+', value: each } : each

export function minus(value: Mathematics): Term {
  return { sign: '-', value }
}

export function negative(value: Mathematics): Mathematics {
  return sum(minus(value))
}

/** The product of factors; minus signs of factors come before it. */
export function product(
  factors: readonly Mathematics[],
  operator: ProductOperator = 'scalar',
): Mathematics {
  const positive = factors.map(withoutSign)
  const odd = factors.filter((each, i) => each !== positive[i]).length % 2 === 1
  const flat = positive.flatMap((each) =>
    each.kind === 'product' && each.operator === operator ? each.factors : [each],
  )
  const [first] = flat
  const made: Mathematics = !first
    ? number(1)
    : flat.length === 1
      ? first
      : ({ kind: 'product', operator, factors: flat } satisfies Product)
  return odd ? negative(made) : made
}

/** What a value is without its leading minus, if it is a negated term. */
const withoutSign = (each: Mathematics): Mathematics => {
  const [first, second] = each.kind === 'sum' ? each.terms : []
  return first?.sign === '-' && !second ? first.value : each
}

export function quotient(over: Mathematics, under: Mathematics): Mathematics {
  const positive = withoutSign(over)
  const made: Mathematics = { kind: 'quotient', over: positive, under }
  return positive === over ? made : negative(made)
}

export function power(base: Mathematics, exponent: Mathematics | number): Mathematics {
  return {
    kind: 'power',
    base,
    exponent: typeof exponent === 'number' ? number(exponent) : exponent,
  }
}

export function transpose(of: Mathematics): Mathematics {
  return { kind: 'transpose', of }
}

/** f(args); a function that is a text is the name of one. */
export function apply(fn: Mathematics | string, ...args: readonly Mathematics[]): Mathematics {
  return { kind: 'application', function: typeof fn === 'string' ? named(fn) : fn, args }
}

/** The name of a function, as a word: `tanh`. */
export function named(name: string): Symbolic {
  return { kind: 'symbol', name, style: 'upright' }
}

export function root(of: Mathematics): Mathematics {
  return { kind: 'root', of }
}

export function fenced(fence: Fence, ...items: readonly Mathematics[]): Mathematics {
  return { kind: 'fenced', fence, items }
}

export function derivative(of: Mathematics, by: Mathematics, partial = false): Mathematics {
  return { kind: 'derivative', of, by, partial }
}

/** left = right, or by another operator. */
export function relation(
  left: Mathematics,
  operator: RelationOperator,
  right: Mathematics,
): Relation {
  return { kind: 'relation', sides: [left, right], operators: [operator] }
}

export function equation(left: Mathematics, right: Mathematics): Relation {
  return relation(left, '=', right)
}

/** Whether a sum begins with a minus. */
export function beginsWithMinus(value: Mathematics): value is Sum {
  return value.kind === 'sum' && value.terms[0]?.sign === '-'
}
