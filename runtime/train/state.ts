/**
 * Where a run stands, as plain JSON: all that is needed besides the network's storages to go on
 * as if nothing had happened.
 *
 * A run of a circuit without a past goes through the epochs 0 .. N. An epoch is some training steps
 * (none in epoch 0) followed by an evaluation; `batch` counts the steps done in `epoch`. A run that
 * stopped between the last step of an epoch and its evaluation has `batch` at the number of batches.
 * A finished run has `epoch` N + 1.
 *
 * A run by a clock has no epochs; `step` tells how far it is, and `epoch` and `batch` stay 0. Its evaluations
 * are written as epochs are, `epoch` being their number.
 */
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { NamedArray } from '../engine/network.ts'
import type { Scores } from './evaluate.ts'
import type { MeansState } from './means.ts'
import type { PlateauStates } from './plateau.ts'
import type { RecordsState } from './recorder.ts'
import type { StopStates } from './stops.ts'

/** The best evaluation so far. */
export interface Best {
  readonly epoch: number
  readonly part: 'validation' | 'test'
  readonly score: string
  readonly value: number
}

/** What an epoch came to. */
export interface EpochRecord {
  readonly kind: 'epoch'
  readonly epoch: number
  /** Training steps done by then, in all epochs. */
  readonly step: number
  /** In a run by a clock, where it is an evaluation and `epoch` its number: the time. */
  readonly t?: number
  readonly phase?: string
  /** Means over the measured steps of the epoch, with the training targets. */
  readonly train?: Scores
  readonly validation?: Scores
  readonly test?: Scores
  /** Means over the measured steps of the epoch, by output name. */
  readonly measures?: Readonly<Record<string, number>>
  /** Learning rates of the epoch's last step. */
  readonly rates?: Readonly<Record<string, number>>
  readonly best?: Best
}

/** What a phase of a run by a clock came to; the whole run where there is no protocol. */
export interface PhaseRecord {
  readonly kind: 'phase'
  readonly phase?: string
  /** Phases before it. */
  readonly number: number
  /** Steps done by then, and the time. */
  readonly step: number
  readonly t: number
  /** Means over its measured steps, by output name. */
  readonly measures: Readonly<Record<string, number>>
  /** Learning rates of its last step. */
  readonly rates: Readonly<Record<string, number>>
}

/** What one measured step gave. */
export interface StepRecord {
  readonly kind: 'step'
  /** Absent in a run by a clock. */
  readonly epoch?: number
  /** Steps done before this one, in all epochs. */
  readonly step: number
  /** Seconds before this step; in a run by a clock. */
  readonly t?: number
  readonly phase?: string
  /** Absent in a run by a clock. */
  readonly train?: Scores
  readonly measures: Readonly<Record<string, number>>
}

/** A line of `metrics.jsonl`: nothing in it depends on how fast the machine is. */
export type MetricsRecord = EpochRecord | PhaseRecord | StepRecord

/** Some time in a run by a clock, with sums over the measured steps of each phase in it, by name. */
export interface Round {
  readonly begins: number
  /** The step after its last; null where it lasts to the end of the run. */
  readonly ends: number | null
  readonly phases: Readonly<Record<string, MeansState>>
}

/** See `open`; `line` is what was measured at the last step by its interval. */
export interface OpenEnd extends Omit<RunState, 'open' | 'records'> {
  readonly line?: StepRecord
}

/**
 * The state that a run of so many steps goes on from: that of a shorter run, or of one that need not have
 * stopped, is opened again.
 */
export function reopened(state: RunState, steps: number): RunState & Pick<OpenEnd, 'line'> {
  const { open, records } = state
  if (!open || steps <= state.step || state.stopped !== undefined) return state
  return { ...open, ...(records && { records }) }
}

/** See the module's head. */
export interface RunState {
  readonly epoch: number
  readonly batch: number
  /** Training steps done in all epochs. */
  readonly step: number
  readonly best?: Best
  readonly scoreMeans: MeansState
  readonly measureMeans: MeansState
  /** Lines of `metrics.jsonl` and of `timing.jsonl` that belong to what is done. */
  readonly metricsLines: number
  readonly timingLines: number
  /** The last finished epoch, or the last phase with figures. */
  readonly last?: EpochRecord | PhaseRecord
  /** Where the conditions stand that end the run early, and the text of the one that did. */
  readonly stops?: StopStates
  readonly stopped?: string
  /** Where learning rates stand that follow a figure; absent where none does. */
  readonly plateaus?: PlateauStates
  /** In a run by a clock: the last evaluation of test examples. */
  readonly evaluation?: EpochRecord
  /** In a run by a clock: the round that something was measured in last, and the one before. */
  readonly rounds?: { readonly current: Round; readonly last?: Round }
  /**
   * What a longer run would have in place of what came of this one's end: of its last step, which is
   * measured whatever intervals say, and of the evaluation or the phase that it cut off.
   */
  readonly open?: OpenEnd
  /** How far what is recorded goes; absent if nothing is. */
  readonly records?: RecordsState
}

/** What a run continues from. */
export interface Checkpoint {
  readonly state: RunState
  readonly storages: Readonly<Record<string, NamedArray>>
}

/** The state before anything is done. */
export const initialState: RunState = {
  epoch: 0,
  batch: 0,
  step: 0,
  scoreMeans: {},
  measureMeans: {},
  metricsLines: 0,
  timingLines: 0,
}

/**
 * The better of the best so far and the current epoch's evaluation: by the validation part, if there is one, and by
 * what the plan says, lower or higher, or else by its `error`, or its `loss`, or its first score, of which lower is better.
 */
export function betterOf(
  { best, epoch }: Pick<RunState, 'best' | 'epoch'>,
  parts: { readonly validation?: Scores; readonly test?: Scores },
  { scores: names, best: by }: Pick<ExperimentPlan, 'scores' | 'best'>,
): Best | undefined {
  const part = parts.validation ? 'validation' : 'test'
  const scores = parts[part] ?? {}
  const candidates = by ? [by.figure] : ['error', 'loss', ...names]
  const score = candidates.find((name) => Object.hasOwn(scores, name))
  if (score === undefined) return best
  const value = scores[score]!
  const isBetter = !best || (by?.highest ? value > best.value : value < best.value)
  return isBetter ? { epoch, part, score, value } : best
}
