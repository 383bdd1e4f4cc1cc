/** The formulas of measures of weights: one number of all synapses that there are, however they are kept. */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'

/** Weights that are kept as a matrix (with a mask that is 0 where there is no synapse), or by synapse. */
export interface ExistingWeights {
  readonly value: ValueId
  /** Where it is 0 there is no synapse, and the weight is 0. */
  readonly mask?: ValueId
  /** Of weights by synapse. */
  readonly pattern?: string
}

/** `mean`, `std`, `variance` (the biased one), `sum`, `max_of` or `min_of`; NaN of no synapses, but for the sum. */
export function statisticOfWeights(
  b: GraphBuilder,
  name: string,
  all: readonly ExistingWeights[],
): ValueId {
  const over = (fn: 'add' | 'max' | 'min', of: (each: ExistingWeights) => ValueId): ValueId =>
    all.map(of).reduce((x, y) => b.map(fn, x, y))
  const present = ({ mask }: ExistingWeights, value: ValueId, otherwise: number): ValueId =>
    mask === undefined ? value : b.map('select', mask, value, b.constant(otherwise))
  const sum = over('add', ({ value }) => b.reduce('sum', value))
  if (name === 'sum') return sum
  const count = over('add', (each) => countOf(b, each))
  if (name === 'max_of' || name === 'min_of') {
    const fn = name === 'max_of' ? 'max' : 'min'
    const none = name === 'max_of' ? -Infinity : Infinity
    const most = over(fn, (each) => b.reduce(fn, present(each, each.value, none)))
    // 0 / 0 where there are none.
    return b.map('add', most, b.map('div', b.constant(0), count))
  }
  const mean = b.map('div', sum, count)
  if (name === 'mean') return mean
  const squares = over('add', (each) => {
    const square = b.map('square', b.map('sub', each.value, mean))
    return b.reduce('sum', present(each, square, 0))
  })
  const variance = b.map('div', squares, count)
  return name === 'std' ? b.map('sqrt', variance) : variance
}

function countOf(b: GraphBuilder, { value, mask, pattern }: ExistingWeights): ValueId {
  if (pattern !== undefined) return b.synapses(pattern)
  if (mask !== undefined) return b.reduce('sum', mask)
  return b.constant(b.shapeOf(value).reduce<number>((product, dim) => product * Number(dim), 1))
}
