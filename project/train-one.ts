/**
 * Trains one circuit in a folder of its own: draws it, loads its data, and runs the experiment from the beginning or
 * from where the run stopped. Everything that differs between copies is here; what they share is prepared once.
 */
import type { Engine } from '../runtime/engine/network.ts'
import type { LoadedDataset } from '../runtime/data/types.ts'
import { isAsLong, lengthOf, requireLengthens, stateFor } from '../runtime/train/longer.ts'
import { runExperiment } from '../runtime/train/run.ts'
import type { RunLength } from '../runtime/train/schedule.ts'
import type { Checkpoint } from '../runtime/train/state.ts'
import { RunError } from '../runtime/train/errors.ts'
import { restoreNetwork } from '../runtime/node/train/checkpoint.ts'
import { requireCheckpoint } from '../runtime/node/train/missing.ts'
import type { Network } from '../runtime/engine/network.ts'
import {
  placeholders,
  readAgain,
  readFileArrays,
  type FileArray,
  type FileRecord,
  type ReadOptions,
} from '../runtime/node/train/file-arrays.ts'
import { dataIdentity, requireSameData } from '../runtime/node/train/data-identity.ts'
import { differences, type Manifest, type ManifestDraft } from '../runtime/node/train/manifest.ts'
import { drawPatterns, sizedFiles, type DrawnPatterns } from '../runtime/node/patterns/read.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import { reporterTo, type Listener } from './events.ts'
import type { CompiledExperiment } from './experiment.ts'
import type { LivePage } from './live/live-page.ts'
import { PageOfRun } from './report/of-run.ts'
import type { Surroundings } from './surroundings.ts'
import type { Trained } from './train.ts'

/** What is trained, and what it needs of its surroundings. */
export interface Training {
  readonly where: Surroundings
  readonly engine: Engine
  readonly compiled: CompiledExperiment
  /** Folders that weights and masks may lie in. */
  readonly folders: readonly string[]
  /** Whether the file is given, or else taken from the manifest of a run that goes on. */
  readonly hasFile: boolean
  /** Compiles it with other values of parameters. */
  readonly compile: (set: Readonly<Record<string, string>>) => Promise<CompiledExperiment>
  readonly load: (
    compiled: CompiledExperiment,
    manifest: Manifest | undefined,
  ) => Promise<LoadedDataset | undefined>
  /** Makes the folder of a new run. */
  readonly create: (draft: ManifestDraft) => Promise<RunFolder>
  readonly on: Listener
  readonly signal?: AbortSignal | undefined
  readonly report?: boolean | undefined
  readonly live?: LivePage | undefined
}

/** Trains in a new folder, or in that of `old`, which is locked. Throws as `train` does. */
export async function trainOne(training: Training, old: RunFolder | undefined): Promise<Trained> {
  const { where, engine, compiled, folders, hasFile, on, signal, live } = training
  const drawn = await drawPatterns(compiled, {
    seed: compiled.plan.seed,
    folders,
    before: hasFile ? undefined : old?.manifest.files,
  })
  const note = (text: string): void => on({ kind: 'noted', text })
  const sized = sizedFiles(compiled.files, drawn.patterns, compiled.patterns)
  const read = await readFiles(sized, hasFile ? undefined : old, {
    folders,
    precision: compiled.plan.precision,
    warn: note,
  })
  const draft: ManifestDraft = {
    ...compiled.draft,
    engine: engine.name,
    ...recordsOf(drawn, read.records),
  }
  if (old) requireSame(old, draft)

  const data = await training.load(compiled, old?.manifest)
  for (const text of data?.notes ?? []) note(text)
  const examples = dataIdentity(data)
  if (old) requireSameData(old.name, old.manifest.examples, examples)
  const network = await engine.instantiate(compiled.program, {
    seed: compiled.plan.seed,
    batch: compiled.plan.batch,
    files: { ...read.arrays, ...drawn.arrays },
    patterns: drawn.patterns,
  })
  const run = old ?? (await training.create({ ...draft, ...(examples && { examples }) }))
  const initial = !old || hasFile || sized.length === 0
  const page = new PageOfRun(
    { where, run, network, compiled, data, initial, live },
    training.report,
  )
  try {
    await page.begin()
    const length = lengthOf(compiled.plan, data?.train.count ?? 0)
    // Test examples begin with the states from before the first step.
    const begin = old && compiled.plan.evaluation && network.save()
    const stopped = old && (await restore(old, network, draft, length))
    const already = old?.manifest.finishedAt !== undefined
    const begunBy = old?.manifest.versions.ccn
    on({
      kind: 'opened',
      run,
      engine,
      ...(old && !stopped && { anew: true }),
      ...(begunBy !== undefined && begunBy !== draft.versions.ccn && { begunBy }),
    })
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

/** Throws RunError if a run is not of what is asked for. */
export function requireSame(folder: RunFolder, draft: ManifestDraft): void {
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
  const { plan, finishedAt } = folder.manifest
  requireCheckpoint(folder.checkpointPath('latest'), finishedAt !== undefined)
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

/** ISO 8601. */
export function now({ clock }: Surroundings): string {
  return new Date(clock()).toISOString()
}
