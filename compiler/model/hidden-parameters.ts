/**
 * Parameters that a member has the name of: either could be meant wherever the name is read, and whoever gives
 * the parameter a value would not see that nothing reads it. So it is an error, in cells (with what they inherit),
 * rules, types of short-term plasticity and motifs.
 */
import type { CellItem, CellMember, CircuitItem, Identifier, Span } from '../../grammar/ast.ts'
import type { AnyNode } from '../../grammar/walk.ts'
import type { Context } from './context.ts'

/** What reports the parameters of a definition that one of its own members has the name of. */
export function hiddenParameters(node: AnyNode): readonly ((context: Context) => void)[] {
  if (!('parameters' in node)) return []
  const parameters = new Map(node.parameters.map(({ name: { name, span } }) => [name, span]))
  if (parameters.size === 0) return []
  return declaredIn(node).flatMap((member) => {
    const parameter = parameters.get(member.name)
    if (!parameter) return []
    return [(context: Context) => report(context, member, parameter, 'It is a parameter here.')]
  })
}

/** What stands beside the parameters of a definition; the bindings of a function are judged where it is bound. */
function declaredIn(node: AnyNode): readonly Identifier[] {
  if (node.kind === 'Motif') return circuitNames(node.body)
  const holds = node.kind === 'Cell' || node.kind === 'Plasticity' || node.kind === 'Stp'
  return holds ? memberNames(node.members) : []
}

/** The names along a chain of cells, each where it was declared last. */
export interface CellNames {
  readonly parameters: Map<string, Span>
  readonly members: Map<string, Span>
}

export const cellNames = (): CellNames => ({ parameters: new Map(), members: new Map() })

/**
 * Reports, of one cell of a chain, a parameter with the name of an inherited member, and a member with the name of
 * an inherited parameter; `above` is what it inherits, and gets its names. A parameter may have the name of an inherited one,
 * which it hands on.
 */
export function reportHiddenInherited(context: Context, item: CellItem, above: CellNames): void {
  const own = new Set(item.parameters.map(({ name }) => name.name))
  for (const { name } of item.parameters) {
    const member = above.members.get(name.name)
    if (member) report(context, name, member, 'The member that the cell inherits is declared here.')
  }
  const members = memberNames(item.members)
  for (const member of members) {
    const parameter = above.parameters.get(member.name)
    if (parameter && !own.has(member.name))
      report(context, member, parameter, 'It is a parameter of the cell that it extends here.')
  }
  for (const { name } of item.parameters) above.parameters.set(name.name, name.span)
  for (const { name, span } of members) above.members.set(name, span)
}

function report(context: Context, { name, span }: Identifier, other: Span, message: string): void {
  const hint = 'give one of them another name'
  context.report('duplicateName', span, { name }, { related: [{ span: other, message }], hint })
}

/** The names that members declare, in compartments too. */
function memberNames(members: readonly (CellMember | AnyNode)[]): readonly Identifier[] {
  return members.flatMap((member): readonly Identifier[] => {
    switch (member.kind) {
      case 'Compartment':
        return [...member.names, ...memberNames(member.members)]
      case 'Input':
      case 'Bias':
      case 'State':
      case 'Equation':
        return [member.name]
      default:
        return []
    }
  })
}

/** The names that a motif's circuit declares, in loops and branches too. */
function circuitNames(items: readonly CircuitItem[]): readonly Identifier[] {
  return items.flatMap((item): readonly Identifier[] => {
    if (item.kind === 'For') return circuitNames(item.body)
    if (item.kind === 'If') return circuitNames([...item.then, ...item.otherwise])
    return item.kind !== 'Init' && item.name ? [item.name] : []
  })
}
