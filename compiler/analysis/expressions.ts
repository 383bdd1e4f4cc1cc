/**
 * The expressions of the symbolic analysis: sums of products of atoms, as one writes them on paper.
 *
 * An expression says what one example computes: the axis of examples of the tensor program is not there, so
 * that what a population has is a vector (or an image [C, H, W]) and a product over the examples is an outer
 * product. Products are element-wise, shapes broadcast as in NumPy; numbers are of shape []. Expressions and
 * atoms are made by an `Algebra` alone, which makes each once: equal ones are identical.
 */
import type { ElementaryFunction } from '../../contract/elementary.ts'
import type { ConvGeometry, PatternSides } from '../ir/ir.ts'

/** Sizes of the axes, without that of the examples. */
export type Shape = readonly number[]

/** A sum of terms; none is 0. Terms are ordered by what they are of. */
export interface Expression {
  readonly id: number
  readonly shape: Shape
  readonly terms: readonly Term[]
}

/** A number times a product of atoms, ordered by their ids; no atom stands twice. */
export interface Term {
  readonly coefficient: number
  readonly factors: readonly Factor[]
}

/** An atom to a power that is not 0. */
export interface Factor {
  readonly atom: Atom
  readonly power: number
}

/** What a symbol stands for. */
export type SymbolRole =
  | 'parameter'
  | 'rate'
  | 'weight'
  | 'input'
  /** A variable of the circuit without teaching. */
  | 'variable'
  /** What the teacher departs by from the answer. */
  | 'deviation'
  /** A draw, of mean 0 and variance 1. */
  | 'noise'
  | 'state'
  /** A power of the series of a state that is being solved for. */
  | 'unknown'

/** A name. Of a variable, `definition` says what it is; of a weight that is tied, what it always equals. */
export interface NamedAtom {
  readonly kind: 'symbol'
  readonly id: number
  readonly shape: Shape
  readonly name: string
  readonly role: SymbolRole
  readonly definition?: Expression
  /** What its elements sum to, where that is known. */
  readonly total?: number
}

/** An element-wise function. */
export interface Application {
  readonly kind: 'function'
  readonly id: number
  readonly shape: Shape
  readonly fn: ElementaryFunction
  readonly args: readonly Expression[]
}

/** A sum of several terms as a factor. Its largest coefficient is 1. */
export interface Group {
  readonly kind: 'group'
  readonly id: number
  readonly shape: Shape
  readonly sum: Expression
}

/** What is not element-wise. */
export type StructureForm =
  /** M v. */
  | { readonly op: 'matvec' }
  /** M N. */
  | { readonly op: 'matmul' }
  /** a b^T. */
  | { readonly op: 'outer' }
  | { readonly op: 'transpose' }
  /** M^-1. */
  | { readonly op: 'inverse' }
  /** The matrix with a vector on its diagonal. */
  | { readonly op: 'diagonal' }
  | { readonly op: 'sum'; readonly axes: readonly number[]; readonly keep: boolean }
  | {
      readonly op: 'largest' | 'smallest'
      readonly axes: readonly number[]
      readonly keep: boolean
    }
  | { readonly op: 'reshape' | 'broadcast'; readonly to: Shape }
  | { readonly op: 'identity'; readonly to: Shape }
  | { readonly op: 'slice'; readonly axis: number; readonly start: number; readonly size: number }
  | { readonly op: 'concat'; readonly axis: number }
  | { readonly op: 'conv'; readonly geometry: ConvGeometry }
  | {
      readonly op: 'convImageGradient' | 'convKernelGradient'
      readonly geometry: ConvGeometry
      readonly to: Shape
    }
  | {
      readonly op: 'toMatrix' | 'fromMatrix'
      readonly pattern: PatternSides
    }
  | {
      readonly op: 'toSynapses' | 'fromSynapses'
      readonly pattern: PatternSides
      readonly side: 'pre' | 'post'
    }

export interface Structure {
  readonly kind: 'structure'
  readonly id: number
  readonly shape: Shape
  readonly form: StructureForm
  readonly args: readonly Expression[]
}

export type Atom = NamedAtom | Application | Group | Structure

/** Whether an expression is 0. */
export const isZero = ({ terms }: Expression): boolean => terms.length === 0

/** The number that an expression is; undefined for others. */
export function numberOf({ terms }: Expression): number | undefined {
  if (terms.length === 0) return 0
  const [term] = terms
  return terms.length === 1 && term!.factors.length === 0 ? term!.coefficient : undefined
}

/** The atom that an expression is alone; undefined for others. */
export function atomOf({ terms }: Expression): Atom | undefined {
  const [term] = terms
  if (terms.length !== 1 || term!.coefficient !== 1 || term!.factors.length !== 1) return undefined
  const [factor] = term!.factors
  return factor!.power === 1 ? factor!.atom : undefined
}

/** Whether a shape is that of a number. */
export const isScalar = ({ shape }: { readonly shape: Shape }): boolean => shape.length === 0

/** How many elements there are. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis])

/** The shape that both broadcast to. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a]
  const offset = long.length - short.length
  return long.map((size, axis) => {
    const other = axis < offset ? 1 : short[axis - offset]!
    return size === 1 ? other : size
  })
}

/** What a derivation cannot follow, in a few words: 'spikes', 'a delay'. */
export class NotClosed extends Error {
  override readonly name = 'NotClosed'
}

/** Every atom that an expression is made of, inner ones too; those of definitions where `within` says so. */
export function visitAtoms(
  expression: Expression,
  visit: (atom: Atom) => void,
  within: (atom: NamedAtom) => boolean = () => false,
): void {
  const seen = new Set<number>()
  const walk = ({ terms }: Expression): void => {
    for (const { factors } of terms) {
      for (const { atom } of factors) {
        if (seen.has(atom.id)) continue
        seen.add(atom.id)
        visit(atom)
        if (atom.kind === 'group') walk(atom.sum)
        else if (atom.kind !== 'symbol') atom.args.forEach(walk)
        else if (atom.definition && within(atom)) walk(atom.definition)
      }
    }
  }
  walk(expression)
}
