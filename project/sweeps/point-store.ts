/**
 * Where a point leaves what it measures: in memory, and from time to time, with where it stands, in one file of
 * the store. What is damaged there is passed over, and the point begins anew.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { IoError } from '../../runtime/io/errors.ts'
import type { Network } from '../../runtime/node/engine/index.ts'
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import { decodeNpz, encodeNpz } from '../../runtime/node/io/npz.ts'
import { decodeSafetensors, type StoredTensor } from '../../runtime/node/io/safetensors.ts'
import { readBytes, withFile } from '../../runtime/node/io/source.ts'
import {
  encodeCheckpoint,
  readCheckpoint,
  restoreNetwork,
} from '../../runtime/node/train/checkpoint.ts'
import { partName } from '../../runtime/node/train/record-parts.ts'
import { sha256 } from '../../runtime/node/train/source-record.ts'
import { finiteAgain, infinite } from '../../runtime/report/json-lines.ts'
import type { RunStore } from '../../runtime/train/options.ts'
import type { Checkpoint, MetricsRecord } from '../../runtime/train/state.ts'
import { versions } from '../package-info.ts'
import type { Surroundings } from '../surroundings.ts'
import type { SweepStore } from './store.ts'

/** Seconds between two times that a point writes down where it stands. */
const CHECKPOINT_SECONDS = 30
/** The most bytes of what a point measured, unpacked. */
const MOST_METRICS = 2 ** 29 - 2 ** 16

/** What is needed to keep a point. */
export interface KeepingOptions {
  readonly where: Surroundings
  readonly store: SweepStore
  readonly checkpointSeconds?: number | undefined
}

/** Where a point leaves what it measures: in memory, and from time to time in its file of the store. */
export class PointStore implements RunStore {
  metrics: MetricsRecord[] = []
  readonly #options: KeepingOptions
  readonly #key: string
  readonly #engine: string
  #checkpoint: Checkpoint | undefined
  #written: number

  constructor(options: KeepingOptions, key: string, engine: string) {
    this.#options = options
    this.#key = key
    this.#engine = engine
    this.#written = options.where.clock()
  }

  get #name(): string {
    return `${this.#key}.safetensors`
  }

  /** Puts the network where the point was cut off; what is damaged is begun anew. */
  async restore(network: Network): Promise<Checkpoint | undefined> {
    const path = this.#options.store.in('work', this.#name)
    if (!existsSync(path)) return undefined
    try {
      const { state, storages } = await readCheckpoint(path, this.#key)
      const { metadata } = await withFile(path, (file) => decodeSafetensors(file, path))
      const lines = metadata['metrics'] ?? ''
      if (sha256(lines) !== metadata['metrics_sha256']) return undefined
      restoreNetwork(network, { state, storages }, path)
      this.metrics = unpacked(lines).slice(0, state.metricsLines)
      return { state, storages }
    } catch (error) {
      if (error instanceof IoError || isUnreadable(error)) return undefined
      throw error
    }
  }

  async addMetrics(records: readonly MetricsRecord[]): Promise<void> {
    this.metrics.push(...records)
  }

  async cutMetrics(after: number): Promise<void> {
    this.metrics = this.metrics.filter(({ step }) => step <= after)
  }

  async addTiming(): Promise<void> {}

  async saveCheckpoint(kind: 'latest' | 'best', checkpoint: Checkpoint): Promise<void> {
    if (kind === 'best') return
    this.#checkpoint = checkpoint
    const { where, checkpointSeconds = CHECKPOINT_SECONDS } = this.#options
    if (where.clock() - this.#written >= checkpointSeconds * 1000) await this.write()
  }

  /** Writes down where the point stands. */
  async write(): Promise<void> {
    const checkpoint = this.#checkpoint
    if (!checkpoint) return
    const metrics = packed(this.metrics.slice(0, checkpoint.state.metricsLines))
    const origin = {
      identity: this.#key,
      engine: this.#engine,
      versions: JSON.stringify(versions()),
      metrics,
      metrics_sha256: sha256(metrics),
    }
    await this.#options.store.save('work', this.#name, encodeCheckpoint(checkpoint, origin))
    this.#written = this.#options.where.clock()
  }

  async saveRecords(part: number, arrays: ReadonlyMap<string, StoredTensor>): Promise<void> {
    const folder = await this.#options.store.recordsOf(this.#key)
    await writeFileAtomic(
      join(folder, partName(part)),
      encodeNpz(arrays, { compress: 'if it helps' }),
    )
  }

  async readRecords(part: number): Promise<ReadonlyMap<string, StoredTensor> | undefined> {
    const path = join(this.#options.store.in('records', this.#key), partName(part))
    return existsSync(path) ? decodeNpz(await readBytes(path), path) : undefined
  }

  async dropRecords(): Promise<void> {
    // Parts of a run that is gone on with are written again under their numbers.
  }
}

/** What zlib and JSON say of bytes that another version wrote. */
function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && 'errno' in error)
}

/** As text that fits into a file's header, which is bounded, also of many measurements. */
function packed(metrics: readonly MetricsRecord[]): string {
  return gzipSync(JSON.stringify(metrics, infinite), { level: 1 }).toString('base64')
}

function unpacked(text: string): MetricsRecord[] {
  const bytes = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_METRICS })
  return JSON.parse(bytes.toString('utf8'), finiteAgain) as MetricsRecord[]
}
