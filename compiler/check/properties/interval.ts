/**
 * Arithmetic of intervals: which numbers an expression can be, given those that its parts can be. What is
 * not understood can be anything, so that what is shown is so, though not all that is so is shown.
 */
import { evaluateElementary } from '../../../contract/elementary.ts'
import type { BooleanValue, NumberValue } from '../../model/model.ts'
import { observed, watchOfAll, type Watched } from '../../model/watch.ts'

/** The numbers from `low` to `high`, ends included; either may be infinite. */
export interface Interval {
  readonly low: number
  readonly high: number
  /** If it is known when it is looked at. */
  readonly watched?: Watched
  /** Both ends at once, if it is. */
  readonly find?: () => Interval
}

/** What is found when it is looked at. */
const watchedInterval = (watched: Watched, find: () => Interval): Interval => ({
  get low() {
    return find().low
  },
  get high() {
    return find().high
  },
  watched,
  find,
})

/** What is made of intervals: when it is looked at, if one of them is. */
export function made<const Of extends readonly Interval[]>(
  of: Of,
  make: (...of: Of) => Interval,
): Interval {
  const watched = watchOfAll(of)
  if (!watched) return make(...of)
  return watchedInterval(watched, () => {
    // Each is found once, whatever looks at it how often.
    const found = of.map((each) => each.find?.() ?? each)
    return make(...(found as unknown as Of))
  })
}

export const anything: Interval = { low: -Infinity, high: Infinity }
export const atLeastZero: Interval = { low: 0, high: Infinity }
export const truths: Interval = { low: 0, high: 1 }

export const exactly = (value: number): Interval =>
  Number.isNaN(value) ? anything : { low: value, high: value }

/** Of a value. */
export const ofValue = (value: NumberValue | BooleanValue): Interval =>
  value.watched
    ? watchedInterval(value.watched, () => exactly(Number(value.value)))
    : exactly(Number(value.value))

/** The numbers of both, and those between them. */
export const hull = (a: Interval, b: Interval): Interval =>
  made([a, b], (x, y) => ({ low: Math.min(x.low, y.low), high: Math.max(x.high, y.high) }))

export const isAtLeastZero = (it: Interval): boolean => observed([it], () => it.low >= 0)
export const isAtMostZero = (it: Interval): boolean => observed([it], () => it.high <= 0)
/** Whether it is never above 0, and may be below. */
export const isBelowZero = (it: Interval): boolean =>
  observed([it], () => it.low < 0 && it.high <= 0)
export const isZero = (it: Interval): boolean => observed([it], () => it.low === 0 && it.high === 0)

export const negative = (it: Interval): Interval =>
  made([it], ({ low, high }) => ({ low: -high, high: -low }))

const add = (a: Interval, b: Interval): Interval => ({ low: a.low + b.low, high: a.high + b.high })

/** A bound times a bound; 0 times what has no bound is 0. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)

const multiply = (a: Interval, b: Interval): Interval => {
  const ends = [
    times(a.low, b.low),
    times(a.low, b.high),
    times(a.high, b.low),
    times(a.high, b.high),
  ]
  return { low: Math.min(...ends), high: Math.max(...ends) }
}

function reciprocal({ low, high }: Interval): Interval {
  if (low >= 0) return { low: 1 / high, high: low === 0 ? Infinity : 1 / low }
  if (high <= 0) return { low: high === 0 ? -Infinity : 1 / high, high: 1 / low }
  return anything
}

/** Of what grows with its argument. */
const growing =
  (fn: (x: number) => number) =>
  ({ low, high }: Interval): Interval => ({ low: fn(low), high: fn(high) })

function magnitude({ low, high }: Interval): Interval {
  if (low >= 0) return { low, high }
  if (high <= 0) return { low: -high, high: -low }
  return { low: 0, high: Math.max(-low, high) }
}

function power(base: Interval, exponent: Interval): Interval {
  const { low: n, high } = exponent
  if (n !== high) return isAtLeastZero(base) ? atLeastZero : anything
  if (Number.isInteger(n) && n % 2 === 0 && n >= 0) {
    const { low, high: most } = magnitude(base)
    return { low: low ** n, high: most ** n }
  }
  if (!isAtLeastZero(base)) return n === 1 ? base : anything
  return n >= 0 ? growing((x) => x ** n)(base) : reciprocal(power(base, exactly(-n)))
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const unary: Readonly<Record<string, (a: Interval) => Interval>> = {
  neg: negative,
  exp: growing(Math.exp),
  log: ({ low, high }) => (low >= 0 ? { low: Math.log(low), high: Math.log(high) } : anything),
  sqrt: ({ low, high }) => ({
    low: Math.sqrt(Math.max(low, 0)),
    high: Math.sqrt(Math.max(high, 0)),
  }),
  square: (a) => power(a, exactly(2)),
  reciprocal,
  abs: magnitude,
  sign: growing(Math.sign),
  sigmoid: growing(sigmoid),
  tanh: growing(Math.tanh),
  softplus: growing((x) => (x > 30 ? x : Math.log1p(Math.exp(x)))),
  sin: () => ({ low: -1, high: 1 }),
  cos: () => ({ low: -1, high: 1 }),
  floor: growing(Math.floor),
  ceil: growing(Math.ceil),
  round: growing(Math.round),
  atan: growing(Math.atan),
  trunc: growing(Math.trunc),
  asin: () => ({ low: -Math.PI / 2, high: Math.PI / 2 }),
  acos: () => ({ low: 0, high: Math.PI }),
  sinh: growing(Math.sinh),
  cosh: (a) => growing(Math.cosh)(magnitude(a)),
  log1p: ({ low, high }) =>
    low >= -1 ? { low: Math.log1p(low), high: Math.log1p(high) } : anything,
  expm1: growing(Math.expm1),
  log10: ({ low, high }) =>
    low >= 0 ? { low: Math.log10(low), high: Math.log10(high) } : anything,
  log2: ({ low, high }) => (low >= 0 ? { low: Math.log2(low), high: Math.log2(high) } : anything),
  erf: growing((x) => evaluateElementary('erf', [x])),
  not: () => truths,
}

const binary: Readonly<Record<string, (a: Interval, b: Interval) => Interval>> = {
  add,
  sub: (a, b) => add(a, negative(b)),
  mul: multiply,
  div: (a, b) => multiply(a, reciprocal(b)),
  pow: power,
  atan2: () => ({ low: -Math.PI, high: Math.PI }),
  mod: (_, b) => (b.low > 0 ? { low: 0, high: b.high } : anything),
  min: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }),
  max: (a, b) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }),
}

/** The interval of an element-wise function, by its name in tensor programs. */
export function intervalOf(fn: string, args: readonly Interval[]): Interval {
  if (fn === 'select') return hull(args[1] ?? anything, args[2] ?? anything)
  if (['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or'].includes(fn)) return truths
  return made(args, (a = anything, b = anything) => {
    const found =
      args.length === 1 && Object.hasOwn(unary, fn)
        ? unary[fn]!(a)
        : Object.hasOwn(binary, fn)
          ? binary[fn]!(a, b)
          : anything
    return Number.isNaN(found.low) || Number.isNaN(found.high) ? anything : found
  })
}
