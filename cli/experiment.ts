/**
 * From a file to an experiment that can be run: what `ccn train` and `ccn eval` share.
 */
import { emitProgram, printModel, type Host } from '../compiler/index.ts'
import { loadDataset } from '../runtime/data/load.ts'
import type { LoadedDataset } from '../runtime/data/types.ts'
import type { Engine, EngineName, WasmArtifact } from '../runtime/engine/index.ts'
import type { FileArray } from '../runtime/train/file-arrays.ts'
import type { Invocation, ManifestDraft, SourceRecord } from '../runtime/train/manifest.ts'
import { overridePlan } from '../runtime/train/override.ts'
import type { ExperimentPlan } from '../runtime/train/plan.ts'
import { compileOrStop, type Source } from './compiling.ts'
import { CliError } from './errors.ts'
import { sourceRecords, storedHost } from './host.ts'
import { versions } from './package-info.ts'
import type { Session } from './session.ts'

/** An experiment, compiled. */
export interface CompiledExperiment {
  readonly draft: Omit<ManifestDraft, 'engine' | 'files'>
  readonly plan: ExperimentPlan
  /** What the engine runs. */
  readonly program: string | WasmArtifact
  /** Names of all variables, in the order of computation. */
  readonly variables: readonly string[]
  /** What the model reads from files. */
  readonly files: readonly FileArray[]
}

/** Where data are looked for unless --data-dir says otherwise. */
export const defaultDataDir = 'data'

/** Compiles a file for an experiment on an engine. Prints errors and throws Reported if there are any. */
export async function compileExperiment(
  session: Session,
  source: Source,
  invocation: Invocation,
  { target }: Pick<Engine, 'target'>,
): Promise<CompiledExperiment> {
  const { experiment, variants, set } = invocation
  const compilation = compileOrStop(session, source, {
    variants,
    set,
    ...(experiment !== undefined && { experiment }),
  })
  const { model, ir, plan: planned, sources } = compilation
  if (!model || !ir) throw new Error('the compiler gave no program, but no error either')
  if (!planned) {
    throw new CliError(`${session.shown(source.main)} has no experiment to run.`, {
      hint: 'Add one, e.g. `experiment NAME { data digits  present x = image  ... }`.',
    })
  }
  const plan = overridePlan(planned, invocation)
  const { step } = ir.graphs
  return {
    plan,
    files: ir.files ?? [],
    program: await emitProgram(target, ir, sources),
    variables: step.outputs
      .filter(({ value }) => step.nodes[value]?.section === 'circuit')
      .map(({ name }) => name),
    draft: {
      model: ir.name,
      experiment: plan.name,
      sources: sourceRecords(source.main, sources, source.host),
      invocation,
      parameters: Object.fromEntries(ir.params.map(({ name, value }) => [name, value])),
      plan,
      seed: plan.seed,
      resolved: printModel(model),
      versions: versions(),
    },
  }
}

/** The source that a run was made from. */
export function storedSource(sources: readonly SourceRecord[]): Source {
  const { host, main }: { host: Host; main: string } = storedHost(sources)
  return { host, main }
}

/** Loads what the plan asks for. */
export function loadData(
  session: Session,
  plan: ExperimentPlan,
  dataDir: string | undefined,
): Promise<LoadedDataset> {
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
