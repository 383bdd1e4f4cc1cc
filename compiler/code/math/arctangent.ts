/**
 * atan: |x| is turned by 0, pi / 4 or pi / 2 so that the tangent t that is left is at most
 * tan(pi / 8), by one quotient for all three.
 */
import type { Code } from '../tree.ts'
import { arctangentPolynomial, halfPi, quarterPi } from './coefficients.ts'
import type { LaneMath } from './lane-math.ts'

export function arctangent(m: LaneMath, argument: Code): Code {
  const x = m.keep('x', argument)
  const size = m.keep('size', m.abs(x))
  const middle = m.keep('middle', m.lanes.compare('gt', size, m.constant(Math.SQRT2 - 1)))
  const large = m.keep('large', m.lanes.compare('gt', size, m.constant(Math.SQRT2 + 1)))
  // x / 1, (x - 1) / (x + 1) or -1 / x
  const one = m.keep('one', m.truth(middle))
  const numerator = m.sub(m.without(size, large), one)
  const denominator = m.add(
    m.pick(m.xor(middle, large), size, m.without(m.constant(1), large)),
    m.pick(large, size, one),
  )
  const t = m.keep('t', m.div(numerator, denominator))
  const z = m.keep('z', m.mul(t, t))
  const tail = m.mul(m.mul(t, z), m.polynomial(z, m.of(arctangentPolynomial)))
  const turn = (part: 0 | 1) =>
    m.pick(large, m.constant(m.of(halfPi)[part]), m.and(middle, m.constant(m.of(quarterPi)[part])))
  const angle = m.add(turn(0), m.add(t, m.add(tail, turn(1))))
  return m.or(angle, m.signs(x))
}
