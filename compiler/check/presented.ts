/** Which inputs an experiment's `present` statements name. */
import type { Expression } from '../../grammar/ast.ts'
import { familyName } from '../model/families.ts'
import type { Experiment, Population } from '../model/model.ts'

/** Names as written, without indices: `x`, `y.target`. */
export function inputsPresented(experiment: Experiment): ReadonlySet<string> {
  const names = new Set<string>()
  for (const statement of experiment.statements) {
    if (statement.kind !== 'Present') continue
    for (const { target } of statement.bindings) {
      const name = familyName(withoutIndices(target))
      if (name !== undefined) names.add(name)
    }
  }
  return names
}

/** `x` for the only input of a cell that has nothing else to feed, else `y.target`. */
export function inputName(population: Population, input: string): string {
  const { inputs, compartments } = population.cell
  const only = inputs.length === 1 && compartments.length === 0
  return only ? population.name : `${population.name}.${input}`
}

/** `h.target` for `h[0].target`. */
export function withoutIndices(expression: Expression): Expression {
  if (expression.kind === 'Index') return withoutIndices(expression.object)
  if (expression.kind !== 'Member') return expression
  return { ...expression, object: withoutIndices(expression.object) }
}
