/** Which weights others are made of: ties and copies, through `let`s and matrices. */
import type { WeightElement } from '../bind/elements.ts'
import type { Connection, WeightExpression } from '../model.ts'
import type { WeightReferences } from './reference.ts'

/** The weights that an expression reads. */
export function elementsIn(
  references: WeightReferences,
  expression: WeightExpression,
): readonly WeightElement[] {
  return references
    .all(expression)
    .flatMap((each) => (each.kind === 'weights' ? each.elements : []))
}

/** Storages and `let`s that an expression reads, by name. */
export function namesIn(
  references: WeightReferences,
  expression: WeightExpression,
): readonly string[] {
  return references.all(expression).flatMap((each) => {
    if (each.kind === 'bias') return [each.bias.storage]
    return each.kind === 'weights' ? each.elements.map(({ name }) => name) : []
  })
}

/** What a weight is equal to, always or after some steps. */
const followed = ({ tied, copied }: Connection): Connection['tied'] => tied ?? copied?.value

/** Whether a weight is, always or after some steps, made of others. */
export const isTied = (connection: Connection): boolean => followed(connection) !== undefined

/** The weights that are tied to none, of which a tied weight is made in the end. */
export function madeOf(
  references: WeightReferences,
  connection: Connection,
): readonly Connection[] {
  const made: Connection[] = []
  const seen = new Set<string>([connection.name])
  const first = followed(connection)
  const pending = first ? [first] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const element of elementsIn(references, next)) {
      if (seen.has(element.name)) continue
      seen.add(element.name)
      if (element.kind === 'let') pending.push(element.definition.value)
      if (element.kind === 'matrix' && element.matrix.tied) pending.push(element.matrix.init)
      if (element.kind !== 'connection') continue
      const through = followed(element.connection)
      if (through) pending.push(through)
      else made.push(element.connection)
    }
  }
  return made
}

/**
 * The weights set now and then that one of them is set from, through ties; its own name is the weight as
 * it was.
 */
export function copiesIn(
  references: WeightReferences,
  connection: Connection,
): readonly Connection[] {
  const found: Connection[] = []
  const seen = new Set<string>([connection.name])
  const pending = connection.copied ? [connection.copied.value] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const element of elementsIn(references, next)) {
      if (seen.has(element.name)) continue
      seen.add(element.name)
      if (element.kind === 'let') pending.push(element.definition.value)
      if (element.kind === 'matrix' && element.matrix.tied) pending.push(element.matrix.init)
      if (element.kind !== 'connection') continue
      const { tied, copied } = element.connection
      if (tied) pending.push(tied)
      else if (copied) found.push(element.connection)
    }
  }
  return found
}
