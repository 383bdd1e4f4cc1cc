/**
 * Units: what is added, compared or assigned has the same dimension; a state equation has that of its
 * variable per time on both sides; functions such as `exp` take plain numbers; a delay is a time or
 * a number of steps; units cross connections (`weight-units.ts`). Only dimensions that are known are
 * compared (`dimensions.ts`).
 */
import type { StateMember } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import type { Model } from '../model/model.ts'
import { combine, dimensionless, sameDimension, type Dimension } from '../model/units.ts'
import { Dimensions, type Reporter } from './dimensions.ts'
import type { Environment, Environments, Place } from './environment.ts'
import { cellPlaces } from './places.ts'
import { WeightDimensions } from './weight-units.ts'

const perTime: Dimension = { time: -1 }
const perStep: Dimension = { step: -1 }

/**
 * Reports every mismatch of units: in cells first, which give what arrives at them its unit; then of
 * connections, which give weights theirs; then in rules, which change the weights.
 */
export function checkUnits(
  context: Context,
  model: Model,
  environments: Environments,
  places: readonly Place[],
): void {
  const dimensions = new Dimensions()
  const report: Reporter = (name, span, parameters, extra) => {
    context.report(name, span, parameters, extra)
  }
  for (const place of places) if (!place.environment.rule) checkPlace(dimensions, place, report)
  const weights = new WeightDimensions(dimensions, environments, model)
  // Elements of a family have cells of their own, which may have been visited only once.
  for (const cell of new Set(model.populations.map((each) => each.cell))) {
    for (const place of cellPlaces(environments, cell)) checkPlace(dimensions, place, report)
  }
  for (const connection of model.connections) weights.join(connection, report)
  for (const connection of model.connections) weights.judge(connection, report)
  for (const population of model.populations) {
    for (const bias of population.cell.biases) weights.judgeBias(population, bias, report)
  }
  for (const place of places) {
    if (!place.environment.rule) continue
    tellRule(dimensions, weights, place.environment)
    checkPlace(dimensions, place, report)
  }
}

/** Says what `w` and `sent` are in the rule of a connection. */
function tellRule(
  dimensions: Dimensions,
  weights: WeightDimensions,
  { changes, variables }: Environment,
): void {
  const found = changes === undefined ? undefined : weights.named(changes)
  if (!found) return
  const [w, sent] = [variables.get('w'), variables.get('sent')]
  if (w) dimensions.assume(w, found.weight)
  if (sent) dimensions.assume(sent, weights.sent(found.connection))
}

/** Reports the mismatches at one place. */
function checkPlace(dimensions: Dimensions, place: Place, report: Reporter): void {
  const { environment } = place
  switch (place.kind) {
    case 'value':
      dimensions.of(place.expression, environment, report)
      return
    case 'derivative':
      return checkDerivative(dimensions, place.state, environment, report)
    case 'assignment': {
      const { target, operator, value, span } = place.assignment
      const variable = environment.variables.get(target.name)
      const left = variable && dimensions.ofVariable(variable)
      const right = dimensions.of(value, environment, report)
      if (!left || !right || dimensions.unknowns.equate(left, right)) return
      const sides = { left: dimensions.describe(left), right: dimensions.describe(right) }
      const hint = dimensions.hint(value, left)
      report('unitMismatch', span, { operation: `\`${operator}\``, ...sides }, { hint })
      return
    }
    case 'delay': {
      const found = dimensions.of(place.expression, environment, report)
      if (!found || dimensions.isTime(found)) return
      const parameters = {
        what: 'A delay',
        expected: 'a time or a number of steps',
        found: dimensions.describe(found),
      }
      const isPlain = sameDimension(found, dimensionless)
      report('unitExpected', place.expression.span, parameters, {
        hint: isPlain ? 'write for example `delay 1 step` or `delay 2 ms`' : undefined,
      })
    }
  }
}

/** `factor * dv/dt = rhs`: both sides have the dimension of factor * v / time (or per step). */
function checkDerivative(
  dimensions: Dimensions,
  state: StateMember,
  environment: Environment,
  report: Reporter,
): void {
  const { factor, value, span } = state.derivative
  const variable = environment.variables.get(state.name.name)
  const scale = factor ? dimensions.of(factor, environment, report) : dimensionless
  const right = dimensions.of(value, environment, report)
  const own = variable && dimensions.ofVariable(variable)
  if (!own || !scale || !right) return
  const { unknowns } = dimensions
  const product = combine(own, scale, 1)
  const countsSteps = [product, right].some((each) => 'step' in unknowns.resolve(each))
  const left = combine(product, countsSteps ? perStep : perTime, 1)
  if (unknowns.equate(left, right)) return
  const sameUnit = sameDimension(unknowns.resolve(right), unknowns.resolve(own))
  report(
    'unitMismatch',
    span,
    {
      operation: `The equation of \`${state.name.name}\``,
      left: dimensions.describe(left),
      right: dimensions.describe(right),
    },
    {
      hint:
        sameUnit && !factor
          ? `what is \`${state.name.name}\` per time? write \`tau * d${state.name.name}/dt = ...\``
          : undefined,
    },
  )
}
