/**
 * Learning that does not happen: weights and biases with a rule for an optimiser to follow, in an
 * experiment that optimises other ones. Rules that react to spikes change their weight by
 * themselves, and need no optimiser.
 */
import type { Expression, PlasticityItem } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import { familyName } from '../model/families.ts'
import type { Experiment, Instance, Model } from '../model/model.ts'
import { elementsOf, findElements } from '../model/bind/elements.ts'
import { withoutIndices } from './presented.ts'

/** Warns of rules that the chosen experiment does not use, once for each family or bias name. */
export function checkLearning(
  context: Context,
  model: Model,
  experiment: Experiment | undefined,
): void {
  if (!experiment) return
  const optimised = namesOptimised(model, experiment)
  const warned = new Set<string>()
  const { name, span } = experiment.item.name
  const warn = (learner: string): void => {
    if (warned.has(learner)) return
    warned.add(learner)
    context.report('learnsWithoutOptimiser', span, { name: learner, experiment: name })
  }
  for (const { family, rule, tied } of model.connections) {
    if (!needsOptimiser(rule) || tied || family === undefined) continue
    if (!optimised.has(family)) warn(family)
  }
  for (const { family, name: population, cell } of model.populations) {
    for (const bias of cell.biases) {
      if (!needsOptimiser(bias.rule) || bias.tied) continue
      const names = [bias.name, `${family}.${bias.name}`, `${population}.${bias.name}`]
      if (!names.some((each) => optimised.has(each))) warn(bias.name)
    }
  }
}

/** Reports rules of the model that change no weight: without `dw`, and without a reaction. */
export function checkRules(context: Context, model: Model): void {
  const rules = [
    ...model.connections.map((each) => each.rule),
    ...model.populations.flatMap(({ cell }) => cell.biases.map((each) => each.rule)),
  ]
  for (const rule of rules) {
    if (!rule || changesWeights(rule.item)) continue
    const { name, span } = rule.item.name
    context.report('ruleWithoutChange', span, { rule: name })
  }
}

function changesWeights({ members }: PlasticityItem): boolean {
  return members.some(
    (each) => each.kind === 'Reaction' || (each.kind === 'Equation' && each.name.name === 'dw'),
  )
}

/** Whether a rule says `dw`, and reacts to nothing. */
function needsOptimiser(rule: Instance<PlasticityItem> | undefined): boolean {
  if (!rule) return false
  const { members } = rule.item
  if (members.some((member) => member.kind === 'Reaction')) return false
  return members.some((member) => member.kind === 'Equation' && member.name.name === 'dw')
}

function namesOptimised(model: Model, experiment: Experiment): ReadonlySet<string> {
  const elements = elementsOf(model)
  const names = new Set<string>()
  const add = (target: Expression): void => {
    const path = withoutIndices(target)
    const written = familyName(path)
    if (written !== undefined) names.add(written)
    for (const element of findElements(elements, experiment.scope, path) ?? []) {
      if (element.kind === 'connection') names.add(element.connection.family ?? element.name)
    }
  }
  for (const statement of experiment.statements) {
    if (statement.kind === 'Optimise') for (const target of statement.targets) add(target)
  }
  return names
}
