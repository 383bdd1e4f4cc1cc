/**
 * States that each example keeps for itself are states of cells; there are examples where they run; and they begin
 * alike for every example, as what each begins with is not drawn for so many.
 */
import type { Expression, SourceFile } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { builtinsOf } from '../model/bind/function-bodies.ts'
import type { Bound } from '../model/bind/index.ts'
import { draws } from '../model/builtins.ts'
import type { Context } from '../model/context.ts'
import { statesOfExamples } from '../model/example-states.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { Model } from '../model/model.ts'

export function checkExampleStates(
  context: Context,
  model: Model,
  bound: Bound,
  ast: SourceFile,
  resolved: ResolvedExperiment | undefined,
): void {
  for (const item of ast.items)
    if (item.kind === 'Plasticity' || item.kind === 'Stp')
      for (const member of item.members)
        if (member.kind === 'State' && member.perExample)
          context.report('examplePlace', member.name.span, { name: member.name.name })
  const states = statesOfExamples(model)
  const told = new Set<Expression>()
  for (const { state } of states) {
    const { member, scope } = state
    const { initial, name } = member
    const owner = model.populations.find(({ cell }) => cell.states.includes(state))
    if (!initial || told.has(initial)) continue
    told.add(initial)
    const drawing = drawIn(bound, initial, bound.environments.initial(owner?.cell, scope))
    if (drawing) context.report('exampleDraw', drawing.span, { name: name.name })
  }
  const [first] = states
  if (!first || !resolved?.clock || resolved.data || context.lost.has('data')) return
  const { member } = first.state
  context.report(
    'noExamples',
    member.name.span,
    { name: member.name.name, experiment: resolved.experiment.item.name.name },
    { hint: 'present the examples of a data set: `data digits` and `present x = image for 50 ms`' },
  )
}

/** The first call that draws. */
function drawIn(
  { references }: Bound,
  expression: Expression,
  environment: Parameters<Bound['references']['of']>[0],
): Expression | undefined {
  let found: Expression | undefined
  walk(expression, (node) => {
    if (found || node.kind !== 'Call' || !references.has(environment, node.callee)) return
    const reference = references.of(environment, node.callee)
    if (reference.kind !== 'function') return
    const { fn } = reference
    const names = fn.kind === 'builtin' ? [fn.name] : [...builtinsOf(fn)]
    if (names.some((each) => draws.has(each))) found = node
  })
  return found
}
