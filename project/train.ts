/**
 * Training: compiles, loads the data, and runs the experiment in a folder of its own. What happens is
 * told as events; an abort saves and ends the run as interrupted, to be gone on with later.
 */
import type { Host } from '../compiler/compile.ts'
import type { RunResult } from '../runtime/train/reporter.ts'
import { runExperiment } from '../runtime/train/run.ts'
import { isAsLong, lengthOf, requireLengthens, stateFor } from '../runtime/train/longer.ts'
import type { RunLength } from '../runtime/train/schedule.ts'
import type { Checkpoint } from '../runtime/train/state.ts'
import { RunError } from '../runtime/train/errors.ts'
import { restoreNetwork } from '../runtime/node/train/checkpoint.ts'
import { selectEngine } from '../runtime/node/engine/index.ts'
import type { Network } from '../runtime/engine/network.ts'
import {
  placeholders,
  readAgain,
  readFileArrays,
  type FileArray,
  type FileRecord,
  type ReadOptions,
} from '../runtime/node/train/file-arrays.ts'
import { differences, type Invocation, type ManifestDraft } from '../runtime/node/train/manifest.ts'
import { drawPatterns, sizedFiles, type DrawnPatterns } from '../runtime/node/patterns/read.ts'
import { RunFolder } from '../runtime/node/train/run-folder.ts'
import type { Choice } from './compile.ts'
import { misuse } from './errors.ts'
import { reporterTo, type Listener } from './events.ts'
import { signed } from './data-folder.ts'
import {
  compileExperiment,
  foldersIn,
  loadData,
  rootsOf,
  storedSource,
  type EngineChoice,
} from './experiment.ts'
import type { LiveOptions, LivePage } from './live/live-page.ts'
import { PageOfRun } from './report/of-run.ts'
import { findUnfinished } from './runs.ts'
import { sourceIn } from './sources.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'

/** How to train, where it differs from what the experiment says. */
export interface TrainOptions extends Choice, Partial<Surroundings> {
  /** Default 'auto': the fastest that there is. */
  readonly engine?: EngineChoice | undefined
  /** Of the wasm engine; default: as many as pay for the circuit. */
  readonly threads?: number | undefined
  /** Of the wasm engine. */
  readonly precision?: 'f32' | 'f64' | undefined
  /** Folder of data files; default: what CCN_DATA_DIR says, else `data`. */
  readonly dataDir?: string | undefined
  /** Folders that data, weights and masks may lie in besides the data folder and the project's. */
  readonly allowRead?: readonly string[] | undefined
  readonly epochs?: number | undefined
  /** Of a circuit that runs by a clock. */
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly seed?: number | undefined
  /** Use only so many training examples. */
  readonly limit?: number | undefined
  /** Ends the run once its loss is below. */
  readonly untilLoss?: number | undefined
  /** Pass over what the experiment says of `stop when`. */
  readonly noStop?: boolean | undefined
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
  /** Of the run; default MODEL-EXPERIMENT-NUMBER. */
  readonly name?: string | undefined
  /** Go on with a run: that of this name, or (true) the latest one that was not finished. */
  readonly resume?: string | true | undefined
  /** Replace the run of that name. */
  readonly force?: boolean | undefined
  /** Write the page of the run when it ends; default true, unless CCN_REPORT is 0. */
  readonly report?: boolean | undefined
  /** Serve the page on the loopback address while the run goes on; where, is told as an event. */
  readonly live?: LiveOptions | undefined
  /** Where source files are read; default: the disk. */
  readonly host?: Host | undefined
  /** Ends the run after the step that is being done, with everything saved. */
  readonly signal?: AbortSignal | undefined
  /** Told what happens. */
  readonly on?: Listener | undefined
}

/** How training ended. */
export interface Trained extends RunResult {
  readonly run: RunFolder
  /** It was finished before, and nothing was left to do. */
  readonly already?: true
  /** Why the page of the run could not be written. */
  readonly pageProblem?: string
}

