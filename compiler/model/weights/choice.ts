/** Which element of a family a name in an expression of weights means. */
import type { Expression } from '../../../grammar/ast.ts'
import type { WeightElement } from '../bind/elements.ts'
import type { Context } from '../context.ts'
import { familyName } from '../families.ts'
import type { WeightReference } from './reference.ts'

/**
 * The only element, or the only one that joins the populations which the expression is for; undefined after
 * a report.
 */
export function chooseElement(
  context: Context,
  node: Expression,
  { elements, outside }: WeightReference & { readonly kind: 'weights' },
  joins: (element: WeightElement) => boolean,
): WeightElement | undefined {
  const [only] = elements
  if (outside) {
    const { object, index } = indexIn(node)
    const name = (object && familyName(object)) ?? 'this'
    return context.report('indexOutOfRange', (index ?? node).span, { name, ...outside })
  }
  if (elements.length === 1) return only
  const between = elements.filter(joins)
  const [found] = between
  if (between.length === 1) return found
  const name = familyName(node)
  return context.report(
    'wrongKind',
    node.span,
    {
      name: name ?? 'this',
      found: `a family of ${elements.length} weights`,
      expected: 'one weight',
    },
    {
      hint: `choose one by its number, as in \`${name ?? 'W'}[0]\`; none of them is the only one between the same two populations`,
    },
  )
}

/** The part of a path that has a number, if any: `h[5]` of `h[5].k`. */
function indexIn(node: Expression): {
  readonly object?: Expression
  readonly index?: Expression
} {
  let at = node
  while (at.kind === 'Member') at = at.object
  return at.kind === 'Index' ? at : {}
}
