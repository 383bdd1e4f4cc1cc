/**
 * Learning that does not happen: weights and biases with a rule for an optimiser to follow, in an
 * experiment that optimises other ones. Rules that react to spikes change their weight by
 * themselves, and need no optimiser.
 */
import type { PlasticityItem } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import type { Instance, Model } from '../model/model.ts'

/** Warns of rules that the chosen experiment does not use, once for all that is left out together. */
export function checkLearning(
  context: Context,
  model: Model,
  { experiment, optimisers }: ResolvedExperiment,
): void {
  const optimised = new Set(
    optimisers.flatMap(({ targets }) => targets.map(({ storage }) => storage)),
  )
  const { name, span } = experiment.item.name
  const weights = model.connections.flatMap(({ name: storage, family, rule, tied }) =>
    needsOptimiser(rule) && !tied && family !== undefined ? [{ storage, groups: [family] }] : [],
  )
  const biases = model.populations.flatMap(({ family, cell }) =>
    cell.biases.flatMap(({ name: bias, storage, rule, tied }) =>
      needsOptimiser(rule) && !tied ? [{ storage, groups: [bias, `${family}.${bias}`] }] : [],
    ),
  )
  const learners = [...weights, ...biases]
  const isWhole = (group: string): boolean =>
    learners.every(({ storage, groups }) => !groups.includes(group) || !optimised.has(storage))
  const left = learners
    .filter(({ storage }) => !optimised.has(storage))
    .map(({ storage, groups }) => groups.find(isWhole) ?? storage)
  for (const learner of new Set(left))
    context.report('learnsWithoutOptimiser', span, { name: learner, experiment: name })
}

/** Reports rules of the model that change no weight: without `dw`, and without a reaction. */
export function checkRules(context: Context, model: Model): void {
  const rules = [
    ...model.connections.map((each) => each.rule),
    ...model.populations.flatMap(({ cell }) => cell.biases.map((each) => each.rule)),
  ]
  for (const rule of rules) {
    if (!rule || changesWeights(rule.item)) continue
    // `w = ...` meant the change.
    const isMisnamed = rule.item.members.some(
      (each) => each.kind === 'Equation' && context.hasErrorAt(each.name.span),
    )
    if (isMisnamed) continue
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
