/**
 * Units in what an experiment says of the circuit: in what it measures and records; by how much its optimisers move
 * weights; in noise that phases add to them.
 *
 * `sgd` moves a weight by rate times dw, which must have its unit. The other optimisers divide dw by its own size, so
 * that what they move a weight by is the rate. A rate that is a plain number is one of SI there. What is not known
 * fits, as everywhere.
 */
import type { Expression, Span } from '../../grammar/ast.ts'
import { reductions } from '../model/builtins.ts'
import type { Environment } from '../model/bind/environment.ts'
import type { Bound } from '../model/bind/index.ts'
import type { Dimensions, Reporter } from '../model/dimensions.ts'
import type { Learnable } from '../model/experiment/learnables.ts'
import type { Optimiser } from '../model/experiment/optimisers.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { BoundStop } from '../model/experiment/stops.ts'
import type { NumberValue } from '../model/model.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  sameDimension,
  type Dimension,
} from '../model/units.ts'
import { dimensionOf } from '../model/value-dimensions.ts'
import type { WeightDimensions } from '../model/weights/dimensions.ts'

interface Checking {
  readonly dimensions: Dimensions
  readonly weights: WeightDimensions
  readonly bound: Bound
  readonly reportIn: (environment: Environment | undefined) => Reporter
}

/** A figure that an experiment, or a sweep of it, compares. */
export type Compared = Pick<BoundStop, 'name' | 'limit'>

/** Reports every mismatch, of `sweeps` of the experiment too; after the units of the circuit are known. */
export function checkExperimentUnits(
  checking: Checking,
  resolved: ResolvedExperiment,
  sweeps: readonly Compared[],
): void {
  checkObserved(checking, resolved)
  checkStops(checking, resolved, [...resolved.stops, ...sweeps])
  for (const optimiser of resolved.optimisers) {
    checkShares(checking, optimiser)
    for (const target of optimiser.targets) checkMoves(checking, optimiser, target)
    checkNorm(checking, optimiser)
  }
  for (const { target, std, written } of resolved.spreads) {
    const weight = unitOf(checking, target)
    const found = dimensionOf(std)
    if (!weight || !found || sameDimension(weight, found)) continue
    const report = checking.reportIn(undefined)
    const hint = checking.dimensions.hint(written, weight)
    report(
      'unitExpected',
      written.span,
      { what: `Noise of \`${target.storage}\``, ...sides(weight, found) },
      { hint },
    )
  }
}

/** What is compared with a number that has a unit is not known to be without. */
function checkStops(
  { dimensions, bound, reportIn }: Checking,
  resolved: ResolvedExperiment,
  stops: readonly Compared[],
): void {
  const report = reportIn(undefined)
  const environment = bound.environments.observed(resolved.experiment.scope)
  for (const { name, limit } of stops) {
    if (!limit || isUnitless(limit.value.dimension)) continue
    const body = resolved.measures.find(({ label }) => label === name)?.body
    const isPlain =
      body?.kind === 'statistic'
        ? isKnownPlain(dimensions.observed(body.argument, environment))
        : name === 'error' || ['error', 'ratio', 'cv'].includes(body?.kind ?? '')
    if (!isPlain) continue
    const found = describeDimension(limit.value.dimension)
    const what = `What \`${name}\` is compared with`
    report(
      'unitExpected',
      limit.expression.span,
      { what, expected: 'a number without a unit', found },
      {},
    )
  }
}

const isKnownPlain = (dimension: Dimension | undefined): boolean =>
  dimension !== undefined && isUnitless(dimension)

const sides = (expected: Dimension, found: Dimension) => ({
  expected: describeDimension(expected),
  found: describeDimension(found),
})

/** Measures and records of variables, and which of them count. */
function checkObserved(
  { dimensions, bound, reportIn }: Checking,
  { experiment }: ResolvedExperiment,
): void {
  const environment = bound.environments.observed(experiment.scope)
  const report = reportIn(environment)
  const look = (expression: Expression): void => {
    if (expression.kind !== 'Call' || expression.callee.kind !== 'Name') return
    if (!reductions.has(expression.callee.name)) return
    for (const { value } of expression.args)
      if (bound.references.has(environment, value) || value.kind !== 'Name')
        dimensions.observed(value, environment, report)
  }
  for (const statement of experiment.statements) {
    if (statement.kind === 'Measure') for (const { value } of statement.measures) look(value)
    if (statement.kind === 'Record') for (const target of statement.targets) look(target)
    if (statement.kind !== 'Evaluate') continue
    for (const member of statement.members) {
      if (member.kind !== 'EvaluateMeasures') continue
      for (const { value, where } of member.measures) {
        look(value)
        if (where) dimensions.observed(where, environment, report)
      }
    }
  }
}

