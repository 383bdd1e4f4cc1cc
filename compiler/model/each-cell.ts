/**
 * Parameters with a value of their own for each cell: `population n[100] : N(tau = each normal(20 ms, 3 ms))`. Within
 * the cell such a parameter is a bias without a rule, drawn once; where a number must be known when the
 * model is compiled it is refused. A cell hands it on to the one that it extends under the same name.
 */
import type { Argument, Expression, Span } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Context } from './context.ts'
import { inlined } from './inlined.ts'
import type { Bias, Scope } from './model.ts'

/** Where each such parameter of a scope was given. */
const given = new WeakMap<Scope, Map<string, Span>>()

/** The names of the parameters in a scope that have a value for each cell. */
export const eachNames = (scope: Scope): ReadonlyMap<string, Span> => given.get(scope) ?? new Map()

/** Notes that a parameter of a definition's scope has a value for each cell. */
export function noteEach(scope: Scope, name: string, span: Span): void {
  const names = given.get(scope) ?? new Map<string, Span>()
  given.set(scope, names.set(name, span))
}

/** Arguments of a base cell, of which some hand on what has a value for each cell. */
export function handedOn(args: readonly Argument[], site: Scope): readonly Argument[] {
  const names = eachNames(site)
  return args.map((argument) => {
    const { value } = argument
    const isHanded = value.kind === 'Name' && names.has(value.name)
    return isHanded ? { ...argument, each: true } : argument
  })
}

/** What is said where the number is needed early. */
export function reportEach(context: Context, name: string, span: Span): undefined {
  const reason = `\`${name}\` has a value of its own for each cell`
  return context.report('notConstant', span, { reason })
}

/** The parameter that a default is made of, if it has a value for each cell. */
export function eachIn(expression: Expression, names: ReadonlySet<string>): string | undefined {
  let found: string | undefined
  walk(expression, (node) => {
    if (node.kind === 'Name' && names.has(node.name)) found ??= node.name
  })
  return found
}

/** The values for each cell that a population's arguments give, as biases that stay as they are. */
export function eachBiases(
  args: readonly Argument[],
  parameters: readonly { readonly name: { readonly name: string } }[],
  site: Scope,
  population: string,
): readonly Bias[] {
  let position = 0
  return args.flatMap((argument) => {
    const name = argument.name?.name ?? parameters[position++]?.name.name
    if (!argument.each || name === undefined) return []
    const { value, span } = argument
    const initial = inlined(site, value)
    return [
      { storage: `${population}.${name}`, name, initial, perChannel: false, given: true, span },
    ]
  })
}
