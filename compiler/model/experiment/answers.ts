/**
 * Which answers `error` counts: of the populations that have a loss which reads a label they are presented
 * with, y of `y.target = one_hot(label)`; without a loss in the circuit, of those that are presented with a
 * label which their answer does not come from. A label that is presented elsewhere, as an input or a
 * context, is no target.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import type { CellInput, Population } from '../model.ts'
import type { Presented } from './present.ts'

/** A population that answers, and the input that has its label. */
export interface Answering {
  readonly population: Population
  readonly input: CellInput
}

/** The populations whose answers are compared with a label. */
export function answering({ labels }: Pick<Presented, 'labels'>): readonly Answering[] {
  const withEvent = labels.filter(({ population }) => eventOf(population) !== undefined)
  const scored = withEvent.filter(({ population, input }) =>
    population.cell.equations.some(
      (each) => each.role === 'loss' && reads(population, each.value, input.name),
    ),
  )
  if (scored.length > 0) return scored
  return withEvent.filter(({ population, input }) => {
    const event = eventOf(population)
    return event !== undefined && !reads(population, event.value, input.name)
  })
}

/** What a population answers with. */
export function eventOf({ cell }: Population): Population['cell']['equations'][number] | undefined {
  return cell.equations.find((each) => each.role === 'event')
}

/** Whether an expression of a cell reads one of its inputs, itself or by other equations. */
function reads({ cell }: Population, expression: Expression, input: string): boolean {
  const seen = new Set<string>()
  const waiting = [expression]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    let found = false
    walk(next, (node) => {
      if (node.kind !== 'Name') return
      if (node.name === input) found = true
      if (seen.has(node.name)) return
      seen.add(node.name)
      const equation = cell.equations.find((each) => each.name === node.name)
      if (equation) waiting.push(equation.value)
    })
    if (found) return true
  }
  return false
}
