/**
 * The model: a circuit with every name resolved, every motif, loop and variant expanded, every
 * shape known. This is what checks and lowering read. Cells, rules and functions are shared
 * definitions; populations and connections are their instances, with values for the parameters. Immutable.
 */
import type {
  CellItem,
  ConnectivityProperty,
  ExperimentItem,
  ExperimentStatement,
  Expression,
  FunctionItem,
  PhaseItem,
  PlasticityItem,
  Pullback,
  RefractoryClause,
  Span,
  StpItem,
  SynapseItem,
  DatasetItem,
  MotifItem,
  SignalRole,
  StateMember,
  ReactionMember,
  Assignment,
} from '../../grammar/ast.ts'
import type { PatternPlan, PositionsPlan } from '../../contract/pattern.ts'
import type { ConvGeometry, MapFunction } from '../ir/ir.ts'
import type { Claim } from './claims.ts'
import type { Refinement } from './refinements.ts'
import type { Dimension } from './units.ts'

/** A value known when the model is compiled. */
export type Value =
  | NumberValue
  | BooleanValue
  | { readonly kind: 'string'; readonly value: string }
  | ListValue
  | FunctionValue
  /** A function of the language itself, passed by name. */
  | { readonly kind: 'builtin'; readonly name: string }
  | PopulationValue
  /** An array of populations. */
  | {
      readonly kind: 'populations'
      readonly family: string
      readonly elements: readonly Population[]
    }
  /** What `use` made: its members are found in its scope. */
  | { readonly kind: 'instance'; readonly name: string; readonly scope: Scope }
  | { readonly kind: 'instances'; readonly name: string; readonly elements: readonly Scope[] }

/** A number in SI units; `symbol` is the parameter arithmetic that it stands for, if any. */
export interface NumberValue {
  readonly kind: 'number'
  readonly value: number
  readonly dimension: Dimension
  readonly symbol?: ScalarSymbol
}

export interface BooleanValue {
  readonly kind: 'boolean'
  readonly value: boolean
  readonly symbol?: ScalarSymbol
}

export interface ListValue {
  readonly kind: 'list'
  readonly elements: readonly Value[]
}

export interface FunctionValue {
  readonly kind: 'function'
  readonly definition: FunctionItem
  readonly scope: Scope
}

export interface PopulationValue {
  readonly kind: 'population'
  readonly population: Population
}

/** Arithmetic over parameters, kept so that code computes with their names, and they can be changed without compiling again. */
export type ScalarSymbol =
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'apply'
      readonly fn: MapFunction
      readonly args: readonly ScalarSymbol[]
      /** How many numbers and functions it is, written out. */
      readonly size: number
    }

/** What a name can stand for: a value, a definition, or a weight (one, or a family of them). */
export type Entry = Value | Definition | WeightEntry | PatternEntry | ModulatorEntry

/** A weight, matrix or `let` name, found in the model once it is complete. */
export interface WeightEntry {
  readonly kind: 'weight'
  readonly family: string
  /** The element created in the same loop iteration; undefined for the whole family. */
  readonly index?: number
}

/** A declared pattern of synapses. */
export interface PatternEntry {
  readonly kind: 'pattern'
  readonly pattern: Pattern
}

/** Names visible at a place; inner scopes shadow outer ones. Entries are found when first asked for. */
export interface Scope {
  readonly file: string
  /** What names of populations and weights made here begin with: `fb.` inside `use ... as fb`. */
  readonly prefix: string
  lookUp(name: string): Entry | undefined
  /** Whether the name is declared, here or outside, though its value may have failed. */
  knows(name: string): boolean
  /** Every visible name, for suggestions. */
  names(): readonly string[]
}

/** A named definition and the scope of the file that it stands in. */
export type Definition =
  | { readonly kind: 'cell'; readonly item: CellItem; readonly scope: Scope }
  | { readonly kind: 'stp'; readonly item: StpItem; readonly scope: Scope }
  | { readonly kind: 'synapse'; readonly item: SynapseItem; readonly scope: Scope }
  | { readonly kind: 'plasticity'; readonly item: PlasticityItem; readonly scope: Scope }
  | { readonly kind: 'dataset'; readonly item: DatasetItem; readonly scope: Scope }
  | { readonly kind: 'motif'; readonly item: MotifItem; readonly scope: Scope }

