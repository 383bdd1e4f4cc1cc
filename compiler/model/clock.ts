/**
 * How a circuit with a past goes on: by steps of one length, with one solver, and with as many
 * examples side by side as the experiment says. All three are known when the circuit is compiled: the
 * past of every example is stored, and delays count whole steps.
 */
import type { Expression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Context } from './context.ts'
import { evaluate, evaluateInteger, evaluateNumber } from './evaluate.ts'
import type { Experiment, Model, Scope } from './model.ts'
import { isRunByClock, solvers, type Solver } from './past.ts'
import { equationsOf, isFixedTime, isRefractory } from './refractory.ts'
import { sameDimension } from './units.ts'
import { paramsOf } from './values.ts'
import { rounded, stepsIn, wholeSteps } from './whole-steps.ts'

export interface Clock {
  /** Duration of a step in seconds. */
  readonly step: number
  readonly solver: Solver
  /** Examples whose states are kept side by side. */
  readonly examples: number
  /** Test examples are passed through the circuit, each with a time of its own. */
  readonly evaluates?: true
}

/** Of a circuit with a past. */
export const withoutStep = 'the circuit goes on in time: say how long a step is, as in `step 1 ms`'

/** The clock of a circuit; undefined for one without a past, without an experiment, or after a report. */
export function resolveClock(
  diagnostics: Context,
  model: Model,
  experiment: Experiment | undefined,
): Clock | undefined {
  // Several phases with a past are refused as a whole.
  if (!isRunByClock(model, experiment) || model.phases.length > 0) return undefined
  const valueOf = (name: string): Expression | undefined =>
    experiment?.statements
      .filter((each) => each.kind === 'Value')
      .findLast((each) => each.name.name === name)?.value
  const stepValue = valueOf('step')
  if (!experiment) return undefined
  if (!stepValue) {
    const { name, span } = experiment.item.name
    const gaps = { experiment: name, statement: 'step' }
    return diagnostics.report('missingStatement', span, gaps, { hint: withoutStep })
  }
  const step = fixedNumber(diagnostics, experiment.scope, stepValue)
  if (!step || !(step.value > 0) || step.value === Infinity) return undefined
  const solverValue = valueOf('solver')
  const named = solverValue?.kind === 'Name' ? solverValue.name : 'euler'
  const batchValue = valueOf('batch')
  const examples = batchValue
    ? evaluateInteger(diagnostics, experiment.scope, batchValue)
    : undefined
  return {
    step: step.value,
    solver: solvers.find((each) => each === named) ?? 'euler',
    examples: Math.max(1, examples ?? 1),
    ...(experiment.statements.some(({ kind }) => kind === 'Evaluate') && { evaluates: true }),
  }
}

/** A number that can no longer change once the circuit is compiled. */
export function fixedNumber(
  diagnostics: Context,
  scope: Scope,
  expression: Expression,
): ReturnType<typeof evaluateNumber> {
  const value = evaluateNumber(diagnostics, scope, expression)
  if (value) for (const param of paramsOf(value.symbol)) diagnostics.structural.add(param)
  return value
}

/** Marks the parameters that decide delays and windows: they fix what is stored. */
export function fixTimes(diagnostics: Context, model: Model): void {
  const silent = (scope: Scope, expression: Expression): void => {
    const value = evaluate(diagnostics, scope, expression)
    if (value?.kind !== 'number') return
    for (const param of paramsOf(value.symbol)) diagnostics.structural.add(param)
  }
  for (const { delay, delays } of model.connections) {
    if (delay) silent(delay.scope, delay.value)
    // How long the longest is fixes what is stored, so that every number in them counts.
    if (delays) {
      walk(delays.value, (node) => {
        if (node.kind === 'Name' && delays.scope.lookUp(node.name)?.kind === 'number')
          silent(delays.scope, node)
      })
    }
  }
  for (const { cell } of model.populations) {
    const equations = equationsOf(cell)
    for (const equation of equations)
      if (isRefractory(equation) && isFixedTime(cell, equation))
        silent(equation.scope, equation.refractory.time)
    const states = [...cell.states, ...cell.compartments.flatMap((each) => each.states)]
    const places = [
      ...equations.map(({ value, scope }) => ({ value, scope })),
      ...states.map(({ member, scope }) => ({ value: member.derivative.value, scope })),
    ]
    for (const { value, scope } of places) {
      walk(value, (node) => {
        if (node.kind !== 'Call' || node.callee.kind !== 'Name' || node.callee.name !== 'count')
          return
        for (const window of node.args.slice(1)) silent(scope, window.value)
      })
    }
  }
}

/** A time, or a number of steps, in steps; whole where it is within rounding of a whole number. */
export function inSteps(
  diagnostics: Context,
  clock: Clock,
  scope: Scope,
  expression: Expression,
): number | undefined {
  const found = fixedNumber(diagnostics, scope, expression)
  if (!found) return undefined
  const inTime = sameDimension(found.dimension, { time: 1 })
  return inTime ? stepsIn(found.value, clock.step) : rounded(found.value)
}

/** How long a delay is; undefined after a report if it is no whole number of steps. */
export function delaySteps(
  diagnostics: Context,
  clock: Clock,
  scope: Scope,
  expression: Expression,
): number | undefined {
  const value = fixedNumber(diagnostics, scope, expression)
  if (!value || value.value === 0) return value && 0
  const what = 'A delay'
  return wholeSteps({ diagnostics, expression, value, step: clock.step, what, least: 0 })
}
