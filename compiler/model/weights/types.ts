/** Axes and shapes of values of weights, and how two of them fit. */
import type { WeightElement } from '../bind/elements.ts'
import { endsOf } from '../bind/elements.ts'

/** What the axes of a value count, by population, and how many there are of each. */
export interface WeightType {
  /** [post, pre] of a matrix, [population] of a vector, [] of a number. */
  readonly axes: readonly string[]
  readonly shape: readonly number[]
}

/** A number fits everything. */
export const number: WeightType = { axes: [], shape: [] }

/**
 * How a value fits where another is needed: `swapped` if its axes are those of the other in the other
 * order, else by position; undefined if the shapes differ then.
 */
export function fit(found: WeightType, target: WeightType): 'plain' | 'swapped' | undefined {
  const isSwapped = isTurned(found, target)
  const shape = inOrder(found, target)
  const isEqual =
    shape.length === target.shape.length && shape.every((size, i) => size === target.shape[i])
  return isEqual ? (isSwapped ? 'swapped' : 'plain') : undefined
}

/** Whether a matrix has the axes of another in the other order. */
function isTurned({ axes, shape }: WeightType, target: WeightType): boolean {
  const [rows, columns] = axes
  return (
    axes.length === 2 &&
    shape.length === 2 &&
    rows !== columns &&
    rows === target.axes[1] &&
    columns === target.axes[0]
  )
}

/** The shape of a value with its axes in the order of another. */
export const inOrder = (found: WeightType, target: WeightType): readonly number[] =>
  isTurned(found, target) ? found.shape.toReversed() : found.shape

/** Whether two axes are those of two populations, in either order. */
export const joinsSame = (own: readonly string[], axes: readonly string[]): boolean =>
  (own[0] === axes[0] && own[1] === axes[1]) || (own[0] === axes[1] && own[1] === axes[0])

/** Whether an element joins the two populations, in either direction; of a `let` it is not known here. */
export function joins(element: WeightElement, axes: readonly string[]): boolean {
  switch (element.kind) {
    case 'connection':
      return joinsSame(endsOf(element.connection), axes)
    case 'matrix':
      return joinsSame([element.matrix.rows.name, element.matrix.columns.name], axes)
    case 'let':
      return false
  }
}

/** A shape for messages. */
export const shapeText = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`