/** A parameter as declared in the main file (or a library constant that is overridable there). */
export interface Param {
  readonly name: string
  readonly value: Value
  readonly doc?: string
  readonly unit?: string
  readonly range?: {
    readonly from?: number
    readonly to?: number
    readonly fromOpen: boolean
    readonly toOpen: boolean
  }
  /** It decided a shape or a branch, so it cannot change without compiling again. */
  readonly structural: boolean
  /** No part of the circuit reads it. */
  readonly unused: boolean
  readonly span: Span
}

/** A rule, cell, ... with values for its parameters, and the scope to evaluate its body in. */
export interface Instance<Item> {
  readonly item: Item
  readonly scope: Scope
  /** Where it was asked for. */
  readonly span: Span
}

export interface Compartment {
  readonly name: string
  readonly branches: number
  /** State equations inside of the compartment; empty for an instantaneous one. */
  readonly states: readonly State[]
  readonly equations: readonly Equation[]
  readonly span: Span
}

/** A variable with a state equation, and the scope of the definition that it stands in. */
export interface State {
  readonly member: StateMember
  readonly scope: Scope
}

/** An algebraic equation of a cell, after `extends` was resolved. */
export interface Equation {
  readonly name: string
  readonly role?: SignalRole
  readonly local?: boolean
  readonly value: Expression
  readonly detected: boolean
  readonly pullback?: Pullback
  readonly refractory?: RefractoryClause
  readonly resets: readonly Assignment[]
  readonly scope: Scope
  readonly span: Span
  readonly doc?: string
}

export interface CellInput {
  readonly name: string
  readonly scalar: boolean
  readonly value?: Expression
  readonly scope: Scope
  readonly span: Span
}

export interface Bias {
  /** Storage name: `h[0].k`. */
  readonly storage: string
  readonly name: string
  readonly initial?: WeightExpression
  /** Always equal to an expression of weights, by a `tie` statement. */
  readonly tied?: WeightExpression
  readonly rule?: Instance<PlasticityItem>
  /** One value for each channel of the population, shared by the units in it. */
  readonly perChannel: boolean
  /** A parameter of which the population gives each cell a value of its own. */
  readonly given?: true
  readonly span: Span
}

/** A cell type with its parameters bound: what one population is made of. */
export interface CellInstance {
  readonly name: string
  readonly scope: Scope
  readonly compartments: readonly Compartment[]
  readonly inputs: readonly CellInput[]
  readonly biases: readonly Bias[]
  readonly states: readonly State[]
  readonly equations: readonly Equation[]
  readonly reactions: readonly { readonly member: ReactionMember; readonly scope: Scope }[]
  readonly span: Span
}

export interface Population {
  /** `h[0]`, or `y`. */
  readonly name: string
  readonly family: string
  readonly index?: number
  readonly shape: readonly number[]
  /** Number of units: the product of the shape. */
  readonly size: number
  readonly cell: CellInstance
  /** Where its units are, if that is said. */
  readonly positions?: Positions
  /** Of some units of another population, a view of them: that population, and the first of them. */
  readonly slice?: { readonly of: Population; readonly start: number }
  readonly span: Span
}

/** Where the units of a population are: in metres, or without a unit. */
export interface Positions {
  readonly plan: PositionsPlan
  /** Of a length in them: that of metres, or none. */
  readonly dimension: Dimension
  readonly span: Span
}

/** Which units are joined, by one synapse each time: drawn or read once for all connections that share it. */
export interface Pattern {
  /** As declared, or that of the only connection that has it. */
  readonly name: string
  readonly source: Population
  readonly target: Population
  readonly plan: PatternPlan
  /** The mean number of synapses; undefined where only a file says it. */
  readonly expected: number | undefined
  /** Whether weights are kept for each synapse; else as a matrix [post, pre], 0 where there is none. */
  readonly sparse: boolean
  /** Why so, for people. */
  readonly why: string
  readonly span: Span
  /** What says which units are joined. */
  readonly said: Span
}

export type Sign = 'excitatory' | 'inhibitory' | 'unsigned'

export interface Bounds {
  readonly from?: NumberValue
  readonly to?: NumberValue
}

/** An expression to be lowered in a scope where weight and matrix families are visible. */
export interface WeightExpression {
  readonly value: Expression
  readonly scope: Scope
}

