/** What a file states of its circuit, and which sweeps it has: properties, limits, sweeps, as they are written. */
import type { SourceFile } from '../../grammar/ast.ts'
import type { Model } from '../../compiler/model/model.ts'
import type { TextOf } from './connectivity.ts'
import { code, joined, paragraphsOf, strong, text, type Block } from './document.ts'
import { withoutComments } from './experiments.ts'

/** Properties that the checker proves, and limits between circuits. */
export function statedBlocks(
  { claims }: Model,
  ast: SourceFile | undefined,
  textOf: TextOf,
): readonly Block[] {
  const limits = ast?.items.filter((each) => each.kind === 'Refinement') ?? []
  const properties = joined(
    claims.map(({ property }) => [code(property)]),
    ', ',
  )
  return [
    ...(claims.length > 0
      ? [{ kind: 'paragraph' as const, inlines: [text('Stated properties: '), ...properties] }]
      : []),
    ...limits.flatMap((each): readonly Block[] => [
      ...paragraphsOf(each.doc),
      { kind: 'items', items: [[code(withoutComments(textOf(each.span)))]] },
    ]),
  ]
}

/** Phases of the circuit, with what each sets. */
export const phaseBlocks = ({ phases }: Model, textOf: TextOf): readonly Block[] =>
  phases.flatMap(({ doc, span }): readonly Block[] => [
    ...paragraphsOf(doc),
    { kind: 'items', items: [[code(withoutComments(textOf(span)))]] },
  ])

/** Sweeps, statement by statement. */
export function sweepBlocks(ast: SourceFile | undefined, textOf: TextOf): readonly Block[] {
  const sweeps = ast?.items.filter((each) => each.kind === 'Sweep') ?? []
  return sweeps.flatMap(({ name, doc, statements }): readonly Block[] => [
    { kind: 'heading', inlines: [text('Sweep '), strong(name.name)] },
    ...paragraphsOf(doc),
    {
      kind: 'items',
      items: statements.map((each) => [code(withoutComments(textOf(each.span)))]),
    },
  ])
}
