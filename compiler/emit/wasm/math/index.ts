/**
 * The element-wise functions on vectors, as `compiler/ir/map-functions.ts` defines them on numbers.
 */
import { get, op, type Code, type FunctionType } from '../encoder/code.ts'
import { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import type { Lanes } from '../lanes.ts'
import type { MapFunction } from '../../../ir/ir.ts'
import { assertNever } from '../../../ir/operands.ts'
import { arctangent } from './arctangent.ts'
import { exponential, hyperbolicTangent, sigmoid, softplus } from './exponential.ts'
import { LaneMath } from './lane-math.ts'
import { logarithm } from './logarithm.ts'
import { power } from './power.ts'
import { sine } from './trigonometric.ts'

/**
 * Emits `name` of vectors into `fn` and returns the code of its value. An operand is computed once.
 * Statements may be appended to `fn` (into its open block), the returned code comes after them and
 * is to be used once.
 */
export function emitMap(
  module: ModuleBuilder,
  fn: FunctionBuilder,
  lanes: Lanes,
  name: MapFunction,
  args: readonly Code[],
): Code {
  const m = new LaneMath(module, fn, lanes)
  const arg = (index: number): Code => {
    const found = args[index]
    if (!found) throw new Error(`${name} lacks operand ${index}`)
    return found
  }
  switch (name) {
    case 'neg':
    case 'sqrt':
    case 'abs':
    case 'floor':
      return lanes.unary(name, arg(0))
    case 'exp':
      return exponential(m, arg(0))
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
      return lanes.binary(name, arg(0), arg(1))
    case 'pow':
      return power(m, arg(0), arg(1))
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return m.truth(lanes.compare(name, arg(0), arg(1)))
    case 'and':
    case 'or': {
      const holds = [arg(0), arg(1)].map((each) => lanes.compare('ne', each, m.constant(0)))
      return m.truth(op(`v128.${name}`, holds[0]!, holds[1]!))
    }
    case 'select':
      return m.pick(lanes.compare('eq', arg(0), m.constant(0)), arg(2), arg(1))
    default:
      return assertNever(name)
  }
}

/** The function `name` of vectors as a function of the module, for calls. */
export function mapFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  name: MapFunction,
  count: number,
): FunctionType {
  const full = `math.${name}.${lanes.shape}`
  return module.once(full, () => {
    const parameters = Array.from({ length: count }, (_, i) => [`x${i}`, 'v128'] as const)
    const fn = new FunctionBuilder(full, parameters, 'v128')
    fn.push(
      emitMap(
        module,
        fn,
        lanes,
        name,
        parameters.map((_, i) => get(fn.parameter(i))),
      ),
    )
    return fn.build()
  })
}
