/**
 * What the main file declares or imports and nothing in it reads. Judged by the text, so that what
 * only a variant or another experiment uses counts as used.
 */
import type { Item, SourceFile } from '../../grammar/ast.ts'
import { walk, type AnyNode } from '../../grammar/walk.ts'
import type { Context } from '../model/context.ts'

const kinds: Readonly<Partial<Record<Item['kind'], string>>> = {
  Param: 'parameter',
  Const: 'constant',
  Function: 'function',
  Cell: 'cell type',
  Stp: 'type of short-term plasticity',
  Synapse: 'synapse type',
  Plasticity: 'plasticity rule',
  Motif: 'motif',
  Dataset: 'data set',
}

export function checkUnused(context: Context, ast: SourceFile): void {
  const isModel = ast.items.some(
    (item) => item.kind === 'Population' || item.kind === 'Experiment' || item.kind === 'Use',
  )
  if (!isModel) return // a library: its readers are other files
  const read = new Set<string>()
  for (const item of ast.items) {
    if (item.kind === 'Import') continue
    walk(item, (node) => {
      for (const name of namesRead(node)) read.add(name)
    })
  }
  for (const item of ast.items) {
    if (item.kind === 'Import') {
      for (const each of item.names) {
        const local = each.alias ?? each.name
        if (!read.has(local.name)) context.report('unusedImport', each.span, { name: local.name })
      }
      continue
    }
    const kind = kinds[item.kind]
    if (kind === undefined || !('name' in item) || !item.name) continue
    if (!read.has(item.name.name)) {
      context.report('unusedDeclaration', item.name.span, { kind, name: item.name.name })
    }
  }
}

function namesRead(node: AnyNode): readonly string[] {
  switch (node.kind) {
    case 'Name':
      return [node.name]
    case 'Reference':
      return [node.name.name]
    case 'Cell':
      return node.base ? [node.base.name.name] : []
    default:
      return []
  }
}
