/**
 * Training: compiles, loads the data, and runs the experiment in a folder of its own. What happens is
 * told as events; an abort saves and ends the run as interrupted, to be gone on with later.
 */
import type { Host } from '../compiler/compile.ts'
import { copiesOf } from '../contract/copies.ts'
import type { RunResult } from '../runtime/train/reporter.ts'
import { selectEngine } from '../runtime/node/engine/index.ts'
import type { Invocation, ManifestDraft } from '../runtime/node/train/manifest.ts'
import { RunFolder } from '../runtime/node/train/run-folder.ts'
import type { Choice } from './compile.ts'
import { requireCopies, trainCopies, type CopyEnd } from './copies/train.ts'
import { misuse } from './errors.ts'
import type { Listener } from './events.ts'
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
import { findUnfinished } from './runs.ts'
import { sourceIn } from './sources.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'
import { now, trainOne, type Training } from './train-one.ts'

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
  /** Copies, with this seed and those after it; default: what the experiment says, else one. */
  readonly replicate?: number | undefined
  /** Most bytes of a tape, by which learning through time goes back. */
  readonly tape?: number | undefined
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
  /** How each copy ended, where there are several; the state is that of the first one that did not fail. */
  readonly copies?: readonly CopyEnd[]
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
  const engine = await selectEngine(choice as EngineChoice, {
    adapts: true,
    ...(threads !== undefined && { threads }),
  })
  const compiled = await compileExperiment(where, source, invocation, engine)
  const { diagnostics, sources } = compiled
  if (diagnostics.length > 0) on({ kind: 'compiled', diagnostics, sources })
  const { dataDir, allowRead } = options
  const training: Training = {
    where,
    engine,
    compiled,
    folders: [...rootsOf(where, source, file), ...foldersIn(where, allowRead)],
    hasFile: file !== undefined,
    compile: (set) =>
      compileExperiment(
        where,
        source,
        { ...invocation, set: { ...invocation.set, ...set } },
        engine,
      ),
    load: (of, manifest) => loadData(where, of.plan, { dataDir, allowRead, manifest }),
    create: (draft) => createFolder(where, draft, options),
    on,
    signal,
    report: options.report,
    live,
  }
  if (old) requireCopies(old, compiled.plan)
  if (copiesOf(compiled.plan).length === 0) return trainOne(training, old)
  if (live) {
    throw misuse('The page that --live serves is of one circuit: say --replicate 1 with it.')
  }
  return trainCopies(training, old)
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
    replicate: options.replicate,
    limit: options.limit,
    untilLoss: options.untilLoss,
    noStop: options.noStop,
    precision: options.precision,
    tape: options.tape,
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
