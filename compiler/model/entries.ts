/** What names stand for while a model is made: values, definitions, weights; and the scopes that they are found in. */
import type {
  CellItem,
  DatasetItem,
  FunctionItem,
  MotifItem,
  PlasticityItem,
  StpItem,
  SynapseItem,
} from '../../grammar/ast.ts'
import type { MapFunction } from '../ir/ir.ts'
import type { ModulatorEntry, Pattern, Population } from './model.ts'
import type { Dimension } from './units.ts'
import type { Watched } from './watch.ts'

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
  /** If it is known when `value` is looked at. */
  readonly watched?: Watched
}

export interface BooleanValue {
  readonly kind: 'boolean'
  readonly value: boolean
  readonly symbol?: ScalarSymbol
  /** A switch is known at once. */
  readonly watched?: undefined
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

/**
 * Arithmetic over parameters, kept so that generated code computes with the parameter's name and
 * a parameter can be changed without compiling again.
 */
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
  /** What a name stands for, if that is known already: nothing is evaluated for it. */
  settled(name: string): Entry | undefined
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