/**
 * Trains a file, or goes on with a run; the file may be left out where a run is resumed. Throws
 * CompileError, ProjectError, DataError, EngineError, IoError or RunError.
 */
export async function train(
  file: string | undefined,
  options: TrainOptions,
  where: Surroundings = surroundings(options),
): Promise<Trained> {
  const { resume } = options
  if (resume !== undefined && (options.name !== undefined || options.force)) {
    throw misuse('A run that is resumed keeps its name: leave out --name and --force.')
  }
  const out = pathIn(where, options.out ?? 'runs')
  const old = resume === undefined ? undefined : await findUnfinished(where, out, file, resume)
  await old?.lock()
  let live: LivePage | undefined
  try {
    live = options.live && (await openLive(options.live))
    return await trainIn(where, file, options, old, live)
  } finally {
    await live?.end(undefined)
    await old?.unlock()
  }
}

/** A server that somebody can look at; what it takes is loaded where it is wanted. */
async function openLive(options: LiveOptions): Promise<LivePage> {
  const { LivePage: Live } = await import('./live/live-page.ts')
  return Live.open(options)
}

/** Trains in a new folder, or in that of `old`, which is locked. */
async function trainIn(
  where: Surroundings,
  file: string | undefined,
  options: TrainOptions,
  old: RunFolder | undefined,
  live: LivePage | undefined,
): Promise<Trained> {
  const { signal, host, threads } = options
  const on: Listener = (event) => {
    live?.note()
    options.on?.(event)
  }
  const source =
    file === undefined ? storedSource(required(old).manifest.sources) : sourceIn(where, file, host)
  const invocation = invocationOf(where, options, old?.manifest.invocation)
  const choice = options.engine ?? old?.manifest.engine ?? 'auto'
  const engine = await selectEngine(
    choice as EngineChoice,
    threads === undefined ? {} : { threads },
  )
  const compiled = await compileExperiment(where, source, invocation, engine)
  const { diagnostics, sources } = compiled
  if (diagnostics.length > 0) on({ kind: 'compiled', diagnostics, sources })
  const folders = [...rootsOf(where, source, file), ...foldersIn(where, options.allowRead)]
  const drawn = await drawPatterns(compiled, {
    seed: compiled.plan.seed,
    folders,
    before: file === undefined ? old?.manifest.files : undefined,
  })
  const sized = sizedFiles(compiled.files, drawn.patterns, compiled.patterns)
  const read = await readFiles(sized, file === undefined ? old : undefined, {
    folders,
    precision: compiled.plan.precision,
  })
  const draft: ManifestDraft = {
    ...compiled.draft,
    engine: engine.name,
    ...recordsOf(drawn, read.records),
  }
  if (old) requireSame(old, draft)

  const { dataDir, allowRead } = options
  const data = await loadData(where, compiled.plan, {
    dataDir,
    allowRead,
    manifest: old?.manifest,
  })
  const network = await engine.instantiate(compiled.program, {
    seed: compiled.plan.seed,
    batch: compiled.plan.batch,
    files: { ...read.arrays, ...drawn.arrays },
    patterns: drawn.patterns,
  })
  const run = old ?? (await createFolder(where, draft, options))
  const initial = !old || file !== undefined || sized.length === 0
  const page = new PageOfRun({ where, run, network, compiled, data, initial, live }, options.report)
  try {
    await page.begin()
    const length = lengthOf(compiled.plan, data?.train.count ?? 0)
    // Test examples begin with the states from before the first step.
    const begin = old && compiled.plan.evaluation && network.save()
    const stopped = old && (await restore(old, network, draft, length))
    const already = old?.manifest.finishedAt !== undefined
    on({ kind: 'opened', run, engine })
    if (live) on({ kind: 'live', url: live.url })
    const result = await runExperiment(
      compiled.plan,
      network,
      data,
      {
        store: run,
        ...(stopped && { state: stopped.state, examples: stopped.storages }),
        ...(begin && { initial: begin }),
        parameters: draft.parameters,
        variables: compiled.variables,
        states: compiled.states,
        patterns: drawn.patterns,
        ...(signal && { interrupt: signal }),
      },
      reporterTo(on),
    )
    if (result.status === 'finished' && !already) {
      await run.finish(result.state.evaluation ?? result.state.last, now(where))
    }
    await run.noteFailure(undefined)
    const pageProblem = already ? undefined : await page.write(result.state)
    return {
      ...result,
      run,
      ...(already && { already: true as const }),
      ...(pageProblem !== undefined && { pageProblem }),
    }
  } catch (error) {
    if (error instanceof RunError) await page.writeFailed(error.message)
    throw error
  } finally {
    network.dispose()
    if (!old) await run.unlock()
  }
}

