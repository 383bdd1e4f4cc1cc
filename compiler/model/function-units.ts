/**
 * What each function of the language asks of the units of its arguments, and what unit it gives, in one table:
 * equations, rules, weights, pairs of cells and values that are known when a model is compiled are all held to it.
 */
import { dimensionless, power, type Dimension } from './units.ts'

/** Of an argument: any unit, none, that of the others that are so, or a time (or number of steps). */
type Asks = 'any' | 'plain' | 'alike' | 'time'

/** Of the result: the unit of the first argument (or a power of it), that of those that are alike, none, a time, or not known. */
type Gives = 'first' | 'alike' | 'plain' | 'time' | 'unknown' | number

interface FunctionUnits {
  /** By place; the last stands for all that come after it. */
  readonly asks: readonly Asks[]
  readonly gives: Gives
}

const rows: readonly (readonly [string, readonly Asks[], Gives])[] = [
  ['exp log sigmoid tanh softplus sin cos tan asin acos sinh cosh atan', ['plain'], 'plain'],
  ['log1p expm1 log10 log2 erf', ['plain'], 'plain'],
  ['abs floor ceil round trunc stop', ['any'], 'first'],
  ['sign size length', ['any'], 'plain'],
  ['sqrt', ['any'], 0.5],
  ['min max clip mod', ['alike'], 'alike'],
  ['atan2', ['alike'], 'plain'],
  // Over units, and over examples; of numbers, `sum` takes several.
  ['sum mean std max_of min_of', ['alike'], 'alike'],
  ['variance batch_variance', ['any'], 2],
  ['batch_mean total', ['any'], 'first'],
  ['batch_count', ['any'], 'plain'],
  ['running', ['alike', 'plain', 'alike'], 'alike'],
  // What is drawn fits every unit.
  ['normal uniform bernoulli poisson binomial', ['plain'], 'unknown'],
  ['prev', ['alike'], 'alike'],
  ['since', ['any'], 'time'],
  ['count', ['any', 'time'], 'plain'],
  ['pullback', ['any'], 'unknown'],
]

/** By name of the function. */
export const functionUnits: ReadonlyMap<string, FunctionUnits> = new Map(
  rows.flatMap(([names, asks, gives]) =>
    names.split(' ').map((name): [string, FunctionUnits] => [name, { asks, gives }]),
  ),
)

/** What does not fit: an argument that is not alike an earlier one, or not what is asked for. */
export type Clash =
  | { readonly kind: 'alike'; readonly first: number; readonly other: number }
  | { readonly kind: 'plain' | 'time'; readonly at: number }

export interface JudgedCall {
  readonly clashes: readonly Clash[]
  /** Undefined if it is not known. */
  readonly gives: Dimension | undefined
}

/** How dimensions are compared: what is unknown in them may be found out by it. */
export interface Comparison {
  readonly same: (one: Dimension, other: Dimension) => boolean
  readonly isTime: (dimension: Dimension) => boolean
}

/** Holds the dimensions of a call's arguments to the table; undefined among them fits everything. */
export function judgedCall(
  { asks, gives }: FunctionUnits,
  found: readonly (Dimension | undefined)[],
  { same, isTime }: Comparison,
): JudgedCall {
  const clashes: Clash[] = []
  let alike: { readonly at: number; readonly dimension: Dimension } | undefined
  for (const [at, dimension] of found.entries()) {
    if (!dimension) continue
    const asked = asks[at] ?? asks.at(-1) ?? 'any'
    if (asked === 'alike') {
      alike ??= { at, dimension }
      if (same(alike.dimension, dimension)) continue
      // One of them says it: the others would say the same of the first.
      if (!clashes.some(({ kind }) => kind === 'alike'))
        clashes.push({ kind: 'alike', first: alike.at, other: at })
    } else if (
      asked === 'plain' ? !same(dimension, dimensionless) : asked === 'time' && !isTime(dimension)
    ) {
      clashes.push({ kind: asked === 'plain' ? 'plain' : 'time', at })
    }
  }
  const isMixed = clashes.some(({ kind }) => kind === 'alike')
  return { clashes, gives: given(gives, found[0], isMixed ? undefined : alike?.dimension) }
}

function given(
  gives: Gives,
  first: Dimension | undefined,
  alike: Dimension | undefined,
): Dimension | undefined {
  switch (gives) {
    case 'first':
      return first
    case 'alike':
      return alike
    case 'plain':
      return dimensionless
    case 'time':
      return { time: 1 }
    case 'unknown':
      return undefined
    default:
      return first && power(first, gives)
  }
}
