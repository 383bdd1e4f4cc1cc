/** `measure rate(h.spike)` counts events: what has a unit has none to count. */
import { printExpression } from '../../grammar/print/expression.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Context } from '../model/context.ts'
import { checkedDimensions, Dimensions } from '../model/dimensions.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import { describeDimension, dimensionless, sameDimension } from '../model/units.ts'

/** Reports rates of what has a unit; after units are checked. */
export function checkRates(
  context: Context,
  bound: Bound,
  { measures, experiment }: ResolvedExperiment,
): void {
  const dimensions = checkedDimensions.get(bound) ?? new Dimensions(bound)
  const environment = bound.environments.observed(experiment.scope)
  for (const { body } of measures) {
    if (body.kind !== 'rate' && body.kind !== 'cv') continue
    const { argument } = body
    const found = dimensions.observed(argument, environment)
    if (!found || sameDimension(found, dimensionless)) continue
    context.report(
      'unitExpected',
      argument.span,
      {
        what: `\`${body.kind}\``,
        expected: 'a signal without a unit',
        found: describeDimension(found),
      },
      { hint: `\`mean(${printExpression(argument)})\` is of this step alone` },
    )
  }
}
