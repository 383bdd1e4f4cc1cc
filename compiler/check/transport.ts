/**
 * Weight transport: a weight that is always, or after some steps, set to an expression of weights that
 * learn between the same two populations in the other direction. A weight that only begins as a copy is none; the two
 * part as they learn.
 */
import type { Context } from '../model/context.ts'
import type { Connection, Model } from '../model/model.ts'
import { elementsOf, endsOf, readBy, type Elements } from '../model/bind/elements.ts'

/** Remarks every family that is a copy of learning weights, once. */
export function remarkTransport(context: Context, model: Model): void {
  const elements = elementsOf(model)
  const remarked = new Set<string>()
  for (const connection of model.connections) {
    const { family, span } = connection
    if (!followed(connection) || family === undefined || remarked.has(family)) continue
    const source = copiedFrom(elements, connection)
    if (!source) continue
    remarked.add(family)
    context.report('weightTransport', span, {
      weight: family,
      source: source.family ?? source.name,
    })
  }
}

/** What a weight is equal to, always or after some steps. */
const followed = ({ tied, copied }: Connection): Connection['tied'] => tied ?? copied?.value

/** The learning weight in the opposite direction that a tied weight is made of, if any. */
function copiedFrom(elements: Elements, connection: Connection): Connection | undefined {
  const [post, pre] = endsOf(connection)
  const seen = new Set<string>([connection.name])
  const first = followed(connection)
  const pending = first ? [first] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const element of readBy(elements, next, [post, pre])) {
      if (seen.has(element.name)) continue
      seen.add(element.name)
      if (element.kind === 'let') pending.push(element.definition.value)
      if (element.kind === 'matrix' && element.matrix.tied) pending.push(element.matrix.init)
      if (element.kind !== 'connection') continue
      const other = element.connection
      const next = followed(other)
      if (next) pending.push(next)
      else if (
        other.rule &&
        other.source.population.name === post &&
        other.target.population.name === pre
      ) {
        return other
      }
    }
  }
  return undefined
}
