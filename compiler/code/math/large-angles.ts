/**
 * Sine and cosine of angles that are too large to subtract multiples of pi / 2 from: the method of
 * Payne and Hanek (1983). x = M 2^e with M a whole number of 53 bits; the bits of 2 / pi that make
 * whole turns of M 2^e are skipped, the 192 that follow decide the quadrant and the rest.
 */
import {
  branch,
  f64,
  get,
  int,
  long,
  onLane,
  op,
  returns,
  call,
  type Code,
  type FunctionType,
} from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import { twoOverPi } from './coefficients.ts'

/** `twoOverPi(i)`: the word i of the bits of 2 / pi. */
function twoOverPiFunction(module: ModuleBuilder): FunctionType {
  return module.once('math.twoOverPi', () => {
    const fn = new FunctionBuilder('math.twoOverPi', [['word', 'int']], 'long')
    twoOverPi.forEach((word, i) =>
      fn.push(branch(op('int.eq', get(fn.parameter(0)), int(i)), [returns(long(word))])),
    )
    fn.push(long(0n))
    return fn.build()
  })
}

/** `twoOverPiBits(o)`: 64 bits of 2 / pi from bit o on. */
function bitsFunction(module: ModuleBuilder): FunctionType {
  const words = twoOverPiFunction(module)
  return module.once('math.twoOverPiBits', () => {
    const fn = new FunctionBuilder('math.twoOverPiBits', [['offset', 'int']], 'long')
    const offset = get(fn.parameter(0))
    const word = fn.define('word', op('int.shr', offset, int(6)))
    const shift = fn.define('shift', op('long.ofUnsignedInt', op('int.and', offset, int(63))))
    const high = op('long.shl', call(words, get(word)), get(shift))
    const next = call(words, op('int.add', get(word), int(1)))
    // In two steps, as a shift by 64 would be one by 0.
    const low = op(
      'long.shr',
      op('long.shr', next, long(1n)),
      op('long.sub', long(63n), get(shift)),
    )
    fn.push(op('long.or', high, low))
    return fn.build()
  })
}

/** `highProduct(a, b)`: the upper 64 bits of the product of two unsigned numbers. */
function highProductFunction(module: ModuleBuilder): FunctionType {
  return module.once('math.highProduct', () => {
    const fn = new FunctionBuilder(
      'math.highProduct',
      [
        ['a', 'long'],
        ['b', 'long'],
      ],
      'long',
    )
    const low = (x: Code) => op('long.and', x, long(0xffffffffn))
    const high = (x: Code) => op('long.shr', x, long(32n))
    const a = get(fn.parameter(0))
    const b = get(fn.parameter(1))
    const first = fn.define(
      'first',
      op('long.add', op('long.mul', high(a), low(b)), high(op('long.mul', low(a), low(b)))),
    )
    const second = fn.define(
      'second',
      op('long.add', op('long.mul', low(a), high(b)), low(get(first))),
    )
    const sum = op('long.add', high(get(first)), high(get(second)))
    fn.push(op('long.add', op('long.mul', high(a), high(b)), sum))
    return fn.build()
  })
}

/**
 * `reduceAngle(x)`: the two lanes r and q, x = r + (4 j + q) pi / 2 with |r| <= pi / 4 and q of 0 to 3
 * before the sign of x is applied to both. For finite |x| >= 1.
 */
export function reduceAngleFunction(module: ModuleBuilder): FunctionType {
  const bits = bitsFunction(module)
  const highProduct = highProductFunction(module)
  return module.once('math.reduceAngle', () => {
    const fn = new FunctionBuilder('math.reduceAngle', [['x', 'f64']], 'lanes')
    const x = get(fn.parameter(0))
    const word = (name: string, code: Code): Code => get(fn.define(name, code))
    const shl = (a: Code, count: bigint) => op('long.shl', a, long(count))
    const shr = (a: Code, count: bigint) => op('long.shr', a, long(count))
    const carry = (sum: Code, part: Code) =>
      op('long.ofUnsignedInt', op('long.ltUnsigned', sum, part))

    const pattern = word('pattern', op('long.bitsOfF64', x))
    const field = op('int.ofLong', op('long.and', shr(pattern, 52n), long(0x7ffn)))
    const fraction = op('long.and', pattern, long((1n << 52n) - 1n))
    const whole = word('whole', op('long.or', fraction, long(1n << 52n)))
    // e = field - 1075. From bit e - 2 of 2 / pi on, behind 64 zeros.
    const offset = word('offset', op('int.add', field, int(64 - 2 - 1075)))
    const w0 = word('w0', call(bits, offset))
    const w1 = word('w1', call(bits, op('int.add', offset, int(64))))
    const w2 = word('w2', call(bits, op('int.add', offset, int(128))))
    // The product modulo 2^192, in quarters of 2^190.
    const p0 = word('p0', op('long.mul', whole, w2))
    const middle = word('middle', op('long.mul', whole, w1))
    const p1 = word('p1', op('long.add', middle, call(highProduct, whole, w2)))
    const upper = op('long.add', op('long.mul', whole, w0), call(highProduct, whole, w1))
    const p2 = word('p2', op('long.add', upper, carry(p1, middle)))
    // What is left of a quarter turn as a signed fraction of 2^128, rounded to the nearest quarter.
    const high = word('high', op('long.or', shl(p2, 2n), shr(p1, 62n)))
    const low = word('low', op('long.or', shl(p1, 2n), shr(p0, 62n)))
    const negative = word('negative', op('long.shrSigned', high, long(63n)))
    const quarter = op('long.and', op('long.sub', shr(p2, 62n), negative), long(3n))
    // Its magnitude (but for the last bit), its leading zeros shifted out.
    const a = fn.define('a', op('long.xor', high, negative))
    const b = fn.define('b', op('long.xor', low, negative))
    const scale = fn.define('scale', f64(2 ** -64))
    fn.branch(op('long.isZero', get(a)), () => {
      fn.set(a, get(b))
      fn.set(b, op('long.xor', shl(p0, 2n), negative))
      fn.set(scale, f64(2 ** -128))
    })
    const zeros = word('zeros', op('long.leadingZeros', get(a)))
    const tail = op('long.shr', shr(get(b), 1n), op('long.sub', long(63n), zeros))
    const digits = op('long.or', op('long.shl', get(a), zeros), tail)
    const power = op('f64.ofBits', shl(op('long.sub', long(1023n), zeros), 52n))
    const size = op('f64.mul', op('f64.ofUnsignedLong', digits), op('f64.mul', get(scale), power))
    const turned = word('turned', op('f64.mul', size, f64(Math.PI / 2)))
    const sign = op('f64.copysign', f64(1), x)
    const signOfRest = op('f64.ofLong', op('long.or', negative, long(1n)))
    const r = op('f64.mul', op('f64.mul', turned, signOfRest), sign)
    const q = op('f64.mul', op('f64.ofLong', quarter), sign)
    fn.push(onLane('f64s.withLane', 1, op('f64s.splat', r), q))
    return fn.build()
  })
}
