/**
 * Weights by name, for checks: which connections, matrices and `let`s an expression of weights means,
 * and which weights it is made of. Nothing here reports.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import { familyName } from '../families.ts'
import type { Connection, Let, Matrix, Model, Scope, WeightExpression } from '../model.ts'

/** One weight, matrix or `let` of the model. */
export type WeightElement =
  | { readonly kind: 'connection'; readonly name: string; readonly connection: Connection }
  | { readonly kind: 'matrix'; readonly name: string; readonly matrix: Matrix }
  | { readonly kind: 'let'; readonly name: string; readonly definition: Let }

/** Elements by the name of their family. */
export type Elements = ReadonlyMap<string, readonly WeightElement[]>

/** The families of a model. */
export function elementsOf(model: Model): Elements {
  const families = new Map<string, WeightElement[]>()
  const add = (family: string, element: WeightElement): void => {
    const elements = families.get(family)
    if (elements) elements.push(element)
    else families.set(family, [element])
  }
  for (const connection of model.connections) {
    const { family, name } = connection
    if (family !== undefined) add(family, { kind: 'connection', name, connection })
  }
  for (const matrix of model.matrices) {
    add(matrix.family, { kind: 'matrix', name: matrix.name, matrix })
  }
  for (const definition of model.lets) {
    add(definition.family, { kind: 'let', name: definition.name, definition })
  }
  return families
}

/** The elements that a name means as seen from a scope: its own iteration's, then inner families. */
export function findElements(
  elements: Elements,
  scope: Scope,
  expression: Expression,
): readonly WeightElement[] | undefined {
  if (expression.kind === 'Index') {
    const family = findElements(elements, scope, expression.object)
    if (!family || expression.index.kind === 'Range') return family
    const index = evaluate(new Context(), scope, expression.index)
    return index?.kind === 'number' ? family.slice(index.value, index.value + 1) : family
  }
  const name = familyName(expression)
  if (name === undefined) return undefined
  const entry = expression.kind === 'Name' ? scope.lookUp(name) : undefined
  if (entry?.kind === 'weight') {
    const family = elements.get(entry.family)
    if (entry.index === undefined) return family
    const full = `${entry.family}[${entry.index}]`
    return family?.filter((element) => element.name === full)
  }
  if (entry) return undefined
  const parts = scope.prefix.split('.').slice(0, -1)
  for (let depth = parts.length; depth >= 0; depth--) {
    const prefix = parts
      .slice(0, depth)
      .map((part) => `${part}.`)
      .join('')
    const family = elements.get(prefix + name)
    if (family) return family
  }
  return undefined
}

/**
 * The weights that an expression for a weight between two populations is made of. Of a family it is
 * the element between the same two populations, where there is one.
 */
export function readBy(
  elements: Elements,
  expression: WeightExpression,
  between: readonly [string, string] | undefined,
): readonly WeightElement[] {
  const read: WeightElement[] = []
  walk(expression.value, (node) => {
    if (node.kind !== 'Name' && node.kind !== 'Member' && node.kind !== 'Index') return true
    const found = findElements(elements, expression.scope, node)
    if (!found) return true
    const joining = between ? found.filter((each) => joins(each, between)) : []
    read.push(...(joining.length > 0 ? joining : found))
    return false
  })
  return read
}

/** What a weight is equal to, always or after some steps. */
const followed = ({ tied, copied }: Connection): Connection['tied'] => tied ?? copied?.value

/** Whether a weight is, always or after some steps, made of others. */
export const isTied = (connection: Connection): boolean => followed(connection) !== undefined

/** The weights that are tied to none, of which a tied weight is made in the end. */
export function madeOf(elements: Elements, connection: Connection): readonly Connection[] {
  const ends = endsOf(connection)
  const made: Connection[] = []
  const seen = new Set<string>([connection.name])
  const first = followed(connection)
  const pending = first ? [first] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const element of readBy(elements, next, ends)) {
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

/** The two populations that a connection joins, [post, pre]. */
export function endsOf(connection: Connection): readonly [string, string] {
  return [connection.target.population.name, connection.source.population.name]
}

function joins(element: WeightElement, [a, b]: readonly [string, string]): boolean {
  const ends = elementEnds(element)
  if (!ends) return false
  return (ends[0] === a && ends[1] === b) || (ends[0] === b && ends[1] === a)
}

function elementEnds(element: WeightElement): readonly [string, string] | undefined {
  switch (element.kind) {
    case 'connection':
      return endsOf(element.connection)
    case 'matrix':
      return [element.matrix.rows.name, element.matrix.columns.name]
    case 'let':
      return undefined
  }
}
