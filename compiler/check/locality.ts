/**
 * Locality: a synapse senses its own weight, what its presynaptic cell sends, and its postsynaptic
 * cell. A rule that reads anything else is an error, unless it is declared `nonlocal`; then the
 * model's description says so. The walk over the rules is that of `names.ts`.
 */
import type { CallExpression, Expression, PlasticityItem, Span } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { reductions } from '../model/builtins.ts'
import type { Context } from '../model/context.ts'
import { didYouMean } from '../model/evaluate.ts'
import type { FunctionValue, Instance, Model, Scope } from '../model/model.ts'
import type { Environment, Place } from './environment.ts'
import { expressionsAt } from './phases.ts'

/** Says that the rule of an environment reads what a synapse cannot sense. */
export function reportNotLocal(
  context: Context,
  environment: Environment,
  name: string,
  span: Span,
): void {
  const rule = environment.rule?.name.name ?? 'this'
  const sides = [...environment.sides.keys()]
  const known = [...environment.variables.keys(), ...sides, ...environment.scope.names()]
  context.report(
    'notLocal',
    span,
    { rule, name },
    {
      hint: context.isFull ? undefined : didYouMean(name, known),
    },
  )
}

/**
 * Reports statistics over a population in rules that are not declared nonlocal: `mean(post.delta)` is of
 * all cells, of which a synapse senses one. A cell that computes such a value for itself may be read.
 */
export function checkStatistics(context: Context, places: readonly Place[]): void {
  for (const place of places) {
    const { rule, scope, outline } = place.environment
    if (!rule || rule.nonlocal || outline) continue
    for (const expression of expressionsAt(place)) {
      for (const { span, name, through } of statisticsIn(expression, scope)) {
        const of = through === undefined ? `\`${name}\`` : `\`${through}\` calls \`${name}\`, which`
        const hint =
          `${of} is over all cells of a population: let the cell compute it ` +
          `(\`m = ${name}(...)\`, read as \`post.m\`), or declare the rule \`nonlocal\``
        context.report('notLocal', span, { rule: rule.name.name, name: through ?? name }, { hint })
      }
    }
  }
}

interface Statistic {
  /** The function of the language. */
  readonly name: string
  /** The function that was called, if it is one that calls it. */
  readonly through?: string
  readonly span: Span
}

/** Calls of functions over the units of a population, also within the functions that are called. */
function statisticsIn(expression: Expression, scope: Scope): readonly Statistic[] {
  const found: Statistic[] = []
  walk(expression, (node) => {
    if (node.kind !== 'Call' || node.callee.kind !== 'Name') return
    const statistic = statisticOf(node, scope, new Set())
    if (statistic !== undefined) {
      const { name } = node.callee
      const through = name === statistic ? {} : { through: name }
      found.push({ name: statistic, ...through, span: node.span })
    }
  })
  return found
}

function statisticOf(
  { callee }: CallExpression,
  scope: Scope,
  seen: Set<FunctionValue['definition']>,
): string | undefined {
  if (callee.kind !== 'Name') return undefined
  const entry = scope.lookUp(callee.name)
  const name = entry?.kind === 'builtin' ? entry.name : callee.name
  if (!entry || entry.kind === 'builtin') return reductions.has(name) ? name : undefined
  if (entry.kind !== 'function' || seen.has(entry.definition)) return undefined
  seen.add(entry.definition)
  let statistic: string | undefined
  const { bindings, result } = entry.definition
  for (const expressionOf of [...bindings.map((each) => each.value), result]) {
    walk(expressionOf, (node) => {
      if (node.kind === 'Call') statistic ??= statisticOf(node, entry.scope, seen)
    })
  }
  return statistic
}

/** Remarks every nonlocal rule that the model uses. */
export function remarkNonlocal(context: Context, model: Model): void {
  const seen = new Set<PlasticityItem>()
  const remark = (rule: Instance<PlasticityItem> | undefined): void => {
    if (!rule?.item.nonlocal || seen.has(rule.item)) return
    seen.add(rule.item)
    context.report('nonlocalRule', rule.span, { rule: rule.item.name.name })
  }
  for (const { rule } of model.connections) remark(rule)
  for (const { cell } of model.populations) for (const { rule } of cell.biases) remark(rule)
}
