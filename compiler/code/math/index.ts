/**
 * The element-wise functions on vectors, as `contract/elementary.ts` defines them on numbers,
 * special values included. Functions that an instruction computes are exact; of the others the
 * largest error measured, in units in the last place of the exact value, and the time of a vector
 * of four f32 or two f64, inline, in a loop over 64 kB on a core with 128-bit fused multiply-add:
 *
 *     function    f32     f64     ns f32   ns f64
 *     exp         1.04    0.93    2.6      4.4     gradual underflow
 *     exprel      1.58    1.60    2.0      3.0     (e^x - 1) / x; slower beyond ln 2 / 2
 *     log         0.83    0.78    5.6      7.6     subnormal arguments included
 *     sigmoid     1.99    1.86    3.3      5.1     0 below -89 (f64: -710)
 *     tanh        1.49    1.47    6.1      9.6     odd
 *     softplus    1.73    1.85    8.6     14.4     gradual underflow
 *     sin         1.28    1.76    6.1      7.5     every argument; slow beyond 12867 (f64: 1647099)
 *     cos         1.27    1.96    5.3      7.0     the same
 *     atan        1.86    1.72    5.0      7.8
 *     pow         0.50    1.24   29.4     33.0     as Math.pow
 *
 * Errors are those of 10^7 arguments (f64: 2 10^4) with normal results, over all exponents and
 * densely where the functions bend, the larger of with and without fused multiply-add, which
 * differ by less than 0.1. A call of `mapFunction` takes about 3 ns more than the code inline.
 */
import { basic } from '../../../contract/elementary.ts'
import { get, op, type Code, type FunctionType } from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import type { Lanes } from '../lanes.ts'
import { binaryFunctions, type MapFunction } from '../../ir/ir.ts'
import { assertNever } from '../../ir/operands.ts'
import { arctangent } from './arctangent.ts'
import { exponential, exprel, hyperbolicTangent, sigmoid, softplus } from './exponential.ts'
import type { Strange } from '../strange.ts'
import { LaneMath } from './lane-math.ts'
import { logarithm } from './logarithm.ts'
import { power } from './power.ts'
import { sine } from './trigonometric.ts'

/**
 * Emits `name` of vectors into `fn` and returns the code of its value. An operand is computed once.
 * Statements may be appended to `fn` (into its open block), the returned code comes after them and
 * is to be used once. With `unusual` the value is right but for the arguments that are added to it.
 */
export function emitMap(
  module: ModuleBuilder,
  fn: FunctionBuilder,
  lanes: Lanes,
  name: MapFunction,
  args: readonly Code[],
  unusual?: Strange,
): Code {
  const m = new LaneMath(module, fn, lanes, unusual)
  const which = basic(name)
  const arg = (index: number): Code => {
    const found = args[index]
    if (!found) throw new Error(`${name} lacks operand ${index}`)
    return found
  }
  switch (which) {
    case 'neg':
    case 'sqrt':
    case 'abs':
    case 'floor':
      return lanes.unary(which, arg(0))
    case 'exp':
      return exponential(m, arg(0))
    case 'exprel':
      return exprel(m, arg(0))
    case 'log':
      return logarithm(m, arg(0))
    case 'square': {
      const x = m.keep('x', arg(0))
      return m.mul(x, x)
    }
    case 'reciprocal':
      return m.div(m.constant(1), arg(0))
    case 'sign': {
      const x = m.keep('x', arg(0))
      // Zeros and NaN stay as they are.
      const signed = lanes.compare('gt', m.abs(x), m.constant(0))
      return m.pick(signed, m.or(m.signs(x), m.constant(1)), x)
    }
    case 'sigmoid':
      return sigmoid(m, arg(0))
    case 'tanh':
      return hyperbolicTangent(m, arg(0))
    case 'softplus':
      return softplus(m, arg(0))
    case 'sin':
      return sine(m, arg(0), 0)
    case 'cos':
      return sine(m, arg(0), 1)
    case 'atan':
      return arctangent(m, arg(0))
    case 'not':
      return m.truth(lanes.compare('eq', arg(0), m.constant(0)))
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'min':
    case 'max':
      return lanes.binary(which, arg(0), arg(1))
    case 'pow':
      return power(m, arg(0), arg(1))
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return m.truth(lanes.compare(which, arg(0), arg(1)))
    case 'and':
    case 'or': {
      const holds = [arg(0), arg(1)].map((each) => lanes.compare('ne', each, m.constant(0)))
      return m.truth(op(`lanes.${which}`, holds[0]!, holds[1]!))
    }
    case 'select':
      return m.pick(lanes.compare('eq', arg(0), m.constant(0)), arg(2), arg(1))
    default:
      return assertNever(which)
  }
}

/** Functions that have shorter code for usual arguments. */
export const withUsual: ReadonlySet<string> = new Set<MapFunction>(['exp', 'exprel', 'sin', 'cos'])

/** `name` as a function of the module, for code that is better short than fast. */
export function mapFunction(module: ModuleBuilder, lanes: Lanes, name: MapFunction): FunctionType {
  const full = `math.${name}.${lanes.shape}`
  return module.once(full, () => {
    const parameters = Array.from(
      { length: operandsOf(name) },
      (_, i) => [`x${i}`, 'lanes'] as const,
    )
    const fn = new FunctionBuilder(full, parameters, 'lanes')
    const args = parameters.map((_, i) => get(fn.parameter(i)))
    fn.push(emitMap(module, fn, lanes, name, args))
    return fn.build()
  })
}

function operandsOf(name: MapFunction): number {
  if (name === 'select') return 3
  return (binaryFunctions as readonly string[]).includes(name) ? 2 : 1
}
