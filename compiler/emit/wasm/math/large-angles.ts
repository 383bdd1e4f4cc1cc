/**
 * Sine and cosine of angles that are too large to subtract multiples of pi / 2 from: the method of
 * Payne and Hanek (1983). x = M 2^e with M a whole number of 53 bits; the bits of 2 / pi that make
 * whole turns of M 2^e are skipped, the 192 that follow decide the quadrant and the rest.
 */
import {
  branch,
  f64,
  get,
  i32,
  i64,
  onLane,
  op,
  returns,
  call,
  type Code,
  type FunctionType,
} from '../encoder/code.ts'
import { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import { twoOverPi } from './coefficients.ts'

/** `twoOverPi(i)`: the word i of the bits of 2 / pi. */
function twoOverPiFunction(module: ModuleBuilder): FunctionType {
  return module.once('math.twoOverPi', () => {
    const fn = new FunctionBuilder('math.twoOverPi', [['word', 'i32']], 'i64')
    twoOverPi.forEach((word, i) =>
      fn.push(branch(op('i32.eq', get(fn.parameter(0)), i32(i)), [returns(i64(word))])),
    )
    fn.push(i64(0n))
    return fn.build()
  })
}

/** `twoOverPiBits(o)`: 64 bits of 2 / pi from bit o on. */
function bitsFunction(module: ModuleBuilder): FunctionType {
  const words = twoOverPiFunction(module)
  return module.once('math.twoOverPiBits', () => {
    const fn = new FunctionBuilder('math.twoOverPiBits', [['offset', 'i32']], 'i64')
    const offset = get(fn.parameter(0))
    const word = fn.define('word', op('i32.shr_u', offset, i32(6)))
    const shift = fn.define('shift', op('i64.extend_i32_u', op('i32.and', offset, i32(63))))
    const high = op('i64.shl', call(words, get(word)), get(shift))
    const next = call(words, op('i32.add', get(word), i32(1)))
    // In two steps, as a shift by 64 would be one by 0.
    const low = op('i64.shr_u', op('i64.shr_u', next, i64(1n)), op('i64.sub', i64(63n), get(shift)))
    fn.push(op('i64.or', high, low))
    return fn.build()
  })
}

/** `highProduct(a, b)`: the upper 64 bits of the product of two unsigned numbers. */
function highProductFunction(module: ModuleBuilder): FunctionType {
  return module.once('math.highProduct', () => {
    const fn = new FunctionBuilder(
      'math.highProduct',
      [
        ['a', 'i64'],
        ['b', 'i64'],
      ],
      'i64',
    )
    const low = (x: Code) => op('i64.and', x, i64(0xffffffffn))
    const high = (x: Code) => op('i64.shr_u', x, i64(32n))
    const a = get(fn.parameter(0))
    const b = get(fn.parameter(1))
    const first = fn.define(
      'first',
      op('i64.add', op('i64.mul', high(a), low(b)), high(op('i64.mul', low(a), low(b)))),
    )
    const second = fn.define(
      'second',
      op('i64.add', op('i64.mul', low(a), high(b)), low(get(first))),
    )
    const sum = op('i64.add', high(get(first)), high(get(second)))
    fn.push(op('i64.add', op('i64.mul', high(a), high(b)), sum))
    return fn.build()
  })
}

/**
 * `reduceAngle(x)`: the f64x2 of r and q, x = r + (4 j + q) pi / 2 with |r| <= pi / 4 and q of 0 to 3
 * before the sign of x is applied to both. For finite |x| >= 1.
 */
export function reduceAngleFunction(module: ModuleBuilder): FunctionType {
  const bits = bitsFunction(module)
  const highProduct = highProductFunction(module)
  return module.once('math.reduceAngle', () => {
    const fn = new FunctionBuilder('math.reduceAngle', [['x', 'f64']], 'v128')
    const x = get(fn.parameter(0))
    const word = (name: string, code: Code): Code => get(fn.define(name, code))
    const shl = (a: Code, count: bigint) => op('i64.shl', a, i64(count))
    const shr = (a: Code, count: bigint) => op('i64.shr_u', a, i64(count))
    const carry = (sum: Code, part: Code) => op('i64.extend_i32_u', op('i64.lt_u', sum, part))

    const pattern = word('pattern', op('i64.reinterpret_f64', x))
    const field = op('i32.wrap_i64', op('i64.and', shr(pattern, 52n), i64(0x7ffn)))
    const fraction = op('i64.and', pattern, i64((1n << 52n) - 1n))
    const whole = word('whole', op('i64.or', fraction, i64(1n << 52n)))
    // e = field - 1075. From bit e - 2 of 2 / pi on, behind 64 zeros.
    const offset = word('offset', op('i32.add', field, i32(64 - 2 - 1075)))
    const w0 = word('w0', call(bits, offset))
    const w1 = word('w1', call(bits, op('i32.add', offset, i32(64))))
    const w2 = word('w2', call(bits, op('i32.add', offset, i32(128))))
    // The product modulo 2^192, in quarters of 2^190.
    const p0 = word('p0', op('i64.mul', whole, w2))
    const middle = word('middle', op('i64.mul', whole, w1))
    const p1 = word('p1', op('i64.add', middle, call(highProduct, whole, w2)))
    const upper = op('i64.add', op('i64.mul', whole, w0), call(highProduct, whole, w1))
    const p2 = word('p2', op('i64.add', upper, carry(p1, middle)))
    // What is left of a quarter turn as a signed fraction of 2^128, rounded to the nearest quarter.
    const high = word('high', op('i64.or', shl(p2, 2n), shr(p1, 62n)))
    const low = word('low', op('i64.or', shl(p1, 2n), shr(p0, 62n)))
    const negative = word('negative', op('i64.shr_s', high, i64(63n)))
    const quarter = op('i64.and', op('i64.sub', shr(p2, 62n), negative), i64(3n))
    // Its magnitude (but for the last bit), its leading zeros shifted out.
    const a = fn.define('a', op('i64.xor', high, negative))
    const b = fn.define('b', op('i64.xor', low, negative))
    const scale = fn.define('scale', f64(2 ** -64))
    fn.branch(op('i64.eqz', get(a)), () => {
      fn.set(a, get(b))
      fn.set(b, op('i64.xor', shl(p0, 2n), negative))
      fn.set(scale, f64(2 ** -128))
    })
    const zeros = word('zeros', op('i64.clz', get(a)))
    const tail = op('i64.shr_u', shr(get(b), 1n), op('i64.sub', i64(63n), zeros))
    const digits = op('i64.or', op('i64.shl', get(a), zeros), tail)
    const power = op('f64.reinterpret_i64', shl(op('i64.sub', i64(1023n), zeros), 52n))
    const size = op('f64.mul', op('f64.convert_i64_u', digits), op('f64.mul', get(scale), power))
    const turned = word('turned', op('f64.mul', size, f64(Math.PI / 2)))
    const sign = op('f64.copysign', f64(1), x)
    const signOfRest = op('f64.convert_i64_s', op('i64.or', negative, i64(1n)))
    const r = op('f64.mul', op('f64.mul', turned, signOfRest), sign)
    const q = op('f64.mul', op('f64.convert_i64_s', quarter), sign)
    fn.push(onLane('f64x2.replace_lane', 1, op('f64x2.splat', r), q))
    return fn.build()
  })
}
