/**
 * The element-wise functions of tensor programs and what they mean, on numbers: the reference for
 * every target, used to fold constants, to compute host scalars and by the interpreter of the specs.
 */
import { compose, type Parts } from './composed.ts'

export const unaryFunctions = [
  'neg',
  'exp',
  'log',
  'sqrt',
  'square',
  'reciprocal',
  'abs',
  'sign',
  'sigmoid',
  'tanh',
  'softplus',
  'sin',
  'cos',
  'floor',
  'not',
  'atan',
  'exprel',
] as const
/** Comparisons of two numbers: 0 or 1. */
export const comparisonFunctions = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
export const binaryFunctions = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'min',
  'max',
  ...comparisonFunctions,
  'and',
  'or',
] as const
/** Functions that are made of these (`composed.ts`): targets do without them. */
export const composedUnaryFunctions = [
  'tan',
  'asin',
  'acos',
  'sinh',
  'cosh',
  'log1p',
  'expm1',
  'log10',
  'log2',
  'erf',
  'ceil',
  'round',
  'trunc',
] as const
export const composedBinaryFunctions = ['atan2', 'mod'] as const
export type ComposedUnaryFunction = (typeof composedUnaryFunctions)[number]
export type ComposedBinaryFunction = (typeof composedBinaryFunctions)[number]
export type ComposedFunction = ComposedUnaryFunction | ComposedBinaryFunction

/** Comparisons and logic: 0 or 1. */
export const truthFunctions: ReadonlySet<ElementaryFunction> = new Set<ElementaryFunction>([
  ...comparisonFunctions,
  'and',
  'or',
  'not',
])

/** Functions that are constant but for steps: their derivative is zero wherever there is one. */
export const stepFunctions: ReadonlySet<ElementaryFunction> = new Set<ElementaryFunction>([
  ...truthFunctions,
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
])

const composed: ReadonlySet<string> = new Set([
  ...composedUnaryFunctions,
  ...composedBinaryFunctions,
])

export const isComposed = (fn: ElementaryFunction): fn is ComposedFunction => composed.has(fn)

/** The function as targets have it. */
export function basic(fn: ElementaryFunction): BasicFunction {
  if (isComposed(fn)) throw new Error(`${fn} is left in the graph: it was not expanded`)
  return fn
}

export type UnaryFunction = (typeof unaryFunctions)[number]
export type BinaryFunction = (typeof binaryFunctions)[number]
/** `select(test, a, b)` is a where test is not 0, else b. */
export type BasicFunction = UnaryFunction | BinaryFunction | 'select'
export type ElementaryFunction = BasicFunction | ComposedFunction

const truth = (value: boolean): number => (value ? 1 : 0)

/** (e^x - 1) / x, which is 1 at 0, and finite somewhat beyond where e^x is. */
function relativeExponential(x: number): number {
  if (x === 0) return 1
  if (x === Infinity) return x
  return x < 700 ? Math.expm1(x) / x : (Math.exp(x / 2) / x) * Math.exp(x / 2)
}

const onNumbers: Parts<number> = {
  map: (fn, ...args) => evaluateElementary(fn, args),
  number: (value) => value,
}

/** The rest of a division that has the sign of the divisor, as Python's. */
function restOf(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

/** `fn` of numbers. Functions of NaN are NaN, comparisons with NaN false (`ne` true). */
export function evaluateElementary(fn: ElementaryFunction, args: readonly number[]): number {
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = args
  switch (fn) {
    case 'neg':
      return -a
    case 'exp':
      return Math.exp(a)
    case 'log':
      return Math.log(a)
    case 'sqrt':
      return Math.sqrt(a)
    case 'square':
      return a * a
    case 'reciprocal':
      return 1 / a
    case 'abs':
      return Math.abs(a)
    case 'sign':
      return Math.sign(a)
    case 'sigmoid':
      return 1 / (1 + Math.exp(-a))
    case 'tanh':
      return Math.tanh(a)
    case 'softplus':
      return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))
    case 'sin':
      return Math.sin(a)
    case 'cos':
      return Math.cos(a)
    case 'atan':
      return Math.atan(a)
    case 'exprel':
      return relativeExponential(a)
    case 'floor':
      return Math.floor(a)
    case 'not':
      return truth(a === 0)
    case 'add':
      return a + b
    case 'sub':
      return a - b
    case 'mul':
      return a * b
    case 'div':
      return a / b
    case 'pow':
      return Math.pow(a, b)
    case 'min':
      return Math.min(a, b)
    case 'max':
      return Math.max(a, b)
    case 'eq':
      return truth(a === b)
    case 'ne':
      return truth(a !== b)
    case 'lt':
      return truth(a < b)
    case 'le':
      return truth(a <= b)
    case 'gt':
      return truth(a > b)
    case 'ge':
      return truth(a >= b)
    case 'and':
      return truth(a !== 0 && b !== 0)
    case 'or':
      return truth(a !== 0 || b !== 0)
    case 'select':
      return a === 0 ? c : b
    case 'mod':
      return restOf(a, b)
    case 'erf':
      return compose(onNumbers, fn, args)
    case 'tan':
    case 'asin':
    case 'acos':
    case 'sinh':
    case 'cosh':
    case 'log1p':
    case 'expm1':
    case 'log10':
    case 'log2':
    case 'ceil':
    case 'round':
    case 'trunc':
      return Math[fn](a)
    case 'atan2':
      return Math.atan2(a, b)
  }
}
