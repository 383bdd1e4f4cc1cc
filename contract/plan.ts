/**
 * An experiment, ready to run: everything that the `experiment` statement says, resolved to plain
 * data by the compiler. It is what `runs/NAME/manifest.json` keeps; the runner knows nothing else.
 */
import type { AugmentPlan } from './augment.ts'
import type { DatasetPlan } from './dataset.ts'

export type Schedule =
  | { readonly kind: 'constant' }
  /** Linear warm-up over `warmup` epochs, then as it is. */
  | { readonly kind: 'warmup'; readonly warmup: number }
  /** Linear warm-up over `warmup` epochs, then linearly to `to` at the last epoch. */
  | { readonly kind: 'linear'; readonly warmup: number; readonly to: number }
  /** Linear warm-up over `warmup` epochs, then half a cosine to 0 at the last epoch. */
  | { readonly kind: 'cosine'; readonly warmup: number }
  /** Times `factor` after every `every` epochs. */
  | { readonly kind: 'step'; readonly every: number; readonly factor: number }
  | PlateauSchedule

/**
 * PyTorch's ReduceLROnPlateau, mode `min`, with a relative threshold: after more than `patience` epochs in a row in
 * which a figure is no better than (1 - threshold) times its best, the rate is multiplied by `factor`.
 */
export interface PlateauSchedule extends FigureChoice {
  readonly kind: 'plateau'
  readonly factor: number
  readonly patience: number
  readonly threshold: number
  /** Epochs after a reduction that do not count. */
  readonly cooldown: number
  /** The rate does not become lower. */
  readonly least: number
}

/** What is looked at after an epoch, or in a run by a clock after a measured step. */
export interface FigureChoice {
  /** The name of a score of evaluations, or of a measure's output. */
  readonly figure: string
  readonly of: 'evaluation' | 'measure'
}

/** Which evaluation is the best one: that of the lowest or the highest figure. */
export interface BestPlan {
  readonly figure: string
  readonly highest?: true
}

export interface OptimiserPlan {
  /** Name of its rate in the compiled module. */
  readonly name: string
  readonly kind: 'sgd' | 'adam' | 'adamw' | 'rmsprop'
  readonly rate: number
  readonly schedule: Schedule
}

/** How one network input is filled from the fields of an example. */
export interface PresentPlan {
  /** Input name in the compiled module: `x`, `y.target`. */
  readonly input: string
  readonly field: string
  /** `during`: 1 while the field along time has a row for the step, then 0. */
  readonly encoding: 'value' | 'one_hot' | 'during'
  /** The field has a row for each step of a presentation; absent if it is held. */
  readonly time?: true
  /** Of a field along time: rows spread over the presentation, or nothing after the last one. */
  readonly fit?: 'stretched' | 'padded'
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
  /** What it is told in, as the model writes it; values are in SI, of which one unit is `scale`. */
  readonly unit?: string
  readonly scale?: number
  /** It may have no value, which is NaN: the angle to a zero vector. Never infinite for that reason. */
  readonly partial?: true
  /**
   * In a circuit with a past, of measures of `backprop`: which gradient that is, the one within a step or the one
   * through time.
   */
  readonly gradient?: string
  /** Where something learns through time: in the last step of a window it is what `derived` says of it after that. */
  readonly ofWindow?: true
  readonly every: Interval
}

/** What such a measure is called among what `derived` gives. */
export const afterWindowName = (output: string): string => `after the window: ${output}`

/** How often something is looked at: at step 0, and whenever so much has passed. */
export interface Interval {
  readonly unit: 'steps' | 'epochs'
  readonly count: number
}

/** What is kept at an interval, as it is before the step. */
export interface RecordPlan {
  readonly variables: readonly string[]
  /** Weights, biases and matrices, stored or tied. */
  readonly weights: readonly string[]
  /** Of the weights, those with a value for each synapse: the pattern, and the first units of [pre, post]. */
  readonly synapses?: Readonly<
    Record<
      string,
      {
        readonly pattern: string
        readonly transposed?: true
        readonly first: readonly [number, number]
      }
    >
  >
  /** Signals of which every event is listed, `times(e.s)`; absent if there are none. */
  readonly times?: readonly string[]
  /** What variables are told in, by name, as for measures; absent where nothing has a unit. */
  readonly units?: Readonly<Record<string, { readonly unit: string; readonly scale: number }>>
  readonly every: Interval
}

