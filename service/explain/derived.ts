/** What a derivation comes to, of each weight and of the whole. */
import type { Expression, NamedAtom } from '../../compiler/analysis/expressions.ts'
import type { Series } from '../../compiler/analysis/series.ts'
import type { Teacher } from './graph.ts'

/** A variable that rests at 0, though its equation does not say so. */
export interface Fact {
  readonly variable: string
  /** What is 0. */
  readonly value: Expression
  /** The weights that it takes, if it is theirs; else the parameters. */
  readonly weights: readonly string[]
  readonly parameters: readonly string[]
}

/** A weight that learns. */
export interface Derived {
  readonly name: string
  readonly update?: Series
  readonly descent?: Series
  /** The change in the variables' names, as the file says it. */
  readonly change?: Expression
  /** What that is times gradient descent, where it is. */
  readonly descents?: number
  /** Why there is no series. */
  readonly open?: string
}

/** The teacher with the answer without teaching, and what it departs from that by. */
export interface Deviation {
  readonly teacher: Teacher
  readonly answer: Expression
  readonly symbol: NamedAtom
}

/** How draws are taken: at their mean, or as what is small, in expectation. */
export type Draws = 'mean' | 'noise'
