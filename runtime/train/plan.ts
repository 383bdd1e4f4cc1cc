/**
 * An experiment, ready to run: everything that the `experiment` statement says, resolved to plain
 * data by the compiler. It is what `runs/NAME/manifest.json` keeps; the runner knows nothing else.
 */
import type { AugmentPlan } from '../data/augment.ts'
import type { DatasetPlan } from '../data/types.ts'

export type Schedule =
  | { readonly kind: 'constant' }
  /** Linear warm-up over `warmup` epochs, then half a cosine to 0 at the last epoch. */
  | { readonly kind: 'cosine'; readonly warmup: number }
  /** Times `factor` after every `every` epochs. */
  | { readonly kind: 'step'; readonly every: number; readonly factor: number }

export interface OptimiserPlan {
  /** Name of its rate in the compiled module. */
  readonly name: string
  readonly kind: 'sgd' | 'adam'
  readonly rate: number
  readonly schedule: Schedule
}

/** How one network input is filled from the fields of an example. */
export interface PresentPlan {
  /** Input name in the compiled module: `x`, `y.target`. */
  readonly input: string
  readonly field: string
  readonly encoding: 'value' | 'one_hot'
  /** Number of values for one example. */
  readonly size: number
  /** Whether the input is needed to infer, or only to learn. */
  readonly inference: boolean
}

/** A measure or family of measures, as the module names its outputs. */
export interface MeasurePlan {
  /** As written: `angle(W, backprop)`. */
  readonly label: string
  /** Output names in the module, e.g. `angle(W, backprop)[0]` ... and the overall one. */
  readonly outputs: readonly string[]
  readonly unit?: string
}

/** What is kept of every so many steps, as it is before the step. */
export interface RecordPlan {
  readonly variables: readonly string[]
  /** Weights, biases and matrices, stored or tied. */
  readonly weights: readonly string[]
  readonly every: number
}

export interface ExperimentPlan {
  readonly name: string
  readonly data: {
    readonly dataset: DatasetPlan
    readonly standardise: boolean
    readonly validation: number
    /** Label smoothing a: on-value 1-a, off-value a/(K-1); training targets only. */
    readonly smoothing: number
    readonly limit?: number
    /** Random changes of training images; absent if there are none. */
    readonly augment?: AugmentPlan
  }
  readonly present: readonly PresentPlan[]
  readonly batch: number
  readonly evaluationBatch: number
  readonly epochs: number
  readonly seed: number
  /** Of all numbers; absent for f32. */
  readonly precision?: 'f64'
  readonly optimisers: readonly OptimiserPlan[]
  readonly measures: readonly MeasurePlan[]
  /** Steps between two measured steps. */
  readonly measureEvery: number
  /** Names of the module's score outputs: sums over examples, e.g. `loss`, `error`. */
  readonly scores: readonly string[]
  readonly records: readonly RecordPlan[]
  /** Switches and parameters set at given epochs, from the protocol; empty without one. */
  readonly phases: readonly PhasePlan[]
}

export interface PhasePlan {
  readonly name: string
  readonly epochs: number
  /** Parameter values in force during the phase. */
  readonly settings: Readonly<Record<string, number>>
  /** False: weights do not change. */
  readonly plasticity: boolean
  /** Optimisers whose rate is 0 during the phase. */
  readonly frozen: readonly string[]
}
