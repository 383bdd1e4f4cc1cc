/**
 * `property local, dale`: what a model states of itself. What a variant states stands in the place of what
 * the file does; the last of several variants counts. `property none` states nothing.
 */
import type { ClaimItem, Span } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { didYouMean } from './evaluate.ts'

/** The properties that can be stated, each with what it means. */
export const propertyMeanings = {
  local: 'every rule reads what its own synapse senses, and nothing else',
  single_phase: 'all that learns does so in one pass, without waiting for another',
  no_weight_transport: 'no weight is a copy of weights that learn and lead the other way',
  dale: 'every cell excites or inhibits, and no change of its weights alters that',
} as const

export type PropertyName = keyof typeof propertyMeanings

export const propertyNames = Object.keys(propertyMeanings) as readonly PropertyName[]

const isProperty = (name: string): name is PropertyName => Object.hasOwn(propertyMeanings, name)

/** Says that nothing is stated: of a variant in which what the file states does not hold. */
const nothing = 'none'

/** A property that the model has by its own word, and where that stands. */
export interface Claim {
  readonly property: PropertyName
  readonly span: Span
}

/** What the file's statements, or those of the last variant that has any, say; `groups`: in that order. */
export function resolveClaims(
  context: Context,
  groups: readonly (readonly ClaimItem[])[],
): readonly Claim[] {
  const resolved = groups.map((items) => resolveGroup(context, items))
  return resolved.findLast((_, i) => groups[i]!.length > 0) ?? []
}

function resolveGroup(context: Context, items: readonly ClaimItem[]): readonly Claim[] {
  const claims = new Map<PropertyName, Claim>()
  const names = items.flatMap((item) => item.names)
  for (const { name, span } of names) {
    if (name === nothing) {
      const other = names.find((each) => each.name !== nothing)
      if (other)
        context.report('badValue', span, {
          what: 'What is stated',
          expected: '`none` or properties, not both',
          found: `\`none\` and \`${other.name}\``,
        })
      continue
    }
    if (!isProperty(name)) {
      const known = [...propertyNames, nothing]
      context.report(
        'unknownProperty',
        span,
        { name },
        { hint: didYouMean(name, known) ?? `the properties are ${propertyNames.join(', ')}` },
      )
      continue
    }
    const before = claims.get(name)
    if (before)
      context.report(
        'saidTwice',
        span,
        { what: `\`${name}\`` },
        { related: [{ span: before.span, message: 'It is said here first.' }] },
      )
    else claims.set(name, { property: name, span })
  }
  return [...claims.values()]
}
