/**
 * What a run tells while it goes on. Reporters only show; nothing that a run computes depends on
 * them. The implementations are in `runtime/report/`.
 */
import type { Scores } from './evaluate.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { RunLength } from './schedule.ts'
import type { EpochRecord, PhaseRecord, RunState } from './state.ts'

/** At the start, or when a run goes on. */
export interface RunStarted {
  readonly plan: ExperimentPlan
  readonly length: RunLength
  /** 0 in a run by a clock. */
  readonly epochs: number
  /** Absent in a run by a clock. */
  readonly examples?: {
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
  readonly phase?: string
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

/** After a phase of a run by a clock in which something was measured. */
export interface PhaseDone {
  readonly record: PhaseRecord
  /** Seconds since the last one, or since the run was started or resumed. */
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
  phase(info: PhaseDone): void
  ended(result: RunResult): void
  /** The run stopped with an error: tidy up what is on the screen. */
  failed(error?: unknown): void
}

/** Tells nothing. */
export const silentReporter: Reporter = {
  started() {},
  step() {},
  evaluating() {},
  epoch() {},
  phase() {},
  ended() {},
  failed() {},
}
