/**
 * What an experiment records, and how often it looks: `record h.e, W every 10 steps`. Variables are
 * outputs of the step's graph, and so are slices of them and statistics over their units; of a signal's events there are lists.
 * Weights, biases and the states of terminals are what is stored, or follows from it.
 */
import type { CallExpression, Expression, RecordStatement } from '../../../grammar/ast.ts'
import { printExpression } from '../../../grammar/print/expression.ts'
import type { RecordPlan } from '../../../contract/plan.ts'
import type { ValueId } from '../../ir/ir.ts'
import { listOfEvents, reductions } from '../../model/builtins.ts'
import { findElements, findFamily } from '../../model/bind/elements.ts'
import type { Experiment, Scope } from '../../model/model.ts'
import { lowerReduction } from '../circuit/builtins.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import { FigureUnits } from './figure-units.ts'
import { resolveEvery } from './durations.ts'
import { observedValue } from './observed.ts'
import { parseName } from '../names.ts'

/**
 * The plan of a `record` statement; `step` is how long a step is, where a clock runs.
 */
export function resolveRecord(
  context: LowerContext,
  scope: Scope,
  statement: RecordStatement,
  step: number | undefined,
): RecordPlan {
  const { diagnostics } = context
  const every = statement.every && resolveEvery({ diagnostics, scope, step }, statement.every)
  const found = statement.targets.map((target) => resolveTarget(context, scope, target))
  const figures = new FigureUnits(context)
  const units = statement.targets.flatMap((target, i) => {
    const variables = found[i]?.variables ?? []
    const weights = found[i]?.weights ?? []
    const [measured, exponent] = measuredIn(target)
    const unit = variables.length > 0 ? figures.of(measured, scope, exponent) : undefined
    const connections = weights.map((name) => context.index.connections.get(name))
    const ofWeights = figures.ofWeights(connections)
    return [
      ...(unit ? variables.map((name) => [name, unit] as const) : []),
      ...(ofWeights ? weights.map((name) => [name, ofWeights] as const) : []),
    ]
  })
  const times = [...new Set(found.flatMap((each) => each?.times ?? []))]
  return {
    variables: [...new Set(found.flatMap((each) => each?.variables ?? []))],
    weights: [...new Set(found.flatMap((each) => each?.weights ?? []))],
    ...(times.length > 0 && { times }),
    ...(units.length > 0 && { units: Object.fromEntries(units) }),
    every: every ?? { unit: 'steps', count: 1 },
  }
}

/** What a target has the unit of, and to which power. */
function measuredIn(target: Expression): readonly [Expression, number] {
  const statistic = asStatistic(target)
  if (!statistic) return [target, 1]
  return [statistic.value, statistic.name === 'variance' ? 2 : 1]
}

type Names = Partial<Pick<RecordPlan, 'variables' | 'weights' | 'times'>>

function resolveTarget(context: LowerContext, scope: Scope, target: Expression): Names | undefined {
  const root = target.kind === 'Index' ? target.object : target
  if (findFamily(context.index.families, scope, root, 'whole')) {
    const weights = parseName(context, target, scope)
    return weights && { weights: weights.map(({ name }) => name) }
  }
  if (target.kind === 'Member') {
    const terminals = findElements(context.index.families, scope, target.object)
    if (terminals) return { weights: terminals.map(({ name }) => `${name}.${target.member.name}`) }
  }
  const list = asList(target)
  if (list) return { times: pathNames(context, scope, list)?.variables ?? [] }
  const statistic = asStatistic(target)
  if (statistic) {
    const labels = elementsIn(context, scope, statistic.value)
    return { variables: labels.map((each) => `${printExpression(target)}${each}`) }
  }
  return pathNames(context, scope, target)
}

