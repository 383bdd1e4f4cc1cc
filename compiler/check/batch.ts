/**
 * Statistics over the examples of a batch, and running averages: no local rule reads what is made of other
 * examples, no variance is of one example alone, and `running` stands where an average is declared.
 */
import type { CallExpression, Expression } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { walk } from '../../grammar/walk.ts'
import type { Environment } from '../model/bind/environment.ts'
import { builtinsOf } from '../model/bind/function-bodies.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { Model, Population } from '../model/model.ts'
import { expressionsAt } from './phases.ts'
import { originsOf } from './properties/paths.ts'

export function checkBatches(
  context: Context,
  model: Model,
  bound: Bound,
  resolved: ResolvedExperiment | undefined,
): void {
  for (const place of bound.places)
    for (const expression of expressionsAt(place)) {
      checkAverages(context, bound, expression, place.environment)
      checkRead(context, bound, expression, place.environment)
    }
  if (resolved?.values.batch === 1)
    for (const population of model.populations) checkVariances(context, bound, population)
}

/** Calls of a function of the language, by itself or within one of the file. */
function callsOf(
  { references }: Bound,
  expression: Expression,
  environment: Environment,
  name: string,
): readonly CallExpression[] {
  const found: CallExpression[] = []
  walk(expression, (node) => {
    if (node.kind !== 'Call' || !references.has(environment, node.callee)) return
    const reference = references.of(environment, node.callee)
    if (reference.kind !== 'function') return
    const { fn } = reference
    if (fn.kind === 'builtin' ? fn.name === name : builtinsOf(fn).has(name)) found.push(node)
  })
  return found
}

/** `running` is what an equation of a cell is, as a whole. */
function checkAverages(
  context: Context,
  bound: Bound,
  expression: Expression,
  environment: Environment,
): void {
  const { cell, rule } = environment
  if (rule) return
  for (const call of callsOf(bound, expression, environment, 'running')) {
    const within = cell?.compartments.flatMap((each) => each.equations) ?? []
    const equations = [...(cell?.equations ?? []), ...within]
    const isNamed = call.callee.kind === 'Name' && call.callee.name === 'running'
    const own = equations.find(({ value }) => value === call)
    if (isNamed && own && !own.detected) continue
    const hint =
      'give it a name of its own, as in `m = running(batch_mean(x), 0.1, 0)`, and read that'
    context.report('averagePlace', call.span, {}, { hint })
  }
}

/** Reports what a rule reads of other examples, unless it is declared nonlocal. */
function checkRead(
  context: Context,
  bound: Bound,
  expression: Expression,
  environment: Environment,
): void {
  const { rule, sides } = environment
  if (!rule || rule.nonlocal) return
  walk(expression, (node) => {
    if (
      (node.kind !== 'Name' && node.kind !== 'Member') ||
      !bound.references.has(environment, node)
    )
      return true
    const reference = bound.references.of(environment, node)
    if (reference.kind !== 'cell' || reference.of === 'self') return false
    const side = sides.get(reference.of)
    const taken =
      side &&
      originsOf(bound, side, reference.variable).statistics.find(({ over }) => over === 'examples')
    if (!taken) return false
    const parameters = {
      rule: rule.name.name,
      name: printExpression(node),
      statistic: printExpression(taken.node),
    }
    const hint = 'declare the rule `nonlocal`, or read what the statistic is taken of'
    context.report('batchRead', node.span, parameters, { hint })
    return false
  })
}

/** Of one example there is no variance, but among the places of a channel. */
function checkVariances(context: Context, bound: Bound, { cell, shape }: Population): void {
  const places = shape.slice(1).reduce((a, b) => a * b, 1)
  const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
  for (const { value, scope } of equations) {
    const environment = bound.environments.cell(cell, scope)
    for (const call of callsOf(bound, value, environment, 'batch_variance')) {
      const isOfPlaces = call.args.length > 1 && places > 1
      if (isOfPlaces) continue
      const hint = 'let several examples make a batch, as in `batch 32`'
      context.reportOnce('batchOfOne', call.span, { statistic: printExpression(call) }, { hint })
    }
  }
}
