/**
 * Locality: a synapse senses its own weight, what its presynaptic cell sends, and its postsynaptic
 * cell. A rule that reads anything else is an error, unless it is declared `nonlocal`; then the
 * model's description says so. The walk over the rules is that of `names.ts`.
 */
import type { PlasticityItem, Span } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import { didYouMean } from '../model/evaluate.ts'
import type { Instance, Model } from '../model/model.ts'
import type { Environment } from './environment.ts'

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
