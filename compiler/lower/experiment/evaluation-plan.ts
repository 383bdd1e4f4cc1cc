/** The plan of an `evaluate` block: what a step changes, and which parameters an evaluation sets. */
import type {
  ComparedPlan,
  EvaluatedName,
  EvaluatedPlan,
  EvaluationPlan,
} from '../../../contract/plan.ts'
import type { IrModule } from '../../ir/ir.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import { evaluatingSwitch } from '../circuit/evaluating.ts'
import { holdName } from '../circuit/presented.ts'
import { originName } from '../circuit/step-counts.ts'
import { plasticitySwitch } from '../plasticity/updates.ts'

export function planEvaluation(
  { evaluation }: ResolvedExperiment,
  { params, storages, graphs }: Pick<IrModule, 'params' | 'storages' | 'graphs'>,
  {
    measures,
    compared,
    ofWeights,
  }: {
    readonly measures: readonly EvaluatedPlan[]
    readonly compared: readonly ComparedPlan[]
    readonly ofWeights: readonly EvaluatedName[]
  },
): EvaluationPlan | undefined {
  if (!evaluation) return undefined
  const { every, steps, phases, keep } = evaluation
  const has = (name: string): boolean => params.some((each) => each.name === name)
  const read = new Set(params.map(({ name }) => name))
  const settings = (own: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(own).filter(([name]) => read.has(name)))
  return {
    ...(every !== undefined && { every }),
    steps,
    phases: phases.map((each) => ({ ...each, settings: settings(each.settings) })),
    keep,
    states: storages.flatMap(({ name, role }) => (role === 'state' ? [name] : [])),
    written: [...new Set(graphs.step.stores.map(({ storage }) => storage))],
    measures,
    ...(compared.length > 0 && { compared }),
    ...(ofWeights.length > 0 && { ofWeights }),
    ...(has(holdName) && { hold: holdName }),
    ...(has(originName) && { origin: originName }),
    ...(has(evaluatingSwitch) && { evaluating: evaluatingSwitch }),
    ...(has(plasticitySwitch) && { plasticity: plasticitySwitch }),
  }
}

/** The variables that figures are made of. */
export const evaluatedVariables = (measures: readonly EvaluatedPlan[]): readonly string[] => [
  ...new Set(
    measures.flatMap(({ value, spread, weight }) =>
      [value, spread, weight].filter((each) => each !== undefined),
    ),
  ),
]
