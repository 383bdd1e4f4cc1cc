/**
 * Which cells a connection joins: how a list of synapses is drawn, and what is drawn.
 *
 * A pattern is a named list of synapses (pre j, post i), by pre and then by post; each has its place in
 * it, which is its index wherever something is kept for each synapse. It is drawn once, on the host, when a
 * network is made (`runtime/patterns/`), from the run's seed and its name. A program is compiled for a
 * capacity and runs to the number that is drawn.
 */
import type { ElementaryFunction } from './elementary.ts'

/** The size of an axis that has a place for each synapse of a pattern. */
export type SynapseDim = `synapses of ${string}`

/** The axis of a pattern's synapses. */
export const synapseDim = (pattern: string): SynapseDim => `synapses of ${pattern}`

/** The pattern whose synapses an axis is over. */
export const patternOf = (dim: SynapseDim): string => dim.slice('synapses of '.length)

/** Whether the size of an axis is the number of a pattern's synapses. */
export const isSynapseDim = (dim: unknown): dim is SynapseDim =>
  typeof dim === 'string' && dim.startsWith('synapses of ')

/** A file as the source names it: the path is relative to the folder of the source file `from`. */
export interface PatternFile {
  readonly path: string
  readonly from: string
  /** The array of an archive, if the source names one. */
  readonly array?: string
}

/**
 * Where the cells of a population are, in metres. In a grid, cell `row * columns + column` stands at
 * (`column * spacing[0]`, `row * spacing[1]`); a line is a grid of one row, a ring is one that is periodic.
 */
export interface PositionsPlan {
  readonly layout:
    | {
        readonly kind: 'grid'
        readonly rows: number
        readonly columns: number
        readonly spacing: readonly [number, number]
        /** Where cell 0 stands; default: 0, 0. */
        readonly origin?: readonly [number, number]
      }
    /** A table of a row for each cell: x, and y if there is a second column. */
    | {
        readonly kind: 'file'
        readonly file: PatternFile
        /** How many metres a number of the file is; default: 1. */
        readonly scale?: number
        /** How many cells the file has to have. */
        readonly cells: number
      }
  /** Cell 0 is at this place of the layout, the others at those after it; default: 0. */
  readonly first?: number
  /** After which length space begins again, along x and y; 0: never. */
  readonly period: readonly [number, number]
}

/** What is known of a pair: its cells' indices, and where they stand. d = post - pre, the short way round. */
export const pairQuantities = [
  'pre.index',
  'post.index',
  'pre.x',
  'pre.y',
  'post.x',
  'post.y',
  'dx',
  'dy',
  'distance',
] as const
export type PairQuantity = (typeof pairQuantities)[number]

/** A step of the computation of a number for each pair; operands are earlier steps. */
export type PairStep =
  | { readonly kind: 'const'; readonly value: number }
  | { readonly kind: 'pair'; readonly quantity: PairQuantity }
  | {
      readonly kind: 'apply'
      readonly fn: ElementaryFunction
      readonly args: readonly number[]
    }

/** The last step is the result. */
export type PairProgram = readonly PairStep[]

/**
 * How the pairs are found. `self`: whether a cell may be joined to itself, where both sides are one
 * population. `repeats`: whether a pair may come twice.
 */
export type PatternRule =
  /** Each pair with the same probability, independently. */
  | { readonly kind: 'probability'; readonly p: number; readonly self: boolean }
  /** Each pair with a probability of its own; what is 0 or 1 is a condition. */
  | { readonly kind: 'pairs'; readonly program: PairProgram; readonly self: boolean }
  /** As many for each post cell (`in_degree`) or pre cell (`out_degree`), the others at random. */
  | {
      readonly kind: 'in_degree' | 'out_degree'
      readonly count: number
      readonly repeats: boolean
      readonly self: boolean
    }
  /** As many in all. */
  | {
      readonly kind: 'number'
      readonly count: number
      readonly repeats: boolean
      readonly self: boolean
    }
  /** Cell k to cell k. */
  | { readonly kind: 'one_to_one' }
  | { readonly kind: 'all'; readonly self: boolean }
  /** A list of pairs, or a scipy CSR archive of a matrix [post, pre]. */
  | { readonly kind: 'file'; readonly file: PatternFile }
  /** Those of another pattern, the other way round. */
  | { readonly kind: 'turned'; readonly of: PatternPlan }

/** The plan of a pattern; what is drawn depends on it, the seed and its name alone. */
export interface PatternPlan {
  readonly name: string
  /** How many cells there are on each side. */
  readonly pre: number
  readonly post: number
  /** As many synapses as memory is planned for; a draw of more is refused. */
  readonly capacity: number
  readonly rule: PatternRule
  /** The post cell that is pre cell j itself is j + shift, where both are of one population; default: 0. */
  readonly shift?: number
  /** Where the cells are; needed where a quantity of space is asked for. */
  readonly positions?: { readonly pre: PositionsPlan; readonly post: PositionsPlan }
}

/** An array [synapses] that the graph `init` reads as an input of this name. */
export interface PairValues {
  readonly name: string
  readonly pattern: string
  readonly quantity: PairQuantity
}

/** What was drawn: the synapses of pre cell j are `starts[j] .. starts[j + 1]`, to post cells `targets`. */
export interface DrawnPattern {
  readonly name: string
  readonly count: number
  /** [pre + 1] */
  readonly starts: Int32Array
  /** [count], ascending for each pre cell. */
  readonly targets: Int32Array
  /** Of a list in a file: the row, from 0, that each synapse stands in. [count] */
  readonly rows?: Int32Array
}

/** A pattern whose expected number of synapses varies by chance has room for so many deviations more. */
const DEVIATIONS = 8

/**
 * How many synapses a rule can give between so many cells: the number where it is fixed; else the mean,
 * 8 standard deviations and 16 more, at most every pair. Of a file, its header tells; of probabilities for
 * each pair, their sum does, so that both are told.
 */
export function capacityOf(
  rule: PatternRule,
  pre: number,
  post: number,
  told: {
    readonly rows?: number
    readonly mean?: number
    readonly variance?: number
    readonly shift?: number
  } = {},
): number {
  const { shift = 0 } = told
  const common = Math.max(0, Math.min(pre, post - shift) - Math.max(0, -shift))
  const same = 'self' in rule && !rule.self ? common : 0
  const pairs = pre * post - same
  const binomial = (mean: number, variance: number): number =>
    Math.min(pairs, Math.ceil(mean + DEVIATIONS * Math.sqrt(variance) + 16))
  switch (rule.kind) {
    case 'probability':
      return rule.p >= 1 ? pairs : binomial(pairs * rule.p, pairs * rule.p * (1 - rule.p))
    case 'pairs':
      if (told.mean === undefined) return pairs
      // Of a condition the number is known.
      if (told.variance === 0) return told.mean
      return binomial(told.mean, told.variance ?? told.mean)
    case 'in_degree':
      return post * rule.count
    case 'out_degree':
      return pre * rule.count
    case 'number':
      return rule.count
    case 'one_to_one':
      return Math.min(pre, post)
    case 'all':
      return pairs
    case 'file':
      return told.rows ?? pairs
    case 'turned':
      return rule.of.capacity
  }
}

/** The plan of the same synapses the other way round. */
export function turnedPlan(of: PatternPlan): PatternPlan {
  const { pre, post, capacity, shift, positions } = of
  return {
    name: `${of.name}, turned`,
    pre: post,
    post: pre,
    capacity,
    rule: { kind: 'turned', of },
    ...(shift !== undefined && { shift: -shift }),
    ...(positions && { positions: { pre: positions.post, post: positions.pre } }),
  }
}
