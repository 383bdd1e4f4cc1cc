/**
 * What an experiment records, and how often it looks: `record h.e, W every 10 steps`. Variables are
 * outputs of the step's graph; weights and biases are what is stored, or follows from it.
 */
import type { Expression, RecordStatement } from '../../../grammar/ast.ts'
import type { RecordPlan } from '../../../contract/plan.ts'
import { familyName } from '../../model/families.ts'
import { didYouMean, evaluate } from '../../model/evaluate.ts'
import type { Population, Scope } from '../../model/model.ts'
import { splitPhase } from '../../model/phase-names.ts'
import type { LowerContext } from '../context.ts'
import { recordHint } from '../../model/statement-hints.ts'
import { resolveEvery } from './durations.ts'
import { findFamily, parseName } from '../names.ts'

/**
 * The plan of a `record` statement; `outputs` are the names that a network can observe, `step` how long
 * a step is, where a clock runs.
 */
export function resolveRecord(
  context: LowerContext,
  scope: Scope,
  statement: RecordStatement,
  outputs: ReadonlySet<string>,
  step: number | undefined,
): RecordPlan {
  const { diagnostics } = context
  const every = statement.every && resolveEvery({ diagnostics, scope, step }, statement.every)
  const found = statement.targets.map((target) => resolveTarget(context, scope, target, outputs))
  return {
    variables: [...new Set(found.flatMap((each) => each?.variables ?? []))],
    weights: [...new Set(found.flatMap((each) => each?.weights ?? []))],
    every: every ?? { unit: 'steps', count: 1 },
  }
}

type Names = Partial<Pick<RecordPlan, 'variables' | 'weights'>>

function resolveTarget(
  context: LowerContext,
  scope: Scope,
  target: Expression,
  outputs: ReadonlySet<string>,
): Names | undefined {
  const root = target.kind === 'Index' ? target.object : target
  if (findFamily(context, familyName(root) ?? '', root, scope)) {
    const weights = parseName(context, target, scope)
    return weights && { weights: weights.map(({ name }) => name) }
  }
  const { diagnostics } = context
  // What is read of a weight was reported by the check.
  if (
    target.kind === 'Member' &&
    findFamily(context, familyName(target.object) ?? '', target.object, scope)
  )
    return undefined
  if (target.kind !== 'Member') {
    const name = target.kind === 'Name' ? target.name : 'this'
    const isPopulation = context.model.populations.some((each) => each.family === name)
    const known = [...context.index.families.keys()]
    const near = isPopulation ? undefined : didYouMean(name, known)
    return diagnostics.report(
      'unknownName',
      target.span,
      { kind: 'variable to record', name },
      { hint: near ?? recordHint(target) },
    )
  }
  const inPhase = splitPhase(target.object, context.model.phases)
  const phases = context.model.phases.map((each) => each.name.name)
  const prefix = inPhase && inPhase.phase !== phases.at(-1) ? `${inPhase.phase}.` : ''
  const value = evaluate(diagnostics, scope, inPhase?.rest ?? target.object)
  if (value?.kind !== 'population' && value?.kind !== 'populations') return undefined
  const populations = value.kind === 'population' ? [value.population] : value.elements
  const names = populations.map((each) =>
    resolveVariable(each, target.member.name, outputs, prefix),
  )
  const missing = names.findIndex((each) => each === undefined)
  if (missing < 0) {
    return {
      variables: names.flatMap((each) => each?.variables ?? []),
      weights: names.flatMap((each) => each?.weights ?? []),
    }
  }
  const owner = populations[missing]!.name
  const known = [...outputs].flatMap((name) =>
    name.startsWith(`${owner}.`) ? [name.slice(owner.length + 1)] : [],
  )
  return diagnostics.report(
    'unknownMember',
    target.span,
    { owner: `\`${owner}\``, kind: 'variable', name: target.member.name },
    { hint: didYouMean(target.member.name, known) },
  )
}

function resolveVariable(
  { name, cell }: Population,
  member: string,
  outputs: ReadonlySet<string>,
  prefix: string,
): Names | undefined {
  const bias = cell.biases.find((each) => each.name === member)
  if (bias) return { weights: [bias.storage] }
  // A signal is also known by its role: `h.event`.
  const equation = cell.equations.find((each) => each.role === member)
  const found = [member, equation?.name].find((each) => outputs.has(`${prefix}${name}.${each}`))
  return found === undefined ? undefined : { variables: [`${prefix}${name}.${found}`] }
}
