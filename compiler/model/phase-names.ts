/** Phases named in expressions: `predict.h.p`. */
import type { Expression, PhaseItem } from '../../grammar/ast.ts'

/**
 * `predict.h[0]` as the name of a phase and `h[0]`, `[...predict.h, predict.y]` as that and `[...h, y]`;
 * undefined where no phase is named.
 */
export function splitPhase(
  expression: Expression,
  phases: readonly PhaseItem[],
): { readonly phase: string; readonly rest: Expression } | undefined {
  if (expression.kind === 'Spread') {
    const inner = splitPhase(expression.operand, phases)
    return inner && { phase: inner.phase, rest: { ...expression, operand: inner.rest } }
  }
  if (expression.kind === 'List') {
    const parts = expression.elements.map((each) => splitPhase(each, phases))
    const phase = parts[0]?.phase
    const elements = parts.flatMap((each) => (each && each.phase === phase ? [each.rest] : []))
    if (phase === undefined || elements.length < parts.length) return undefined
    return { phase, rest: { ...expression, elements } }
  }
  if (expression.kind !== 'Member' && expression.kind !== 'Index') return undefined
  const { object } = expression
  if (expression.kind === 'Member' && object.kind === 'Name') {
    const isPhase = phases.some(({ name }) => name.name === object.name)
    if (!isPhase) return undefined
    return { phase: object.name, rest: { ...expression.member, kind: 'Name' } }
  }
  const inner = splitPhase(object, phases)
  return inner && { phase: inner.phase, rest: { ...expression, object: inner.rest } }
}
