/** What an experiment records, bound: weights, and variables of populations. */
import type { Expression } from '../../../grammar/ast.ts'
import type { Interval } from '../../../contract/plan.ts'
import { findFamily, type WeightElement } from '../bind/elements.ts'
import type { VariablePath } from '../bind/reference.ts'
import type { Experiment, Scope } from '../model.ts'
import { parseName } from '../weights/parse-name.ts'
import type { Resolving } from './context.ts'
import { resolveEvery } from './durations.ts'
import { statementsOf } from './statements.ts'

export type BoundTarget =
  | { readonly kind: 'weights'; readonly elements: readonly WeightElement[] }
  | { readonly kind: 'path'; readonly path: VariablePath; readonly expression: Expression }

export interface BoundRecord {
  readonly every: Interval
  readonly targets: readonly BoundTarget[]
}

/** The records of an experiment; mistakes are reported. */
export function resolveRecords(context: Resolving, experiment: Experiment): readonly BoundRecord[] {
  const { scope } = experiment
  const { diagnostics, step } = context
  return statementsOf(experiment, 'Record').map(({ every, targets }) => ({
    every: (every && resolveEvery({ diagnostics, scope, step }, every)) ?? {
      unit: 'steps',
      count: 1,
    },
    targets: targets.flatMap((each) => resolveTarget(context, scope, each) ?? []),
  }))
}

/** Undefined after a report. */
function resolveTarget(
  context: Resolving,
  scope: Scope,
  target: Expression,
): BoundTarget | undefined {
  const root = target.kind === 'Index' ? target.object : target
  const { elements, environments, references } = context.bound
  if (findFamily(elements, scope, root, 'whole')) {
    const found = parseName(context, target, scope)
    return found && { kind: 'weights', elements: found }
  }
  const environment = environments.observed(scope)
  // What is no path was reported.
  if (target.kind !== 'Member' || !references.has(environment, target)) return undefined
  const reference = references.of(environment, target)
  return reference.kind === 'path'
    ? { kind: 'path', path: reference.path, expression: target }
    : undefined
}