function required(old: RunFolder | undefined): RunFolder {
  if (!old) throw misuse('A file is needed, unless a run is resumed.')
  return old
}

/** What was asked for, and for a resumed run otherwise what it was started with. */
function invocationOf(
  where: Surroundings,
  options: TrainOptions,
  before: Invocation | undefined,
): Invocation {
  const given = {
    experiment: options.experiment,
    epochs: options.epochs,
    steps: options.steps,
    batch: options.batch,
    seed: options.seed,
    limit: options.limit,
    untilLoss: options.untilLoss,
    noStop: options.noStop,
    precision: options.precision,
    dataDir: options.dataDir === undefined ? undefined : pathIn(where, options.dataDir),
  }
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Invocation>
  return {
    ...before,
    ...present,
    variants: options.variants ?? before?.variants ?? [],
    set: options.set ?? before?.set ?? {},
  }
}

function createFolder(where: Surroundings, draft: ManifestDraft, options: TrainOptions) {
  return RunFolder.create(signed(where, draft), {
    root: pathIn(where, options.out ?? 'runs'),
    name: options.name,
    force: options.force ?? false,
    startedAt: now(where),
  })
}

/** What the manifest says of files and patterns; a run's own records have those of patterns already. */
function recordsOf(
  { identities, records }: DrawnPatterns,
  read: readonly FileRecord[],
): Pick<ManifestDraft, 'files' | 'patterns'> {
  const files = [...new Map([...read, ...records].map((each) => [each.name, each])).values()]
  return {
    ...(files.length > 0 && { files }),
    ...(identities.length > 0 && { patterns: identities }),
  }
}

/**
 * What the model reads from files. A run that goes on by its manifest alone has it in its checkpoint;
 * before the first one, the files must still be what they were.
 */
async function readFiles(
  files: readonly FileArray[],
  run: RunFolder | undefined,
  options: ReadOptions,
) {
  if (!run) return readFileArrays(files, options)
  const records = run.manifest.files ?? []
  if (!run.hasCheckpoint('latest')) return readAgain(files, records, options)
  return { arrays: placeholders(files), records }
}

function requireSame(folder: RunFolder, draft: ManifestDraft): void {
  const found = differences(folder.manifest, draft)
  if (found.length === 0) return
  const more = found.length > 4 ? ` and ${found.length - 4} more` : ''
  throw new RunError(
    `Run ${folder.name} cannot go on, as this differs: ${found.slice(0, 4).join('; ')}${more}. ` +
      'Start a new run for that, or resume with what the run was started with.',
  )
}

/** Puts the network where the run stopped. */
async function restore(
  folder: RunFolder,
  network: Network,
  draft: ManifestDraft,
  length: RunLength,
): Promise<Checkpoint | undefined> {
  const { plan } = folder.manifest
  const done = folder.hasCheckpoint('latest')
    ? (await folder.readCheckpoint('latest')).state.step
    : 0
  requireLengthens(folder.name, plan, draft.plan, length, done)
  if (!isAsLong(plan, draft.plan)) await folder.lengthen(draft)
  const checkpoint = await folder.resume(length.steps, (state) => stateFor(state, plan, draft.plan))
  if (!checkpoint) return undefined
  restoreNetwork(network, checkpoint, folder.checkpointPath('latest'))
  return checkpoint
}

function now({ clock }: Surroundings): string {
  return new Date(clock()).toISOString()
}
