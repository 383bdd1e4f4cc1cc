/**
 * Units: what is added, compared or assigned has the same dimension; a state equation has that of its
 * variable per time on both sides; functions such as `exp` take plain numbers; a delay is a time or
 * a number of steps; units cross connections (`model/weights/dimensions.ts`). Only dimensions that are known are
 * compared (`dimensions.ts`).
 */
import type { SweepPlan } from '../../contract/sweep.ts'
import type { Expression, SourceFile, StateMember } from '../../grammar/ast.ts'
import type { Environment, Environments } from '../model/bind/environment.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Place } from '../model/bind/places.ts'
import type { References, Variable } from '../model/bind/reference.ts'
import type { Beside, Said } from '../../grammar/diagnostics/create.ts'
import type { Context } from '../model/context.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { Model } from '../model/model.ts'
import { noiseHint } from '../model/noise-hint.ts'
import { sweepLimits } from '../model/sweeps/figures.ts'
import { combine, dimensionless, sameDimension, type Dimension } from '../model/units.ts'
import { checkedDimensions, Dimensions, type Reporter } from '../model/dimensions.ts'
import { blame, causesOf, PlainDeclarations } from '../model/plain-declarations.ts'
import { checkedWeights, WeightDimensions } from '../model/weights/dimensions.ts'
import { checkExperimentUnits, type Compared } from './experiment-units.ts'

const perTime: Dimension = { time: -1 }
const perStep: Dimension = { step: -1 }

/**
 * Reports every mismatch of units: in cells first, which give what arrives at them its unit; then of
 * connections, which give weights theirs; then in rules, which change the weights; last in what the chosen
 * experiment measures, and by how much its optimisers move what.
 */
export function checkUnits(
  context: Context,
  model: Model,
  bound: Bound,
  file: SourceFile,
  resolved?: ResolvedExperiment,
  sweeps: readonly SweepPlan[] = [],
): void {
  const dimensions = new Dimensions(bound)
  checkedDimensions.set(bound, dimensions)
  const declarations = new PlainDeclarations(bound, dimensions.unknowns, model.scope, file)
  // Places of numbers that were blamed: further uses of them say nothing new.
  const blamed = new Set<number>()
  // Whether units do not match in cells: what arrives at them is of no known unit.
  let isWrong = false
  const reportIn =
    (environment: Environment | undefined): Reporter =>
    (name, span, parameters, { hint, sides = [] }) => {
      const behind = environment && declarations.behind(sides, environment)
      // The compiler cannot see that exactly these are the gaps of this name; the reporter's type says so.
      const causes = environment && causesOf(sides, environment, bound.references)
      const said = (beside: Beside) =>
        [parameters, { ...beside, ...(causes && { causes }) }] as unknown as Said<typeof name>
      isWrong ||= environment !== undefined && !environment.rule
      if (!behind) return void context.report(name, span, ...said({ hint }))
      const { start } = behind.declared.value.span
      if (blamed.has(start)) return
      blamed.add(start)
      context.report(name, span, ...said(blame(behind.declared, behind.wanted)))
    }
  const report = reportIn(undefined)
  const check = (places: readonly Place[], inRules: boolean): void => {
    for (const place of places)
      if ((place.environment.rule !== undefined) === inRules)
        checkPlace(dimensions, bound.references, place, reportIn(place.environment))
  }
  check(bound.places, false)
  // Elements of a family have cells of their own, of which nothing more is found than of the first.
  check(bound.all, false)
  // What arrives at a variable that lacks its unit, or has a wrong one, would be blamed for having one.
  if (isWrong) return
  const weights = new WeightDimensions(dimensions, bound)
  checkedWeights.set(bound, weights)
  for (const connection of model.connections) weights.join(connection, report)
  for (const connection of model.connections) weights.judge(connection, report)
  weights.judgeValues(bound.elements, report)
  for (const population of model.populations) {
    for (const bias of population.cell.biases) weights.judgeBias(population, bias, report)
  }
  tellRules(dimensions, weights, model, bound.environments)
  check(bound.places, true)
  if (resolved && !context.hasErrors)
    checkExperimentUnits(
      { dimensions, weights, bound, reportIn },
      resolved,
      comparedBy(sweeps, model, resolved),
    )
}

