/** What has a name beside connections: declared patterns of synapses, matrices, and names of weights. */
import { printExpression } from '../../grammar/print/expression.ts'
import type { Model } from '../../compiler/model/model.ts'
import type { TextOf } from './connectivity.ts'
import { code, text, type Block, type Inline } from './document.ts'
import { withoutComments } from './experiments.ts'
import { fold, foldedText } from './fold.ts'

/** Lists of them; those of an array that say the same are told once. */
export function namedBlocks(
  { connections, matrices, lets }: Model,
  textOf: TextOf,
): readonly Block[] {
  const patterns = connections.flatMap(({ pattern, connectivityProperty: said }) =>
    pattern && said?.connectivity === 'pattern' ? [pattern] : [],
  )
  const nameOf = (family: string, of: readonly { readonly index?: number }[]): string =>
    of[0]?.index === undefined
      ? family
      : foldedText(
          family,
          of.map(({ index }) => index),
        )
  return [
    ...list(
      'Patterns of synapses:',
      [...new Set(patterns)].map(({ name, source, target, said }) => [
        code(name),
        text(', from '),
        code(source.name),
        text(' to '),
        code(target.name),
        text(': '),
        code(withoutComments(textOf(said))),
      ]),
    ),
    ...list(
      'Matrices:',
      fold(
        matrices,
        ({ family }) => family,
        ({ init, tied, rows, columns }) =>
          JSON.stringify([tied, printExpression(init.value), rows.family, columns.family]),
      ).map(({ family, elements }) => {
        const { rows, columns, init, tied } = elements[0]!
        return [
          code(nameOf(family, elements)),
          text(', of '),
          code(rows.family),
          text(' by '),
          code(columns.family),
          text(tied ? ': always ' : ': '),
          code(printExpression(init.value)),
        ]
      }),
    ),
    ...list(
      'Names of weights:',
      fold(
        lets,
        ({ family }) => family,
        ({ value }) => printExpression(value.value),
      ).map(({ family, elements }) => [
        code(nameOf(family, elements)),
        text(' is '),
        code(printExpression(elements[0]!.value.value)),
      ]),
    ),
  ]
}

const list = (title: string, items: readonly (readonly Inline[])[]): readonly Block[] =>
  items.length === 0
    ? []
    : [
        { kind: 'paragraph', inlines: [text(title)] },
        { kind: 'items', items },
      ]
