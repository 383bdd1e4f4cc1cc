/** Which weights an expression names: `W`, `fb.W`, `W[0]`, or the slice `W[0..2]`. */
import type { Expression } from '../../grammar/ast.ts'
import { familyName } from '../model/families.ts'
import { didYouMean, evaluateInteger } from '../model/evaluate.ts'
import { findFamily } from '../model/bind/elements.ts'
import type { Scope } from '../model/model.ts'
import type { LowerContext, WeightElement } from './context.ts'

export function parseName(
  context: LowerContext,
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
  const found = findFamily(context.index.families, scope, expression, part)
  if (found) return found
  return context.diagnostics.report(
    'unknownName',
    expression.span,
    { kind: 'weight', name },
    { hint: didYouMean(name, [...context.index.families.keys()]) },
  )
}

function parseIndex(
  context: LowerContext,
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
