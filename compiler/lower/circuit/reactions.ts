/** Reactions as changes of states: those to `presented` come before the step, all others at its end. */
import type { ReactionMember } from '../../../grammar/ast.ts'
import type { Equation, Scope } from '../../model/model.ts'
import type { LowerContext } from '../context.ts'
import type { Change, InBlock, ReadState } from './dynamics.ts'
import { lowerExpression, type Reading } from './expressions.ts'
import { isPresented } from './presented.ts'

export function changesOf(
  context: LowerContext,
  reactions: readonly { readonly member: ReactionMember; readonly scope: Scope }[],
  place: (scope: Scope, read: ReadState, inBlock: InBlock) => Reading,
  before?: (member: ReactionMember) => ReadonlySet<Equation>,
): { readonly anew: readonly Change[]; readonly reactions: readonly Change[] } {
  const none: ReadState = () => undefined
  const isAnew = reactions.map(({ member, scope }) =>
    isPresented(context, place(scope, none, {}).environment, member.trigger),
  )
  const all = reactions.map(({ member, scope }, i): Change => {
    const early = before && { before: before(member) }
    return {
      trigger: (read) => lowerExpression(context, place(scope, read, early ?? {}), member.trigger),
      assignments: member.assignments,
      scope,
      ...early,
      ...(isAnew[i] && { anew: true }),
    }
  })
  return {
    anew: all.filter((_, i) => isAnew[i]),
    reactions: all.filter((_, i) => !isAnew[i]),
  }
}
