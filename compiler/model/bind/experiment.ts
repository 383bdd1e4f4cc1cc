/**
 * Binds what an experiment reads of the circuit: the variables in statistics, and what it records.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { listOfEvents, reductions } from '../builtins.ts'
import type { Context } from '../context.ts'
import { didYouMean } from '../evaluate.ts'
import { familyName } from '../families.ts'
import type { Experiment, Model } from '../model.ts'
import type { Binder } from './binder.ts'
import { findElements, type Elements, type WeightElement } from './elements.ts'
import { recordHint } from '../statement-hints.ts'
import type { Environment } from './environment.ts'
import type { Bound } from './index.ts'

interface Binding extends Pick<Bound, 'environments' | 'references' | 'elements'> {
  readonly context: Context
  readonly model: Model
  readonly binder: Binder
}

/** Binds the measures and records of an experiment. */
export function bindExperiment(binding: Binding, experiment: Experiment): void {
  const environment = binding.environments.observed(experiment.scope)
  const { elements } = binding
  for (const statement of experiment.statements) {
    if (statement.kind === 'Measure')
      for (const { value } of statement.measures) {
        bindMeasure(binding, environment, value)
        checkLoss(binding, value)
      }
    if (statement.kind === 'Evaluate')
      for (const member of statement.members) {
        if (member.kind !== 'EvaluateMeasures') continue
        for (const { value, where } of member.measures) {
          bindMeasure(binding, environment, value)
          checkLoss(binding, value)
          if (where) binding.binder.place({ kind: 'value', expression: where, environment })
        }
      }
    if (statement.kind === 'Record')
      for (const target of statement.targets) bindRecord(binding, environment, elements, target)
  }
}

/** `mean(h.p - h.p0)`: every element of an array has a value of its own. */
function bindMeasure(binding: Binding, environment: Environment, measure: Expression): void {
  if (measure.kind !== 'Call' || measure.callee.kind !== 'Name') return
  const measured = measure.callee.name
  if (!reductions.has(measured) && measured !== 'rate' && measured !== 'cv') return
  const { context, references, binder, elements } = binding
  for (const { value } of measure.args) {
    // `mean(W)`: of whole weights, nothing of which is read element by element.
    if (reductions.has(measured) && findElements(elements, environment.scope, value)) continue
    binder.place({ kind: 'value', expression: value, environment })
    const lengths: number[] = []
    walk(value, (node) => {
      // Nothing is bound in what is no number, as a list.
      if (node.kind !== 'Member' || !references.has(environment, node)) return true
      const reference = references.of(environment, node)
      if (reference.kind !== 'path' || !reference.path.isArray) return false
      const { length } = reference.path.elements
      const [first = length] = lengths
      lengths.push(length)
      if (length !== first) {
        const name = familyName(node.object) ?? 'this'
        context.report('listLength', node.span, { name, found: first, expected: length })
      }
      return false
    })
  }
}

/** `loss`, and `backprop` wherever it stands, are of a loss that some cell declares. */
function checkLoss({ context, model }: Binding, measure: Expression): void {
  if (context.brokenCells || context.brokenUnknown) return
  const isLoss = (each: { readonly role?: string }): boolean => each.role === 'loss'
  if (model.populations.some(({ cell }) => cell.equations.some(isLoss))) return
  walk(measure, (node) => {
    if (node.kind !== 'Name') return
    const isMeasured = node === measure && node.name === 'loss'
    if (!isMeasured && node.name !== 'backprop') return
    context.report(
      'noLoss',
      node.span,
      { what: isMeasured ? '`measure loss`' : '`backprop`' },
      { hint: 'declare one in the output cell, as in `loss l = 0.5 * sum((target - e) ^ 2)`' },
    )
  })
}