/** What the sweeps of an experiment give points up for. */
function comparedBy(
  sweeps: readonly SweepPlan[],
  { experiments: [first] }: Model,
  { experiment }: ResolvedExperiment,
): readonly Compared[] {
  const { name } = experiment.item.name
  const own = sweeps.filter((each) => (each.experiment ?? first?.item.name.name) === name)
  return own
    .flatMap(({ stops }) => stops)
    .map((stop): Compared => {
      const limit = sweepLimits.get(stop)
      return { name: stop.figure, ...(limit && { limit }) }
    })
}

/** Says what `w` and `sent` are in the rules of weights and biases. */
function tellRules(
  dimensions: Dimensions,
  weights: WeightDimensions,
  { connections, populations }: Model,
  environments: Environments,
): void {
  const tell = (variable: Variable | undefined, dimension: Dimension | undefined): void => {
    if (variable) dimensions.assume(variable, dimension)
  }
  for (const connection of connections) {
    const { rule, source, target } = connection
    if (!rule) continue
    const { variables } = environments.rule(rule, source.population, target.population)
    tell(variables.get('w'), weights.of(connection))
    tell(variables.get('sent'), weights.sent(connection))
  }
  for (const population of populations) {
    for (const { rule, name } of population.cell.biases) {
      const bias = environments.variables(population.cell).get(name)
      if (!rule || !bias) continue
      const { variables } = environments.rule(rule, undefined, population)
      tell(variables.get('w'), dimensions.ofVariable(bias))
    }
  }
}

/** Reports the mismatches at one place. */
function checkPlace(
  dimensions: Dimensions,
  references: References,
  place: Place,
  report: Reporter,
): void {
  const { environment } = place
  switch (place.kind) {
    case 'value':
      if (environment.observed) dimensions.observed(place.expression, environment, report)
      else dimensions.of(place.expression, environment, report)
      return
    case 'derivative':
      return checkDerivative(dimensions, place.state, environment, report)
    case 'assignment': {
      const { operator, value, span } = place.assignment
      const variable = references.target(environment, place.assignment)
      const left = variable && dimensions.ofVariable(variable)
      const right = dimensions.of(value, environment, report)
      if (!left || !right || dimensions.unknowns.equate(left, right)) return
      const sides = { left: dimensions.describe(left), right: dimensions.describe(right) }
      const hint = dimensions.hint(value, left)
      report(
        'unitMismatch',
        span,
        { operation: `\`${operator}\``, ...sides },
        {
          hint,
          sides: [
            [variable, left],
            [value, right],
          ],
        },
      )
      return
    }
    case 'delay':
      return checkTime('delay', place.expression)
    case 'refractory':
      return checkTime('refractory', place.clause.time)
  }
  function checkTime(word: 'delay' | 'refractory', expression: Expression): void {
    const found = dimensions.of(expression, environment, report)
    if (!found || dimensions.isTime(found)) return
    const parameters = {
      what: word === 'delay' ? 'A delay' : 'A refractory time',
      expected: 'a time or a number of steps',
      found: dimensions.describe(found),
    }
    const isPlain = sameDimension(found, dimensionless)
    report('unitExpected', expression.span, parameters, {
      hint: isPlain ? `write for example \`${word} 1 step\` or \`${word} 2 ms\`` : undefined,
    })
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
          : noiseHint([value], [unknowns.resolve(right)]),
      sides: [
        [variable, own],
        [value, combine(right, combine(left, own, -1), -1)],
      ],
    },
  )
}
