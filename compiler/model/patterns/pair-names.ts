/**
 * What expressions of patterns may read of a pair of units: `distance`, `dx`, `dy`, and of its two ends `x`,
 * `y` and `index`. Anything that is declared with the first name of one comes first.
 */
import type { Expression, MemberExpression } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { pairQuantities, type PairQuantity } from '../../../contract/pattern.ts'
import type { Scope } from '../model.ts'

const quantities: ReadonlySet<string> = new Set(pairQuantities)

const isQuantity = (text: string): text is PairQuantity => quantities.has(text)

/** What an expression is of a pair; undefined if it is something else. */
export function pairQuantityOf(scope: Scope, node: Expression): PairQuantity | undefined {
  const [root, text] =
    node.kind === 'Name'
      ? [node.name, node.name]
      : node.kind === 'Member' && node.object.kind === 'Name'
        ? [node.object.name, `${node.object.name}.${node.member.name}`]
        : ['', '']
  return isQuantity(text) && !scope.knows(root) ? text : undefined
}

/** Of what would be known of a pair, if nothing else had its first name: `post.index` beside a population `post`. */
export function hiddenPairHint({ object, member }: MemberExpression): string | undefined {
  if (object.kind !== 'Name') return undefined
  const text = `${object.name}.${member.name}`
  return isQuantity(text)
    ? `\`${object.name}\` is declared here, and comes before the \`${text}\` of a pair of units: give it another name`
    : undefined
}

/** Whether a quantity depends on where the units are, not only on their numbers. */
export const isOfSpace = (quantity: PairQuantity): boolean => !quantity.endsWith('.index')

/** What an expression reads of pairs. */
export function pairQuantitiesIn(scope: Scope, expression: Expression): ReadonlySet<PairQuantity> {
  const found = new Set<PairQuantity>()
  walk(expression, (node) => {
    if (node.kind !== 'Name' && node.kind !== 'Member') return true
    const quantity = pairQuantityOf(scope, node)
    if (quantity) found.add(quantity)
    return quantity === undefined
  })
  return found
}

/** What one side calls so is what the other way round is called otherwise. */
export const turnedRound = (quantity: PairQuantity): PairQuantity => {
  switch (quantity) {
    case 'pre.index':
      return 'post.index'
    case 'post.index':
      return 'pre.index'
    case 'pre.x':
      return 'post.x'
    case 'post.x':
      return 'pre.x'
    case 'pre.y':
      return 'post.y'
    case 'post.y':
      return 'pre.y'
    case 'dx':
    case 'dy':
    case 'distance':
      return quantity
  }
}
