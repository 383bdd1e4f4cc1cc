/** What bindings of a function, a rule or short-term plasticity are made of: no one of itself. */
import { walk } from '../../../grammar/walk.ts'
import type { Context } from '../context.ts'
import type { Environment } from './environment.ts'
import type { LocalVariable, References, Variable } from './reference.ts'

/** Reports the cycles among the bindings of one place. */
export function checkLocalCycles(
  context: Context,
  references: References,
  environment: Environment,
): void {
  const bindings = [...environment.variables.values()].filter((each) => each.kind === 'binding')
  const done = new Set<Variable>()
  for (const start of bindings) {
    const path: {
      readonly at: LocalVariable
      readonly reads: readonly LocalVariable[]
      next: number
    }[] = []
    const enter = (at: LocalVariable): void => {
      path.push({ at, reads: bindingsReadBy(references, environment, at), next: 0 })
    }
    if (!done.has(start)) enter(start)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const read = top.reads[top.next++]
      if (!read) {
        done.add(top.at)
        path.pop()
        continue
      }
      const from = path.findIndex((each) => each.at === read)
      if (from >= 0) {
        const cycle = [...path.slice(from).map((each) => each.at), read]
        const names = cycle.map(({ name }) => `\`${name}\``).join(' -> ')
        const span = read.span ?? top.at.span
        // An equation that has the name of the weight was reported as such.
        const isMisnamed = cycle.some(
          ({ name, span: at }) => at && context.hasErrorAt({ ...at, end: at.start + name.length }),
        )
        if (span && !isMisnamed) context.report('cycle', span, { cycle: names })
        done.add(read)
      } else if (!done.has(read)) enter(read)
    }
  }
}

/** The bindings that one is made of, each after those that it needs itself; cycles were reported. */
export function bindingsBelow(
  references: References,
  environment: Environment,
  start: LocalVariable,
): readonly LocalVariable[] {
  const order: LocalVariable[] = []
  const seen = new Set<LocalVariable>([start])
  const path = [{ at: start, reads: bindingsReadBy(references, environment, start), next: 0 }]
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const read = top.reads[top.next++]
    if (!read) {
      path.pop()
      if (top.at !== start) order.push(top.at)
    } else if (!seen.has(read)) {
      seen.add(read)
      path.push({ at: read, reads: bindingsReadBy(references, environment, read), next: 0 })
    }
  }
  return order
}

function bindingsReadBy(
  references: References,
  environment: Environment,
  { value }: LocalVariable,
): readonly LocalVariable[] {
  const found: LocalVariable[] = []
  if (!value) return found
  walk(value, (node) => {
    if (node.kind !== 'Name' || !references.has(environment, node)) return
    const reference = references.of(environment, node)
    if (reference.kind === 'local' && reference.variable.kind === 'binding')
      found.push(reference.variable)
  })
  return found
}
