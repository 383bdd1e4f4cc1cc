/**
 * From a file to an experiment that can be run: what `ccn train` and `ccn eval` share.
 */
import type { Host } from '../compiler/compile.ts'
import { loadDataset } from '../runtime/node/data/readers.ts'
import type { LoadedDataset } from '../runtime/data/types.ts'
import type { Engine, EngineName, WasmArtifact } from '../runtime/node/engine/index.ts'
import type { FileArray } from '../runtime/node/train/file-arrays.ts'
import type { Invocation, ManifestDraft, SourceRecord } from '../runtime/node/train/manifest.ts'
import { overridePlan } from '../runtime/train/override.ts'
import type { ExperimentPlan } from '../contract/plan.ts'
import { Cache } from './cache.ts'
import { sourceRecords, storedHost } from './disk-host.ts'
import { compilerFingerprint, versions } from './package-info.ts'
import type { Session } from '../cli/session.ts'
import type { Source } from './sources.ts'

/** An experiment, compiled. */
export interface CompiledExperiment {
  readonly draft: Omit<ManifestDraft, 'engine' | 'files'>
  readonly plan: ExperimentPlan
  /** What the engine runs. */
  readonly program: string | WasmArtifact
  /** Names of all variables, in the order of computation. */
  readonly variables: readonly string[]
  /** Storages that are the circuit's past. */
  readonly states: readonly string[]
  /** What the model reads from files. */
  readonly files: readonly FileArray[]
}

/** Where data are looked for unless --data-dir says otherwise. */
export const defaultDataDir = 'data'

/**
 * Compiles a file for an experiment on an engine, or takes what was compiled before. Prints errors and
 * throws Reported if there are any.
 */
export async function compileExperiment(
  session: Session,
  source: Source,
  invocation: Invocation,
  { target }: Pick<Engine, 'target'>,
): Promise<CompiledExperiment> {
  const { experiment, variants, set, precision } = invocation
  const request = [source.main, target, experiment, variants, set, precision]
  const cache = new Cache(session.io.env, compilerFingerprint())
  const found = await cache.find(request, source.host)
  const { compiled, sources } = found ?? (await compileAndKeep())
  const plan = overridePlan(compiled.plan, invocation)
  return {
    ...compiled,
    plan,
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
    const made = await compileFor(session, source, invocation, { target })
    // Warnings are to be seen every time.
    if (made.quiet) await cache.keep(request, made.compiled, made.sources)
    return made
  }
}

/** The source that a run was made from. */
export function storedSource(sources: readonly SourceRecord[]): Source {
  const { host, main }: { host: Host; main: string } = storedHost(sources)
  return { host, main }
}

/** Loads what the plan asks for; undefined if it presents nothing. */
export async function loadData(
  session: Session,
  plan: ExperimentPlan,
  dataDir: string | undefined,
): Promise<LoadedDataset | undefined> {
  if (!plan.data) return undefined
  const { dataset, standardise, validation, limit } = plan.data
  return loadDataset(dataset, {
    dataDir: session.path(dataDir ?? session.io.env['CCN_DATA_DIR'] ?? defaultDataDir),
    standardise,
    validation,
    seed: plan.seed,
    ...(limit !== undefined && { limit }),
  })
}

/** What `--engine` may say. */
export type EngineChoice = 'auto' | EngineName
