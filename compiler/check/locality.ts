/**
 * Locality, as a remark: rules that are declared `nonlocal`, which may read what a synapse cannot sense.
 * That others do not is said where names are bound.
 */
import type { PlasticityItem } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import type { Instance, Model } from '../model/model.ts'

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
