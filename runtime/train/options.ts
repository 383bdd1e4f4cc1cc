/**
 * How to run an experiment, apart from what its plan says: where results go, where to go on from,
 * and what the host provides (a clock, a way to interrupt).
 */
import type { DrawnPattern } from '../../contract/pattern.ts'
import type { NamedArray } from '../engine/network.ts'
import type { RecordStore } from './recorder.ts'
import type { Checkpoint, MetricsRecord, RunState } from './state.ts'

/** Where a run leaves its results; `RunFolder` is one. */
export interface RunStore extends RecordStore {
  addMetrics(records: readonly MetricsRecord[]): Promise<void>
  /** Removes the lines of steps after this one: the run went wrong in it. */
  cutMetrics?(after: number): Promise<void>
  addTiming(record: TimingRecord): Promise<void>
  saveCheckpoint(kind: 'latest' | 'best', checkpoint: Checkpoint): Promise<void>
}

/** A line of `timing.jsonl`: how long it took since the run was started or resumed. */
export type TimingRecord = EpochTiming | PhaseTiming

export interface EpochTiming {
  readonly epoch: number
  readonly trainSeconds: number
  readonly evaluateSeconds: number
  readonly steps: number
}

/** Of the phases since the line before, by the number of the last one. */
export interface PhaseTiming {
  readonly phase: number
  readonly seconds: number
  readonly steps: number
}

/** How to run, apart from what the plan says. */
export interface RunOptions {
  /** Default: nothing is kept. */
  readonly store?: RunStore
  /** Where to go on from; the network must have been restored already. */
  readonly state?: RunState
  /** Values of the module's parameters, for phases that change some of them. */
  readonly parameters?: Readonly<Record<string, number | boolean>>
  /** Every variable, in the order of computation: to find out where a NaN comes from. */
  readonly variables?: readonly string[]
  /** Storages that are the circuit's past: unlike weights, they may hold infinities. */
  readonly states?: readonly string[]
  /** Of a run that goes on: all that was stored before the first step. */
  readonly initial?: Readonly<Record<string, NamedArray>>
  /** Of a run that goes on: what was stored where it stopped, for what single examples keep. */
  readonly examples?: Readonly<Record<string, NamedArray>>
  /** What was drawn, for what is recorded by synapse. */
  readonly patterns?: Readonly<Record<string, DrawnPattern>>
  /** Looked at after every step; once `aborted`, the run saves and ends as `interrupted`. */
  readonly interrupt?: { readonly aborted: boolean }
  /** Milliseconds; default one that is never set back. */
  readonly clock?: () => number
  /** Seconds between checkpoints inside of an epoch; default 60. */
  readonly checkpointSeconds?: number
}
