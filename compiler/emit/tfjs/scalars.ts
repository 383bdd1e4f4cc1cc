/**
 * Host scalars: numbers known before a step, written as plain JavaScript arithmetic over the
 * parameters, `2 / p.p0`, with no more parentheses than needed.
 */
import { basic } from '../../../contract/elementary.ts'
import type { MapFunction } from '../../ir/ir.ts'
import { assertNever, nodeAt } from '../../ir/operands.ts'

/** Binding strength of JavaScript's operators, weakest first. */
enum Binding {
  conditional,
  comparison,
  sum,
  product,
  unary,
  power,
  primary,
}

/** A number-valued JavaScript expression. */
export interface Scalar {
  readonly kind: 'scalar'
  readonly text: string
  readonly binding: Binding
  /** A shorter text that is true where the number is not 0. */
  readonly condition?: string
  /** How many operations the text holds. */
  readonly size: number
}

/** A name, a property or a call. */
export function primaryScalar(text: string): Scalar {
  return { kind: 'scalar', text, binding: Binding.primary, size: 0 }
}

/** A number as a literal. */
export function literal(value: number): Scalar {
  if (value < 0 || Object.is(value, -0)) {
    return { kind: 'scalar', text: `-${literal(-value).text}`, binding: Binding.unary, size: 0 }
  }
  if (value === Math.PI) return primaryScalar('Math.PI')
  if (value === 180 / Math.PI) return primaryScalar('(180 / Math.PI)')
  return primaryScalar(String(value))
}

/** `fn` of scalars. */
export function applyScalar(named: MapFunction, args: readonly Scalar[]): Scalar {
  const fn = basic(named)
  const size = args.reduce((sum, arg) => sum + arg.size, 1)
  const arg = (index: number, least: Binding): string => {
    const { text, binding } = nodeAt(args, index)
    return binding < least ? `(${text})` : text
  }
  const make = (text: string, binding: Binding): Scalar => ({ kind: 'scalar', text, binding, size })
  const call = (name: string): Scalar =>
    make(`${name}(${args.map(({ text }) => text).join(', ')})`, Binding.primary)
  const infix = (operator: string, binding: Binding): Scalar =>
    make(`${arg(0, binding)} ${operator} ${arg(1, binding + 1)}`, binding)
  const test = (condition: string): Scalar => ({
    ...make(`${condition} ? 1 : 0`, Binding.conditional),
    condition,
  })
  const compare = (operator: string): Scalar =>
    test(`${arg(0, Binding.sum)} ${operator} ${arg(1, Binding.sum)}`)
  const truth = (index: number): string => {
    const { condition } = nodeAt(args, index)
    return condition === undefined ? arg(index, Binding.unary) : condition
  }
  switch (fn) {
    case 'neg':
      return make(`-${arg(0, Binding.primary)}`, Binding.unary)
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'abs':
    case 'sign':
    case 'tanh':
    case 'sin':
    case 'cos':
    case 'atan':
    case 'floor':
    case 'min':
    case 'max':
      return call(`Math.${fn}`)
    case 'square':
      return make(`${arg(0, Binding.primary)} ** 2`, Binding.power)
    case 'reciprocal':
      return make(`1 / ${arg(0, Binding.unary)}`, Binding.product)
    case 'sigmoid':
      return make(`1 / (1 + Math.exp(-${arg(0, Binding.primary)}))`, Binding.product)
    case 'softplus':
      return make(`Math.log1p(Math.exp(${arg(0, Binding.conditional)}))`, Binding.primary)
    case 'exprel': {
      const x = arg(0, Binding.unary)
      const quotient = `Math.expm1(${nodeAt(args, 0).text}) / ${x}`
      return make(`${arg(0, Binding.sum)} === 0 ? 1 : ${quotient}`, Binding.conditional)
    }
    case 'not':
      return test(`${arg(0, Binding.sum)} === 0`)
    case 'add':
      return infix('+', Binding.sum)
    case 'sub':
      return infix('-', Binding.sum)
    case 'mul':
      return infix('*', Binding.product)
    case 'div':
      return infix('/', Binding.product)
    case 'pow':
      return make(`${arg(0, Binding.primary)} ** ${arg(1, Binding.unary)}`, Binding.power)
    case 'eq':
      return compare('===')
    case 'ne':
      return compare('!==')
    case 'lt':
      return compare('<')
    case 'le':
      return compare('<=')
    case 'gt':
      return compare('>')
    case 'ge':
      return compare('>=')
    case 'and':
      return test(`(${truth(0)} && ${truth(1)})`)
    case 'or':
      return test(`(${truth(0)} || ${truth(1)})`)
    case 'select':
      return make(
        `${truth(0)} ? ${arg(1, Binding.comparison)} : ${arg(2, Binding.comparison)}`,
        Binding.conditional,
      )
    default:
      return assertNever(fn)
  }
}

/** Text that is true where `scalar` is not 0, to stand before a `?`. */
export function conditionOf(scalar: Scalar): string {
  if (scalar.condition !== undefined) return scalar.condition
  return scalar.binding < Binding.unary ? `(${scalar.text})` : scalar.text
}
