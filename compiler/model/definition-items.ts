/** Definitions among the declarations of a file: they share their names with what the file imports. */
import type { Item } from '../../grammar/ast.ts'

const kinds = [
  'Const',
  'Param',
  'Function',
  'Cell',
  'Stp',
  'Synapse',
  'Plasticity',
  'Dataset',
  'Motif',
] as const

/** What is declared under a name that other files can import. */
export type DefinitionItem = Extract<Item, { readonly kind: (typeof kinds)[number] }>

/** Whether a declaration is one. */
export function isDefinition(item: Item): item is DefinitionItem {
  return kinds.some((kind) => kind === item.kind)
}
