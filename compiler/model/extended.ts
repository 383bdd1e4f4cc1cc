/**
 * A file that extends another, `model mine extends "base.ccn"`: what the other one declares stands in it as well, as it is
 * there, with the places that it has there. What the file declares itself under a name of the other one stands in its
 * place: definitions, parameters, experiments, variants, phases, sweeps; its own `property` in that of all of the other.
 * Parts of the circuit are changed by variants, and are otherwise added.
 */
import type { Item, SourceFile } from '../../grammar/ast.ts'
import { isDefinition } from './definition-items.ts'

/** The file with what it extends, which has been extended itself. */
export function extendedBy(base: SourceFile, own: SourceFile): SourceFile {
  const names = new Set(own.items.flatMap(keysOf))
  const claims = own.items.some(({ kind }) => kind === 'Claim')
  const inherited = base.items.flatMap((item): readonly Item[] => {
    if (item.kind === 'Claim') return claims ? [] : [item]
    if (item.kind !== 'Import') return keysOf(item).some((each) => names.has(each)) ? [] : [item]
    const left = item.names.filter(
      ({ name, alias }) => !names.has(definition((alias ?? name).name)),
    )
    return left.length === 0 ? [] : [{ ...item, names: left }]
  })
  // The first experiment is the one that is run if none is named: that of the file itself.
  const first = own.items.filter(({ kind }) => kind === 'Experiment')
  const others = own.items.filter(({ kind }) => kind !== 'Experiment')
  return { ...own, items: [...first, ...inherited, ...others] }
}

const definition = (name: string): string => `definition ${name}`

/** What an item stands in the place of. */
function keysOf(item: Item): readonly string[] {
  if (isDefinition(item)) return [definition(item.name.name)]
  switch (item.kind) {
    case 'Import':
      return item.names.map(({ name, alias }) => definition((alias ?? name).name))
    case 'Experiment':
    case 'Variant':
    case 'Phase':
    case 'Sweep':
      return [`${item.kind} ${item.name.name}`]
    default:
      return []
  }
}
