/**
 * Truth in registers: what a comparison finds, and what is made of it, is kept as a mask (all bits of a
 * lane or none) and becomes 1 or 0 only where it is needed as a number.
 */
import type { MapFunction } from '../ir/ir.ts'
import { op, type Code } from './tree.ts'
import type { Lanes } from './lanes.ts'

const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const
type Comparison = (typeof comparisons)[number]

const asComparison = (fn: MapFunction | 'copy'): Comparison | undefined =>
  comparisons.find((each) => each === fn)

/** Whether a function takes that operand for truth: anything but 0 is true. */
export const takesTruth = (fn: MapFunction | 'copy', index: number): boolean =>
  fn === 'and' || fn === 'or' || fn === 'not' || (fn === 'select' && index === 0)

/** An operand in the form that is asked for. */
export interface Operands {
  readonly number: (index: number) => Code
  /** All bits set where it is not 0. */
  readonly mask: (index: number) => Code
}

/** The mask of a function whose result is truth; undefined for others. */
export function emitMask(
  lanes: Lanes,
  fn: MapFunction | 'copy',
  { number, mask }: Operands,
): Code | undefined {
  const comparison = asComparison(fn)
  if (comparison) return lanes.compare(comparison, number(0), number(1))
  switch (fn) {
    case 'and':
    case 'or':
      return op(`lanes.${fn}`, mask(0), mask(1))
    case 'not':
      // All bits set are no number, and equal to none.
      return lanes.compare('eq', mask(0), lanes.constant(0))
    default:
      return undefined
  }
}

/** Where a number is not 0. */
export const maskOf = (lanes: Lanes, number: Code): Code =>
  lanes.compare('ne', number, lanes.constant(0))

/** 1 where the mask is set, else 0. */
export const truthOf = (lanes: Lanes, mask: Code): Code => op('lanes.and', mask, lanes.constant(1))
