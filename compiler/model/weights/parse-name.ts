/** Which weights an expression names: `W`, `fb.W`, `W[0]`, or the slice `W[0..2]`. */
import type { Expression } from '../../../grammar/ast.ts'
import { familyName } from '../families.ts'
import { didYouMean, evaluateInteger } from '../evaluate.ts'
import { findFamily, type WeightElement } from '../bind/elements.ts'
import type { Scope } from '../model.ts'
import type { Resolving } from '../experiment/context.ts'

export function parseName(
  context: Pick<Resolving, 'diagnostics' | 'bound'>,
  expression: Expression,
  scope: Scope,
  part: 'whole' | 'own' = 'own',
): readonly WeightElement[] | undefined {
  if (expression.kind === 'Index') return parseIndex(context, expression, scope)
  const name = familyName(expression)
  if (name === undefined) {
    return context.diagnostics.report('wrongKind', expression.span, {
      name: 'this',
      found: 'an expression',
      expected: 'the name of a weight',
    })
  }
  const found = findFamily(context.bound.elements, scope, expression, part)
  if (found) return found
  if (context.diagnostics.isBroken(name)) return undefined
  return context.diagnostics.report(
    'unknownName',
    expression.span,
    { kind: 'weight', name },
    { hint: didYouMean(name, [...context.bound.elements.keys()]) },
  )
}

function parseIndex(
  context: Pick<Resolving, 'diagnostics' | 'bound'>,
  expression: Expression & { readonly kind: 'Index' },
  scope: Scope,
): readonly WeightElement[] | undefined {
  const family = parseName(context, expression.object, scope, 'whole')
  if (!family) return undefined
  const { index } = expression
  const whole = (each: Expression): number | undefined =>
    evaluateInteger(context.diagnostics, scope, each)
  const from = index.kind === 'Range' ? (index.from ? whole(index.from) : 0) : whole(index)
  const to = index.kind === 'Range' ? (index.to ? whole(index.to) : family.length - 1) : from
  if (from === undefined || to === undefined) return undefined
  const outside = [from, to].find((each) => each < 0 || each >= family.length)
  if (outside !== undefined && from <= to) {
    return context.diagnostics.report('indexOutOfRange', index.span, {
      name: familyName(expression.object) ?? 'this',
      count: family.length,
      index: outside,
    })
  }
  return family.slice(from, to + 1)
}
