/**
 * What an experiment records, and how often it looks: `record h.e, W every 10 steps`. Variables are
 * outputs of the step's graph; weights and biases are what is stored, or follows from it.
 */
import type { Expression, RecordStatement } from '../../grammar/ast.ts'
import type { RecordPlan } from '../../runtime/train/plan.ts'
import type { Context } from '../model/context.ts'
import { familyName } from '../model/families.ts'
import { didYouMean, evaluate, evaluateNumber } from '../model/evaluate.ts'
import type { Population, Scope } from '../model/model.ts'
import type { LowerContext } from './context.ts'
import { findFamily, parseName } from './names.ts'

/** The plan of a `record` statement; `outputs` are the names that a network can observe. */
export function resolveRecord(
  context: LowerContext,
  scope: Scope,
  statement: RecordStatement,
  outputs: ReadonlySet<string>,
): RecordPlan {
  const found = statement.targets.map((target) => resolveTarget(context, scope, target, outputs))
  return {
    variables: [...new Set(found.flatMap((each) => each?.variables ?? []))],
    weights: [...new Set(found.flatMap((each) => each?.weights ?? []))],
    every: statement.every ? resolveEvery(context.diagnostics, scope, statement.every) : 1,
  }
}

/** A number of training steps, at least 1; 1 after a report. */
export function resolveEvery(diagnostics: Context, scope: Scope, expression: Expression): number {
  const every = evaluateNumber(diagnostics, scope, expression)
  if (!every) return 1
  const units = Object.entries(every.dimension).filter(([, power]) => power !== 0)
  const inSteps = units.length === 0 || (units.length === 1 && every.dimension['step'] === 1)
  if (inSteps && Number.isSafeInteger(every.value) && every.value >= 1) return every.value
  if (units.length === 1 && every.dimension['time'] === 1) {
    diagnostics.report('noLowering', expression.span, { construct: 'An interval of time' })
    return 1
  }
  diagnostics.report('badValue', expression.span, {
    what: '`every`',
    expected: 'a whole number of steps, as in `every 100 steps`',
    found: inSteps ? every.value : 'something else',
  })
  return 1
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
  if (target.kind !== 'Member') {
    const known = [...context.index.families.keys()]
    return diagnostics.report(
      'unknownName',
      target.span,
      { kind: 'variable to record', name: familyName(target) ?? 'this' },
      { hint: didYouMean(familyName(target) ?? '', known) ?? 'write it as in `h.e`' },
    )
  }
  const value = evaluate(diagnostics, scope, target.object)
  if (value?.kind !== 'population' && value?.kind !== 'populations') return undefined
  const populations = value.kind === 'population' ? [value.population] : value.elements
  const names = populations.map((each) => resolveVariable(each, target.member.name, outputs))
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
): Names | undefined {
  const bias = cell.biases.find((each) => each.name === member)
  if (bias) return { weights: [bias.storage] }
  // A signal is also known by its role: `h.event`.
  const equation = cell.equations.find((each) => each.role === member)
  const found = [member, equation?.name].find((each) => outputs.has(`${name}.${each}`))
  return found === undefined ? undefined : { variables: [`${name}.${found}`] }
}
