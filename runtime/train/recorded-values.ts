/** What a step records, looked at before the step or, where the engine can, along with it. */
import type { NamedArray, Network, Rates } from '../engine/network.ts'
import type { Batch } from './present.ts'
import { weightsOf } from './weights-of.ts'

export interface RecordedValues {
  /** Of variables and signals. */
  readonly values: Readonly<Record<string, NamedArray>>
  /** Weights as they are before the step. */
  readonly kept: Readonly<Record<string, NamedArray>>
  /** Whether the step was done along with it. */
  readonly isDone: boolean
}

/** Reads variables and weights; `rates` are those of the step, if it may be done along with that. */
export function recordedValues(
  network: Network,
  { count, inputs }: Batch,
  { variables, weights }: Readonly<Record<'variables' | 'weights', readonly string[]>>,
  rates: Rates | undefined,
): RecordedValues {
  const kept = weightsOf(network, weights)
  if (variables.length === 0) return { values: {}, kept, isDone: false }
  if (rates && network.recordedStep) {
    const values = network.recordedStep(count, inputs, variables, rates)
    return { values, kept, isDone: true }
  }
  return { values: network.observe(count, inputs, variables), kept, isDone: false }
}
