/**
 * exp, sigmoid, tanh and softplus. All split x = n ln 2 + r, |r| <= ln 2 / 2, and take
 * e^r = 1 + r + r^2 q(r).
 */
import { i32, op, type Code } from '../encoder/code.ts'
import { artanhPolynomial, exponentialPolynomial, ln2Parts } from './coefficients.ts'
import type { LaneMath } from './lane-math.ts'

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
  // Far enough for 0 and infinity.
  const [least, most] = m.precision === 'f32' ? [-104, 89] : [-746, 710]
  const x = m.keep('x', m.atMost(m.atLeast(argument, least), most))
  // The low bits of `shifted` are n + 2 bias. A power of two beyond the range of normal numbers is
  // the product of two within it, whose biased exponents sum up to n + 2 bias.
  const { shifted, whole } = m.roundedMadd(x, Math.LOG2E, 2 * m.bias)
  const r = remainder(m, x, whole)
  const value = m.add(exponentialMinusOne(m, r), m.constant(1))
  const half = m.keep('half', op('i32x4.shr_s', shifted, i32(1)))
  const power = (exponent: Code) => m.shiftLeft(exponent, m.fractionBits)
  return m.mul(m.mul(value, power(half)), power(op('i32x4.sub', shifted, half)))
}

/**
 * 1 / (1 + e^-x). Exactly 1 for large x; 0 below -88.38 (f64: -709.44), where e^-x is taken as
 * infinite, shortly before it is.
 */
export function sigmoid(m: LaneMath, argument: Code): Code {
  // Down to -87, n + bias stays positive; from 127.5 ln 2 on, n is 128 and its power of two,
  // written as the exponent 255, is infinity.
  const [least, most] = m.precision === 'f32' ? [-87, 89] : [-708, 710]
  const x = m.keep('x', m.atMost(m.atLeast(m.lanes.unary('neg', argument), least), most))
  const { shifted, whole } = m.roundedMadd(x, Math.LOG2E, m.bias)
  const r = remainder(m, x, whole)
  const value = m.add(exponentialMinusOne(m, r), m.constant(1))
  const power = m.shiftLeft(shifted, m.fractionBits)
  return m.div(m.constant(1), m.madd(value, power, m.constant(1)))
}

/** (e^2|x| - 1) / (e^2|x| + 1) with the sign of x: odd, exact at 0, exactly 1 for large |x|. */
export function hyperbolicTangent(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const magnitude = m.abs(x)
  // At this bound the result has long been 1.
  const bounded = m.atMost(m.add(magnitude, magnitude), m.precision === 'f32' ? 20 : 40)
  const twice = m.keep('twice', bounded)
  const { shifted, whole } = m.roundedMadd(twice, Math.LOG2E, m.bias)
  const r = remainder(m, twice, whole)
  const power = m.keep('power', m.shiftLeft(shifted, m.fractionBits))
  // 2^n (e^r - 1) + (2^n - 1)
  const difference = m.keep(
    'difference',
    m.madd(exponentialMinusOne(m, r), power, m.sub(power, m.constant(1))),
  )
  return m.or(m.div(difference, m.add(difference, m.constant(2))), m.signs(x))
}

/**
 * max(x, 0) + log(1 + e), e = e^-|x|, with log(1 + e) = 2 artanh(e / (2 + e)), and ln 2 split off
 * where e is large: ln 2 + 2 artanh((e - 1) / (e + 3)).
 */
export function softplus(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const e = m.keep('e', exponential(m, m.lanes.unary('neg', m.abs(x))))
  const large = m.keep('large', m.lanes.compare('gt', e, m.constant(Math.SQRT2 - 1)))
  const one = m.keep('one', m.truth(large))
  const numerator = m.sub(e, one)
  const denominator = m.add(m.add(e, m.constant(2)), one)
  const s = m.keep('s', m.div(numerator, denominator))
  const z = m.keep('z', m.mul(s, s))
  const tail = m.mul(s, m.mul(z, m.polynomial(z, m.of(artanhPolynomial))))
  const logarithm = m.add(m.add(tail, m.add(s, s)), m.and(large, m.constant(Math.LN2)))
  return m.add(m.lanes.binary('max', x, m.constant(0)), logarithm)
}
