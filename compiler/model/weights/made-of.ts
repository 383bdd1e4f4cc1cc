/** Which weights others are made of: ties and copies, through `let`s and matrices. */
import type { Expression } from '../../../grammar/ast.ts'
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

/** A weight that is tied to none, of which a tied one is made, and what stands between the two. */
export interface Derivation {
  readonly connection: Connection
  /** Ties, `let`s and matrices on the way, the nearest to the tied weight first. */
  readonly steps: readonly {
    readonly family: string
    readonly value: Expression
  }[]
}

/** The weights that are tied to none, of which a tied weight is made in the end. */
export const madeOf = (
  references: WeightReferences,
  connection: Connection,
): readonly Connection[] => derivationsOf(references, connection).map((each) => each.connection)

/** The same, each with the way to it. */
export function derivationsOf(
  references: WeightReferences,
  connection: Connection,
): readonly Derivation[] {
  const first = followed(connection)
  return first ? derivationsFrom(references, first, connection.name) : []
}

/** Of what a weight or a bias is tied to, by the name of its storage. */
export function derivationsFrom(
  references: WeightReferences,
  first: WeightExpression,
  storage: string,
): readonly Derivation[] {
  const made: Derivation[] = []
  const seen = new Set<string>([storage])
  type Pending = Pick<Derivation, 'steps'> & { readonly value: WeightExpression }
  const pending: Pending[] = [{ value: first, steps: [] }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { steps, value: of } = next
    const through = (family: string, value: WeightExpression): void => {
      pending.push({ value, steps: [...steps, { family, value: value.value }] })
    }
    for (const each of references.all(of)) {
      if (each.kind !== 'bias' || !each.bias.tied || seen.has(each.bias.storage)) continue
      seen.add(each.bias.storage)
      through(`${each.population.family}.${each.bias.name}`, each.bias.tied)
    }
    for (const element of elementsIn(references, of)) {
      if (seen.has(element.name)) continue
      seen.add(element.name)
      if (element.kind === 'let') through(element.definition.family, element.definition.value)
      if (element.kind === 'matrix' && element.matrix.tied)
        through(element.matrix.family, element.matrix.init)
      if (element.kind !== 'connection') continue
      const { family = element.name } = element.connection
      const tie = followed(element.connection)
      if (tie) through(family, tie)
      else made.push({ connection: element.connection, steps })
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
