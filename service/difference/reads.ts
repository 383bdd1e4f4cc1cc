/** What the names in an expression stand for: two that are written alike may mean different things. */
import type { Expression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Scope } from '../../compiler/model/model.ts'
import { isValue } from '../../compiler/model/values.ts'
import { valueText } from './canonical.ts'

/** A name, what it stands for, and how that is told. */
export interface Read {
  readonly name: string
  readonly meaning: string
  readonly shown: string
}

/** `meaning` is compared, `shown` is what people read. */
export interface Fact {
  readonly meaning: string
  readonly shown: string
  /** What the names in it stand for, which is told where both sides are written alike. */
  readonly reads?: readonly Read[]
}

/** The names of an expression that the scope knows, but those that are the `own` ones of where it stands. */
export function readsOf(
  value: Expression,
  scope: Scope,
  own: ReadonlySet<string>,
): readonly Read[] {
  const found = new Map<string, Read>()
  walk(value, (node) => {
    if (node.kind !== 'Name' || own.has(node.name) || found.has(node.name)) return
    const entry = scope.lookUp(node.name)
    if (!entry || !isValue(entry)) return
    const meaning = valueText(entry)
    const shown = entry.kind === 'function' ? entry.definition.name.name : meaning
    found.set(node.name, { name: node.name, meaning, shown })
  })
  return [...found.values()]
}

/** What is told behind two texts that are the same: the names that mean different things. */
export function unlike(
  before: readonly Read[],
  after: readonly Read[],
): readonly [before: string, after: string] {
  const differing = before.flatMap((old) => {
    const now = after.find(({ name }) => name === old.name)
    return now && now.meaning !== old.meaning ? [{ old, now }] : []
  })
  const told = (side: 'old' | 'now'): string => {
    const all = differing.map((each) => {
      // Of functions that are called alike, what they compute.
      const text = each.old.shown === each.now.shown ? each[side].meaning : each[side].shown
      return `${each[side].name} = ${text}`
    })
    return all.length > 0 ? `  (${all.join(', ')})` : ''
  }
  return [told('old'), told('now')]
}
