/** What is said of a detection beside its condition, as facts of its cell. */
import type { Expression, Pullback, RefractoryClause } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'

type Named = readonly [string, { readonly meaning: string; readonly shown: string }]

/** None where a detection has no gradient of its own. */
export function gradientFact(
  name: string,
  pullback: Pullback | undefined,
  canonical: (expression: Expression) => string,
): readonly Named[] {
  if (!pullback) return []
  const { gradient, bindings, result } = pullback
  const all = [...bindings.map((each) => each.value), result]
  const meaning = `${gradient.name}|${all.map(canonical).join('|')}`
  return [[`gradient of ${name}`, { meaning, shown: printExpression(result) }]]
}

/** How long nothing more is detected, and what stands still meanwhile; none where nothing is said. */
export function refractoryFact(
  name: string,
  refractory: RefractoryClause | undefined,
  canonical: (expression: Expression) => string,
): readonly Named[] {
  if (!refractory) return []
  const held = refractory.holding.map((each) => each.name)
  const holding = held.length > 0 ? ` holding ${held.join(', ')}` : ''
  const meaning = `${canonical(refractory.time)}|${held.join()}`
  const shown = `${printExpression(refractory.time)}${holding}`
  return [[`refractory time of ${name}`, { meaning, shown }]]
}
