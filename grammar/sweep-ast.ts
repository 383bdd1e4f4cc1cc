/**
 * The abstract syntax of sweeps: one experiment, run at many points. See `ast.ts` for what holds of all
 * nodes.
 */
import type {
  Documented,
  Expression,
  Identifier,
  ListExpression,
  Node,
  ValueStatement,
} from './ast.ts'

/** `sweep feedback_gain { experiment digits  vary feedback in [0.5, 1, 2]  seeds 1..10 }` */
export interface SweepItem extends Node, Documented {
  readonly kind: 'Sweep'
  readonly name: Identifier
  readonly statements: readonly SweepStatement[]
}

export type SweepStatement =
  | SweepExperiment
  | VaryStatement
  | DrawStatement
  | SeedsStatement
  | ReportStatement
  | SweepStop
  | ValueStatement

/** `experiment digits`: what is run at each point; default the file's first. */
export interface SweepExperiment extends Node {
  readonly kind: 'SweepExperiment'
  readonly name: Identifier
}

/** `vary feedback in [0.5, 1, 2]`, `vary (layers, hidden) in [(1, 500), (2, 250)]` */
export interface VaryStatement extends Node {
  readonly kind: 'Vary'
  /** Parameters, or `variant`; several vary together. */
  readonly names: readonly Identifier[]
  /** A list, `log(...)` or `range(...)`; of several names a list with a list for each point. */
  readonly values: Expression | ListExpression
}

/** `sample 32 { rate = log_uniform(1e-3, 1) }`, `search 64 { ... } minimise error halving 3` */
export interface DrawStatement extends Node {
  readonly kind: 'Draw'
  readonly count: Expression
  readonly draws: readonly SweepDraw[]
  /** Of a search: what is to be small, or large. */
  readonly goal?: {
    readonly direction: 'minimise' | 'maximise'
    readonly figure: SweepFigure
    /** Of successive halving: by how much fewer points go on after each round. */
    readonly halving?: Expression
  }
}

/** `rate = log_uniform(1e-3, 1)` */
export interface SweepDraw extends Node {
  readonly kind: 'SweepDraw'
  readonly name: Identifier
  readonly value: Expression
}

/** `seeds 1..10` */
export interface SeedsStatement extends Node {
  readonly kind: 'SweepSeeds'
  readonly seeds: Expression
}

/** `report error, error best, loss at epoch 10` */
export interface ReportStatement extends Node {
  readonly kind: 'Report'
  readonly figures: readonly SweepFigure[]
}

/** A score or measure at its last evaluation, its best, at an epoch, or its mean over the last ones. */
export interface SweepFigure extends Node {
  readonly kind: 'SweepFigure'
  readonly value: Expression
  readonly when?:
    | { readonly at: 'best' }
    | { readonly at: 'epoch'; readonly epoch: Expression }
    | { readonly at: 'last'; readonly count: Expression }
}

/** `stop when error > 80 % at epoch 3`: a point that does so badly goes no further. */
export interface SweepStop extends Node {
  readonly kind: 'SweepStop'
  readonly condition: Expression
  readonly epoch?: Expression
}

/** What is part of a sweep's statement. */
export type SweepPart = SweepDraw | SweepFigure
