/**
 * Declarations of the main file that nothing in it refers to: parameters, constants, functions,
 * definitions, imports. Decided by the text alone, so that what only a variant or another
 * experiment uses counts as used.
 *
 * A file without a population is a library: what it declares is for others, and what it imports it
 * may pass on.
 */
import type { Item, SourceFile, Span } from '../../grammar/ast.ts'
import { walk, type AnyNode } from '../../grammar/walk.ts'
import type { Context } from '../model/context.ts'

const kinds = {
  Param: 'parameter',
  Const: 'constant',
  Function: 'function',
  Cell: 'cell type',
  Stp: 'type of short-term plasticity',
  Synapse: 'synapse type',
  Plasticity: 'plasticity rule',
  Dataset: 'data set',
  Motif: 'motif',
  Pattern: 'pattern of synapses',
  Modulator: 'modulator',
} as const

type Declared = Extract<Item, { readonly kind: keyof typeof kinds }>

/** Warns of what the main file declares or imports, and never uses. */
export function checkUnused(context: Context, ast: SourceFile): void {
  if (!makesCircuit(ast.items)) return
  const uses = usesIn(ast)
  const isUsed = (name: string, inside: Span): boolean =>
    (uses.get(name) ?? []).some(
      (each) => each.file !== inside.file || each.start < inside.start || each.end > inside.end,
    )
  for (const item of ast.items) {
    // What a file extends is looked at by itself.
    if (item.span.file !== ast.path) continue
    if (item.kind === 'Import') {
      for (const { name, alias } of item.names) {
        const local = alias ?? name
        if (isUsed(local.name, item.span)) continue
        context.report('unusedImport', local.span, { name: local.name })
      }
    } else if (isDeclared(item) && !isUsed(item.name.name, item.span)) {
      const { name, span } = item.name
      context.report('unusedDeclaration', span, { kind: kinds[item.kind], name })
    }
  }
}

function isDeclared(item: Item): item is Declared {
  return item.kind in kinds
}

function makesCircuit(items: readonly Item[]): boolean {
  return items.some((item) => ['Population', 'For', 'Use', 'If'].includes(item.kind))
}

/** By the tree: every form of a file has the same. */
const knownUses = new WeakMap<SourceFile, ReadonlyMap<string, readonly Span[]>>()

/** Where each name is referred to, other than by something nearer that has the same name. */
function usesIn(ast: SourceFile): ReadonlyMap<string, readonly Span[]> {
  const known = knownUses.get(ast)
  if (known) return known
  const uses = new Map<string, Span[]>()
  knownUses.set(ast, uses)
  for (const item of ast.items) {
    const own = namesWithin(item)
    walk(item, (node) => {
      const used = referredTo(node)
      if (!used || own.has(used.name)) return true
      const found = uses.get(used.name)
      if (found) found.push(used.span)
      else uses.set(used.name, [used.span])
      return true
    })
  }
  return uses
}

/** The names that an item declares, or imports, and that may be unused. */
export function usableNames(item: Item): readonly string[] {
  if (item.kind === 'Import') return item.names.map(({ name, alias }) => (alias ?? name).name)
  return isDeclared(item) ? [item.name.name] : []
}

/** The names that an item refers to. */
export function namesIn(item: Item): readonly string[] {
  const names: string[] = []
  walk(item, (node) => {
    const used = referredTo(node)
    if (used) names.push(used.name)
  })
  return names
}

/** Parameters and members of a definition: inside of it they hide what the file calls so. */
function namesWithin(item: Item): ReadonlySet<string> {
  const names = new Set<string>()
  switch (item.kind) {
    case 'Cell':
    case 'Stp':
    case 'Plasticity':
      for (const { name } of item.parameters) names.add(name.name)
      for (const member of item.members) {
        if ('names' in member) for (const { name } of member.names) names.add(name)
        if ('name' in member) names.add(member.name.name)
      }
      return withoutDefaults(item.parameters, names)
    case 'Function':
      for (const { name } of [...item.parameters, ...item.bindings]) names.add(name.name)
      return names
    case 'Synapse':
    case 'Motif':
      for (const { name } of item.parameters) names.add(name.name)
      return withoutDefaults(item.parameters, names)
    default:
      return names
  }
}

/** `cell C(p0 = p0)`: the default means the file's own `p0`. */
function withoutDefaults(
  parameters: Extract<Item, { readonly kind: 'Cell' }>['parameters'],
  names: Set<string>,
): ReadonlySet<string> {
  for (const { value } of parameters) {
    if (!value) continue
    walk(value, (node) => {
      if (node.kind === 'Name') names.delete(node.name)
    })
  }
  return names
}

/** The name that a node refers to, if it refers to one. */
function referredTo(node: AnyNode): { readonly name: string; readonly span: Span } | undefined {
  switch (node.kind) {
    case 'Name':
      return { name: node.name, span: node.span }
    case 'Reference':
      return node.name
    case 'Cell':
      return node.base?.name
    case 'Setting':
    case 'SetChange':
      return node.name
    default:
      return undefined
  }
}
