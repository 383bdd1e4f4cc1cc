/** What a file states besides its circuit: data sets, names of weights, properties, limits and sweeps, as facts. */
import type { Compilation } from '../../compiler/compile.ts'
import type { Expression, Span } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import type { Scope } from '../../compiler/model/model.ts'
import { canonical, canonicalNode } from './canonical.ts'
import { thing, type Thing } from './thing.ts'
import type { Fact } from './reads.ts'

type TextOf = (span: Span) => string

/** All of it; statements of the same kind are told apart by their names, or by what they say. */
export function statedThings({ model, ast }: Compilation, textOf: TextOf): readonly Thing[] {
  if (!model) return []
  const said = (node: { readonly span: Span }): Fact => ({
    meaning: canonicalNode(node),
    shown: textOf(node.span),
  })
  const used = model.experiments.flatMap(({ statements }) =>
    statements.flatMap((each) => (each.kind === 'Data' ? [each.dataset.name.name] : [])),
  )
  const sets = [...new Set(used)].flatMap((name) => {
    const entry = model.scope.lookUp(name)
    return entry?.kind === 'dataset' ? [entry.item] : []
  })
  const sweeps = ast?.items.filter((each) => each.kind === 'Sweep') ?? []
  const limits = ast?.items.filter((each) => each.kind === 'Refinement') ?? []
  return [
    ...sets.map(({ name, fields, parts }) =>
      thing('dataset', name.name, name.name, [
        ...fields.map((each) => [`field ${each.name.name}`, said(each)] as const),
        ...parts.map((each) => [each.part, said(each)] as const),
      ]),
    ),
    ...model.lets.map(({ name, family, value }) =>
      thing('let', name, family, [['value', factOf(value.value, value.scope)]]),
    ),
    ...model.claims.map(({ property }) => thing('property', property, property, [])),
    ...limits.map((each) => {
      const name = `${each.left.name} refines ${each.right.name}`
      return thing('refinement', name, name, [['statement', said(each)]])
    }),
    ...sweeps.map(({ name, statements }) =>
      thing(
        'sweep',
        name.name,
        name.name,
        statements.map((each) => [canonicalNode(each), said(each)]),
      ),
    ),
  ]
}

const factOf = (value: Expression, scope: Scope): Fact => ({
  meaning: canonical(value, scope, new Set()),
  shown: printExpression(value),
})
