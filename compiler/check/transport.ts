/**
 * Weight transport: a weight that is always, or after some steps, set to an expression of weights that
 * learn between the same two populations in the other direction, or between populations that relay to
 * them. A weight that only begins as a copy is none; the two part as they learn.
 */
import type { Context } from '../model/context.ts'
import type { Connection, Model } from '../model/model.ts'
import { endsOf } from '../model/bind/elements.ts'
import { isTied, madeOf } from '../model/weights/made-of.ts'
import type { WeightReferences } from '../model/weights/reference.ts'

/** Remarks every family that is a copy of learning weights, once. */
export function remarkTransport(
  context: Context,
  model: Model,
  references: WeightReferences,
): void {
  const relays = relaysOf(model)
  const remarked = new Set<string>()
  for (const connection of model.connections) {
    const { family, span } = connection
    if (!isTied(connection) || family === undefined || remarked.has(family)) continue
    const source = copiedFrom(references, relays, connection)
    if (!source) continue
    remarked.add(family)
    context.report('weightTransport', span, {
      weight: family,
      source: source.family ?? source.name,
    })
  }
}

/** The learning weight in the opposite direction that a tied weight is made of, if any. */
function copiedFrom(
  references: WeightReferences,
  relays: Relays,
  connection: Connection,
): Connection | undefined {
  const [post, pre] = endsOf(connection)
  return madeOf(references, connection).find(
    ({ rule, source, target }) =>
      rule !== undefined &&
      relays(target.population.name, pre) &&
      relays(post, source.population.name),
  )
}

/** Whether what one population emits reaches the other unit by unit: it is the same, or relayed. */
type Relays = (from: string, to: string) => boolean

/**
 * Populations that pass on unit by unit what they hear, through one-to-one connections: a copy of a
 * weight onto such a relay is a copy onto what is behind it.
 */
function relaysOf(model: Model): Relays {
  const next = new Map<string, string[]>()
  for (const { connectivity, source, target } of model.connections) {
    const { name, cell } = target.population
    const isScalar = cell.inputs.some((each) => each.scalar && each.name === target.compartment)
    if (connectivity !== 'one_to_one' || isScalar) continue
    const from = source.population.name
    next.set(from, [...(next.get(from) ?? []), name])
  }
  return (from, to) => {
    const seen = new Set([from])
    for (const name of seen) {
      if (name === to) return true
      for (const other of next.get(name) ?? []) seen.add(other)
    }
    return false
  }
}
