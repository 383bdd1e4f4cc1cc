/**
 * What the passes know of operations that are linear in each operand, and of factors: products of
 * host scalars with a sign. Shared by `fold-contractions.ts` and `tie.ts`.
 */
import type { IrNode, Shape, ValueId } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { isContraction } from '../ir/operations.ts'
import { elementCount } from '../ir/shapes.ts'
import { scaledTensor } from './fold-map.ts'
import type { Rewriter } from './rewrite.ts'

export { isContraction }

/** An operation that is linear in each of two operands. */
export type Contraction = Extract<
  IrNode,
  { readonly op: 'matmul' | 'conv' | 'convImageGradient' | 'convKernelGradient' }
>

/** A factor: a product of host scalars, and a sign. */
export interface Factor {
  readonly scalars: readonly ValueId[]
  readonly negative: boolean
}

/** The factor 1. */
export const one: Factor = { scalars: [], negative: false }

/** The factor -1. */
export const minusOne: Factor = { scalars: [], negative: true }

/** Whether a factor is 1. */
export function isOne({ scalars, negative }: Factor): boolean {
  return scalars.length === 0 && !negative
}

/** The product of two factors. */
export function times(a: Factor, b: Factor): Factor {
  return { scalars: [...a.scalars, ...b.scalars], negative: a.negative !== b.negative }
}

/** The factor and the rest of a product with a host scalar or of a negation, if `node` is one. */
export function splitFactor(
  r: Rewriter,
  node: IrNode,
): { readonly factor: Factor; readonly rest: ValueId } | undefined {
  if (node.op !== 'map') return undefined
  if (node.fn === 'neg') return { factor: minusOne, rest: nodeAt(node.args, 0) }
  const product = scaledTensor(r, node)
  return product && { factor: factorOf(r, product.scale), rest: product.value }
}

/** All the factors of a value. */
export function splitFactors(r: Rewriter, value: ValueId): { factor: Factor; rest: ValueId } {
  const split = splitFactor(r, r.nodeOf(value))
  if (!split) return { factor: one, rest: value }
  const { factor, rest } = splitFactors(r, split.rest)
  return { factor: times(split.factor, factor), rest }
}

/** A host scalar as a factor, its sign apart as far as it is known. */
export function factorOf(r: Rewriter, scale: ValueId): Factor {
  const node = r.nodeOf(scale)
  if (node.op === 'const' && node.value < 0) {
    return { scalars: node.value === -1 ? [] : [r.constant(-node.value)], negative: true }
  }
  if (node.op === 'map' && node.fn === 'neg') {
    return { scalars: [nodeAt(node.args, 0)], negative: true }
  }
  return { scalars: [scale], negative: false }
}

/** The value times the factor, by at most one multiplication of its size. */
export function applyFactor(r: Rewriter, { scalars, negative }: Factor, value: ValueId): ValueId {
  if (scalars.length === 0) return negative ? r.map('neg', value) : value
  const product = scalars.reduce((a, b) => r.map('mul', a, b))
  return r.map('mul', negative ? r.map('neg', product) : product, value)
}

/** Synapses are many, however many there come to be. */
const MANY = 2 ** 16

/** The number of elements for comparisons: a batch counts as 32. */
export function sizeOf(shape: Shape): number {
  return elementCount(shape, 32, () => MANY)
}

/** Appends the same contraction of other operands; `flips` turn the flags of a matrix product. */
export function contract(
  r: Rewriter,
  node: Contraction,
  operands: readonly [ValueId, ValueId],
  flips: readonly [boolean, boolean] = [false, false],
): ValueId {
  switch (node.op) {
    case 'matmul': {
      const transposeLeft = node.transposeLeft !== flips[0]
      const transposeRight = node.transposeRight !== flips[1]
      return r.emit({ op: 'matmul', args: operands, transposeLeft, transposeRight })
    }
    case 'conv':
      return r.emit({ op: 'conv', args: operands, geometry: node.geometry })
    case 'convImageGradient': {
      const { op, geometry, imageShape } = node
      return r.emit({ op, args: operands, geometry, imageShape })
    }
    case 'convKernelGradient': {
      const { op, geometry, kernelShape } = node
      return r.emit({ op, args: operands, geometry, kernelShape })
    }
  }
}
