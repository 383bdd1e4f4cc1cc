/**
 * Runs one point of a sweep, from where it was cut off if it was. Nothing but its own files is written; a
 * small circuit is done without touching the disk before its end.
 */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { IoError } from '../../runtime/io/errors.ts'
import { infinite } from '../../runtime/report/json-lines.ts'
import { encodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import { readBytes, withFile } from '../../runtime/node/io/source.ts'
import { decodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import { decodeNpz, encodeNpz } from '../../runtime/node/io/npz.ts'
import type { StoredTensor } from '../../runtime/node/io/safetensors.ts'
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import type { Engine, Network } from '../../runtime/node/engine/index.ts'
import { drawPatterns, sizedFiles } from '../../runtime/node/patterns/read.ts'
import {
  encodeCheckpoint,
  readCheckpoint,
  restoreNetwork,
} from '../../runtime/node/train/checkpoint.ts'
import { readFileArrays } from '../../runtime/node/train/file-arrays.ts'
import type { RunStore } from '../../runtime/train/options.ts'
import { overridePlan } from '../../runtime/train/override.ts'
import type { EpochDone, Reporter, StepDone } from '../../runtime/train/reporter.ts'
import { silentReporter } from '../../runtime/train/reporter.ts'
import { runExperiment } from '../../runtime/train/run.ts'
import type { Checkpoint, MetricsRecord, RunState } from '../../runtime/train/state.ts'
import type { Compiled } from '../compiled.ts'
import { compileFor, type Emitter } from '../compiled.ts'
import { loadData, rootsOf, storedSource, foldersIn } from '../experiment.ts'
import { versions } from '../package-info.ts'
import type { Surroundings } from '../surroundings.ts'
import { lastFigures, valueIn } from './figures.ts'
import { sha256 } from './identity.ts'
import type { PointResult, SweepStore } from './store.ts'
import type { DefinedPoint, SweepFile } from './sweep-file.ts'

/** Seconds between two times that a point writes down where it stands. */
const CHECKPOINT_SECONDS = 30
/** The most bytes of what a point measured, unpacked. */
const MOST_METRICS = 2 ** 29 - 2 ** 16

/** What runs points, one after the other: it keeps what they share. */
export interface PointRunner {
  readonly run: (point: DefinedPoint, on: PointListener) => Promise<PointResult | 'interrupted'>
}

/** Told how far a point is: epochs or steps, of how many. */
export type PointListener = (done: number, of: number) => void

/** What a runner needs. */
export interface RunnerOptions {
  readonly where: Surroundings
  readonly sweep: SweepFile
  readonly store: SweepStore
  readonly engine: Engine
  /** Once aborted, the point that is being run is saved and given back. */
  readonly signal?: AbortSignal | undefined
  readonly checkpointSeconds?: number | undefined
}

/** A runner of the points of a sweep. */
export function pointRunner(options: RunnerOptions): PointRunner {
  const programs = new Programs(options)
  return { run: (point, on) => runPoint(options, programs, point, on) }
}

/** What was compiled for points before: a circuit that is the same is compiled once. */
class Programs {
  readonly #options: RunnerOptions
  readonly #emitted = new Map<string, ReturnType<Emitter>>()
  #last: { readonly request: string; readonly compiled: Compiled } | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** Throws CompileError. */
  async of({ variants, set }: DefinedPoint): Promise<Compiled> {
    const request = JSON.stringify([variants, set])
    if (this.#last?.request === request) return this.#last.compiled
    const { sweep, engine } = this.#options
    const { experiment, precision } = sweep.common
    const { compiled } = await compileFor(
      storedSource(sweep.sources),
      sweep.file,
      {
        variants,
        set,
        ...(experiment !== undefined && { experiment }),
        ...(precision && { precision }),
      },
      engine,
      this.#emit,
    )
    this.#last = { request, compiled }
    return compiled
  }

  /** Parameters that are read when a program runs make no other program. */
  readonly #emit: Emitter = async (ir, make) => {
    const { params, ...rest } = ir
    const names = params.map(({ name }) => name)
    const key = sha256(JSON.stringify([names, rest], withoutSpans))
    const found = this.#emitted.get(key) ?? make()
    this.#emitted.set(key, found)
    return found
  }
}

function withoutSpans(key: string, value: unknown): unknown {
  if (key === 'span') return undefined
  if (value instanceof Map) return ['map', ...value]
  if (value instanceof Set) return ['set', ...value]
  return value
}

/** A plan from a point's settings, which are text. */
function planAt(
  { plan }: Compiled,
  { settings, seed }: DefinedPoint,
  precision: 'f32' | 'f64' | undefined,
) {
  const numbers = Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [name, Number(text)]),
  )
  return overridePlan(plan, {
    ...numbers,
    ...(seed !== undefined && { seed }),
    precision,
  })
}

