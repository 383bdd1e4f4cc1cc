/** The part of the syntax tree that builds circuit: populations, patterns, connections, loops, motifs, variants. */
import type {
  BoundsProperty,
  CircuitItem,
  DelayProperty,
  Documented,
  Expression,
  FixedProperty,
  Identifier,
  LearnProperty,
  Node,
  Parameter,
  RuleReference,
  SignProperty,
  StpProperty,
  StringLiteral,
} from './ast.ts'

/**
 * `population h[layers][hidden] : Pyramidal(p0)`; `count` is the first bracket of two.
 * `at grid(spacing = 50 um)` says where its units are.
 */
export interface PopulationItem extends Node, Documented {
  readonly kind: 'Population'
  readonly name: Identifier
  readonly count?: Expression
  readonly shape: readonly Expression[]
  readonly cell: RuleReference
  readonly positions?: RuleReference
}

/** `pattern P = e -> i random probability 0.02 no_self`: which units are joined, for several connections. */
export interface PatternItem extends Node, Documented {
  readonly kind: 'Pattern'
  readonly name: Identifier
  readonly source: Expression
  readonly target: Expression
  readonly connectivity: ConnectivityProperty
}

/**
 * `connect lower.event -> upper.soma as W : Depressing { init xavier_normal() learn Rule }`.
 * Without `as` and a synapse type it is a wire: one-to-one, weightless.
 */
export interface ConnectItem extends Node, Documented {
  readonly kind: 'Connect'
  readonly source: Expression
  readonly target: Expression
  readonly name?: Identifier
  readonly synapse?: RuleReference
  readonly properties: readonly ConnectProperty[]
}

export type ConnectProperty =
  | ConnectivityProperty
  | InitProperty
  | TiedProperty
  | LearnProperty
  | FixedProperty
  | BoundsProperty
  | DelayProperty
  | SignProperty
  | StpProperty

/**
 * `all_to_all no_self`, `all_to_all when distance < 100 um`, `one_to_one`, `random probability 0.1`,
 * `random in_degree 80`, `random out_degree 80`, `random synapses 1000 repeats`, `pairs "file.npz"`,
 * `pattern P`, `mask "file.npy"`, `conv 5x5 stride 2 padding 1 dilation 1 groups 1`,
 * `conv_transpose 5x5 stride 2`
 */
export interface ConnectivityProperty extends Node {
  readonly kind: 'ConnectivityProperty'
  readonly connectivity:
    | 'all_to_all'
    | 'one_to_one'
    | 'random'
    | 'pairs'
    | 'pattern'
    | 'mask'
    | 'conv'
    | 'conv_transpose'
  /** `5x5` of a convolution, or an expression that is both its height and its width. */
  readonly kernel?: readonly number[] | Expression
  /** `stride 2`, `probability 0.1`, ... by name. */
  readonly options: readonly { readonly name: Identifier; readonly value: Expression }[]
  /** `no_self`, `repeats`. */
  readonly flags: readonly Identifier[]
  /** What holds for the pairs that are joined. */
  readonly when?: Expression
  /** The declared pattern, or the connection, whose pattern this is. */
  readonly shared?: Expression
  /** The file of an explicit mask, or of a list of pairs. */
  readonly file?: StringLiteral
}

export interface InitProperty extends Node {
  readonly kind: 'InitProperty'
  readonly value: Expression
}

/**
 * `tied = -p0 * Y`: always equal to the expression, before the first step and after every update.
 * `tied = W when teacher`: set to the expression after every step in which the condition holds.
 */
export interface TiedProperty extends Node {
  readonly kind: 'TiedProperty'
  readonly value: Expression
  readonly when?: Expression
}

/** `matrix E[upper, lower] = xavier_normal(gain = 3.6)`: a matrix that is no synapse, drawn once. */
export interface MatrixItem extends Node, Documented {
  readonly kind: 'Matrix'
  readonly name: Identifier
  readonly rows: Expression
  readonly columns: Expression
  readonly value: Expression
}

/** `init sst.rest = row_sum(A)`, `tie h.b = row_sum(A)`: sets a bias from weights, once or always. */
export interface InitItem extends Node, Documented {
  readonly kind: 'Init'
  readonly target: Expression
  readonly value: Expression
  readonly always: boolean
}

/** `modulator dopamine = reward.r - 0.5`: a number of each example that all rules of the circuit may read. */
export interface ModulatorItem extends Node, Documented {
  readonly kind: 'Modulator'
  readonly name: Identifier
  readonly value: Expression
}

/** `let W_eff = W_direct - W_from_pv @ W_to_pv`: names an expression of weights. */
export interface LetItem extends Node, Documented {
  readonly kind: 'Let'
  readonly name: Identifier
  readonly value: Expression
}

