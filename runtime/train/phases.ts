/**
 * The protocol: which phase an epoch belongs to, and which parameter values are in force in it.
 * Phases follow one another; the last one lasts to the end of the run, however long that is.
 * Epochs count from 1; epoch 0, the evaluation before training, belongs to no phase.
 */
import type { ExperimentPlan, PhasePlan } from './plan.ts'

/** The phase that training epoch `epoch` is part of; undefined without a protocol. */
export function phaseAt(plan: ExperimentPlan, epoch: number): PhasePlan | undefined {
  if (epoch < 1) return undefined
  let end = 0
  for (const phase of plan.phases) {
    end += phase.epochs
    if (epoch <= end) return phase
  }
  return plan.phases.at(-1)
}

/**
 * The values in force during `epoch` of every parameter that some phase sets: the phase's own,
 * otherwise the one in `parameters`. Throws RangeError if there is neither.
 */
export function settingsAt(
  plan: ExperimentPlan,
  epoch: number,
  parameters: Readonly<Record<string, number | boolean>>,
): Record<string, number | boolean> {
  const current = phaseAt(plan, epoch)?.settings ?? {}
  const settings: Record<string, number | boolean> = {}
  for (const phase of plan.phases) {
    for (const name of Object.keys(phase.settings)) {
      const value = current[name] ?? parameters[name]
      if (value === undefined) {
        throw new RangeError(`Phase ${phase.name} sets ${name}, which is no parameter.`)
      }
      settings[name] = value
    }
  }
  return settings
}
