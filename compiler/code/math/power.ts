/**
 * pow, with the special values of Math.pow. In f32 it is e^(y log |x|) in double precision, in f64
 * 2^(y log2 |x|) with a logarithm of about 65 bits.
 */
import { int, op, shuffle64, type Code } from '../tree.ts'
import { powerPolynomial, toBinaryLogarithm, exponentialPolynomial } from './coefficients.ts'
import { exponential } from './exponential.ts'
import type { LaneMath } from './lane-math.ts'
import { logarithm, splitExponent } from './logarithm.ts'

export function power(m: LaneMath, base: Code, exponent: Code): Code {
  const x = m.keep('x', base)
  const y = m.keep('y', exponent)
  const size = m.keep('size', m.abs(x))
  const magnitude = m.keep(
    'magnitude',
    m.precision === 'f32' ? single(m, size, y) : double(m, size, y),
  )
  // Of a negative base: the sign of an odd exponent, and NaN for a broken one.
  const whole = m.lanes.compare('eq', m.lanes.unary('floor', y), y)
  const half = m.keep('half', m.mul(y, m.constant(0.5)))
  const even = m.lanes.compare('eq', m.lanes.unary('floor', half), half)
  const isWhole = m.keep('isWhole', whole)
  const sign = m.and(m.without(isWhole, even), m.signs(x))
  const finiteNegative = m.and(
    m.lanes.compare('lt', x, m.constant(0)),
    m.lanes.compare('gt', x, m.constant(-Infinity)),
  )
  const value = m.or(m.or(magnitude, sign), m.without(finiteNegative, isWhole))
  return m.pick(m.lanes.compare('eq', y, m.constant(0)), m.constant(1), value)
}

/** |x|^y of four f32, y not 0. */
function single(m: LaneMath, size: Code, y: Code): Code {
  const d = m.inDouble
  const half = (part: 0 | 1): Code => {
    const widened = ([value, name]: readonly [Code, string]): Code => {
      const low = part === 0 ? value : shuffle64(value, value, [1, 1])
      return d.keep(name, op('f64s.ofLowF32s', low))
    }
    const product = d.mul(logarithm(d, widened([size, 'size'])), widened([y, 'y']))
    return d.keep('half', op('f32s.ofF64s', exponential(d, product)))
  }
  return shuffle64(half(0), half(1), [0, 2])
}

/** |x|^y of two f64, y not 0. */
function double(m: LaneMath, size: Code, y: Code): Code {
  // So short that the product of two is exact.
  const head = (code: Code) => m.and(code, m.integer(-1n << 27n))
  const { mantissa, exponent } = splitExponent(m, size)
  // s = (mantissa - 1) / (mantissa + 1) as head and tail.
  const numerator = m.keep('numerator', m.sub(mantissa, m.constant(1)))
  const denominator = m.keep('denominator', m.add(mantissa, m.constant(1)))
  const s = m.keep('s', m.div(numerator, denominator))
  const sHead = m.keep('sHead', head(s))
  const dHead = m.keep('dHead', head(denominator))
  // (mantissa + 1) - dHead, without the rounding of the sum.
  const dTail = m.sub(mantissa, m.sub(dHead, m.constant(1)))
  const left = m.sub(m.sub(numerator, m.mul(sHead, dHead)), m.mul(sHead, dTail))
  const sTail = m.keep('sTail', m.div(left, denominator))
  // 3 artanh(s) / s = 3 + z + z^2 P(z) as head and tail.
  const zHead = m.keep('zHead', m.mul(sHead, sHead))
  const z = m.keep('z', m.mul(s, s))
  const beyond = m.add(
    m.mul(m.mul(z, z), m.polynomial(z, powerPolynomial)),
    m.mul(sTail, m.add(sHead, s)),
  )
  const rest = m.keep('rest', beyond)
  const factorHead = m.keep('factorHead', head(m.add(m.add(zHead, m.constant(3)), rest)))
  const factorTail = m.sub(rest, m.sub(m.sub(factorHead, m.constant(3)), zHead))
  // 3 artanh(s), then to base 2, then the exponent.
  const u = m.keep('u', m.mul(sHead, factorHead))
  const v = m.keep('v', m.add(m.mul(sTail, factorHead), m.mul(factorTail, s)))
  const pHead = m.keep('pHead', head(m.add(u, v)))
  const pTail = m.sub(v, m.sub(pHead, u))
  const lHead = m.keep('lHead', m.mul(pHead, m.constant(toBinaryLogarithm.high)))
  const lTail = m.keep(
    'lTail',
    m.add(
      m.mul(pHead, m.constant(toBinaryLogarithm.low)),
      m.mul(pTail, m.constant(toBinaryLogarithm.whole)),
    ),
  )
  const logHead = m.keep('logHead', head(m.add(m.add(lHead, lTail), exponent)))
  const logTail = m.sub(lTail, m.sub(m.sub(logHead, exponent), lHead))
  // y log2 |x|; an exponent beyond 2^65 does no more than one of 2^65.
  const bounded = m.keep('bounded', m.atMost(m.atLeast(y, -(2 ** 65)), 2 ** 65))
  const yHead = m.keep('yHead', head(bounded))
  const high = m.keep('high', m.mul(yHead, logHead))
  const low = m.keep('low', m.add(m.mul(m.sub(bounded, yHead), logHead), m.mul(bounded, logTail)))
  const total = m.keep('total', m.atMost(m.atLeast(m.add(high, low), -1100), 1100))
  const { shifted, whole } = m.roundedMadd(total, 1, 2 * m.bias)
  const inside = m.lanes.compare('lt', m.abs(total), m.constant(1100))
  const fraction = m.and(m.add(m.sub(high, whole), low), inside)
  const r = m.keep('r', m.mul(fraction, m.constant(Math.LN2)))
  const growth = m.madd(m.polynomial(r, m.of(exponentialPolynomial)), m.mul(r, r), r)
  const scaled = powerOfTwo(m, shifted)
  const value = scaled(m.add(growth, m.constant(1)))
  return specialDouble(m, size, y, value)
}

/** Multiplies by 2^n, `shifted` having n + 2 bias in its low bits, in two steps. */
function powerOfTwo(m: LaneMath, shifted: Code): (value: Code) => Code {
  const half = m.keep('half', op('ints.shrSigned', shifted, int(1)))
  const factor = (code: Code) => m.shiftLeft(code, m.fractionBits)
  return (value) => m.mul(m.mul(value, factor(half)), factor(op('ints.sub', shifted, half)))
}

/** |x| of 0 or infinity, NaN, and 1 to an infinite power. */
function specialDouble(m: LaneMath, size: Code, y: Code, value: Code): Code {
  const infinite = m.keep('infinite', m.lanes.compare('eq', size, m.constant(Infinity)))
  const extreme = m.or(infinite, m.lanes.compare('eq', size, m.constant(0)))
  const positive = m.lanes.compare('gt', y, m.constant(0))
  const negative = m.lanes.compare('lt', y, m.constant(0))
  const grows = m.or(m.and(infinite, positive), m.without(negative, infinite))
  const atEdge = m.and(grows, m.constant(Infinity))
  const picked = m.pick(extreme, atEdge, value)
  const isNaN = m.or(m.lanes.compare('ne', size, size), m.lanes.compare('ne', y, y))
  const one = m.lanes.compare('eq', size, m.constant(1))
  const endless = m.lanes.compare('eq', m.abs(y), m.constant(Infinity))
  return m.or(picked, m.or(isNaN, m.and(one, endless)))
}