/** Options that are plain numbers in every optimiser, whatever it moves. */
const plainOptions = ['momentum', 'beta', 'beta1', 'beta2']

function checkShares({ reportIn }: Checking, { options, written }: Optimiser): void {
  for (const name of plainOptions) {
    const [value, where] = [options[name], written[name]]
    if (!value || !where || sameDimension(value.dimension, dimensionless)) continue
    const found = describeDimension(value.dimension)
    const parameters = { what: `\`${name}\``, expected: 'a number without a unit', found }
    reportIn(undefined)('unitExpected', where.span, parameters, {})
  }
}

/** Whether all that a `clip` takes one norm of has one unit, as far as it is known. */
function checkNorm(checking: Checking, { clip, targets, written }: Optimiser): void {
  const where = written['clip']
  if (!clip || !where) return
  const known = targets.flatMap((target) => {
    const change = changeOf(checking, target)
    return change ? [{ name: target.storage, dimension: change.dimension }] : []
  })
  const [first] = known
  const other = known.find((each) => first && !sameDimension(each.dimension, first.dimension))
  // With a unit of its own, `clip` was compared with each.
  if (!first || !other || !sameDimension(clip.norm.dimension, dimensionless)) return
  const told = [first, other].map(
    ({ name, dimension }) => `\`${name}\` (${describeDimension(dimension)})`,
  )
  checking.reportIn(undefined)(
    'mixedNorm',
    where.span,
    { one: told[0] ?? '', other: told[1] ?? '' },
    { hint: 'write an `optimise` for each, with a `clip` of its own' },
  )
}

/** Whether what an optimiser does to a weight has the weight's unit, as far as it is known. */
function checkMoves(checking: Checking, optimiser: Optimiser, target: Learnable): void {
  const { kind, rate, options, written, clip } = optimiser
  const weight = unitOf(checking, target)
  if (!weight) return
  const change = changeOf(checking, target)
  const report = checking.reportIn(undefined)
  const isPlain = ({ dimension }: NumberValue): boolean => sameDimension(dimension, dimensionless)
  const ask = (
    name: string,
    value: NumberValue | undefined,
    wanted: Dimension | undefined,
  ): boolean => {
    const where = written[name]
    if (!where || !value || isPlain(value) || !wanted) return true
    if (sameDimension(value.dimension, wanted)) return true
    const what = `\`${name}\` of \`${target.storage}\``
    report('unitExpected', where.span, { what, ...sides(wanted, value.dimension) }, {})
    return false
  }
  const own = kind === 'sgd' ? change && combine(weight, change.dimension, -1) : weight
  if (!ask('rate', rate, own)) return
  if (kind === 'sgd' && isPlain(rate) && change && !sameDimension(change.dimension, weight)) {
    const { dimension, span } = change
    const parameters = {
      operation: `\`dw\` of \`${target.storage}\``,
      left: describeDimension(dimension),
      right: `${describeDimension(weight)} (of the weight)`,
    }
    const hint = isUnitless(dimension)
      ? 'say what the change is by a number with a unit in `dw`, or by a rate with one: what a step moves a weight by is their product'
      : 'what a step moves a weight by, the rate times `dw`, has the unit of the weight'
    report('unitMismatch', span, parameters, { hint })
    return
  }
  const ofChange = change?.dimension
  ask('epsilon', options['epsilon'], ofChange)
  ask('clip', clip?.norm, ofChange)
  const perWeight = ofChange && combine(ofChange, weight, -1)
  ask(
    'decay',
    options['decay'],
    kind === 'adamw' ? combine(dimensionless, rate.dimension, -1) : perWeight,
  )
}

const isUnitless = (dimension: Dimension): boolean => sameDimension(dimension, dimensionless)

/** The unit of a weight or bias, if it is known. */
function unitOf({ dimensions, weights }: Checking, target: Learnable): Dimension | undefined {
  return target.kind === 'bias'
    ? weights.ofBias(target.population, target.bias)
    : dimensions.known(weights.of(target.connection))
}

/** The unit of the change that the rule of a weight or bias asks for, if it is known. */
function changeOf(
  { dimensions, bound }: Checking,
  target: Learnable,
): { readonly dimension: Dimension; readonly span: Span } | undefined {
  const rule = target.kind === 'bias' ? target.bias.rule : target.connection.rule
  const dw = rule?.item.members.find((each) => each.kind === 'Equation' && each.name.name === 'dw')
  if (!rule || dw?.kind !== 'Equation') return undefined
  const environment =
    target.kind === 'bias'
      ? bound.environments.rule(rule, undefined, target.population)
      : bound.environments.rule(
          rule,
          target.connection.source.population,
          target.connection.target.population,
        )
  const dimension = dimensions.known(dimensions.of(dw.value, environment, () => undefined))
  return dimension && { dimension, span: dw.value.span }
}
