/**
 * Certificates: what holds of a circuit, with what shows it. A certificate is a tree of facts, each a
 * sentence and the place that it is read from; nothing in it is believed, all follows from the bound model.
 */
import type { Span } from '../../../grammar/ast.ts'
import type { PropertyName } from '../../model/claims.ts'

/** One thing that is so, and what it rests on. */
export interface Fact {
  /** A clause without a full stop: `` `post.e` is the event rate of `h` ``. */
  readonly text: string
  readonly span?: Span
  /** It is why the property does not hold. */
  readonly breaks?: true
  readonly facts?: readonly Fact[]
}

/** Whether a circuit has a property, and why. */
export interface Certificate {
  readonly property: PropertyName
  readonly holds: boolean
  /** A sentence without a full stop. */
  readonly summary: string
  /** Where the model states the property, if it does. */
  readonly stated?: Span
  readonly facts: readonly Fact[]
}

/** The facts that break a property, the innermost ones, in their order. */
export function breaksOf(facts: readonly Fact[]): readonly Fact[] {
  return facts.flatMap((fact) => {
    const inner = breaksOf(fact.facts ?? [])
    if (inner.length > 0) return inner
    return fact.breaks ? [fact] : []
  })
}

/** Facts without those that say the same of the same place: of elements of one family. */
export function withoutRepeats(facts: readonly Fact[]): readonly Fact[] {
  const seen = new Set<string>()
  return facts.filter((fact) => {
    const key = JSON.stringify(fact)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
