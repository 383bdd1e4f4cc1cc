/**
 * Rules that follow the exact gradient, `dw = backprop`: there must be a loss, and beside the gradient of the
 * whole loss, which is one number for each weight, nothing can stand that differs between examples.
 */
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import { besideGradient, followsGradient, rulesInUse } from '../model/gradient-rules.ts'
import type { Model } from '../model/model.ts'

/** Reports detections that have a gradient, but compare nothing that it could be of. */
export function checkSurrogates(context: Context, model: Model): void {
  const seen = new Set<unknown>()
  for (const { cell } of model.populations) {
    const inside = cell.compartments.flatMap(({ equations }) => equations)
    for (const { name, value, pullback } of [...cell.equations, ...inside]) {
      if (!pullback || seen.has(pullback)) continue
      seen.add(pullback)
      if (value.kind === 'Binary' && ['<', '<=', '>', '>='].includes(value.operator)) continue
      context.report(
        'gradientOfDetection',
        value.span,
        { name },
        {
          hint: 'compare by one of `> >= < <=`, as in `v > theta`, and let an equation of its own say the rest',
        },
      )
    }
  }
}

/** Reports rules that read `backprop` beside what they cannot read, or where nothing has a loss. */
export function checkGradientRules(context: Context, model: Model, bound: Bound): void {
  const hasLoss = model.populations.some(({ cell }) =>
    cell.equations.some(({ role }) => role === 'loss'),
  )
  const seen = new Set<unknown>()
  for (const each of rulesInUse(model)) {
    const { item } = each.rule
    if (seen.has(item) || !followsGradient(bound, each)) continue
    seen.add(item)
    const rule = item.name.name
    const found = besideGradient(bound, each)
    if (found) {
      context.report(
        'besideGradient',
        found.span,
        { rule, what: found.what },
        { hint: 'its change is made of `backprop`, `w`, `sign`, numbers and functions of them' },
      )
    } else if (!hasLoss && !context.brokenCells && !context.brokenUnknown) {
      context.report(
        'noLoss',
        item.name.span,
        { what: `The rule \`${rule}\`, which reads \`backprop\`,` },
        { hint: 'declare one in the output cell, as in `loss l = 0.5 * sum((target - e) ^ 2)`' },
      )
    }
  }
}
