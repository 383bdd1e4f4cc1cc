/** Biases by name in expressions of weights: `upper.k`, or `h[0].k`. */
import type { Expression } from '../../../grammar/ast.ts'
import { Context } from '../../model/context.ts'
import { evaluate } from '../../model/evaluate.ts'
import type { Bias, Population, Scope } from '../../model/model.ts'

export interface NamedBias {
  readonly population: Population
  readonly bias: Bias
}

/** The bias that an expression names, if it is a member of one population. */
export function biasNamed(expression: Expression, scope: Scope): NamedBias | undefined {
  if (expression.kind !== 'Member') return undefined
  const { object, member } = expression
  const root = object.kind === 'Index' ? object.object : object
  if (root.kind !== 'Name') return undefined
  const entry = scope.lookUp(root.name)
  if (entry?.kind !== 'population' && entry?.kind !== 'populations') return undefined
  const found = evaluate(new Context(), scope, object)
  if (found?.kind !== 'population') return undefined
  const { population } = found
  const bias = population.cell.biases.find((each) => each.name === member.name)
  return bias && { population, bias }
}