/** When a run ends before its time. */
export interface StopPlan extends FigureChoice {
  /** As written: `stop when loss < 0.01`. */
  readonly text: string
  /** `stalls`: it has not got lower. */
  readonly test: '<' | '<=' | '>' | '>=' | 'stalls'
  readonly value?: number
  /** For how long: epochs, in a run by a clock steps. */
  readonly lasts: Duration
}

/** How a circuit with a past is run: by a clock, without epochs. */
export interface ClockPlan {
  /** Seconds of a step. */
  readonly step: number
  /** Steps of the run. */
  readonly steps: number
  /** Steps for which each batch of examples is presented. */
  readonly hold: number
  /**
   * Steps of a window, at most, over which something learns through time: windows are counted from where a
   * presentation begins (the run, where nothing is presented), and end with it. Absent where nothing does.
   */
  readonly window?: number
  /** There if the tape holds fewer steps than a window. */
  readonly segments?: SegmentsPlan
  /**
   * Storages of states, [examples of a batch, cells], that each example of the data set keeps for itself: where it is
   * presented again they go on as it left them. Absent where there are none.
   */
  readonly perExample?: readonly string[]
}

/** How a window is gone back through in segments: each is done once more, from what was copied at its beginning. */
export interface SegmentsPlan {
  /** Steps of a segment, but for the last of a window. */
  readonly steps: number
  /** What is copied, and the storage that holds the copies of all segments, the first one first. */
  readonly kept: readonly { readonly storage: string; readonly copies: string }[]
}

/** What a figure of an evaluation is called, and told in. */
export interface EvaluatedName {
  /** As written: `error`, `mean(h.e)`. */
  readonly label: string
  /** The figure's name. */
  readonly output: string
  readonly unit?: string
  readonly scale?: number
}

/** A figure of test examples: from values for each example, in some of the last steps. */
export interface EvaluatedPlan extends EvaluatedName {
  /** The variable that has a value for each example; of `cv` what is emitted, [examples, units]. */
  readonly value: string
  /** A variance: the variable that has the variance within each example; `value` has its mean. */
  readonly spread?: string
  /** The variable with what each example counts for. */
  readonly weight?: string
  readonly combine: 'mean' | 'sum' | 'max' | 'min' | 'variance' | 'std' | 'cv'
  /** What figures are multiplied with: 100 for an error in %. */
  readonly factor: number
  readonly over: number
}

/**
 * A figure of what rules or gradients ask of weights: of the variables `left` and `right`, taken together as one
 * vector each and averaged over the test examples. A norm has no `right`.
 */
export interface ComparedPlan extends EvaluatedName {
  readonly kind: 'angle' | 'ratio' | 'norm'
  readonly left: readonly string[]
  readonly right: readonly string[]
}

/** What such a figure is called among outputs of the compiled circuit. */
export const evaluatedName = (output: string): string => `evaluated(${output})`

/** All figures of an evaluation. */
export const evaluatedFigures = ({
  measures,
  compared = [],
  ofWeights = [],
}: Pick<EvaluationPlan, 'measures' | 'compared' | 'ofWeights'>): readonly EvaluatedName[] => [
  ...measures,
  ...compared,
  ...ofWeights,
]

/** How test examples are passed through the circuit. */
export interface EvaluationPlan {
  /** Steps between two, or without a clock epochs; absent: at the beginning and the end. */
  readonly every?: number
  /** Steps for which examples are presented; 1 without a clock. */
  readonly steps: number
  readonly phases: readonly PhasePlan[]
  /** States that begin as they are in training; all others as the run began. */
  readonly keep: readonly string[]
  /** All that a step writes: storages of states, and of the rest. */
  readonly states: readonly string[]
  readonly written: readonly string[]
  readonly measures: readonly EvaluatedPlan[]
  /** Without a clock; absent where there are none. */
  readonly compared?: readonly ComparedPlan[]
  /** Figures of the weights as they are, which `derived` gives under the name of `evaluatedName`. */
  readonly ofWeights?: readonly EvaluatedName[]
  /** Parameters of the compiled circuit, where it reads them: steps of a presentation, and its first step. */
  readonly hold?: string
  readonly origin?: string
  /** The switch of reactions that change weights, where there is one. */
  readonly plasticity?: string
  /** The switch that is on while test examples pass through, where the circuit reads it. */
  readonly evaluating?: string
}

