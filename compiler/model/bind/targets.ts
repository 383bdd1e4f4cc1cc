/** States that are named to be changed, or to be held. */
import { describeVariable } from './name-parts.ts'
import type { Assignment, RefractoryClause } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import { didYouMean } from '../evaluate.ts'
import type { Environment } from './environment.ts'
import { type References } from './reference.ts'

/** The states that stand still while a cell is refractory. */
export function checkHeld(
  context: Context,
  { holding }: RefractoryClause,
  { variables }: Environment,
): void {
  for (const { name, span } of holding) {
    const variable = variables.get(name)
    if (variable?.kind === 'state') continue
    if (variable) {
      const found = describeVariable(variable)
      context.report('wrongKind', span, { name, found, expected: 'a state variable' })
      continue
    }
    const states = [...variables.values()].filter(({ kind }) => kind === 'state')
    const hint = didYouMean(
      name,
      states.map((each) => each.name),
    )
    context.report('unknownName', span, { kind: 'state variable', name }, { hint })
  }
}

/** What an assignment changes: a state variable, or the weight in a rule. */
export function bindTarget(
  context: Context,
  references: References,
  assignment: Assignment,
  environment: Environment,
): void {
  const { name, span } = assignment.target
  const variable = environment.variables.get(name)
  const isWeight = environment.rule !== undefined && name === 'w'
  if (variable && (isWeight || variable.kind === 'state' || variable.kind === 'trace'))
    return references.setTarget(environment, assignment, variable)
  if (variable) {
    context.report('wrongKind', span, {
      name,
      found: describeVariable(variable),
      expected: environment.rule ? '`w` or a state variable' : 'a state variable',
    })
    return
  }
  const states = [...environment.variables.values()].filter(
    ({ kind }) => kind === 'state' || kind === 'trace',
  )
  const names = states.map((each) => each.name)
  const hint = didYouMean(name, environment.rule ? ['w', ...names] : names)
  context.report('unknownName', span, { kind: 'state variable', name }, { hint })
}
