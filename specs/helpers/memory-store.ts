/** Where a run leaves its results, for specs: in memory. */
import type { StoredTensor } from '../../runtime/node/io/safetensors.ts'
import type { Checkpoint } from '../../runtime/node/train/checkpoint.ts'
import type { RunStore, TimingRecord } from '../../runtime/train/options.ts'
import type {
  EpochRecord,
  MetricsRecord,
  PhaseRecord,
  StepRecord,
} from '../../runtime/train/state.ts'

export class MemoryStore implements RunStore {
  readonly metrics: MetricsRecord[] = []
  readonly timings: TimingRecord[] = []
  readonly saved: { kind: string; checkpoint: Checkpoint }[] = []
  readonly parts = new Map<number, ReadonlyMap<string, StoredTensor>>()
  async addMetrics(records: readonly MetricsRecord[]) {
    this.metrics.push(...records)
  }
  /** What was written early, as on a busy machine, goes where a run turns out to have failed before. */
  async cutMetrics(after: number) {
    const kept = this.metrics.filter(({ step }) => step <= after)
    this.metrics.splice(0, this.metrics.length, ...kept)
  }
  async addTiming(record: TimingRecord) {
    this.timings.push(record)
  }
  async saveCheckpoint(kind: 'latest' | 'best', checkpoint: Checkpoint) {
    this.saved.push({ kind, checkpoint })
  }
  async saveRecords(part: number, arrays: ReadonlyMap<string, StoredTensor>) {
    // What is given is used again.
    this.parts.set(part, structuredClone(arrays))
  }
  async readRecords(part: number) {
    return this.parts.get(part)
  }
  async dropRecords(after: number) {
    for (const part of this.parts.keys()) if (part > after) this.parts.delete(part)
  }
  get epochs(): readonly EpochRecord[] {
    return this.metrics.filter((record) => record.kind === 'epoch')
  }
  get phases(): readonly PhaseRecord[] {
    return this.metrics.filter((record) => record.kind === 'phase')
  }
  get steps(): readonly StepRecord[] {
    return this.metrics.filter((record) => record.kind === 'step')
  }
}
