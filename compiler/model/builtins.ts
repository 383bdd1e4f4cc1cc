/**
 * The functions of the language itself, in one table: which exist, where they may stand, and what
 * they become. Library functions are written in .ccn.
 */
import {
  composedBinaryFunctions,
  composedUnaryFunctions,
  evaluateElementary,
} from '../../contract/elementary.ts'
import type { MapFunction } from '../ir/ir.ts'

interface CompileTimeFunction {
  /** Least and greatest number of arguments. */
  readonly arity: readonly [number, number]
  readonly apply: (...args: number[]) => number
  /** What it is while the model runs, so that parameters can stay symbolic. */
  readonly map?: MapFunction
}

/** Functions of numbers known when the model is compiled. */
export const compileTimeFunctions: ReadonlyMap<string, CompileTimeFunction> = new Map<
  string,
  CompileTimeFunction
>([
  ['exp', { arity: [1, 1], apply: Math.exp, map: 'exp' }],
  ['log', { arity: [1, 1], apply: Math.log, map: 'log' }],
  ['sqrt', { arity: [1, 1], apply: Math.sqrt, map: 'sqrt' }],
  ['abs', { arity: [1, 1], apply: Math.abs, map: 'abs' }],
  ['floor', { arity: [1, 1], apply: Math.floor, map: 'floor' }],
  ['ceil', { arity: [1, 1], apply: Math.ceil, map: 'ceil' }],
  ['round', { arity: [1, 1], apply: Math.round, map: 'round' }],
  ...(
    [
      ...['trunc', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh'],
      ...['log1p', 'expm1', 'log10', 'log2', 'erf', 'softplus', 'sign'],
    ] as const satisfies readonly MapFunction[]
  ).map(
    (map) =>
      [map, { arity: [1, 1], apply: (x: number) => evaluateElementary(map, [x]), map }] as const,
  ),
  ['atan2', { arity: [2, 2], apply: (y, x) => evaluateElementary('atan2', [y, x]), map: 'atan2' }],
  [
    'mod',
    {
      arity: [2, 2],
      apply: (a, b) => evaluateElementary('mod', [a, b]),
      map: 'mod',
    },
  ],
  ['sin', { arity: [1, 1], apply: Math.sin, map: 'sin' }],
  ['cos', { arity: [1, 1], apply: Math.cos, map: 'cos' }],
  ['tanh', { arity: [1, 1], apply: Math.tanh, map: 'tanh' }],
  ['sigmoid', { arity: [1, 1], apply: (x) => 1 / (1 + Math.exp(-x)), map: 'sigmoid' }],
  ['min', { arity: [1, 64], apply: Math.min, map: 'min' }],
  ['max', { arity: [1, 64], apply: Math.max, map: 'max' }],
  ['sum', { arity: [1, 64], apply: (...args) => args.reduce((a, b) => a + b, 0) }],
  ['product', { arity: [1, 64], apply: (...args) => args.reduce((a, b) => a * b, 1) }],
  ['size', { arity: [1, 1], apply: (x) => x }],
  ['length', { arity: [1, 1], apply: (x) => x }],
])

/** `clip` of numbers, which stands for a `max` and a `min`; of weights it is lowered as these. */
export const clipNow: CompileTimeFunction = {
  arity: [3, 3],
  apply: (x, low, high) => Math.min(Math.max(x, low), high),
}

/** Element-wise functions in equations, by their spelling. */
export const elementwise: ReadonlyMap<
  string,
  { readonly fn: MapFunction; readonly arity: number }
> = new Map<string, { readonly fn: MapFunction; readonly arity: number }>([
  ['exp', { fn: 'exp', arity: 1 }],
  ['log', { fn: 'log', arity: 1 }],
  ['sqrt', { fn: 'sqrt', arity: 1 }],
  ['abs', { fn: 'abs', arity: 1 }],
  ['sign', { fn: 'sign', arity: 1 }],
  ['sigmoid', { fn: 'sigmoid', arity: 1 }],
  ['tanh', { fn: 'tanh', arity: 1 }],
  ['softplus', { fn: 'softplus', arity: 1 }],
  ['sin', { fn: 'sin', arity: 1 }],
  ['cos', { fn: 'cos', arity: 1 }],
  ['floor', { fn: 'floor', arity: 1 }],
  ['atan', { fn: 'atan', arity: 1 }],
  ...composedUnaryFunctions.map((fn) => [fn, { fn, arity: 1 }] as const),
  ...composedBinaryFunctions.map((fn) => [fn, { fn, arity: 2 }] as const),
  ['min', { fn: 'min', arity: 2 }],
  ['max', { fn: 'max', arity: 2 }],
])

/** Reductions over the units of a population (in measures: over examples and units). */
export const reductions: ReadonlySet<string> = new Set([
  'sum',
  'mean',
  'variance',
  'std',
  'max_of',
  'min_of',
])

/** Draws in equations. */
export const draws: ReadonlySet<string> = new Set([
  'normal',
  'uniform',
  'bernoulli',
  'poisson',
  'binomial',
])

/** Functions of rules alone: over the synapses of a cell, and over the examples. */
export const ruleFunctions: ReadonlySet<string> = new Set(['total', 'batch_mean'])

/** Functions of cells over the examples of a batch; `running` is an average over the steps of training. */
export const batchFunctions: ReadonlySet<string> = new Set([
  'batch_mean',
  'batch_variance',
  'batch_count',
  'running',
])

/** Those of them by which an example hears of the others. */
export const batchStatistics: ReadonlySet<string> = new Set(['batch_mean', 'batch_variance'])

/** `batch_mean(x, channel)`: over the units of a channel too. */
export const channelName = 'channel'

/** Functions of time. */
export const temporal: ReadonlySet<string> = new Set(['prev', 'since', 'count'])

/** The run's time before the step, in a circuit that goes on in time; any declared `t` comes first. */
export const runTimeName = 't'

/** Whether a presentation begins with the step; any declared `presented` comes first. */
export const presentedName = 'presented'

/** Whether the circuit is tested or asked, and not trained; any declared `evaluating` comes first. */
export const evaluatingName = 'evaluating'

/** The change of exact gradient descent, in a nonlocal rule, where nothing else has that name. */
export const gradientName = 'backprop'

/** The number of a cell in its population, from 0; any declared `index` comes first. */
export const indexName = 'index'

/** White noise in a state equation; any declared `xi` comes first. */
export const noiseName = 'xi'

/** In a `record` statement: `times(e.s)` is a list of a signal's events. */
export const listOfEvents = 'times'

/** Functions of whole weights, in initialisers, ties, `let`s and measures. */
export const weightFunctions: ReadonlySet<string> = new Set([
  'transpose',
  'row_sum',
  'column_sum',
  'left_factor',
  'right_factor',
  'norm',
  'spectral',
])

/** Element-wise functions of whole weights and draws. */
export const elementwiseOfWeights: ReadonlySet<string> = new Set([...elementwise.keys(), 'clip'])

/** Random or fixed initial weights, with their parameters and defaults. */
export const initialisers: ReadonlyMap<string, readonly string[]> = new Map([
  ['uniform', ['low', 'high']],
  ['normal', ['mean', 'std']],
  ['truncated_normal', ['mean', 'std', 'within']],
  ['lognormal', ['mean', 'std']],
  ['exponential', ['mean']],
  ['gamma', ['shape', 'scale']],
  ['xavier_normal', ['gain']],
  ['xavier_uniform', ['gain']],
  ['kaiming_normal', ['gain', 'fan']],
  ['kaiming_uniform', ['gain', 'fan']],
  ['orthogonal', ['gain']],
  ['identity', ['scale']],
  ['file', ['path', 'array']],
])

/** Measures and what they need; see `docs/language.md`. */
export const measureFunctions: ReadonlySet<string> = new Set([
  'angle',
  'norm',
  'ratio',
  'rate',
  'cv',
  'update',
  'backprop',
  'error',
  'loss',
])

/** Everything that can be passed as a function or called in an equation without being declared. */
export const builtinNames: ReadonlySet<string> = new Set([
  ...elementwise.keys(),
  ...reductions,
  'clip',
  'stop',
  'pullback',
  ...draws,
  ...temporal,
  ...batchFunctions,
])