/** The names of the variables, or biases, that a path stands for. */
function pathNames(context: LowerContext, scope: Scope, target: Expression): Names | undefined {
  const { environments, references } = context.bound
  const environment = environments.observed(scope)
  // What is no path was reported.
  if (target.kind !== 'Member' || !references.has(environment, target)) return undefined
  const reference = references.of(environment, target)
  if (reference.kind !== 'path') return undefined
  const { phase, elements } = reference.path
  const last = context.model.phases.at(-1)?.name.name
  const prefix = phase === undefined || phase === last ? '' : `${phase}.`
  const variables: string[] = []
  const weights: string[] = []
  for (const { population, of } of elements) {
    if (of.kind === 'bias') weights.push(of.bias.storage)
    else if (of.kind !== 'number' && of.kind !== 'boolean')
      variables.push(`${prefix}${population.name}.${of.name}`)
  }
  return { variables, weights }
}

/** The signal of `times(e.s)`. */
function asList(target: Expression): Expression | undefined {
  const isList =
    target.kind === 'Call' && target.callee.kind === 'Name' && target.callee.name === listOfEvents
  return isList ? target.args[0]?.value : undefined
}

/** The function and the argument of `mean(e.s)`. */
function asStatistic(
  target: Expression,
): { readonly name: string; readonly value: Expression } | undefined {
  if (target.kind !== 'Call' || target.callee.kind !== 'Name') return undefined
  const { name } = target.callee
  const value = (target satisfies CallExpression).args[0]?.value
  return reductions.has(name) && value ? { name, value } : undefined
}

/** `[0]`, `[1]`, ... of an expression of arrays, each of whose elements has a value; else nothing. */
function elementsIn(context: LowerContext, scope: Scope, value: Expression): readonly string[] {
  const count = observedValue.count(context, scope, value)
  return count === undefined ? [''] : Array.from({ length: count }, (_, i) => `[${i}]`)
}

/** Computes what is recorded and nothing else reads: inputs, slices, and statistics over units. */
export function lowerRecorded(circuit: CircuitLowering, { statements, scope }: Experiment): void {
  for (const statement of statements) {
    if (statement.kind !== 'Record') continue
    for (const target of statement.targets) {
      const statistic = asStatistic(target)
      if (statistic) lowerStatistic(circuit, scope, printExpression(target), statistic)
      else lowerPath(circuit, scope, asList(target) ?? target)
    }
  }
}

function lowerPath(circuit: CircuitLowering, scope: Scope, target: Expression): void {
  const { context } = circuit
  const { environments, references } = context.bound
  const environment = environments.observed(scope)
  if (!references.has(environment, target)) return
  const reference = references.of(environment, target)
  if (reference.kind !== 'path') return
  const { phase, elements } = reference.path
  const seen = phase === undefined ? circuit : context.phase?.circuit(phase, target.span)
  for (const { population, of } of elements) {
    if (of.kind === 'number' || of.kind === 'boolean' || of.kind === 'bias') continue
    const value = seen?.value(population, of)
    if (population.slice && value !== undefined)
      seen?.publish(`${population.name}.${of.name}`, value)
  }
}

/** A statistic over the units, for each example: [examples]. */
function lowerStatistic(
  circuit: CircuitLowering,
  scope: Scope,
  label: string,
  { name, value }: { readonly name: string; readonly value: Expression },
): void {
  const { context } = circuit
  const { builder } = context
  for (const [i, element] of elementsIn(context, scope, value).entries()) {
    const found = observedValue.lower(circuit, scope, value, i)
    if (found === undefined) continue
    const whole = asMatrix(circuit, found)
    const reduced = lowerReduction(builder, name, whole)
    builder.output(
      `${label}${element}`,
      builder.reshape(reduced, builder.shapeOf(whole).slice(0, 1)),
    )
  }
}

/** A value of one number, or of each example or unit, as [examples, units]. */
function asMatrix({ context }: CircuitLowering, value: ValueId): ValueId {
  const { builder, clock } = context
  const shape = builder.shapeOf(value)
  const examples = clock?.examples ?? 'batch'
  return builder.broadcast(value, [examples, shape.length > 1 ? (shape.at(-1) ?? 1) : 1])
}