async function runPoint(
  options: RunnerOptions,
  programs: Programs,
  point: DefinedPoint,
  on: PointListener,
): Promise<PointResult | 'interrupted'> {
  const { where, sweep, store, engine, signal } = options
  const { common } = sweep
  const began = where.clock()
  const compiled = await programs.of(point)
  const plan = planAt(compiled, point, common.precision)
  const folders = [
    ...rootsOf(where, storedSource(sweep.sources), undefined),
    ...foldersIn(where, common.allowRead),
  ]
  const drawn = await drawPatterns(compiled, { seed: plan.seed, folders })
  const read = await readFileArrays(sizedFiles(compiled.files, drawn.patterns, compiled.patterns), {
    folders,
    precision: plan.precision,
  })
  const data = await loadData(where, plan, common)
  const network = await engine.instantiate(compiled.program, {
    seed: plan.seed,
    batch: plan.batch,
    parameters: compiled.parameters,
    files: { ...read.arrays, ...drawn.arrays },
    patterns: drawn.patterns,
  })
  try {
    const kept = new PointStore(options, point.key, engine.name)
    const state = await kept.restore(network)
    const watch = new Watch(sweep, signal, on)
    const result = await runExperiment(
      plan,
      network,
      data,
      {
        store: kept,
        ...(state && { state }),
        parameters: compiled.parameters,
        variables: compiled.variables,
        states: compiled.states,
        patterns: drawn.patterns,
        interrupt: watch,
      },
      watch.reporter,
    )
    if (result.status === 'interrupted' && watch.reason === undefined) {
      await kept.write()
      return 'interrupted'
    }
    const curves = await store.saveCurves(point.key, kept.metrics)
    if (common.weights === true) await keepWeights(store, point.key, network)
    const ended: PointResult = {
      key: point.key,
      status: watch.reason === undefined ? 'done' : 'given up',
      ...(watch.reason !== undefined && { reason: watch.reason }),
      at: new Date(where.clock()).toISOString(),
      seconds: (where.clock() - began) / 1000,
      host: hostname(),
      weights: digestOf(network),
      curves,
      last: lastFigures(result.state.last),
    }
    await store.add(ended)
    await store.dropWork(point.key)
    return ended
  } finally {
    network.dispose()
  }
}

/** Ends a point when the sweep does, or when it does badly. */
class Watch {
  readonly #sweep: SweepFile
  readonly #signal: AbortSignal | undefined
  readonly reporter: Reporter
  /** Why the point was given up. */
  reason: string | undefined

  constructor(sweep: SweepFile, signal: AbortSignal | undefined, on: PointListener) {
    this.#sweep = sweep
    this.#signal = signal
    let of = 0
    let byClock = false
    this.reporter = {
      ...silentReporter,
      started: ({ epochs, length, plan }) => {
        byClock = plan.clock !== undefined
        of = byClock ? length.steps : epochs
      },
      step: ({ step }: StepDone) => {
        if (byClock) on(step, of)
      },
      epoch: (done: EpochDone) => {
        on(done.record.epoch, of)
        this.#look(done)
      },
    }
  }

  get aborted(): boolean {
    return this.reason !== undefined || this.#signal?.aborted === true
  }

  #look({ record }: EpochDone): void {
    for (const { figure, test, value, epoch, text } of this.#sweep.plan.stops) {
      if (epoch !== undefined && epoch !== record.epoch) continue
      const found = valueIn(record, figure)
      if (found !== undefined && meets(found, test, value))
        this.reason ??= `${text} (epoch ${record.epoch})`
    }
  }
}

function meets(found: number, test: '<' | '<=' | '>' | '>=', value: number): boolean {
  switch (test) {
    case '<':
      return found < value
    case '<=':
      return found <= value
    case '>':
      return found > value
    case '>=':
      return found >= value
  }
}

/** Where a point leaves what it measures: in memory, and from time to time in its file of the store. */
class PointStore implements RunStore {
  metrics: MetricsRecord[] = []
  readonly #options: RunnerOptions
  readonly #key: string
  readonly #engine: string
  #checkpoint: Checkpoint | undefined
  #written: number

  constructor(options: RunnerOptions, key: string, engine: string) {
    this.#options = options
    this.#key = key
    this.#engine = engine
    this.#written = options.where.clock()
  }

  get #name(): string {
    return `${this.#key}.safetensors`
  }

  /** Puts the network where the point was cut off; what is damaged is begun anew. */
  async restore(network: Network): Promise<RunState | undefined> {
    const path = this.#options.store.in('work', this.#name)
    if (!existsSync(path)) return undefined
    try {
      const { state, storages } = await readCheckpoint(path, this.#key)
      const { metadata } = await withFile(path, (file) => decodeSafetensors(file, path))
      const lines = metadata['metrics'] ?? ''
      if (sha256(lines) !== metadata['metrics_sha256']) return undefined
      restoreNetwork(network, { state, storages }, path)
      this.metrics = unpacked(lines).slice(0, state.metricsLines)
      return state
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
  return JSON.parse(bytes.toString('utf8')) as MetricsRecord[]
}

function partName(part: number): string {
  return `part-${String(part).padStart(4, '0')}.npz`
}

function digestOf(network: Network): string {
  const hash = createHash('sha256')
  for (const [name, { data }] of Object.entries(network.save()).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    hash.update(`${name}\0`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}

async function keepWeights(store: SweepStore, key: string, network: Network): Promise<void> {
  const bytes = encodeSafetensors(new Map(Object.entries(network.save())), {
    ccn: 'weights of a point',
    key,
  })
  await store.save('weights', `${key}.safetensors`, bytes)
}
