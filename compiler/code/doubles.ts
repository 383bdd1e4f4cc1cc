/**
 * Arithmetic of single numbers in double precision, never fused, for draws: operation for operation what
 * `runtime/support/poisson.ts` and `binomial.ts` compute, so that all engines draw the same numbers.
 */
import { FunctionBuilder } from './function.ts'
import { Lanes } from './lanes.ts'
import type { ModuleBuilder } from './module.ts'
import { f64, get, int, long, onLane, op, sub, type Code, type FunctionType } from './tree.ts'

export const product = (a: Code, b: Code): Code => op('f64.mul', a, b)
export const sum = (a: Code, b: Code): Code => op('f64.add', a, b)
export const difference = (a: Code, b: Code): Code => op('f64.sub', a, b)
export const quotient = (a: Code, b: Code): Code => op('f64.div', a, b)

export const floorOf = ({ machine }: Lanes, value: Code): Code =>
  onLane('f64s.lane', 0, new Lanes(machine, 'f64', false).unary('floor', op('f64s.splat', value)))

/** 1/from + q (1/(from - 2) + q (...)), down to 1/to: odd numbers from the largest. */
export function oddSeries(q: Code, from: number, to: number): Code {
  let series = f64(1 / from)
  for (let j = from - 2; j >= to; j -= 2) series = sum(f64(1 / j), product(q, series))
  return series
}

/** k! of a whole number below some tens. */
export function factorialOf(fn: FunctionBuilder, k: Code): Code {
  const factorial = fn.define('factorial', f64(1))
  const j = fn.define('j', f64(2))
  fn.while(
    () => op('f64.le', get(j), k),
    () => {
      fn.set(factorial, product(get(factorial), get(j)))
      fn.set(j, sum(get(j), f64(1)))
    },
  )
  return get(factorial)
}

/** k times what Stirling's series adds to the logarithm of k!; q: 1 / k^2. */
export function stirlingSeries(q: Code): Code {
  const inner = difference(f64(1 / 1260), product(q, f64(1 / 1680)))
  return difference(f64(1 / 12), product(q, difference(f64(1 / 360), product(q, inner))))
}

/** `expOfNegative` of the runtime. */
export function exponentialFunction(module: ModuleBuilder): FunctionType {
  return module.once('random.expOfNegative', () => {
    const fn = new FunctionBuilder('random.expOfNegative', [['x', 'f64']], 'f64')
    const x = get(fn.parameter(0))
    // Below 2^31, and not below 0: what is cut off is the floor.
    const n = fn.define('n', op('int.ofF64', sum(quotient(x, f64(Math.LN2)), f64(0.5))))
    const r = get(fn.define('r', difference(x, product(op('f64.ofInt', get(n)), f64(Math.LN2)))))
    let series = f64(1)
    for (let j = 14; j >= 1; j--) series = difference(f64(1), quotient(product(r, series), f64(j)))
    // 2^-n by its exponent's field.
    const field = op('long.ofInt', sub(int(1023), get(n)))
    fn.push(product(series, op('f64.ofBits', op('long.shl', field, long(52n)))))
    return fn.build()
  })
}

/** `logOfNumber` of the runtime. */
export function logarithmFunction(module: ModuleBuilder): FunctionType {
  return module.once('random.logOfNumber', () => {
    const fn = new FunctionBuilder('random.logOfNumber', [['x', 'f64']], 'f64')
    const bits = get(fn.define('bits', op('long.bitsOfF64', get(fn.parameter(0)))))
    const field = op('int.ofLong', op('long.shr', bits, long(52n)))
    const exponent = fn.define('exponent', op('f64.ofInt', sub(field, int(1023))))
    const fraction = op('long.and', bits, long(0xfffffffffffffn))
    const m = fn.define('m', op('f64.ofBits', op('long.or', fraction, long(1023n << 52n))))
    fn.branch(op('f64.gt', get(m), f64(Math.SQRT2)), () => {
      fn.set(m, product(get(m), f64(0.5)))
      fn.set(exponent, sum(get(exponent), f64(1)))
    })
    const s = get(fn.define('s', quotient(difference(get(m), f64(1)), sum(get(m), f64(1)))))
    const q = get(fn.define('q', product(s, s)))
    const whole = product(get(exponent), f64(Math.LN2))
    fn.push(sum(product(product(f64(2), s), oddSeries(q, 23, 1)), whole))
    return fn.build()
  })
}