export interface ExperimentPlan {
  readonly name: string
  /** Absent where nothing is presented. */
  readonly data?: {
    readonly dataset: DatasetPlan
    readonly standardise: boolean
    readonly validation: number
    /** Label smoothing a: on-value 1-a, off-value a/(K-1); training targets only. */
    readonly smoothing: number
    readonly limit?: number
    /** Examples stay in their order; absent where they are shuffled for each pass. */
    readonly ordered?: true
    /** After the last example nothing is presented; absent where they begin again. */
    readonly once?: true
    /** Random changes of training images; absent if there are none. */
    readonly augment?: AugmentPlan
  }
  readonly present: readonly PresentPlan[]
  readonly batch: number
  readonly evaluationBatch: number
  /** Passes over the training examples; absent where the protocol says how long the run lasts. */
  readonly epochs?: number
  /** Of a circuit with a past; absent in others. */
  readonly clock?: ClockPlan
  readonly seed: number
  /** How many copies are run, with this seed and those after it; absent for one. */
  readonly replicate?: number
  /** What copies set besides, each as the command line would; every one is run with all seeds. Absent where none does. */
  readonly varied?: readonly Readonly<Record<string, string>>[]
  /** Of all numbers; absent for f32. */
  readonly precision?: 'f64'
  readonly optimisers: readonly OptimiserPlan[]
  readonly measures: readonly MeasurePlan[]
  /** Names of the module's score outputs: sums over examples, e.g. `loss`, `error`. */
  readonly scores: readonly string[]
  readonly records: readonly RecordPlan[]
  /** What weights, biases and matrices are told in, by name, as for measures; absent where none has a unit. */
  readonly weightUnits?: Readonly<Record<string, { readonly unit: string; readonly scale: number }>>
  /**
   * Storages, variables and measures that may be infinite, as the time since an event that never was;
   * absent if there are none. Everything else stops a run when it is.
   */
  readonly infinite?: readonly string[]
  /**
   * Storages that are 0 until a draw's probability is not from 0 to 1, and infinite from then on, with the
   * equation that draws as it is written; absent if there are none.
   */
  readonly checks?: Readonly<Record<string, string>>
  /** What an `evaluate` block says; absent without one. */
  readonly evaluation?: EvaluationPlan
  /** When it ends before its time; absent if nothing says so. */
  readonly stops?: readonly StopPlan[]
  /** What evaluations are compared by; absent where nothing says so: error, or else loss, or the first score. */
  readonly best?: BestPlan
  /** The protocol: phases in order; empty without one. */
  readonly phases: readonly ProtocolPart[]
}

/** A piece of the protocol. */
export type ProtocolPart = PhasePlan | RepeatPlan

/** Some phases, gone through several times. */
export interface RepeatPlan {
  readonly kind: 'repeat'
  readonly times: number
  readonly phases: readonly ProtocolPart[]
}

/** How long a phase lasts. Examples are whole batches, rounded up. */
export interface Duration {
  readonly unit: 'steps' | 'epochs' | 'examples'
  readonly count: number
}

export interface PhasePlan {
  readonly kind: 'phase'
  readonly name: string
  readonly lasts: Duration
  /** Parameter values in force during the phase. */
  readonly settings: Readonly<Record<string, number>>
  /** False: weights do not change. */
  readonly plasticity: boolean
  /** Optimisers whose rate is 0 during the phase. */
  readonly frozen: readonly string[]
  /** What happens to weights when it begins; absent if nothing. */
  readonly perturb?: readonly PerturbPlan[]
}

/** A change of a weight at random, or by a factor. */
export interface PerturbPlan {
  /** The weight's name in the compiled module. */
  readonly storage: string
  readonly by:
    | { readonly kind: 'normal'; readonly std: number }
    | { readonly kind: 'flip'; readonly fraction: number }
    | { readonly kind: 'scale'; readonly factor: number }
  /** Storage that is 1 where there is a synapse; absent if there is one everywhere. */
  readonly mask?: string
  /** Bounds that the weight keeps. */
  readonly minimum?: number
  readonly maximum?: number
}
