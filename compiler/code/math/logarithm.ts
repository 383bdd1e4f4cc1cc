/** log: x = 2^k (1 + f) with 1 + f from sqrt 1/2 to sqrt 2, log(1 + f) = 2 artanh(f / (2 + f)). */
import { int, op, type Code } from '../tree.ts'
import { artanhPolynomial, ln2Parts } from './coefficients.ts'
import type { LaneMath } from './lane-math.ts'

/** A positive finite number as 2^exponent times mantissa. */
export interface Split {
  /** From sqrt 1/2 to sqrt 2. */
  readonly mantissa: Code
  /** A whole number, as a number. */
  readonly exponent: Code
}

/** Of positive finite numbers, subnormal ones too; others give what no one uses. */
export function splitExponent(m: LaneMath, x: Code): Split {
  const smallest = 2 ** (1 - m.bias)
  const tiny = m.keep('tiny', m.lanes.compare('lt', x, m.constant(smallest)))
  const grown = m.mul(x, m.constant(2 ** m.fractionBits))
  const normal = m.keep('normal', m.pick(tiny, grown, x))
  // Counted from sqrt 1/2 on, the exponent's field steps where the mantissa is to wrap.
  const base = m.keep('base', m.integer(bitsOf(m, Math.SQRT1_2)))
  const distance = m.keep('distance', m.integers('sub', normal, base))
  const inField = m.and(distance, m.integer(-1n << BigInt(m.fractionBits)))
  const mantissa = m.integers('sub', normal, inField)
  const correction = m.and(tiny, m.constant(m.fractionBits))
  return {
    mantissa: m.keep('mantissa', mantissa),
    exponent: m.keep('exponent', m.sub(exponentNumber(m, distance), correction)),
  }
}

/** The signed integer above the fraction bits, as a number. */
function exponentNumber(m: LaneMath, distance: Code): Code {
  if (m.precision === 'f32') {
    return op('f32s.ofInts', op('ints.shrSigned', distance, int(23)))
  }
  // There is no conversion from 64 bits: the exponent, moved to be positive, is written into the
  // low bits of 2^52, a number.
  const positive = m.integers('add', distance, m.integer(2048n << 52n))
  const low = m.shiftRight(positive, 52)
  return m.sub(m.or(low, m.constant(2 ** 52)), m.constant(2 ** 52 + 2048))
}

function bitsOf(m: LaneMath, value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  if (m.precision === 'f32') {
    view.setFloat32(0, value)
    return BigInt(view.getInt32(0))
  }
  view.setFloat64(0, value)
  return view.getBigInt64(0)
}

/** log x: -infinity at 0, NaN below, subnormal numbers included. */
export function logarithm(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const { mantissa, exponent } = splitExponent(m, x)
  const f = m.keep('f', m.sub(mantissa, m.constant(1)))
  const s = m.keep('s', m.div(f, m.add(f, m.constant(2))))
  const z = m.keep('z', m.mul(s, s))
  const halfSquare = m.keep('halfSquare', m.mul(m.mul(f, f), m.constant(0.5)))
  // 2 artanh s = f - f^2 / 2 + s (f^2 / 2 + z R(z)): f is exact, what is added to it small.
  const rest = m.madd(m.polynomial(z, m.of(artanhPolynomial)), z, halfSquare)
  const [high, low] = m.of(ln2Parts)
  const small = m.madd(s, rest, m.mul(exponent, m.constant(low)))
  const near = m.sub(f, m.sub(halfSquare, small))
  const value = m.madd(exponent, m.constant(high), near)
  const invalid = m.lanes.compare('lt', x, m.constant(0))
  const zero = m.lanes.compare('eq', x, m.constant(0))
  const finite = m.lanes.compare('lt', x, m.constant(Infinity))
  // Infinity and NaN are their own logarithms.
  return m.pick(finite, m.pick(zero, m.constant(-Infinity), m.or(value, invalid)), x)
}
