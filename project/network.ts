/**
 * A run's network, or a file's, as it is before its first step or with the weights of a checkpoint: what evaluations
 * and pages of runs share.
 */
import type { LoadedDataset } from '../runtime/data/types.ts'
import type { Engine, NamedArray, Network } from '../runtime/engine/network.ts'
import { IoError } from '../runtime/io/errors.ts'
import { lostInSingle, lostText } from '../runtime/io/single-precision.ts'
import { loadStorages } from '../runtime/node/train/checkpoint.ts'
import { placeholders, readAgain, readFileArrays } from '../runtime/node/train/file-arrays.ts'
import { drawPatterns, sizedFiles } from '../runtime/node/patterns/read.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import type { PatternIdentity } from '../runtime/patterns/identity.ts'
import { RunError } from '../runtime/train/errors.ts'
import {
  foldersIn,
  loadData,
  rootsOf,
  type CompiledExperiment,
  type DataPlace,
} from './experiment.ts'
import type { Source } from './sources.ts'
import type { Surroundings } from './surroundings.ts'

/** What a network is made for. */
export interface NetworkOrder extends Pick<DataPlace, 'dataDir' | 'allowRead'> {
  /** What it is called in messages. */
  readonly name: string
  readonly source: Source
  /** The file, where there is one; else what the run has stored. */
  readonly file?: string | undefined
  readonly run?: RunFolder | undefined
  /** Told what becomes another number in the precision of the run. */
  readonly note?: ((text: string) => void) | undefined
  /** Absent: as they are initially. */
  readonly weights?:
    { readonly path: string; readonly storages: Readonly<Record<string, NamedArray>> } | undefined
}

/** The data of an experiment; undefined if it presents nothing. */
export function dataOf(
  where: Surroundings,
  { plan }: CompiledExperiment,
  { dataDir, allowRead, run }: NetworkOrder,
): Promise<LoadedDataset | undefined> {
  return loadData(where, plan, { dataDir, allowRead, manifest: run?.manifest })
}

/** Makes the network. Throws IoError, EngineError or RunError. The caller disposes of it. */
export async function networkOf(
  where: Surroundings,
  compiled: CompiledExperiment,
  engine: Engine,
  order: NetworkOrder,
): Promise<Network> {
  const { run, weights, source, file, allowRead } = order
  const { plan } = compiled
  const folders = [...rootsOf(where, source, file), ...foldersIn(where, allowRead)]
  const drawn = await drawPatterns(compiled, {
    seed: plan.seed,
    folders,
    before: run?.manifest.files,
  })
  if (run) requirePatterns(run.manifest.patterns ?? [], drawn.identities, order.name)
  const sized = sizedFiles(compiled.files, drawn.patterns, compiled.patterns)
  const reading = { folders, precision: plan.precision, warn: order.note }
  const { arrays } = weights
    ? { arrays: placeholders(sized) }
    : run
      ? await readAgain(sized, run.manifest.files ?? [], reading)
      : await readFileArrays(sized, reading)
  const network = await engine.instantiate(compiled.program, {
    seed: plan.seed,
    files: { ...arrays, ...drawn.arrays },
    patterns: drawn.patterns,
  })
  try {
    if (weights) loadWeights(network, compiled, weights, order.note)
    return network
  } catch (error) {
    network.dispose()
    throw error
  }
}

/**
 * Loads a checkpoint, which may be of a run in double precision. Throws IoError for one that does not fit, or of which
 * a number is infinite in single precision; `note` is told of weights that become other numbers in it.
 */
export function loadWeights(
  network: Network,
  { plan, weights }: Pick<CompiledExperiment, 'plan' | 'weights'>,
  { path, storages }: NonNullable<NetworkOrder['weights']>,
  note?: (text: string) => void,
): void {
  loadStorages(network, storages, path)
  if (plan.precision === 'f64') return
  for (const name of Object.keys(network.save())) {
    const { data } = storages[name] ?? {}
    const lost = data && lostInSingle(data)
    if (!lost) continue
    const said = lostText(lost, `in entry ${lost.at} of ${name}`)
    if (lost.kind === 'infinite') throw new IoError('use', path, said)
    // What optimisers and cells keep decays to 0 in either precision.
    if (weights.includes(name)) note?.(`${path}: ${said}.`)
  }
}

/** The weights of a run are those of its own synapses. */
function requirePatterns(
  before: readonly PatternIdentity[],
  now: readonly PatternIdentity[],
  run: string,
): void {
  for (const { name, count, hash } of before) {
    const found = now.find((each) => each.name === name)
    if (found?.hash === hash && found.count === count) continue
    throw new RunError(
      `The synapses of ${name} are not those of the run ${run}: it had ${count}, others than are drawn now.`,
    )
  }
}
