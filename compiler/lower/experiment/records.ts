/**
 * What an experiment records, and how often it looks: `record h.e, W every 10 steps`. Variables are
 * outputs of the step's graph; weights and biases are what is stored, or follows from it.
 */
import type { Expression, RecordStatement } from '../../../grammar/ast.ts'
import type { RecordPlan } from '../../../contract/plan.ts'
import type { Experiment, Scope } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import { FigureUnits } from './figure-units.ts'
import { resolveEvery } from './durations.ts'
import { findFamily } from '../../model/bind/elements.ts'
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
    const unit = variables.length > 0 ? figures.of(target, scope) : undefined
    const connections = weights.map((name) => context.index.connections.get(name))
    const ofWeights = figures.ofWeights(connections)
    return [
      ...(unit ? variables.map((name) => [name, unit] as const) : []),
      ...(ofWeights ? weights.map((name) => [name, ofWeights] as const) : []),
    ]
  })
  return {
    variables: [...new Set(found.flatMap((each) => each?.variables ?? []))],
    weights: [...new Set(found.flatMap((each) => each?.weights ?? []))],
    ...(units.length > 0 && { units: Object.fromEntries(units) }),
    every: every ?? { unit: 'steps', count: 1 },
  }
}

type Names = Partial<Pick<RecordPlan, 'variables' | 'weights'>>

function resolveTarget(context: LowerContext, scope: Scope, target: Expression): Names | undefined {
  const root = target.kind === 'Index' ? target.object : target
  if (findFamily(context.index.families, scope, root, 'whole')) {
    const weights = parseName(context, target, scope)
    return weights && { weights: weights.map(({ name }) => name) }
  }
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

/** Computes what is recorded and nothing else reads: an input that only the record names. */
export function lowerRecorded(circuit: CircuitLowering, experiment: Experiment): void {
  const { context } = circuit
  const { environments, references } = context.bound
  const environment = environments.observed(experiment.scope)
  for (const statement of experiment.statements) {
    if (statement.kind !== 'Record') continue
    for (const target of statement.targets) {
      if (!references.has(environment, target)) continue
      const reference = references.of(environment, target)
      if (reference.kind !== 'path') continue
      const { phase, elements } = reference.path
      const seen = phase === undefined ? circuit : context.phase?.circuit(phase, target.span)
      for (const { population, of } of elements)
        if (of.kind !== 'number' && of.kind !== 'boolean' && of.kind !== 'bias')
          seen?.value(population, of)
    }
  }
}
