/** Delays of connections: one for all synapses, or one for each. */
import { walk } from '../../../grammar/walk.ts'
import { initialisers } from '../builtins.ts'
import type { WeightExpression } from '../model.ts'
import { pairQuantitiesIn } from './pair-names.ts'

/** Whether a delay differs between synapses: it is drawn, read from a file, or depends on where they are. */
export function perSynapse({ scope, value: delay }: WeightExpression): boolean {
  if (pairQuantitiesIn(scope, delay).size > 0) return true
  let draws = false
  walk(delay, (node) => {
    if (node.kind !== 'Call' || node.callee.kind !== 'Name') return
    const { name } = node.callee
    if (initialisers.has(name) && !scope.knows(name)) draws = true
  })
  return draws
}
