/**
 * Bounds of what a pair program gives for any cell of one group and any of another: interval arithmetic.
 * So whole groups of pairs that are joined with a small probability are skipped over.
 */
import { evaluateElementary } from './elementary.ts'
import type { PairProgram, PairQuantity } from './pattern.ts'
import type { Space } from './pair-program.ts'

/** From the least to the largest that a number can be. */
export type Interval = readonly [number, number]

const anything: Interval = [-Infinity, Infinity]

/** The bounds of a group of cells: of their indices and of where they stand. */
export interface Box {
  readonly index: Interval
  readonly x: Interval
  readonly y: Interval
}

/** Bounds of the program's result for pairs of two boxes. */
export function boundsOf(
  program: PairProgram,
  pre: Box,
  post: Box,
  period: Space['period'],
): Interval {
  const found: Interval[] = []
  for (const step of program) {
    if (step.kind === 'const') found.push([step.value, step.value])
    else if (step.kind === 'pair') found.push(quantityBounds(step.quantity, pre, post, period))
    else
      found.push(
        apply(
          step.fn,
          step.args.map((at) => found[at] ?? anything),
        ),
      )
  }
  return found.at(-1) ?? anything
}

function quantityBounds(
  quantity: PairQuantity,
  pre: Box,
  post: Box,
  period: Space['period'],
): Interval {
  switch (quantity) {
    case 'pre.index':
      return pre.index
    case 'post.index':
      return post.index
    case 'pre.x':
      return pre.x
    case 'pre.y':
      return pre.y
    case 'post.x':
      return post.x
    case 'post.y':
      return post.y
    case 'dx':
      return difference(pre.x, post.x, period[0])
    case 'dy':
      return difference(pre.y, post.y, period[1])
    case 'distance': {
      const dx = square(difference(pre.x, post.x, period[0]))
      const dy = square(difference(pre.y, post.y, period[1]))
      return [Math.sqrt(dx[0] + dy[0]), Math.sqrt(dx[1] + dy[1])]
    }
  }
}

/** Of post - pre, the short way round. */
function difference(pre: Interval, post: Interval, period: number): Interval {
  const [low, high] = [post[0] - pre[1], post[1] - pre[0]]
  if (period <= 0) return [low, high]
  const turns = period * Math.round((low + high) / 2 / period)
  const half = period / 2
  const [from, to] = [low - turns, high - turns]
  return from >= -half && to <= half ? [from, to] : [-half, half]
}

function square([a, b]: Interval): Interval {
  const [low, high] = [Math.min(a * a, b * b), Math.max(a * a, b * b)]
  return [a <= 0 && b >= 0 ? 0 : low, high]
}

type Elementary = Parameters<typeof evaluateElementary>[0]

const increasing: ReadonlySet<Elementary> = new Set<Elementary>([
  'exp',
  'log',
  'sqrt',
  'tanh',
  'sigmoid',
  'softplus',
  'floor',
  'atan',
  'sign',
  'exprel',
  'asin',
  'sinh',
  'log1p',
  'expm1',
  'log10',
  'log2',
  'erf',
  'ceil',
  'round',
  'trunc',
])

function apply(fn: Elementary, args: readonly Interval[]): Interval {
  const [a = anything, b = anything, c = anything] = args
  if (increasing.has(fn)) {
    return ordered(evaluateElementary(fn, [a[0]]), evaluateElementary(fn, [a[1]]))
  }
  switch (fn) {
    case 'neg':
      return [-a[1], -a[0]]
    case 'add':
      return ordered(a[0] + b[0], a[1] + b[1])
    case 'sub':
      return ordered(a[0] - b[1], a[1] - b[0])
    case 'mul':
      return hull([a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]])
    case 'div':
      if (b[0] <= 0 && b[1] >= 0) return anything
      return hull([a[0] / b[0], a[0] / b[1], a[1] / b[0], a[1] / b[1]])
    case 'square':
      return square(a)
    case 'abs':
      return [a[0] <= 0 && a[1] >= 0 ? 0 : Math.min(Math.abs(a[0]), Math.abs(a[1])), largest(a)]
    case 'min':
      return ordered(Math.min(a[0], b[0]), Math.min(a[1], b[1]))
    case 'max':
      return ordered(Math.max(a[0], b[0]), Math.max(a[1], b[1]))
    case 'sin':
    case 'cos':
      return [-1, 1]
    case 'lt':
      return truth(a[1] < b[0], a[0] < b[1])
    case 'le':
      return truth(a[1] <= b[0], a[0] <= b[1])
    case 'gt':
      return truth(a[0] > b[1], a[1] > b[0])
    case 'ge':
      return truth(a[0] >= b[1], a[1] >= b[0])
    case 'select':
      if (a[0] > 0 || a[1] < 0) return b
      return a[0] === 0 && a[1] === 0 ? c : hull([...b, ...c])
    case 'eq':
      return truth(a[0] === a[1] && b[0] === b[1] && a[0] === b[0], a[0] <= b[1] && b[0] <= a[1])
    case 'and':
      return truth(excludesZero(a) && excludesZero(b), !isZero(a) && !isZero(b))
    case 'or':
      return truth(excludesZero(a) || excludesZero(b), !isZero(a) || !isZero(b))
    case 'not':
      return truth(isZero(a), !excludesZero(a))
    case 'ne':
      return [0, 1]
    default:
      return anything
  }
}

const largest = ([low, high]: Interval): number => Math.max(Math.abs(low), Math.abs(high))
const isZero = ([low, high]: Interval): boolean => low === 0 && high === 0
const excludesZero = ([low, high]: Interval): boolean => low > 0 || high < 0

/** Always 1, or 1 sometimes. */
const truth = (always: boolean, sometimes: boolean): Interval => [always ? 1 : 0, sometimes ? 1 : 0]

/** What is no number can be anything. */
function ordered(low: number, high: number): Interval {
  return Number.isNaN(low) || Number.isNaN(high) ? anything : [low, high]
}

function hull(values: readonly number[]): Interval {
  return ordered(Math.min(...values), Math.max(...values))
}
