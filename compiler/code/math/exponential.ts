/**
 * exp, exprel, sigmoid, tanh and softplus. All split x = n ln 2 + r, |r| <= ln 2 / 2, and take
 * e^r = 1 + r + r^2 q(r).
 */
import { call, get, int, op, type Code, type FunctionType } from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import {
  artanhPolynomial,
  exponentialPolynomial,
  ln2Parts,
  tanhPolynomial,
} from './coefficients.ts'
import type { Strange } from '../strange.ts'
import { LaneMath } from './lane-math.ts'

/** x - n ln 2 */
function remainder(m: LaneMath, x: Code, n: Code): Code {
  const [high, low] = m.of(ln2Parts)
  const first = m.nmadd(n, m.constant(high), x)
  return m.keep('r', m.nmadd(n, m.constant(low), first))
}

/** e^r - 1, its relative error small for small r. */
function exponentialMinusOne(m: LaneMath, r: Code): Code {
  const square = m.mul(r, r)
  return m.madd(m.polynomial(r, m.of(exponentialPolynomial)), square, r)
}

/** e^x: gradual underflow, infinity where it overflows. */
export function exponential(m: LaneMath, argument: Code): Code {
  if (m.unusual) return usualExponential(m, argument, m.unusual)
  // Far enough for 0 and infinity.
  const [least, most] = m.precision === 'f32' ? [-104, 89] : [-746, 710]
  const x = m.keep('x', m.atMost(m.atLeast(argument, least), most))
  // The low bits of `shifted` are n + 2 bias. A power of two beyond the range of normal numbers is
  // the product of two within it, whose biased exponents sum up to n + 2 bias.
  const { shifted, whole } = m.roundedMadd(x, Math.LOG2E, 2 * m.bias)
  const r = remainder(m, x, whole)
  const value = exponentialOfRemainder(m, r)
  const half = m.keep('half', op('ints.shrSigned', shifted, int(1)))
  const power = (exponent: Code) => m.shiftLeft(exponent, m.fractionBits)
  return m.mul(m.mul(value, power(half)), power(op('ints.sub', shifted, half)))
}

/** The same, bit for bit, of arguments whose results are normal numbers. */
function usualExponential(m: LaneMath, argument: Code, unusual: Strange): Code {
  const x = m.keep('x', argument)
  unusual.beyond(x, m.precision === 'f32' ? 87 : 708)
  if (m.precision === 'f64') {
    const { shifted, whole } = m.roundedMadd(x, Math.LOG2E)
    // What is added to the exponent.
    const power = m.keep('power', m.shiftLeft(shifted, m.fractionBits))
    return m.integers('add', exponentialOfRemainder(m, remainder(m, x, whole)), power)
  }
  const { shifted, whole } = m.roundedMadd(x, Math.LOG2E, m.bias)
  const growth = exponentialMinusOne(m, remainder(m, x, whole))
  const power = m.keep('power', m.shiftLeft(shifted, m.fractionBits))
  return m.madd(growth, power, power)
}

/** e^r. Of so many terms by Horner's rule: that needs the fewest registers, and vectors wait for it side by side. */
function exponentialOfRemainder(m: LaneMath, r: Code): Code {
  if (m.precision === 'f32') return m.add(exponentialMinusOne(m, r), m.constant(1))
  return m.chain(r, [1, 1, ...exponentialPolynomial.f64])
}

/**
 * (e^x - 1) / x, 1 at 0. Up to ln 2 / 2 it is 1 + x q(x), without a quotient that would be 0 / 0; most steps of
 * exponential Euler are as small, so that larger ones are a function's.
 */
export function exprel(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const near = m.madd(m.polynomial(x, m.of(exponentialPolynomial)), x, m.constant(1))
  const value = m.fn.define('value', near)
  const far = m.keep('far', m.lanes.compare('gt', m.abs(x), m.constant(Math.LN2 / 2)))
  if (m.unusual) {
    m.unusual.beyond(x, Math.LN2 / 2)
    return get(value)
  }
  const replaced = call(replaceFarFunction(m), x, get(value), far)
  m.fn.branch(op('lanes.any', far), () => m.fn.set(value, replaced))
  return get(value)
}

/** `(x, value, far)`: (e^x - 1) / x in the lanes of `far`, else `value`. */
function replaceFarFunction({ module, lanes }: LaneMath): FunctionType {
  const name = `math.exprelFar.${lanes.shape}`
  return module.once(name, () => {
    const parameters = ['x', 'value', 'far'].map((each) => [each, 'lanes'] as const)
    const fn = new FunctionBuilder(name, parameters, 'lanes')
    const m = new LaneMath(module, fn, lanes)
    const [x, value, far] = parameters.map((_, i) => get(fn.parameter(i))) as [Code, Code, Code]
    fn.push(m.pick(far, exprelFar(m, x), value))
    return fn.build()
  })
}

