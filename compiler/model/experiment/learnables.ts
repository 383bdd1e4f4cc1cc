/** What can learn: the weights and biases that an experiment names. */
import type { Expression } from '../../../grammar/ast.ts'
import type { Bound } from '../bind/index.ts'
import { didYouMean, evaluate } from '../evaluate.ts'
import { familyName } from '../families.ts'
import { followsGradient } from '../gradient-rules.ts'
import type { Bias, Connection, Population, Scope } from '../model.ts'
import type { Resolving } from './context.ts'
import { findFamily } from '../bind/elements.ts'
import { parseName } from '../weights/parse-name.ts'

/** A weight or bias. */
export type Learnable =
  | { readonly kind: 'connection'; readonly storage: string; readonly connection: Connection }
  | {
      readonly kind: 'bias'
      readonly storage: string
      readonly population: Population
      readonly bias: Bias
    }

/** Whether the rule of a weight or bias follows the exact gradient. */
export function learnableFollowsGradient(bound: Bound, target: Learnable): boolean {
  const { storage } = target
  if (target.kind === 'bias') {
    const { rule } = target.bias
    return rule !== undefined && followsGradient(bound, { storage, rule, post: target.population })
  }
  const { rule, source, target: end } = target.connection
  if (!rule) return false
  return followsGradient(bound, { storage, rule, pre: source.population, post: end.population })
}

/** The populations that an expression names; undefined after a report. */
export function populationsOf(
  context: Resolving,
  scope: Scope,
  expression: Expression,
): readonly Population[] | undefined {
  const value = evaluate(context.diagnostics, scope, expression)
  if (!value) return undefined
  const current = (each: Population): Population => context.bound.populations.get(each.name) ?? each
  if (value.kind === 'population') return [current(value.population)]
  return value.kind === 'populations' ? value.elements.map(current) : undefined
}

/** The weights or biases of a name, whether they learn or not; undefined after a report. */
export function findLearnables(
  context: Resolving,
  scope: Scope,
  expression: Expression,
): readonly Learnable[] | undefined {
  const name = familyName(expression)
  const root = expression.kind === 'Index' ? expression.object : expression
  const family = findFamily(context.bound.elements, scope, root, 'whole')
  if (family) {
    return parseName(context, expression, scope)?.flatMap((element) =>
      element.kind === 'connection'
        ? [{ kind: 'connection', storage: element.name, connection: element.connection } as const]
        : [],
    )
  }
  const biasesOf = (populations: readonly Population[], bias: string): readonly Learnable[] =>
    populations.flatMap((population) =>
      population.cell.biases
        .filter((each) => each.name === bias)
        .map((each) => ({ kind: 'bias', storage: each.storage, population, bias: each }) as const),
    )
  if (expression.kind === 'Name') {
    const all = biasesOf(context.model.populations, expression.name)
    if (all.length > 0) return all
  } else if (expression.kind === 'Member') {
    const populations = populationsOf(context, scope, expression.object)
    if (!populations) return undefined
    const all = biasesOf(populations, expression.member.name)
    if (all.length > 0) return all
  }
  const { diagnostics } = context
  if (diagnostics.brokenCells || (name !== undefined && diagnostics.isBroken(name)))
    return undefined
  const names = [
    ...context.bound.elements.keys(),
    ...new Set(
      context.model.populations.flatMap((each) => each.cell.biases.map((bias) => bias.name)),
    ),
  ]
  return context.diagnostics.report(
    'unknownName',
    expression.span,
    { kind: 'weight or bias', name: name ?? 'this' },
    {
      hint: name === undefined ? undefined : didYouMean(name, names),
    },
  )
}
