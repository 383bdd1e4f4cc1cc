/**
 * What the nodes of expressions of weights mean: initial values, ties, `let`s, matrices, biases. Bound
 * once (`bind.ts`); checks and lowering read it here and look no name up.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { PairQuantity } from '../../../contract/pattern.ts'
import { walk } from '../../../grammar/walk.ts'
import type { WeightElement } from '../bind/elements.ts'
import type { Dimension } from '../units.ts'
import type { Bias, BooleanValue, NumberValue, Population, WeightExpression } from '../model.ts'

/** A draw, or another way to begin, with its options. */
export interface Initialiser {
  readonly kind: 'initialiser'
  readonly name: string
  /** Numbers by name, standards included. */
  readonly numbers: ReadonlyMap<string, NumberValue>
  /** Which fan counts. */
  readonly fan: 'in' | 'out'
  /** Of `file`. */
  readonly path?: string
  readonly array?: string
}

/** What a node of an expression of weights means. */
export type WeightReference =
  /** Weights, matrices and `let`s; of a circuit that is whole one, where one is needed. */
  | {
      readonly kind: 'weights'
      readonly elements: readonly WeightElement[]
      /** An index that the family does not have. */
      readonly outside?: { readonly index: number; readonly count: number }
    }
  | { readonly kind: 'bias'; readonly population: Population; readonly bias: Bias }
  /** Of the pair of units of each synapse, where a weight or its delay begins. */
  | { readonly kind: 'pair'; readonly quantity: PairQuantity; readonly dimension: Dimension }
  /** The number of each cell, of what cells have. */
  | { readonly kind: 'index' }
  /** Known when the model is compiled. */
  | { readonly kind: 'value'; readonly value: NumberValue | BooleanValue }
  /** Of a callee. */
  | { readonly kind: 'function'; readonly name: string }
  /** Of a call. */
  | Initialiser
  /** The part of an `if` that counts. */
  | { readonly kind: 'branch'; readonly taken: Expression }
  /** Nothing that is known: it was reported, or follows from what was. */
  | { readonly kind: 'unknown' }

export const unknownWeight: WeightReference = { kind: 'unknown' }

/** References by expression and node: an expression stands in as many scopes as there are weights it sets. */
export class WeightReferences {
  readonly #tables = new WeakMap<WeightExpression, Map<Expression, WeightReference>>()
  readonly #failed = new WeakSet<WeightExpression>()

  set(expression: WeightExpression, node: Expression, reference: WeightReference): void {
    const known = this.#tables.get(expression)
    if (known) known.set(node, reference)
    else this.#tables.set(expression, new Map([[node, reference]]))
  }

  /** What is known of a node; undefined of one that is only computed with. */
  find(expression: WeightExpression, node: Expression): WeightReference | undefined {
    return this.#tables.get(expression)?.get(node)
  }

  /** Every reference in an expression. */
  all(expression: WeightExpression): readonly WeightReference[] {
    return [...(this.#tables.get(expression)?.values() ?? [])]
  }

  /** Leaves out a part that does not count: the other branch of an `if`. */
  forget(expression: WeightExpression, part: Expression): void {
    const table = this.#tables.get(expression)
    walk(part, (node) => void table?.delete(node as Expression))
  }

  /** Notes that something is wrong with an expression besides its names, which was reported. */
  fail(expression: WeightExpression): void {
    this.#failed.add(expression)
  }

  hasFailed(expression: WeightExpression): boolean {
    return this.#failed.has(expression)
  }
}