/** The same of x that is not near 0. With n = h + g, e^x - 1 = 2^g (2^h (e^r - 1) + 2^h - 2^-g). */
function exprelFar(m: LaneMath, x: Code): Code {
  // Far enough for infinity, and for e^x to be nothing beside 1.
  const [least, most] = m.precision === 'f32' ? [-20, 94] : [-40, 717]
  const divisor = m.keep('divisor', m.atMost(x, most))
  const bounded = m.keep('bounded', m.atLeast(divisor, least))
  const { shifted, whole } = m.roundedMadd(bounded, Math.LOG2E, 2 * m.bias)
  const growth = exponentialMinusOne(m, remainder(m, bounded, whole))
  const half = m.keep('half', op('ints.shrSigned', shifted, int(1)))
  const rest = m.keep('rest', op('ints.sub', shifted, half))
  const power = (exponent: Code) => m.shiftLeft(exponent, m.fractionBits)
  const scale = m.keep('scale', power(half))
  const unit = power(op('ints.sub', m.integer(BigInt(2 * m.bias)), rest))
  const scaled = m.madd(growth, scale, m.sub(scale, unit))
  return m.mul(m.div(scaled, divisor), power(rest))
}

/** 1 / (1 + e^-x). Exactly 1 for large x, exactly 0 below -89 (f64: -710). */
export function sigmoid(m: LaneMath, argument: Code): Code {
  // Between these the halved powers of two are normal numbers.
  const [least, most] = m.precision === 'f32' ? [-86, 89] : [-707, 710]
  const y = m.keep('y', m.lanes.unary('neg', argument))
  const bounded = m.keep('bounded', m.atMost(m.atLeast(y, least), most))
  const { shifted, whole } = m.roundedMadd(bounded, Math.LOG2E, m.bias - 1)
  const r = remainder(m, bounded, whole)
  const power = m.keep('power', m.shiftLeft(shifted, m.fractionBits))
  // (1 + e^-x) / 2, the larger part of it added last.
  const half = m.add(m.madd(exponentialMinusOne(m, r), power, m.constant(0.5)), power)
  const vanishes = m.lanes.compare('gt', y, m.constant(most))
  return m.without(m.div(m.constant(0.5), half), vanishes)
}

/** x + x^3 T(x^2) up to half of ln 3, where the result is 1/2, then 1 - 2 e / (1 + e), e = e^-2|x|. */
export function hyperbolicTangent(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const negative = m.keep('negative', m.or(x, m.constant(-0)))
  // At this bound the result has long been 1.
  const bounded = m.atLeast(m.add(negative, negative), m.precision === 'f32' ? -20 : -40)
  const twice = m.keep('twice', bounded)
  const { shifted, whole } = m.roundedMadd(twice, Math.LOG2E, m.bias)
  const r = remainder(m, twice, whole)
  const power = m.keep('power', m.shiftLeft(shifted, m.fractionBits))
  const e = m.keep('e', m.madd(exponentialMinusOne(m, r), power, power))
  const quotient = m.div(m.add(e, e), m.add(e, m.constant(1)))
  const far = m.sub(m.constant(1), quotient)
  const z = m.keep('z', m.mul(x, x))
  const near = m.madd(m.polynomial(z, m.of(tanhPolynomial)), m.mul(z, x), x)
  const large = m.lanes.compare('lt', twice, m.constant(-Math.log(3)))
  return m.pickBits(m.constant(-0), x, m.pick(large, far, near))
}

/**
 * max(x, 0) + log(1 + e), e = e^-|x|. With f = e, or f = (e - 1) / 2 and ln 2 split off where e is
 * large, log(1 + f) = 2 artanh s = f - s (f - z R(z)), s = f / (2 + f): f is exact.
 */
export function softplus(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const e = m.keep('e', exponential(m, m.or(x, m.constant(-0))))
  const large = m.keep('large', m.lanes.compare('gt', e, m.constant(Math.SQRT2 - 1)))
  const f = m.keep('f', m.pick(large, m.mul(m.sub(e, m.constant(1)), m.constant(0.5)), e))
  const s = m.keep('s', m.div(f, m.add(f, m.constant(2))))
  const z = m.keep('z', m.mul(s, s))
  const inner = m.nmadd(m.polynomial(z, m.of(artanhPolynomial)), z, f)
  const logarithm = m.add(m.nmadd(s, inner, f), m.and(large, m.constant(Math.LN2)))
  return m.add(m.atLeast(x, 0), logarithm)
}
