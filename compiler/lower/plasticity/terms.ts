/**
 * Sums of terms: how a rule's value is kept at a synapse. Each term is a product of a postsynaptic part
 * [examples, post], a presynaptic part [examples, pre], a part of the weight's own shape, and a scalar; where
 * weights are kept by synapse also of a part [examples, synapses].
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'

/** A product; absent parts are 1. */
export interface Term {
  readonly post?: ValueId
  readonly pre?: ValueId
  readonly weight?: ValueId
  readonly synapse?: ValueId
  readonly scalar?: ValueId
}

export const parts = ['post', 'pre', 'weight', 'synapse', 'scalar'] as const
export type Part = (typeof parts)[number]

export function multiply(
  builder: GraphBuilder,
  a: ValueId | undefined,
  b: ValueId | undefined,
): ValueId | undefined {
  if (a === undefined) return b
  return b === undefined ? a : builder.map('mul', a, b)
}

/** The product of two sums of terms. */
export function product(
  builder: GraphBuilder,
  left: readonly Term[],
  right: readonly Term[],
): readonly Term[] {
  return left.flatMap((a) =>
    right.map((b) => {
      const both: Partial<Record<Part, ValueId>> = {}
      for (const part of parts) {
        const value = multiply(builder, a[part], b[part])
        if (value !== undefined) both[part] = value
      }
      return both
    }),
  )
}

/** Each term divided by the parts of another. */
export function quotient(
  builder: GraphBuilder,
  above: readonly Term[],
  divisor: Term,
): readonly Term[] {
  return above.map((a) => {
    const result: Partial<Record<Part, ValueId>> = {}
    for (const part of parts) {
      const below = divisor[part]
      const own = a[part] ?? (below === undefined ? undefined : builder.constant(1))
      if (own !== undefined)
        result[part] = below === undefined ? own : builder.map('div', own, below)
    }
    return result
  })
}

export function scale(builder: GraphBuilder, term: Term, factor: ValueId): Term {
  return { ...term, scalar: multiply(builder, term.scalar, factor) ?? factor }
}

/** The one part that all values are made of, besides scalars; undefined if there are several. */
export function singlePart(values: readonly (readonly Term[])[]): Part | undefined {
  const found = new Set<Part>()
  for (const term of values.flat()) {
    for (const part of ['post', 'pre', 'weight', 'synapse'] as const)
      if (term[part] !== undefined) found.add(part)
  }
  // What is one for each synapse is so in every example.
  if (found.has('synapse')) found.delete('weight')
  if (found.size > 1) return undefined
  return [...found][0] ?? 'scalar'
}

/** The sum of terms that are made of one part. */
export function collapse(builder: GraphBuilder, terms: readonly Term[], part: Part): ValueId {
  let total: ValueId | undefined
  for (const term of terms) {
    const own = part === 'scalar' ? undefined : term[part]
    const both = part === 'synapse' ? multiply(builder, own, term.weight) : own
    const value = multiply(builder, both, term.scalar) ?? builder.constant(1)
    total = total === undefined ? value : builder.map('add', total, value)
  }
  return total ?? builder.constant(0)
}

const described = {
  pre: 'presynaptic values',
  post: 'postsynaptic values',
  weight: 'values of the synapse itself (`w`, or a state of the rule)',
  synapse: 'what arrives at each synapse in its own time',
} as const

/** What values are made of, in words. */
export function partsOf(values: readonly (readonly Term[])[]): string {
  const terms = values.flat()
  const words = (['pre', 'post', 'weight', 'synapse'] as const).flatMap((part) =>
    terms.some((term) => term[part] !== undefined) ? [described[part]] : [],
  )
  return [words.slice(0, -1).join(', '), words.at(-1) ?? '']
    .filter((each) => each !== '')
    .join(' and ')
}
