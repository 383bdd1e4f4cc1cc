/** What the text of an operation holds, and how the geometry of convolutions is written. */
import type { ConvGeometry, Graph, Shape, ValueId } from './ir.ts'
import { formatShape } from './shapes.ts'
import type { Attributes } from './text.ts'

/** The parts of `reduce.sum(%x^T, axes=[0]) : [3]`. */
export interface OperationText {
  /** Behind the point of the name. */
  readonly suffix: string | undefined
  readonly args: readonly ValueId[]
  /** Whether `^T` stands behind each operand. */
  readonly transposed: readonly boolean[]
  readonly attributes: Attributes
  /** As declared. */
  readonly shape: Shape | undefined
  readonly pullback: Graph | undefined
}

/** What differs from a plain convolution. */
export function geometryText({ stride, padding, dilation, groups }: ConvGeometry): string[] {
  const pairs = [
    ['stride', stride, 1],
    ['padding', padding, 0],
    ['dilation', dilation, 1],
  ] as const
  const changed = pairs.filter(([, pair, usual]) => pair.some((size) => size !== usual))
  return [
    ...changed.map(([name, pair]) => `${name}=${formatShape(pair)}`),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
  ]
}

/** The same read back. */
export function geometryOf(attributes: Attributes): ConvGeometry {
  const pair = (name: string, usual: number): readonly [number, number] => {
    const given = attributes[name]
    return Array.isArray(given) ? [Number(given[0]), Number(given[1])] : [usual, usual]
  }
  return {
    stride: pair('stride', 1),
    padding: pair('padding', 0),
    dilation: pair('dilation', 1),
    groups: Number(attributes['groups'] ?? 1),
  }
}
