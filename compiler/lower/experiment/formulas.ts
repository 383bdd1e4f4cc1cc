/** The formulas of measures: what one number of many is. */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'

/**
 * Angle in degrees (Kahan's formula, accurate for small angles too), or ratio of norms. Without a
 * value, which is NaN, where a vector is zero; infinite where the length of one is not finite.
 */
export function compare(
  b: GraphBuilder,
  kind: 'angle' | 'ratio',
  pairs: readonly (readonly [ValueId, ValueId])[],
): ValueId {
  const total = (of: readonly ValueId[]): ValueId => {
    const sums = of.map((each) => b.reduce('sum', b.map('square', each)))
    return b.map(
      'sqrt',
      sums.reduce((x, y) => b.map('add', x, y)),
    )
  }
  const left = pairs.map(([x]) => x)
  const right = pairs.map(([, y]) => y)
  const leftNorm = total(left)
  const rightNorm = total(right)
  const isFinite = b.map('lt', b.map('add', leftNorm, rightNorm), b.constant(Infinity))
  const orInfinite = (value: ValueId): ValueId =>
    b.map('select', isFinite, value, b.constant(Infinity))
  if (kind === 'ratio') {
    // Nothing is so many times as long as zero: 0/0 in place of x/0.
    const isZero = b.map('eq', rightNorm, b.constant(0))
    const over = b.map('select', isZero, b.constant(0), leftNorm)
    return orInfinite(b.map('div', over, rightNorm))
  }
  const unitLeft = left.map((x) => b.map('div', x, leftNorm))
  const unitRight = right.map((y) => b.map('div', y, rightNorm))
  const difference = total(unitLeft.map((x, i) => b.map('sub', x, unitRight[i] ?? x)))
  const sum = total(unitLeft.map((x, i) => b.map('add', x, unitRight[i] ?? x)))
  const radians = b.map('mul', b.constant(2), b.map('atan', b.map('div', difference, sum)))
  return orInfinite(b.map('mul', b.constant(180 / Math.PI), radians))
}

/** What a measure of vectors comes to, those of all elements together as one. */
export function figureOf(
  b: GraphBuilder,
  kind: 'angle' | 'ratio' | 'norm',
  all: readonly { readonly left: ValueId; readonly right?: ValueId }[],
): ValueId {
  if (kind !== 'norm')
    return compare(
      b,
      kind,
      all.map(({ left, right = left }) => [left, right]),
    )
  const squares = all.map(({ left }) => b.reduce('sum', b.map('square', left)))
  return b.map(
    'sqrt',
    squares.reduce((x, y) => b.map('add', x, y)),
  )
}

/** A statistic over all examples and units; the variance is the biased one. */
export function statistic(b: GraphBuilder, name: string, value: ValueId): ValueId {
  switch (name) {
    case 'sum':
    case 'mean':
      return b.reduce(name, value)
    case 'max_of':
      return b.reduce('max', value)
    case 'min_of':
      return b.reduce('min', value)
    default: {
      const variance = b.reduce(
        'mean',
        b.map('square', b.map('sub', value, b.reduce('mean', value))),
      )
      return name === 'std' ? b.map('sqrt', variance) : variance
    }
  }
}
