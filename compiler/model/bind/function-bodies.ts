/** What functions written in .ccn stand for: the functions of the language that they call in the end. */
import { walk } from '../../../grammar/walk.ts'
import { builtinNames } from '../builtins.ts'
import type { FunctionValue } from '../model.ts'

/** Names of the functions of the language that a function calls, through others too. */
export function builtinsOf(fn: FunctionValue): ReadonlySet<string> {
  const found = new Set<string>()
  const seen = new Set([fn.definition])
  const pending = [fn]
  for (let at = pending.pop(); at; at = pending.pop()) {
    const { definition, scope } = at
    const own = new Set(
      [...definition.parameters, ...definition.bindings].map(({ name }) => name.name),
    )
    const standards = definition.parameters.flatMap((each) => each.value ?? [])
    for (const value of [
      ...standards,
      ...definition.bindings.map((each) => each.value),
      definition.result,
    ])
      walk(value, (node) => {
        if (node.kind !== 'Call' || node.callee.kind !== 'Name') return
        const { name } = node.callee
        if (own.has(name)) return
        const entry = scope.lookUp(name)
        if (entry?.kind === 'builtin') found.add(entry.name)
        else if (entry?.kind === 'function' && !seen.has(entry.definition)) {
          seen.add(entry.definition)
          pending.push(entry)
        } else if (!entry && builtinNames.has(name)) found.add(name)
      })
  }
  return found
}
