/**
 * sin and cos: x = r + n pi / 2 with |r| <= pi / 4, by subtracting multiples of the parts of pi / 2
 * up to `quadrantLimit`, by `large-angles.ts` beyond. Accurate for every argument.
 */
import { call, get, int, onLane, op, type Code, type FunctionType } from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import { cosinePolynomial, halfPiParts, quadrantLimit, sinePolynomial } from './coefficients.ts'
import { LaneMath } from './lane-math.ts'
import { reduceAngleFunction } from './large-angles.ts'

/** Quarter turns that are added: the cosine is the sine a quarter turn on. */
export type Phase = 0 | 1

/** sin(x + phase pi / 2) */
export function sine(m: LaneMath, argument: Code, phase: Phase): Code {
  const x = m.keep('x', argument)
  const { shifted, whole } = m.roundedMadd(x, 2 / Math.PI)
  // n times each of the first three parts is exact, and so are the first two differences where it
  // matters; what the third loses is kept with the fourth.
  const [first, second, third, fourth] = m.of(halfPiParts).map((part) => m.constant(part)) as [
    Code,
    Code,
    Code,
    Code,
  ]
  const near = m.keep('near', m.nmadd(whole, second, m.nmadd(whole, first, x)))
  const step = m.keep('step', m.mul(whole, third))
  const r = m.keep('r', m.sub(near, step))
  const rest = m.keep('rest', m.nmadd(whole, fourth, m.sub(m.sub(near, r), step)))
  const quadrant = phase === 0 ? shifted : m.integers('add', shifted, m.integer(1n))
  const value = m.fn.define('value', ofRemainder(m, r, rest, m.keep('quadrant', quadrant)))
  if (m.unusual) m.unusual.beyond(x, m.of(quadrantLimit))
  else {
    // Infinity and NaN have become NaN already.
    const size = m.keep('size', m.abs(x))
    const far = m.lanes.compare('gt', size, m.constant(m.of(quadrantLimit)))
    const beyond = m.keep('beyond', m.and(far, m.lanes.compare('lt', size, m.constant(Infinity))))
    const replacement = call(replaceLargeFunction(m, phase), x, get(value), beyond)
    m.fn.branch(op('lanes.any', beyond), () => m.fn.set(value, replacement))
  }
  // The sine of -0 is -0, which the subtraction has lost.
  return phase === 0 ? m.pick(m.lanes.compare('eq', x, m.constant(0)), x, get(value)) : get(value)
}

/** The sine of r + rest + q pi / 2, rest tiny, q a whole number in the low bits of every lane. */
function ofRemainder(m: LaneMath, r: Code, rest: Code, q: Code): Code {
  const z = m.keep('z', m.mul(r, r))
  const sinTail = m.madd(m.polynomial(z, m.of(sinePolynomial)), m.mul(z, r), rest)
  const sin = m.add(sinTail, r)
  const half = m.nmadd(z, m.constant(0.5), m.constant(1))
  const cosTail = m.madd(
    m.polynomial(z, m.of(cosinePolynomial)),
    m.mul(z, z),
    m.nmadd(r, rest, m.constant(0)),
  )
  const cos = m.add(cosTail, half)
  const width = m.precision === 'f32' ? 32 : 64
  // Bit 0 of q swaps sine and cosine, bit 1 turns the sign.
  const odd = m.xor(m.integers('sub', m.and(q, m.integer(1n)), m.integer(1n)), m.integer(-1n))
  const sign = m.and(m.shiftLeft(q, width - 2), m.constant(-0))
  return m.xor(m.pick(odd, cos, sin), sign)
}

/** `(x, value, beyond)`: the sine of x, `phase` quarters on, in the lanes of `beyond`, else `value`. */
function replaceLargeFunction(m: LaneMath, phase: Phase): FunctionType {
  const { module, lanes } = m
  const scalar = sineOfLargeFunction(m, phase)
  const name = `math.${phase === 0 ? 'sin' : 'cos'}Large.${lanes.shape}`
  return module.once(name, () => {
    const parameters = ['x', 'value', 'beyond'].map((each) => [each, 'lanes'] as const)
    const fn = new FunctionBuilder(name, parameters, 'lanes')
    const x = fn.parameter(0)
    const value = fn.parameter(1)
    const beyond = fn.parameter(2)
    const single = lanes.precision === 'f32'
    for (let lane = 0; lane < lanes.count; lane++) {
      const element = onLane(`${lanes.shape}.lane`, lane, get(x))
      const result = call(scalar, single ? op('f64.ofF32', element) : element)
      const rounded = single ? op('f32.ofF64', result) : result
      const test = onLane('ints.lane', single ? lane : 2 * lane, get(beyond))
      fn.branch(test, () =>
        fn.set(value, onLane(`${lanes.shape}.withLane`, lane, get(value), rounded)),
      )
    }
    fn.push(get(value))
    return fn.build()
  })
}

/** `(x)`: the sine of a large f64, `phase` quarters on. */
function sineOfLargeFunction(m: LaneMath, phase: Phase): FunctionType {
  const reduce = reduceAngleFunction(m.module)
  const name = `math.${phase === 0 ? 'sin' : 'cos'}Large`
  return m.module.once(name, () => {
    const fn = new FunctionBuilder(name, [['x', 'f64']], 'f64')
    const inside = new LaneMath(m.module, fn, m.inDouble.lanes)
    const reduced = fn.define('reduced', call(reduce, get(fn.parameter(0))))
    const part = (lane: number) => onLane('f64s.lane', lane, get(reduced))
    const quadrant = op('int.add', op('int.ofF64', part(1)), int(phase))
    const q = inside.keep('q', op('longs.splat', op('long.ofInt', quadrant)))
    const r = inside.keep('r', op('f64s.splat', part(0)))
    fn.push(onLane('f64s.lane', 0, ofRemainder(inside, r, inside.constant(0), q)))
    return fn.build()
  })
}
