/**
 * What a run tells while it goes on. Reporters only show; nothing that a run computes depends on
 * them. The implementations are in `runtime/report/`.
 */
import type { Scores } from './evaluate.ts'
import type { ExperimentPlan } from './plan.ts'
import type { EpochRecord, RunState } from './state.ts'

/** At the start, or when a run goes on. */
export interface RunStarted {
  readonly plan: ExperimentPlan
  /** Training steps in an epoch. */
  readonly batches: number
  readonly examples: {
    readonly train: number
    readonly validation: number
    readonly test: number
  }
  /** Where the run stands; the initial state unless it is resumed. */
  readonly state: RunState
  readonly resumed: boolean
}

/** After every training step. */
export interface StepDone {
  readonly epoch: number
  /** Steps done in this epoch, and in all. */
  readonly batch: number
  readonly step: number
  /** On measured steps: scores of the batch before the step, and the measures. */
  readonly scores?: Scores
  readonly measures?: Readonly<Record<string, number>>
}

/** After the evaluation that ends an epoch. */
export interface EpochDone {
  readonly record: EpochRecord
  /** Whether it is the best so far. */
  readonly improved: boolean
  /** Seconds spent on it since the run was started or resumed. */
  readonly seconds: number
}

/** How a run ended. */
export interface RunResult {
  readonly status: 'finished' | 'interrupted'
  readonly state: RunState
}

/** Receives what happens in a run, in order. */
export interface Reporter {
  started(info: RunStarted): void
  step(info: StepDone): void
  /** An evaluation begins. */
  evaluating(epoch: number): void
  epoch(info: EpochDone): void
  ended(result: RunResult): void
  /** The run stopped with an error: tidy up what is on the screen. */
  failed(): void
}

/** Tells nothing. */
export const silentReporter: Reporter = {
  started() {},
  step() {},
  evaluating() {},
  epoch() {},
  ended() {},
  failed() {},
}
