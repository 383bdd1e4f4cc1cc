/**
 * From a file to an experiment that can be run: what training and evaluation share.
 */
import type { PairValues, PatternPlan } from '../contract/pattern.ts'
import type { ExperimentPlan } from '../contract/plan.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { LoadedDataset } from '../runtime/data/types.ts'
import { loadDataset } from '../runtime/node/data/readers.ts'
import type { Engine, EngineName, WasmArtifact } from '../runtime/node/engine/index.ts'
import type { UnsizedFile } from '../runtime/node/patterns/read.ts'
import type {
  Invocation,
  Manifest,
  ManifestDraft,
  SourceRecord,
} from '../runtime/node/train/manifest.ts'
import { overridePlan } from '../runtime/train/override.ts'
import { Cache } from './cache.ts'
import type { Compiled } from './compiled.ts'
import { projectRoot, sourceRecords, storedHost } from './disk-host.ts'
import { dataFolder } from './data-folder.ts'
import { compilerFingerprint, versions } from './package-info.ts'
import type { Source } from './sources.ts'
import { pathIn, shownIn, type Surroundings } from './surroundings.ts'

/** An experiment, compiled. */
export interface CompiledExperiment {
  readonly draft: Omit<ManifestDraft, 'engine' | 'files' | 'patterns' | 'examples'>
  readonly plan: ExperimentPlan
  /** What the engine runs. */
  readonly program: string | WasmArtifact
  /** Names of all variables, in the order of computation. */
  readonly variables: readonly string[]
  /** Storages that are the circuit's past. */
  readonly states: readonly string[]
  /** Storages that are weights and biases, whether they learn or not. */
  readonly weights: readonly string[]
  /** What the model reads from files. */
  readonly files: readonly UnsizedFile[]
  /** The patterns of its synapses, and what is asked of their pairs. */
  readonly patterns: readonly PatternPlan[]
  readonly pairValues: readonly PairValues[]
  /** Warnings and remarks, and the texts that they are about. */
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
}

/** Which engine: its name, or the fastest that there is. */
export type EngineChoice = 'auto' | EngineName

/**
 * Compiles a file for an experiment on an engine, or takes what was compiled before. Throws
 * CompileError if the file has errors.
 */
export async function compileExperiment(
  where: Surroundings,
  source: Source,
  invocation: Invocation,
  { target }: Pick<Engine, 'target'>,
): Promise<CompiledExperiment> {
  const { experiment, variants, set, precision, tape } = invocation
  const request = [source.main, target, experiment, variants, set, precision, tape]
  const cache = new Cache<Compiled>(where.env, compilerFingerprint())
  const found = await cache.find(request, source.host)
  const made = found && { compiled: found.kept, sources: found.sources, diagnostics: [] }
  const { compiled, sources, diagnostics } = made ?? (await compileAndKeep())
  const plan = overridePlan(compiled.plan, invocation)
  return {
    ...compiled,
    plan,
    diagnostics,
    sources,
    draft: {
      model: compiled.model,
      experiment: plan.name,
      sources: sourceRecords(source.main, sources, source.host),
      invocation,
      parameters: compiled.parameters,
      plan,
      seed: plan.seed,
      resolved: compiled.resolved,
      versions: versions(),
    },
  }

  async function compileAndKeep() {
    // The compiler is loaded only where it is needed.
    const { compileFor } = await import('./compiled.ts')
    const fresh = await compileFor(source, shownIn(where, source.main), invocation, { target })
    // Warnings are to be seen every time.
    const quiet = fresh.diagnostics.every(({ severity }) => severity === 'remark')
    if (quiet) await cache.keep(request, fresh.compiled, fresh.sources)
    return fresh
  }
}

/** The source that a run was made from. */
export function storedSource(sources: readonly SourceRecord[]): Source {
  return storedHost(sources)
}

/** Where data are, as far as something is said. */
export interface DataPlace {
  readonly dataDir?: string | undefined
  /** Of a run that is gone on with or evaluated. */
  readonly manifest?: Manifest | undefined
  /** Other folders that files may lie in. */
  readonly allowRead?: readonly string[] | undefined
}

/** Loads what the plan asks for; undefined if it presents nothing. */
export async function loadData(
  where: Surroundings,
  plan: ExperimentPlan,
  { dataDir, manifest, allowRead }: DataPlace,
): Promise<LoadedDataset | undefined> {
  if (!plan.data) return undefined
  const { dataset, standardise, validation, limit } = plan.data
  return loadDataset(dataset, {
    dataDir: await dataFolder(where, dataDir, manifest),
    allowed: foldersIn(where, allowRead),
    precision: plan.precision ?? 'f32',
    standardise,
    validation,
    seed: plan.seed,
    ...(limit !== undefined && { limit }),
  })
}

/**
 * The folders that a model's weights and masks may lie in: those of its project and of the library; of a
 * run without its file, those of the project that the current folder belongs to.
 */
export function rootsOf(
  where: Surroundings,
  { host }: Source,
  file: string | undefined,
): readonly string[] {
  if (file === undefined) return [projectRoot(pathIn(where, 'run.ccn'))]
  return [host.projectRoot, host.libraryRoot]
}

/** Folders that may be read besides those of the project, as absolute paths. */
export function foldersIn(where: Surroundings, folders: readonly string[] = []): readonly string[] {
  return folders.map((folder) => pathIn(where, folder))
}
