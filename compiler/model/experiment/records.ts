/** What an experiment records, bound: weights, and variables of populations. */
import type { Expression, Span } from '../../../grammar/ast.ts'
import { printExpression } from '../../../grammar/print/expression.ts'
import type { Interval } from '../../../contract/plan.ts'
import { findElements, findFamily, type WeightElement } from '../bind/elements.ts'
import type { VariablePath } from '../bind/reference.ts'
import { listOfEvents, reductions } from '../builtins.ts'
import type { Experiment, Scope } from '../model.ts'
import { parseName } from '../weights/parse-name.ts'
import type { Resolving } from './context.ts'
import { resolveEvery } from './durations.ts'
import { statementsOf } from './statements.ts'

export type BoundTarget =
  | { readonly kind: 'weights'; readonly elements: readonly WeightElement[] }
  /** A state of each terminal, or what a rule remembers, stored under the connection's name. */
  | { readonly kind: 'terminals'; readonly names: readonly string[]; readonly span: Span }
  /** Variables; of `times(h.spike)` their events. */
  | {
      readonly kind: 'path' | 'times'
      readonly path: VariablePath
      readonly expression: Expression
    }
  /** `mean(h.e)`, over units. */
  | {
      readonly kind: 'statistic'
      readonly name: string
      readonly value: Expression
      readonly label: string
    }

export interface BoundRecord {
  readonly every: Interval
  readonly targets: readonly BoundTarget[]
}

/**
 * The records of an experiment; mistakes are reported. What is recorded of a statistic has a value for each
 * example, and what is measured is one figure: where both are asked for, `measured` has the name, and what is
 * recorded is called `record mean(h.e)`.
 */
export function resolveRecords(
  context: Resolving,
  experiment: Experiment,
  measured: ReadonlySet<string>,
): readonly BoundRecord[] {
  const { scope } = experiment
  const { diagnostics, step } = context
  return statementsOf(experiment, 'Record').map(({ every, targets }) => ({
    every: (every && resolveEvery({ diagnostics, scope, step }, every)) ?? {
      unit: 'steps',
      count: 1,
    },
    targets: targets.flatMap((each) => {
      const found = resolveTarget(context, scope, each)
      if (found?.kind !== 'statistic' || !measured.has(found.label)) return found ?? []
      return { ...found, label: `record ${found.label}` }
    }),
  }))
}

/** Undefined after a report. */
function resolveTarget(
  context: Resolving,
  scope: Scope,
  target: Expression,
): BoundTarget | undefined {
  const root = target.kind === 'Index' ? target.object : target
  const { elements } = context.bound
  if (findFamily(elements, scope, root, 'whole')) {
    const found = parseName(context, target, scope)
    return found && { kind: 'weights', elements: found }
  }
  if (target.kind === 'Member') {
    const terminals = findElements(elements, scope, target.object)
    const names = terminals?.map(({ name }) => `${name}.${target.member.name}`)
    return names
      ? { kind: 'terminals', names, span: target.span }
      : pathOf(context, scope, 'path', target)
  }
  // A modulator is one number of each example, whose mean over units is itself.
  if (target.kind === 'Name')
    return isModulator(context, scope, target)
      ? { kind: 'statistic', name: 'mean', value: target, label: target.name }
      : undefined
  if (target.kind !== 'Call' || target.callee.kind !== 'Name') return undefined
  const { name } = target.callee
  const value = target.args[0]?.value
  if (!value) return undefined
  if (name === listOfEvents) return pathOf(context, scope, 'times', value)
  return reductions.has(name)
    ? { kind: 'statistic', name, value, label: printExpression(target) }
    : undefined
}

function isModulator(
  { bound: { environments, references } }: Resolving,
  scope: Scope,
  name: Expression,
): boolean {
  const environment = environments.observed(scope)
  if (!references.has(environment, name)) return false
  const reference = references.of(environment, name)
  return reference.kind === 'local' && reference.variable.kind === 'modulator'
}

/** Of what is no path it was said. */
function pathOf(
  { bound }: Resolving,
  scope: Scope,
  kind: 'path' | 'times',
  expression: Expression,
): BoundTarget | undefined {
  const { environments, references } = bound
  const environment = environments.observed(scope)
  if (expression.kind !== 'Member' || !references.has(environment, expression)) return undefined
  const reference = references.of(environment, expression)
  return reference.kind === 'path' ? { kind, path: reference.path, expression } : undefined
}
