/**
 * Element-wise functions that are made of others: what each of them comes to, over anything that the others can be
 * applied to. Tensor programs have them as operations of their own, with derivatives of their own; targets never see
 * them, as the last pass writes them out (`compiler/passes/expand.ts`).
 *
 * Beside the exact value, results have at most the error that is stated, in units in the last place, or of erf as an
 * absolute one: tan 3.5, asin 4.5, acos 4.5, sinh 4, cosh 4, log1p 3, expm1 2.5, log10 and log2 2.5, erf 1.5, atan2 3.
 * `ceil`, `round` and `trunc` are exact; `mod` is, but for the rounding of its first operand.
 */
import type {
  BasicFunction,
  ComposedBinaryFunction,
  ComposedFunction,
  ComposedUnaryFunction,
} from './elementary.ts'

/** How functions are applied, and numbers written. */
export interface Parts<T> {
  readonly map: (fn: BasicFunction, ...args: readonly T[]) => T
  readonly number: (value: number) => T
}

/** A composed function, made of others. */
export function compose<T>(parts: Parts<T>, fn: ComposedFunction, args: readonly T[]): T {
  const [a, b] = args as [T, T]
  return fn in ofTwo
    ? ofTwo[fn as ComposedBinaryFunction](parts, a, b)
    : ofOne[fn as ComposedUnaryFunction](parts, a)
}

type Making = <T>(parts: Parts<T>, x: T) => T

/** Beyond this e^-x is nothing beside e^x. */
const FAR = 20

const ofOne: Readonly<Record<ComposedUnaryFunction, Making>> = {
  tan: ({ map }, x) => map('div', map('sin', x), map('cos', x)),
  // x / sqrt(1 - x^2) is the tangent of the angle whose sine is x.
  asin: ({ map, number }, x) =>
    map('atan', map('div', x, map('sqrt', ofSquares({ map, number }, x)))),
  // Half the angle has the tangent sqrt((1 - x) / (1 + x)).
  acos({ map, number }, x) {
    const root = (fn: 'add' | 'sub') => map('sqrt', map(fn, number(1), x))
    return map('mul', number(2), map('atan', map('div', root('sub'), root('add'))))
  },
  // With m = e^|x| - 1: (m + m / (m + 1)) / 2.
  sinh(parts, x) {
    const { map, number } = parts
    const size = map('abs', x)
    const m = ofOne.expm1(parts, size)
    const near = map('mul', number(0.5), map('add', m, map('div', m, map('add', m, number(1)))))
    const value = map('select', map('gt', size, number(FAR)), halfExponential(parts, size), near)
    return map('select', map('lt', x, number(0)), map('neg', value), value)
  },
  cosh(parts, x) {
    const { map, number } = parts
    const size = map('abs', x)
    const small = map('mul', number(0.5), map('exp', map('neg', size)))
    return map('add', halfExponential(parts, size), small)
  },
  // What rounding does to 1 + x, the quotient undoes (Kahan).
  log1p({ map, number }, x) {
    const u = map('add', number(1), x)
    const rounded = map('sub', u, number(1))
    const ratio = map(
      'select',
      map('lt', x, number(2 ** 60)),
      map('div', x, map('select', map('eq', rounded, number(0)), number(1), rounded)),
      number(1),
    )
    const value = map('mul', map('log', u), ratio)
    return map('select', map('eq', rounded, number(0)), x, value)
  },
  // Below this it is -1, also where x is infinite.
  expm1({ map, number }, x) {
    const bounded = map('max', x, number(-100))
    return map('mul', bounded, map('exprel', bounded))
  },
  log10: ({ map, number }, x) => map('div', map('log', x), number(Math.LN10)),
  log2: ({ map, number }, x) => map('div', map('log', x), number(Math.LN2)),
  erf,
  ceil: ({ map }, x) => map('neg', map('floor', map('neg', x))),
  // Halves go up.
  round({ map, number }, x) {
    const whole = map('floor', x)
    return map('add', whole, map('ge', map('sub', x, whole), number(0.5)))
  },
  trunc: ({ map, number }, x) =>
    map(
      'select',
      map('lt', x, number(0)),
      map('neg', map('floor', map('neg', x))),
      map('floor', x),
    ),
}

const ofTwo: Readonly<Record<ComposedBinaryFunction, <T>(parts: Parts<T>, a: T, b: T) => T>> = {
  // By the quotient whose size is at most 1, so that nothing is divided by 0 but where both are 0.
  atan2({ map, number }, y, x) {
    const isSteep = map('gt', map('abs', y), map('abs', x))
    const [small, large] = [map('select', isSteep, x, y), map('select', isSteep, y, x)]
    const isZero = map('eq', large, number(0))
    const angle = map('atan', map('div', small, map('select', isZero, number(1), large)))
    const signed = (of: number) => map('select', map('lt', y, number(0)), number(-of), number(of))
    const steep = map('sub', signed(Math.PI / 2), angle)
    const turned = map('select', map('lt', x, number(0)), map('add', angle, signed(Math.PI)), angle)
    return map('select', isSteep, steep, turned)
  },
  // a - b floor(a / b), and what the rounding of the quotient has moved out of the range is moved back.
  mod({ map, number }, a, b) {
    const rest = map('sub', a, map('mul', b, map('floor', map('div', a, b))))
    const isBelow = map('lt', map('mul', rest, b), number(0))
    const isAbove = map('ge', map('abs', rest), map('abs', b))
    const high = map('select', isAbove, map('sub', rest, b), rest)
    return map('select', isBelow, map('add', rest, b), high)
  },
}

/** (1 - x) (1 + x) */
function ofSquares<T>({ map, number }: Parts<T>, x: T): T {
  return map('mul', map('sub', number(1), x), map('add', number(1), x))
}

/** e^x / 2, finite somewhat beyond where e^x is. */
function halfExponential<T>({ map, number }: Parts<T>, x: T): T {
  const root = map('exp', map('mul', number(0.5), x))
  return map('mul', map('mul', number(0.5), root), root)
}

/** Rational approximations of W. J. Cody (Mathematics of Computation 22, 1969), from the highest power downwards. */
const near = {
  above: [
    0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302,
    3209.3775891384694,
  ],
  below: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
} as const
const far = {
  above: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163,
    298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  below: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903,
    3290.7992357334597, 4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
} as const

/** x P(x^2) / Q(x^2) up to 1/2, then 1 - e^(-x^2) P(x) / Q(x); from 6 on 1. */
function erf<T>({ map, number }: Parts<T>, x: T): T {
  const size = map('abs', x)
  const polynomial = (z: T, [first = 0, ...rest]: readonly number[]): T =>
    rest.reduce<T>((sum, each) => map('add', map('mul', sum, z), number(each)), number(first))
  const quotient = (z: T, { above, below }: typeof near | typeof far): T =>
    map('div', polynomial(z, above), polynomial(z, below))
  const small = map('min', size, number(0.5))
  const inner = map('mul', x, quotient(map('mul', small, small), near))
  const bounded = map('min', size, number(6))
  const density = map('exp', map('neg', map('mul', bounded, bounded)))
  const outer = map('sub', number(1), map('mul', density, quotient(bounded, far)))
  const signed = map('select', map('lt', x, number(0)), map('neg', outer), outer)
  return map('select', map('le', size, number(0.5)), inner, signed)
}