/** How a kernel leads from an image to a result, both [channels, height, width]. */
export interface Convolution {
  readonly geometry: ConvGeometry
  /** [result channels, image channels / groups, height, width] */
  readonly kernel: readonly [number, number, number, number]
  readonly image: readonly [number, number, number]
  readonly result: readonly [number, number, number]
  /** Whether signals go from the result to the image, as feedback does. */
  readonly transposed: boolean
}

export interface Connection {
  /** Storage name `W[0]`; a wire is named after what it joins. */
  readonly name: string
  /** `W`; undefined for a wire. */
  readonly family?: string
  readonly index?: number
  readonly source: { readonly population: Population; readonly signal: string }
  readonly target: {
    readonly population: Population
    readonly compartment: string
    readonly kind: 'compartment' | 'input'
  }
  readonly wire: boolean
  readonly synapse?: Instance<SynapseItem>
  readonly stp?: Instance<StpItem>
  readonly sign: Sign
  readonly transmit?: { readonly value: Expression; readonly scope: Scope; readonly span: Span }
  /** Undefined: zero delay, or one for each synapse. */
  readonly delay?: { readonly value: Expression; readonly scope: Scope; readonly span: Span }
  /** A delay for each synapse. */
  readonly delays?: WeightExpression
  readonly connectivity:
    'all_to_all' | 'one_to_one' | 'pattern' | 'mask' | 'conv' | 'conv_transpose'
  readonly connectivityProperty?: ConnectivityProperty
  /** Of a list of synapses: its weight is kept for each of them where `pattern.sparse`. */
  readonly pattern?: Pattern
  /** Whether it leads the other way than its pattern, from the pattern's targets to its sources. */
  readonly transposed?: true
  /** Of a convolution. */
  readonly convolution?: Convolution
  /** Shape of the weight: [post, pre] all-to-all, [n] one-to-one, [O, I, h, w] for a convolution. */
  readonly shape: readonly number[]
  /** How it begins; what is copied now and then begins as a copy where nothing else is said. */
  readonly init?: WeightExpression
  readonly tied?: WeightExpression
  /** Set to `value` after every step in which `when` holds. */
  readonly copied?: { readonly value: WeightExpression; readonly when: WeightExpression }
  readonly rule?: Instance<PlasticityItem>
  readonly bounds?: Bounds
  readonly span: Span
}

/** `matrix E[upper, lower] = ...` */
export interface Matrix {
  readonly name: string
  readonly family: string
  readonly index?: number
  readonly rows: Population
  readonly columns: Population
  readonly init: WeightExpression
  /** Whether it equals its expression at all times (`E: tied = ...`), not at the start alone. */
  readonly tied: boolean
  readonly span: Span
}

/** `let W_eff = W_direct - W_from_pv @ W_to_pv`, one for each element. */
export interface Let {
  readonly name: string
  readonly family: string
  readonly index?: number
  readonly value: WeightExpression
  readonly span: Span
}

/** `modulator dopamine = reward.r - 0.5`: a number of each example that all rules may read. */
export interface Modulator {
  readonly name: string
  readonly value: Expression
  readonly scope: Scope
  readonly span: Span
}

/** A modulator's name, which rules alone read. */
export interface ModulatorEntry {
  readonly kind: 'modulator'
  readonly modulator: Modulator
}

export interface Experiment {
  readonly item: ExperimentItem
  /** Statements with those of the base experiment first. */
  readonly statements: readonly ExperimentStatement[]
  readonly scope: Scope
}

export interface Model {
  readonly name: string
  readonly path: string
  /** The path from the project's folder on, for headers of generated files. */
  readonly source: string
  readonly doc?: string
  readonly params: readonly Param[]
  readonly scope: Scope
  readonly populations: readonly Population[]
  readonly connections: readonly Connection[]
  readonly matrices: readonly Matrix[]
  readonly lets: readonly Let[]
  readonly modulators: readonly Modulator[]
  /** Those that are declared, and those of single connections. */
  readonly patterns: readonly Pattern[]
  readonly phases: readonly PhaseItem[]
  /** What the model states of itself, in the form that was asked for. */
  readonly claims: readonly Claim[]
  /** Limits between the circuits of the file. */
  readonly refinements: readonly Refinement[]
  readonly experiments: readonly Experiment[]
  readonly variants: readonly { readonly name: string; readonly doc?: string }[]
}
