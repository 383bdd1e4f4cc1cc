/**
 * Weights by name, for checks: which connections, matrices and `let`s an expression of weights means,
 * and which weights it is made of. Nothing here reports.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import { familyName } from '../families.ts'
import type { Connection, Let, Matrix, Model, Scope } from '../model.ts'

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

/**
 * The elements that an expression means as seen from a scope: of a name those of its own iteration, then
 * inner families; of `W[0]` the element 0 of the whole family, inside of its loop too.
 */
export function findElements(
  elements: Elements,
  scope: Scope,
  expression: Expression,
): readonly WeightElement[] | undefined {
  if (expression.kind === 'Index') {
    const family = findFamily(elements, scope, expression.object, 'whole')
    if (!family || expression.index.kind === 'Range') return family
    const index = evaluate(new Context(), scope, expression.index)
    return index?.kind === 'number' ? family.slice(index.value, index.value + 1) : family
  }
  return findFamily(elements, scope, expression, 'own')
}

/** The family of a name: all of it, or what the name means in an iteration of the loop that makes it. */
export function findFamily(
  elements: Elements,
  scope: Scope,
  expression: Expression,
  part: 'whole' | 'own',
): readonly WeightElement[] | undefined {
  const name = familyName(expression)
  if (name === undefined) return undefined
  const entry = expression.kind === 'Name' ? scope.lookUp(name) : undefined
  if (entry?.kind === 'weight') {
    const family = elements.get(entry.family)
    if (entry.index === undefined || part === 'whole') return family
    const full = `${entry.family}[${entry.index}]`
    return family?.filter((element) => element.name === full)
  }
  if (entry) return undefined
  const parts = scope.prefix.split('.').slice(0, -1)
  for (let depth = parts.length; depth >= 0; depth--) {
    const prefix = parts
      .slice(0, depth)
      .map((each) => `${each}.`)
      .join('')
    const family = elements.get(prefix + name)
    if (family) return family
  }
  return undefined
}

/** The two populations that a connection joins, [post, pre]. */
export function endsOf(connection: Connection): readonly [string, string] {
  return [connection.target.population.name, connection.source.population.name]
}