/** `for (lower, upper) in [x, ...h, y] { ... }` (neighbours), `for p, i in h { ... }` (each) */
export interface ForItem extends Node {
  readonly kind: 'For'
  /** One name: each element. Two or more: each run of that many neighbours. */
  readonly names: readonly Identifier[]
  readonly index?: Identifier
  readonly list: Expression
  readonly body: readonly CircuitItem[]
}

/** `if CONDITION { ... } else { ... }`, decided at compile time. */
export interface IfItem extends Node {
  readonly kind: 'If'
  readonly test: Expression
  readonly then: readonly CircuitItem[]
  readonly otherwise: readonly CircuitItem[]
}

export interface MotifItem extends Node, Documented {
  readonly kind: 'Motif'
  readonly name: Identifier
  readonly parameters: readonly Parameter[]
  readonly body: readonly CircuitItem[]
}

/** `use Interneurons(lower, upper, 10) as fb` */
export interface UseItem extends Node, Documented {
  readonly kind: 'Use'
  readonly motif: RuleReference
  readonly name?: Identifier
}

/** `phase predict { teacher off }`: one of several passes that the model needs for each example. */
export interface PhaseItem extends Node, Documented {
  readonly kind: 'Phase'
  readonly name: Identifier
  readonly settings: readonly Setting[]
}

/**
 * `property local, single_phase`: what the model states of itself. In a variant it stands in the place
 * of what the file states.
 */
export interface ClaimItem extends Node, Documented {
  readonly kind: 'Claim'
  readonly names: readonly Identifier[]
}

/**
 * `continuous refines rates when settled { over 1 s, 2 s, 4 s  run settle against answer  h.e = h.e }`: the
 * circuit of one variant comes to that of another in a limit.
 */
export interface RefinementItem extends Node, Documented {
  readonly kind: 'Refinement'
  readonly left: Identifier
  readonly right: Identifier
  /** Of a parameter; absent of the length of the run (`when settled`). */
  /** `word`: `grow`, `grows`, `shrink` or `shrinks`. */
  readonly limit?: { readonly param: Identifier; readonly word: string }
  readonly members: readonly RefinementMember[]
}

export type RefinementMember = OverClause | RunClause | SeedsClause | Correspondence

/** `over 1 s, 2 s, 4 s`: values on the way to the limit. */
export interface OverClause extends Node {
  readonly kind: 'Over'
  readonly values: readonly Expression[]
}

/** `run settle against answer`: the experiments of the two circuits. */
export interface RunClause extends Node {
  readonly kind: 'RunAgainst'
  readonly left: Identifier
  readonly right: Identifier
}

/** `seeds 8`: over how many runs the difference is averaged. */
export interface SeedsClause extends Node {
  readonly kind: 'Seeds'
  readonly count: Expression
}

/** `h.e = h.e`: what corresponds, in the first circuit and in the second. */
export interface Correspondence extends Node {
  readonly kind: 'Correspondence'
  readonly left: Expression
  readonly right: Expression
}

/** `set p0 = 0.2`, or for a switch `teacher off`; `plasticity off` concerns all learning. */
export interface Setting extends Node {
  readonly kind: 'Setting'
  readonly name: Identifier
  readonly value: Expression
}

/** `variant symmetric extends other { Y: tied = W }` */
export interface VariantItem extends Node, Documented {
  readonly kind: 'Variant'
  readonly name: Identifier
  readonly base?: Identifier
  readonly changes: readonly VariantChange[]
}

export type VariantChange = SetChange | DropChange | PatchChange | AddChange | ClaimItem

/** `set hidden = 100` */
export interface SetChange extends Node {
  readonly kind: 'SetChange'
  readonly name: Identifier
  readonly value: Expression
}

/** `drop Q`: a connection family, or a population with all its connections. */
export interface DropChange extends Node {
  readonly kind: 'DropChange'
  readonly target: Expression
}

/** `Y: tied = W`, `y: cell Softmax(p0)`, `W: synapse Noisy(0.1)` */
export interface PatchChange extends Node {
  readonly kind: 'PatchChange'
  readonly target: Expression
  readonly properties: readonly (ConnectProperty | CellProperty | SynapseProperty)[]
}

export interface CellProperty extends Node {
  readonly kind: 'CellProperty'
  readonly reference: RuleReference
}

export interface SynapseProperty extends Node {
  readonly kind: 'SynapseProperty'
  readonly reference: RuleReference
}

/** A population, connection or other circuit item that the variant adds. */
export interface AddChange extends Node {
  readonly kind: 'AddChange'
  readonly item: CircuitItem
}
