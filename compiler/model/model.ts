/**
 * The model: a circuit with every name resolved, every motif, loop and variant expanded, every
 * shape known. This is what checks and lowering read. Cells, rules and functions are shared
 * definitions; populations and connections are their instances, with values for the parameters.
 *
 * Immutable; spans lead back to the source.
 */
import type {
  CellItem,
  ConnectivityProperty,
  Expression,
  ExperimentItem,
  FunctionItem,
  Identifier,
  PhaseItem,
  PlasticityItem,
  RangeExpression,
  Span,
  StpItem,
  SynapseItem,
  DatasetItem,
  Binding,
  SignalRole,
  StateMember,
  ReactionMember,
  Assignment,
} from '../../grammar/ast.ts'
import type { Dimension } from './units.ts'

/** A value known when the model is compiled. */
export type Value =
  | NumberValue
  | { readonly kind: 'boolean'; readonly value: boolean; readonly symbol?: ScalarSymbol }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly elements: readonly Value[]; readonly symbol?: string }
  | { readonly kind: 'function'; readonly definition: FunctionItem; readonly scope: Scope }
  | { readonly kind: 'population'; readonly population: Population }
  | { readonly kind: 'populations'; readonly family: string; readonly elements: readonly Population[] }

/** A number in SI units; `symbol` is the parameter arithmetic that it stands for, if any. */
export interface NumberValue {
  readonly kind: 'number'
  readonly value: number
  readonly dimension: Dimension
  readonly symbol?: ScalarSymbol
}

/**
 * Arithmetic over parameters, kept so that generated code computes with the parameter's name and
 * a parameter can be changed without compiling again.
 */
export type ScalarSymbol =
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'apply'; readonly fn: string; readonly args: readonly ScalarSymbol[] }

/** Names visible at a place; inner scopes shadow outer ones. */
export interface Scope {
  readonly file: string
  readonly parent?: Scope
  readonly values: ReadonlyMap<string, Value>
  readonly definitions: ReadonlyMap<string, Definition>
}

/** A named definition and the scope of the file that it stands in. */
export type Definition =
  | { readonly kind: 'cell'; readonly item: CellItem; readonly scope: Scope }
  | { readonly kind: 'stp'; readonly item: StpItem; readonly scope: Scope }
  | { readonly kind: 'synapse'; readonly item: SynapseItem; readonly scope: Scope }
  | { readonly kind: 'plasticity'; readonly item: PlasticityItem; readonly scope: Scope }
  | { readonly kind: 'dataset'; readonly item: DatasetItem; readonly scope: Scope }

/** A parameter as declared in the main file (or a library constant that is overridable there). */
export interface Param {
  readonly name: string
  readonly value: Value
  readonly doc?: string
  readonly unit?: string
  readonly range?: { readonly from?: number; readonly to?: number; readonly fromOpen: boolean; readonly toOpen: boolean }
  /** It decided a shape or a branch, so it cannot change without compiling again. */
  readonly structural: boolean
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
  readonly states: readonly StateMember[]
  readonly equations: readonly Equation[]
  readonly span: Span
}

/** An algebraic equation of a cell, after `extends` was resolved. */
export interface Equation {
  readonly name: string
  readonly role?: SignalRole
  readonly value: Expression
  readonly detected: boolean
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
  readonly initial?: { readonly value: Expression; readonly scope: Scope }
  /** Set by `init`/`tie` statements. */
  readonly tied?: { readonly value: Expression; readonly scope: Scope }
  readonly rule?: Instance<PlasticityItem>
  readonly span: Span
}

/** A cell type with its parameters bound: what one population is made of. */
export interface CellInstance {
  readonly name: string
  readonly scope: Scope
  readonly compartments: readonly Compartment[]
  readonly inputs: readonly CellInput[]
  readonly biases: readonly Bias[]
  readonly states: readonly StateMember[]
  readonly equations: readonly Equation[]
  readonly reactions: readonly ReactionMember[]
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
  readonly span: Span
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

export interface Connection {
  /** Storage name `W[0]`; a wire is named after what it joins. */
  readonly name: string
  /** `W`; undefined for a wire. */
  readonly family?: string
  readonly index?: number
  readonly source: { readonly population: Population; readonly signal: string }
  readonly target: { readonly population: Population; readonly compartment: string; readonly kind: 'compartment' | 'input' }
  readonly wire: boolean
  readonly synapse?: Instance<SynapseItem>
  readonly stp?: Instance<StpItem>
  readonly sign: Sign
  readonly transmit?: { readonly value: Expression; readonly scope: Scope; readonly span: Span }
  /** Undefined: zero delay. */
  readonly delay?: { readonly value: Expression; readonly scope: Scope; readonly span: Span }
  readonly connectivity: ConnectivityProperty['connectivity']
  readonly connectivityProperty?: ConnectivityProperty
  /** Shape of the weight: [post, pre] all-to-all, [n] one-to-one, [O, I, h, w] for a convolution. */
  readonly shape: readonly number[]
  readonly init?: WeightExpression
  readonly tied?: WeightExpression
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

export interface Experiment {
  readonly item: ExperimentItem
  /** Statements with those of the base experiment first. */
  readonly statements: ExperimentItem['statements']
  readonly scope: Scope
}

export interface Model {
  readonly name: string
  readonly path: string
  readonly doc?: string
  readonly params: readonly Param[]
  readonly scope: Scope
  readonly populations: readonly Population[]
  readonly connections: readonly Connection[]
  readonly matrices: readonly Matrix[]
  readonly lets: readonly Let[]
  readonly phases: readonly PhaseItem[]
  readonly experiments: readonly Experiment[]
  readonly variants: readonly { readonly name: string; readonly doc?: string }[]
}

export type { Binding, Identifier, RangeExpression }
