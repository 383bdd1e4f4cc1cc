/** Members of cells: of the two that a synapse joins, and of compartments. */
import { isSideName, nameOf } from './name-parts.ts'
import type { Hint } from './functions.ts'
import type { Expression, Span } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import type { Environment } from './environment.ts'
import { unknown, type CellVariable, type Reference, type Side } from './reference.ts'

export class Members {
  readonly #context: Context
  readonly #hint: Hint

  constructor(context: Context, hint: Hint) {
    this.#context = context
    this.#hint = hint
  }

  /** The cell that `pre`, `post` or `predict.post` stands for. */
  side(
    object: Expression,
    { sides, phases, outline }: Environment,
  ): { readonly of: 'pre' | 'post'; readonly cell?: Side; readonly phase?: string } | undefined {
    const named = object.kind === 'Member' ? object.member.name : nameOf(object)
    if (!isSideName(named) || !sides.has(named)) return undefined
    const cell = sides.get(named)
    const found = { of: named, ...(cell ? { cell } : {}) }
    if (object.kind === 'Name') return found
    const phase = object.kind === 'Member' ? nameOf(object.object) : ''
    return phases.has(phase) || (outline && phase !== '') ? { ...found, phase } : undefined
  }

  ofSide(
    { owner, variables, cell }: Side,
    member: { readonly name: string; readonly span: Span },
    { of, phase }: { readonly of: 'pre' | 'post'; readonly phase?: string },
    known: boolean,
  ): Reference {
    const variable = variables.get(member.name)
    if (variable) return { kind: 'cell', of, variable, ...(phase === undefined ? {} : { phase }) }
    const entry = cell.scope.lookUp(member.name)
    if (entry?.kind === 'number' || entry?.kind === 'boolean')
      return { kind: 'value', value: entry }
    if (entry?.kind === 'list' && !known) return unknown
    if (!entry && cell.scope.knows(member.name)) return unknown
    return this.#missing(owner, variables, member)
  }

  within(
    owner: string,
    members: ReadonlyMap<string, CellVariable>,
    member: { readonly name: string; readonly span: Span },
    phase?: string,
  ): Reference {
    const variable = members.get(member.name)
    if (!variable) return this.#missing(owner, members, member)
    return { kind: 'cell', of: 'self', variable, ...(phase === undefined ? {} : { phase }) }
  }

  #missing(
    owner: string,
    members: ReadonlyMap<string, CellVariable>,
    { name, span }: { readonly name: string; readonly span: Span },
  ): Reference {
    const hint = this.#hint(name, () => [...members.keys()])
    this.#context.report('unknownMember', span, { owner, kind: 'variable', name }, { hint })
    return unknown
  }
}
