/**
 * Whether anything in a circuit goes on in time: state variables, detected signals, reactions, delays,
 * dynamic synapses, or a look at earlier steps. A circuit without is computed anew for each example.
 */
import type { Expression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { temporal } from './builtins.ts'
import type { CellInstance, Model } from './model.ts'

/** Ways to advance states by a step. */
export const solvers = ['euler', 'exponential_euler', 'rk4'] as const
export type Solver = (typeof solvers)[number]

/** Whether the circuit has a past. */
export function hasPast({ populations, connections }: Model): boolean {
  return (
    populations.some(({ cell }) => hasPastCell(cell)) ||
    connections.some(
      ({ delay, stp, rule }) =>
        delay !== undefined ||
        (stp !== undefined && stp.item.members.length > 0) ||
        (rule?.item.members ?? []).some(
          (member) =>
            member.kind === 'State' ||
            member.kind === 'Reaction' ||
            (member.kind === 'Equation' && looksBack(member.value)),
        ),
    )
  )
}

function hasPastCell(cell: CellInstance): boolean {
  if (cell.states.length > 0 || cell.reactions.length > 0) return true
  if (cell.compartments.some(({ states }) => states.length > 0)) return true
  const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
  return equations.some(({ detected, value }) => detected || looksBack(value))
}

function looksBack(value: Expression): boolean {
  let found = false
  walk(value, (node) => {
    if (node.kind === 'Call' && node.callee.kind === 'Name' && temporal.has(node.callee.name))
      found = true
  })
  return found
}
