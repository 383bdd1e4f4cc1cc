/** Of a description as JSON: limits between circuits, data sets and sweeps, as they are written. */
import type { SourceFile } from '../../grammar/ast.ts'
import type { Model } from '../../compiler/model/model.ts'
import type { TextOf } from './connectivity.ts'
import { withoutComments } from './experiments.ts'

const docOf = ({ doc }: { readonly doc?: string | undefined }) => (doc === undefined ? {} : { doc })

/** `continuous refines discrete when settled { ... }` */
export const refinementsOf = (ast: SourceFile | undefined, textOf: TextOf) =>
  (ast?.items ?? []).flatMap((each) =>
    each.kind === 'Refinement'
      ? [{ text: withoutComments(textOf(each.span)), ...docOf(each) }]
      : [],
  )

/** Data sets that experiments take, with fields and parts. */
export function datasetsOf({ experiments, scope }: Model, textOf: TextOf) {
  const names = experiments.flatMap(({ statements }) =>
    statements.flatMap((each) => (each.kind === 'Data' ? [each.dataset.name.name] : [])),
  )
  return [...new Set(names)].flatMap((name) => {
    const entry = scope.lookUp(name)
    if (entry?.kind !== 'dataset') return []
    const { item } = entry
    const text = (each: { readonly span: Parameters<TextOf>[0] }): string =>
      withoutComments(textOf(each.span))
    return [{ name, ...docOf(item), fields: item.fields.map(text), parts: item.parts.map(text) }]
  })
}

/** Sweeps, statement by statement. */
export const sweepsOf = (ast: SourceFile | undefined, textOf: TextOf) =>
  (ast?.items ?? []).flatMap((each) =>
    each.kind === 'Sweep'
      ? [
          {
            name: each.name.name,
            ...docOf(each),
            statements: each.statements.map(({ span }) => withoutComments(textOf(span))),
          },
        ]
      : [],
  )
