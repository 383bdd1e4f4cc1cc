/** What a rule has for each synapse: a trace that is made of both of its sides or of the weight, or a draw. */
import type { Expression, PlasticityItem } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { draws } from '../builtins.ts'

/** Whether a rule draws; read off the text, by names. */
export function drawsInRule(rule: PlasticityItem): boolean {
  let found = false
  walk(rule, (node) => {
    found ||= node.kind === 'Call' && node.callee.kind === 'Name' && draws.has(node.callee.name)
  })
  return found
}

type Part = 'pre' | 'post' | 'synapse'

/** Read off the text, by names: what it says of traces that are made of one side alone is true. */
export function hasSynapseTraces({ members }: PlasticityItem): boolean {
  const traces = new Map<string, Set<Part>>()
  const bindings = new Map<string, Expression>()
  const made = new Map<string, Expression[]>()
  for (const member of members) {
    if (member.kind === 'State') {
      traces.set(member.name.name, new Set())
      made.set(member.name.name, [member.derivative.value])
    } else if (member.kind === 'Equation') bindings.set(member.name.name, member.value)
  }
  for (const member of members) {
    if (member.kind !== 'Reaction') continue
    for (const { target, value } of member.assignments)
      made.get(target.name)?.push(member.trigger, value)
  }
  const partsIn = (expression: Expression, into: Set<Part>, depth = 0): void => {
    walk(expression, (node) => {
      if (node.kind !== 'Name') return
      const { name } = node
      if (name === 'pre' || name === 'sent') into.add('pre')
      else if (name === 'post') into.add('post')
      else if (name === 'w' || draws.has(name)) into.add('synapse')
      for (const part of traces.get(name) ?? []) into.add(part)
      const bound = bindings.get(name)
      if (bound && depth < bindings.size) partsIn(bound, into, depth + 1)
    })
  }
  // What one trace is made of may be another: as often as there are traces.
  for (let round = 0; round <= traces.size; round++)
    for (const [name, parts] of traces)
      for (const expression of made.get(name) ?? []) partsIn(expression, parts)
  return [...traces.values()].some((parts) => parts.has('synapse') || parts.size > 1)
}