function bindRecord(
  binding: Binding,
  environment: Environment,
  elements: Elements,
  target: Expression,
): void {
  const { context, model, binder, references } = binding
  const { scope } = environment
  if (findElements(elements, scope, target)) return
  if (target.kind === 'Call' && target.callee.kind === 'Name') {
    const { name } = target.callee
    if (name === listOfEvents) return bindTimes(binding, environment, target)
    const [argument] = target.args
    if (reductions.has(name) && argument && findElements(elements, scope, argument.value)) {
      const found = {
        name: 'this',
        found: 'an expression',
        expected: 'the name of a variable to record',
      }
      const hint = `variables and weights are recorded; what is computed of them is measured: \`measure ${name}(${familyName(argument.value) ?? 'W'})\``
      context.report('wrongKind', target.span, found, { hint })
      return
    }
    if (reductions.has(name)) return bindMeasure(binding, environment, target)
  }
  const weights =
    target.kind === 'Member' ? findElements(elements, scope, target.object) : undefined
  if (target.kind === 'Member' && weights) {
    if (weights.every((each) => statesOf(each).includes(target.member.name))) return
    const name = familyName(target.object) ?? 'this'
    context.report(
      'wrongKind',
      target.object.span,
      { name, found: 'a weight', expected: 'a population' },
      { hint: hintOfTerminal(name, weights) },
    )
    return
  }
  if (target.kind === 'Member') {
    binder.place({ kind: 'value', expression: target, environment })
    const reference = references.of(environment, target)
    const of = reference.kind === 'path' ? reference.path.elements[0]?.of : undefined
    if (of?.kind !== 'number' && of?.kind !== 'boolean') return
    context.report('wrongKind', target.span, {
      name: familyName(target) ?? 'this',
      found: 'a parameter',
      expected: 'a variable to record',
    })
    return
  }
  const name = target.kind === 'Name' ? target.name : 'this'
  if (environment.variables.get(name)?.kind === 'modulator')
    return binder.place({ kind: 'value', expression: target, environment })
  if (context.isBroken(familyName(target) ?? name)) return
  const isPopulation = model.populations.some(({ family }) => family === name)
  const near = isPopulation ? undefined : didYouMean(name, [...elements.keys()])
  const hint = near ?? recordHint(target)
  context.report('unknownName', target.span, { kind: 'variable to record', name }, { hint })
}

/** `times(e.s)`: every event of a signal, one by one. */
function bindTimes(
  { context, binder, references }: Binding,
  environment: Environment,
  call: CallExpression,
): void {
  const [argument, ...more] = call.args
  if (!argument || more.length > 0) {
    const parameters = { owner: `\`${listOfEvents}\``, expected: 1, found: call.args.length }
    context.report('tooManyArguments', call.span, parameters)
    return
  }
  const { value } = argument
  if (value.kind !== 'Member') {
    const found = 'something else'
    context.report(
      'expectedNumber',
      value.span,
      { expected: 'signal of a population', found },
      { hint: 'write which signal of which population, as in `times(h.spike)`' },
    )
    return
  }
  binder.place({ kind: 'value', expression: value, environment })
  const reference = references.of(environment, value)
  const of = reference.kind === 'path' ? reference.path.elements[0]?.of : undefined
  if (!of || (of.kind === 'equation' && of.equation.role !== undefined)) return
  const name = familyName(value) ?? 'this'
  const found = of.kind === 'equation' ? 'no signal' : describeOf(of.kind)
  context.report(
    'wrongKind',
    value.span,
    { name, found, expected: 'a signal, as `spike s when ...`,' },
    { hint: `\`record ${name}\` keeps its value at every step` },
  )
}

const describeOf = (kind: string): string =>
  kind === 'number' || kind === 'boolean' ? 'a parameter' : `a ${kind}`

/** The states that each terminal of a connection has, and what its rule remembers. */
export function statesOf(element: WeightElement): readonly string[] {
  if (element.kind !== 'connection') return []
  const { stp, rule, tied } = element.connection
  const members = [...(stp?.item.members ?? []), ...(tied ? [] : (rule?.item.members ?? []))]
  return members.flatMap((member) => (member.kind === 'State' ? [member.name.name] : []))
}

function hintOfTerminal(name: string, weights: readonly WeightElement[]): string {
  const [state] = weights.flatMap(statesOf)
  return state === undefined
    ? `\`record ${name}\` keeps the weight`
    : `of its terminals and its rule there is \`record ${name}.${state}\``
}
