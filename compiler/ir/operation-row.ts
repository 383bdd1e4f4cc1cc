/** What is said of each operation of the tensor program: the columns of the table in `operations.ts`. */
import { noValue } from './ids.ts'
import type { GraphBuilder } from './builder.ts'
import type { IrNode, Operation, Shape, ValueId } from './ir.ts'
import type { OperationText } from './operation-text.ts'

export type Of<K extends Operation['op']> = Extract<Operation, { readonly op: K }>

/** Where a cotangent passes an operation: the node `result`, its operand `index`, the cotangent `g`. */
export interface Passage<K extends Operation['op']> {
  readonly b: GraphBuilder
  readonly node: Extract<IrNode, { readonly op: K }>
  readonly result: ValueId
  readonly index: number
  readonly g: ValueId
  /** See `derivatives.ts`. */
  readonly masked: boolean
  /** Of the operand. */
  readonly shape: Shape
  /** The other operand of a contraction, as the adjoint should read it; undefined blocks the path. */
  readonly read: (operand: ValueId) => ValueId | undefined
}

export interface Row<K extends Operation['op']> {
  /** From the shapes of the operands; of inputs and loads, which declare theirs, none. */
  readonly shape?: (operation: Of<K>, operands: readonly Shape[]) => Shape
  /** Whether a gradient passes to an operand; left out: it does if there is an adjoint. */
  readonly passes?: (operation: Of<K>, index: number) => boolean
  /** The share of the cotangent that belongs to an operand; undefined for none. */
  readonly adjoint?: (passage: Passage<K>) => ValueId | undefined
  /** A host scalar always, if its operands are and it is a single number, or never. */
  readonly host: 'always' | 'of host scalars' | 'never'
  /** Gives a number of numbers, without computing: targets with numbers of their own keep it as one. */
  readonly keepsNumber?: true
  /** Its value is that of its first operand: nothing is left to do where gradients are none. */
  readonly isOperand?: true
  /**
   * A product, a convolution, a product and a sum for each synapse, one operation for each element, or no
   * work at all.
   */
  readonly cost: 'product' | 'convolution' | 'synapses' | 'element' | 'nothing'
  /** What stands behind the operation's name (`.sum`) and behind the operands (`axis=1`). */
  readonly text?: (operation: Of<K>) => {
    readonly suffix?: string
    readonly attributes?: readonly string[]
  }
  /** The operation that a text is of; undefined if it is told too little. Leaves are read apart. */
  readonly read?: (text: OperationText) => Of<K> | undefined
}

export const first = (_: Operation, [a]: readonly Shape[]): Shape => a ?? []
export const one = (text: OperationText) => [text.args[0] ?? noValue] as const
export const two = (text: OperationText) =>
  [text.args[0] ?? noValue, text.args[1] ?? noValue] as const
export const dims = (text: OperationText): readonly number[] => (text.shape ?? []).map(Number)
