/**
 * Locality: that a rule names nothing that a synapse cannot sense is said where names are bound; here,
 * that it takes no statistic over a population, and, as a remark, which rules are declared `nonlocal`.
 */
import type { PlasticityItem } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { builtinsOf } from '../model/bind/function-bodies.ts'
import type { Bound } from '../model/bind/index.ts'
import { reductions } from '../model/builtins.ts'
import type { Context } from '../model/context.ts'
import type { Instance, Model } from '../model/model.ts'
import { expressionsAt } from './phases.ts'

/**
 * Reports statistics over a population in rules that are not declared nonlocal: `mean(post.delta)` is of
 * all cells, of which a synapse senses one. A cell that computes such a value for itself may be read.
 */
export function checkStatistics(context: Context, bound: Bound): void {
  const { references, places } = bound
  for (const place of places) {
    const { environment } = place
    const { rule } = environment
    if (!rule || rule.nonlocal) continue
    for (const expression of expressionsAt(place)) {
      walk(expression, (node) => {
        if (node.kind !== 'Call' || !references.has(environment, node.callee)) return
        const reference = references.of(environment, node.callee)
        if (reference.kind !== 'function') return
        const { fn } = reference
        const name = fn.kind === 'builtin' ? fn.name : fn.definition.name.name
        const statistic =
          fn.kind === 'builtin' ? name : [...builtinsOf(fn)].find((each) => reductions.has(each))
        if (statistic === undefined || !reductions.has(statistic)) return
        const hint =
          `\`${statistic}\` is over all cells of a population: let the cell compute it ` +
          `(\`m = ${name}(...)\`, read as \`post.m\`), or declare the rule \`nonlocal\``
        context.report('notLocal', node.span, { rule: rule.name.name, name }, { hint })
      })
    }
  }
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
