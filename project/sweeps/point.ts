/**
 * Runs one point of a sweep, from where it was cut off if it was. Nothing but its own files is written; a
 * small circuit is done without touching the disk before its end.
 */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { numbersOf } from '../../contract/sweep-points.ts'
import type { LoadedDataset } from '../../runtime/data/types.ts'
import type { Engine, Network } from '../../runtime/node/engine/index.ts'
import { encodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import { drawPatterns, sizedFiles } from '../../runtime/node/patterns/read.ts'
import { readFileArrays } from '../../runtime/node/train/file-arrays.ts'
import { sha256 } from '../../runtime/node/train/source-record.ts'
import { overridePlan } from '../../runtime/train/override.ts'
import {
  silentReporter,
  type EpochDone,
  type Reporter,
  type StepDone,
} from '../../runtime/train/reporter.ts'
import { runExperiment } from '../../runtime/train/run.ts'
import { holds } from '../../runtime/train/stops.ts'
import { compileFor, type Compiled, type Emitter } from '../compiled.ts'
import { storedHost } from '../disk-host.ts'
import { SharedData } from '../copies/shared-data.ts'
import { foldersIn, loadData, rootsOf } from '../experiment.ts'
import { libraryRoot } from '../package-info.ts'
import type { Source } from '../sources.ts'
import { lastFigures, valueIn } from './figures.ts'
import { PointStore, type KeepingOptions } from './point-store.ts'
import type { PointResult, SweepStore } from './store.ts'
import type { DefinedPoint, SweepFile } from './sweep-file.ts'

/** What runs points, one after the other: it keeps what they share. */
export interface PointRunner {
  readonly run: (point: DefinedPoint, on: PointListener) => Promise<PointResult | 'interrupted'>
}

/** Told how far a point is: epochs or steps, of how many. */
export type PointListener = (done: number, of: number) => void

/** What a runner needs. */
export interface RunnerOptions extends KeepingOptions {
  readonly sweep: SweepFile
  readonly engine: Engine
  /** Once aborted, the point that is being run is saved and given back. */
  readonly signal?: AbortSignal | undefined
  /** Told what of files and data becomes another number in the precision of a point; a sentence. */
  readonly note?: ((text: string) => void) | undefined
}

/** A runner of the points of a sweep. */
export function pointRunner(options: RunnerOptions): PointRunner {
  const programs = new Programs(options)
  const data: Data = new SharedData()
  return { run: (point, on) => runPoint(options, { programs, data }, point, on) }
}

type Data = SharedData<LoadedDataset | undefined>

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
      sourceOf(sweep),
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

/** The sources as they were, where their project lies. */
function sourceOf({ sources, root }: SweepFile): Source {
  return storedHost(sources, { project: root, library: libraryRoot })
}

/** A plan from a point's settings, which are text. */
function planAt(
  { plan }: Compiled,
  { settings, seed }: DefinedPoint,
  precision: 'f32' | 'f64' | undefined,
) {
  return overridePlan(plan, {
    ...numbersOf(settings),
    ...(seed !== undefined && { seed }),
    precision,
  })
}

async function runPoint(
  options: RunnerOptions,
  { programs, data: loaded }: { readonly programs: Programs; readonly data: Data },
  point: DefinedPoint,
  on: PointListener,
): Promise<PointResult | 'interrupted'> {
  const { where, sweep, store, engine, signal, note } = options
  const { common } = sweep
  const began = where.clock()
  const compiled = await programs.of(point)
  const plan = planAt(compiled, point, common.precision)
  const folders = [
    ...rootsOf(where, sourceOf(sweep), sweep.file),
    ...foldersIn(where, common.allowRead),
  ]
  const drawn = await drawPatterns(compiled, { seed: plan.seed, folders })
  const read = await readFileArrays(sizedFiles(compiled.files, drawn.patterns, compiled.patterns), {
    folders,
    precision: plan.precision,
    warn: note,
  })
  const data = await loaded.of(plan, () => loadData(where, plan, common))
  for (const text of data?.notes ?? []) note?.(text)
  const network = await engine.instantiate(compiled.program, {
    seed: plan.seed,
    batch: plan.batch,
    parameters: compiled.parameters,
    files: { ...read.arrays, ...drawn.arrays },
    patterns: drawn.patterns,
  })
  try {
    const kept = new PointStore(options, point.key, engine.name)
    const stopped = await kept.restore(network)
    const watch = new Watch(sweep, signal, on)
    const result = await runExperiment(
      plan,
      network,
      data,
      {
        store: kept,
        ...(stopped && { state: stopped.state, examples: stopped.storages }),
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
      last: lastFigures(result.state.last, result.state.evaluation),
      ...(plan.clock && { step: plan.clock.step }),
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
        if (!byClock) on(done.record.epoch, of)
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
      if (found !== undefined && holds({ test, value }, found))
        this.reason ??= `${text} (epoch ${record.epoch})`
    }
  }
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
