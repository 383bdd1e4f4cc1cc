/**
 * The folder of a run, `runs/NAME/`:
 *
 *     manifest.json            what the run is of (see manifest.ts)
 *     metrics.jsonl            a line for every measured step and epoch; nothing from the clock
 *     timing.jsonl             a line for every epoch
 *     checkpoint.safetensors   the latest state
 *     best.safetensors         the state after the best epoch so far
 *     records/                 recorded variables along time, in parts: .npz archives (see recorder.ts)
 *     plot.svg                 what `ccn plot` draws of records and metrics
 *     report.html              the page of the run
 *     seed-3/                  a run of its own, where there are copies: the one of that seed; of all that is above,
 *                              the folder of the copies has the manifest, the page and the lock
 *     lock                     the process that writes here, while it does
 *
 * Files are replaced in one step; logs only grow, and a resumed run cuts off what its checkpoint
 * does not know.
 */
import { checkCall } from '../../../contract/calls/call.ts'
import * as given from '../../given-values.ts'
import { isCopyName } from '../../../contract/copies.ts'
import { existsSync } from 'node:fs'
import { rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { writeFileAtomic } from '../io/atomic.ts'
import { readBytes } from '../io/source.ts'
import { inWords, IoError } from '../../io/errors.ts'
import { appendJsonLines, truncateAfter } from '../io/jsonl.ts'
import { decodeNpz, encodeNpz } from '../io/npz.ts'
import { removeStale } from '../io/temporary.ts'
import type { StoredTensor } from '../io/safetensors.ts'
import { encodeCheckpoint, readCheckpoint, type Checkpoint } from './checkpoint.ts'
import { RunError } from '../../train/errors.ts'
import {
  createManifest,
  requireKeepable,
  identityOf,
  parseManifest,
  type Manifest,
  type ManifestDraft,
} from './manifest.ts'
import type { RunStore, TimingRecord } from '../../train/options.ts'
import { partName, recordPartsIn, type RecordPart } from './record-parts.ts'
import { flushLog, keepLines } from './run-logs.ts'
import { lockFolder, type FolderLock } from './run-lock.ts'
import { reopened, type MetricsRecord, type RunState } from '../../train/state.ts'
import { MISSING, missingPart, requireLog } from './missing.ts'
import { claimNamed, claimNumbered, folderNames, MANIFEST, takenError } from './run-names.ts'

/** No manifest is longer. */
const MOST_MANIFEST = 2 ** 26
const METRICS = 'metrics.jsonl'
const TIMING = 'timing.jsonl'
const RECORDS = 'records'
const CHECKPOINTS = { latest: 'checkpoint.safetensors', best: 'best.safetensors' } as const
const PLOT = 'plot.svg'
const PAGE = 'report.html'
const FILES: readonly string[] = [
  METRICS,
  TIMING,
  RECORDS,
  PLOT,
  PAGE,
  ...Object.values(CHECKPOINTS),
  MANIFEST,
]

/** What a new run's folder is to be. */
export interface NewRun {
  /** The folder of all runs. */
  readonly root: string
  /** Default: MODEL-EXPERIMENT-001, or the next number that is free. */
  readonly name?: string | undefined
  /** Replace a run of that name. */
  readonly force?: boolean
  /** ISO 8601. */
  readonly startedAt: string
}

/** One run on the disk. Throws CallError for what makes no sense. */
export class RunFolder implements RunStore {
  readonly path: string
  #manifest: Manifest
  #identity: string
  #lock: FolderLock | undefined

  private constructor(path: string, manifest: Manifest) {
    checkCall('new RunFolder', [given.folder, given.manifest], [path, manifest])
    this.path = path
    this.#manifest = manifest
    this.#identity = identityOf(manifest)
  }

  /** Makes the folder of a new run, and locks it. Throws RunError if the name is taken. */
  static async create(draft: ManifestDraft, options: NewRun): Promise<RunFolder> {
    requireKeepable(draft, options)
    const root = resolve(options.root)
    const name =
      options.name === undefined
        ? await claimNumbered(root, `${draft.model}-${draft.experiment}`)
        : await claimNamed(root, options.name, options.force ?? false)
    const folder = new RunFolder(join(root, name), createManifest(draft, name, options.startedAt))
    for (const each of await folderNames(root)) await removeLeft(join(root, each))
    try {
      await folder.#take()
      // Another process may have had the name meanwhile, and be done.
      if (!options.force && existsSync(join(folder.path, MANIFEST))) throw takenError(name, root)
      for (const file of FILES) await remove(join(folder.path, file))
      for (const each of await folderNames(folder.path))
        if (isCopyName(each) && existsSync(join(folder.path, each, MANIFEST)))
          await remove(join(folder.path, each))
      await folder.#writeManifest()
    } catch (error) {
      await folder.unlock()
      // Nothing is left of a folder that could not be filled; one with other things in it stays.
      await rmdir(folder.path).catch(() => undefined)
      throw error
    }
    return folder
  }

  /** Opens the folder of a run: a path, or a name below `root`. Throws IoError or RunError. */
  static async open(nameOrPath: string, root: string): Promise<RunFolder> {
    checkCall('open', [given.runName, given.folder], [nameOrPath, root])
    const path = findRun(nameOrPath, root)
    if (path === undefined) {
      throw new RunError(`There is no run ${nameOrPath} in ${resolve(root)}.`)
    }
    return new RunFolder(path, await manifestIn(path))
  }

  /**
   * Keeps other processes from writing here, and reads again what the run is: another process may have
   * finished it, or replaced it. Throws RunError if one writes here now.
   */
  async lock(): Promise<void> {
    await this.#take()
    this.#manifest = await manifestIn(this.path)
    this.#identity = identityOf(this.#manifest)
  }

  async unlock(): Promise<void> {
    const lock = this.#lock
    this.#lock = undefined
    await lock?.release()
  }

  async #take(): Promise<void> {
    if (this.#lock) return
    this.#lock = await lockFolder(this.path)
    await removeLeft(this.path)
  }

  get manifest(): Manifest {
    return this.#manifest
  }

  /** That of a copy begins with that of all: `xor-xor-001/seed-3`. */
  get name(): string {
    const [name, of] = [basename(this.path), dirname(this.path)]
    const isCopy = isCopyName(name) && existsSync(join(of, MANIFEST))
    return isCopy ? `${basename(of)}/${name}` : name
  }

  /** Where the picture of the run goes. */
  get plotPath(): string {
    return join(this.path, PLOT)
  }

  /** Where the page of the run goes. */
  get pagePath(): string {
    return join(this.path, PAGE)
  }

  /** The path of a checkpoint, which need not exist. */
  checkpointPath(kind: 'latest' | 'best'): string {
    return join(this.path, CHECKPOINTS[kind])
  }

  hasCheckpoint(kind: 'latest' | 'best'): boolean {
    return existsSync(this.checkpointPath(kind))
  }

  /** Throws IoError if it is missing, damaged, or of another run. */
  async readCheckpoint(kind: 'latest' | 'best'): Promise<Checkpoint> {
    return readCheckpoint(this.checkpointPath(kind), this.#identity)
  }

  /**
   * Readies the folder to go on from its latest checkpoint, which is returned; undefined if the
   * run stopped before the first one, and then all begins anew. Throws IoError, and leaves
   * everything as it is, if the checkpoint is damaged or the logs are shorter than it says. The logs are
   * those of a run of `steps` steps, which may be longer than it was; `change` is what else is to be
   * different.
   */
  async resume(
    steps = 0,
    change: (state: RunState) => RunState = (state) => state,
  ): Promise<Checkpoint | undefined> {
    const found = this.hasCheckpoint('latest') ? await this.readCheckpoint('latest') : undefined
    const checkpoint = found && { ...found, state: change(found.state) }
    const state = checkpoint && reopened(checkpoint.state, steps)
    requireLog(join(this.path, METRICS), state?.metricsLines, ': put it back, or begin anew')
    requireLog(join(this.path, TIMING), state?.timingLines, ': put it back, or begin anew')
    await keepLines(join(this.path, METRICS), state?.metricsLines ?? 0)
    await keepLines(join(this.path, TIMING), state?.timingLines ?? 0)
    return checkpoint
  }

  /** Notes that the run is to be of another length, and so not done. */
  async lengthen({ plan, invocation }: Pick<Manifest, 'plan' | 'invocation'>): Promise<void> {
    const { finishedAt: _, result: __, ...manifest } = this.#manifest
    this.#manifest = { ...manifest, plan, invocation }
    await this.#writeManifest()
  }

  async addMetrics(records: readonly MetricsRecord[]): Promise<void> {
    await this.#lock?.require()
    const lines = records.map((record) => ({ ...record }))
    await appendJsonLines(join(this.path, METRICS), lines)
  }

  async cutMetrics(after: number): Promise<void> {
    const path = join(this.path, METRICS)
    if (existsSync(path)) await truncateAfter(path, ({ step }) => Number(step) <= after)
  }

  async addTiming(record: TimingRecord): Promise<void> {
    await appendJsonLines(join(this.path, TIMING), [{ ...record }])
  }

  async saveCheckpoint(kind: 'latest' | 'best', checkpoint: Checkpoint): Promise<void> {
    await this.#lock?.require()
    // The lines that the checkpoint counts on must reach the disk before it does.
    await flushLog(join(this.path, METRICS))
    await flushLog(join(this.path, TIMING))
    const { engine, versions, patterns } = this.#manifest
    const origin = {
      identity: this.#identity,
      engine,
      versions: JSON.stringify(versions),
      ...(patterns && { patterns: JSON.stringify(patterns) }),
    }
    await writeFileAtomic(this.checkpointPath(kind), encodeCheckpoint(checkpoint, origin))
  }

  async saveRecords(part: number, arrays: ReadonlyMap<string, StoredTensor>): Promise<void> {
    const bytes = encodeNpz(arrays, { compress: 'if it helps' })
    await writeFileAtomic(join(this.path, RECORDS, partName(part)), bytes)
  }

  async readRecords(part: number): Promise<ReadonlyMap<string, StoredTensor> | undefined> {
    const path = join(this.path, RECORDS, partName(part))
    return existsSync(path) ? decodeNpz(await readBytes(path), path) : undefined
  }

  async dropRecords(after: number): Promise<void> {
    for (const { number, path } of await this.recordParts()) {
      if (number > after) await remove(path)
    }
  }

  /** The parts of what was recorded, in order. */
  async recordParts(): Promise<readonly RecordPart[]> {
    return recordPartsIn(join(this.path, RECORDS))
  }

  /**
   * The file of what was measured, undefined before anything was. Throws IoError where it is missing though the
   * latest checkpoint counts on it: a picture of what is left would look like one of all.
   */
  async metricsFile(): Promise<string | undefined> {
    const path = join(this.path, METRICS)
    if (existsSync(path)) return path
    requireLog(path, (await this.#latestState())?.metricsLines)
    return undefined
  }

  /** As `recordParts`, and throws IoError where one is missing that the latest checkpoint counts on. */
  async wholeRecordParts(): Promise<readonly RecordPart[]> {
    // In this order: of a run that goes on, parts are written before the checkpoint that counts on them.
    const state = await this.#latestState()
    const parts = await this.recordParts()
    const part = missingPart(parts, state?.records)
    if (part !== undefined)
      throw new IoError('read', join(this.path, RECORDS, partName(part)), MISSING)
    return parts
  }

  /** Undefined without a checkpoint that can be read: what it says is then told by those who need it. */
  async #latestState(): Promise<RunState | undefined> {
    if (!this.hasCheckpoint('latest')) return undefined
    const found = await this.readCheckpoint('latest').catch(() => undefined)
    return found?.state
  }

  /** Notes that the run is done. */
  async finish(result: RunState['last'], finishedAt: string): Promise<void> {
    const { failure: _, ...manifest } = this.#manifest
    this.#manifest = { ...manifest, finishedAt, ...(result && { result }) }
    await this.#writeManifest()
  }

  /** Notes why the run stopped with an error, or that it goes on. */
  async noteFailure(failure: string | undefined): Promise<void> {
    const { failure: before, ...manifest } = this.#manifest
    if (before === failure) return
    this.#manifest = { ...manifest, ...(failure !== undefined && { failure }) }
    await this.#writeManifest()
  }

  async #writeManifest(): Promise<void> {
    const text = `${JSON.stringify(this.#manifest, undefined, 2)}\n`
    await writeFileAtomic(join(this.path, MANIFEST), text)
  }
}

async function manifestIn(path: string): Promise<Manifest> {
  const file = join(path, MANIFEST)
  const text = Buffer.from(await readBytes(file, MOST_MANIFEST)).toString('utf8')
  return parseManifest(text, file)
}

/** Removes what killed processes left in a run's folder. */
async function removeLeft(path: string): Promise<void> {
  await removeStale(path)
  await removeStale(join(path, RECORDS))
}

/** The folder of the run that `nameOrPath` means, if there is one. */
export function findRun(nameOrPath: string, root: string): string | undefined {
  return [resolve(root, nameOrPath), resolve(nameOrPath)].find((path) =>
    existsSync(join(path, MANIFEST)),
  )
}

/** All runs below `root` whose manifests can be read, the latest first. */
export async function listRuns(root: string): Promise<RunFolder[]> {
  const runs: RunFolder[] = []
  for (const name of await folderNames(root)) {
    const run = await RunFolder.open(name, root).catch(() => undefined)
    if (run) runs.push(run)
  }
  return runs.toSorted((a, b) =>
    a.manifest.startedAt === b.manifest.startedAt
      ? b.name.localeCompare(a.name)
      : b.manifest.startedAt.localeCompare(a.manifest.startedAt),
  )
}

function remove(path: string): Promise<void> {
  return inWords('remove', path, () => rm(path, { recursive: true, force: true }))
}
