/**
 * `manifest.json`: what a run is of. It holds everything that the run follows from (the text of
 * all sources, variants, parameters, the plan), so that the network can be built again from the
 * folder alone, and what is good to know (versions, times, the result).
 *
 * Two manifests of the same `identity` describe the same computation.
 */
import type { JsonRecord } from '../io/jsonl.ts'
import { checkCall } from '../../../contract/calls/call.ts'
import * as given from '../../given-values.ts'
import { IoError } from '../../io/errors.ts'
import { RunError } from '../../train/errors.ts'
import type { DataIdentity } from './data-identity.ts'
import type { FileRecord } from './file-arrays.ts'
import { manifestSchema } from './manifest-schema.ts'
import { sha256, type SourceRecord } from './source-record.ts'
import type { PatternIdentity } from '../../patterns/identity.ts'
import { checked } from '../io/schema.ts'
import type { ExperimentPlan } from '../../../contract/plan.ts'
import type { RunState } from '../../train/state.ts'

export { sourceRecord, type SourceRecord } from './source-record.ts'

const FORMAT = 'run 1'

/** What was asked for, so that a run can be resumed without saying it again. */
export interface Invocation {
  readonly experiment?: string
  readonly variants: readonly string[]
  /** Parameters as given, as text. */
  readonly set: Readonly<Record<string, string>>
  readonly epochs?: number
  /** Of a run by a clock. */
  readonly steps?: number
  readonly batch?: number
  readonly seed?: number
  readonly replicate?: number
  readonly limit?: number
  readonly untilLoss?: number
  readonly noStop?: boolean
  readonly dataDir?: string
  /** Most bytes of a tape, by which learning through time goes back. */
  readonly tape?: number
  /** Default f32. */
  readonly precision?: 'f32' | 'f64'
}

/** The versions that a run was made with. */
export interface Versions {
  readonly ccn: string
  readonly node: string
  readonly tfjs: string
}

/** See the module's head. */
export interface Manifest {
  readonly format: typeof FORMAT
  readonly name: string
  readonly model: string
  readonly experiment: string
  /** The main file: first of `sources`. */
  readonly sources: readonly SourceRecord[]
  readonly invocation: Invocation
  /** Tells the user who started the run, and nobody else, that the data folder was their choice. */
  readonly dataDirCode?: string
  /** Values of the parameters that the compiled circuit has. */
  readonly parameters: Readonly<Record<string, number>>
  /** What the model reads from files; absent if nothing. */
  readonly files?: readonly FileRecord[]
  /** The patterns of synapses that were drawn; absent if there are none. */
  readonly patterns?: readonly PatternIdentity[]
  /** The examples, where they were read from files. */
  readonly examples?: DataIdentity
  readonly plan: ExperimentPlan
  readonly seed: number
  /** The model as text, with motifs, loops and variants expanded. */
  readonly resolved?: string
  readonly engine: string
  readonly versions: Versions
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly finishedAt?: string
  /** Why it stopped with an error, in words; absent once it goes on. */
  readonly failure?: string
  /** The last epoch, or the last phase with figures. */
  readonly result?: NonNullable<RunState['last']>
}

/** A manifest before the run has a folder. */
export type ManifestDraft = Omit<
  Manifest,
  'format' | 'name' | 'startedAt' | 'finishedAt' | 'failure' | 'result'
>

/** The manifest of a run that starts now. */
export function createManifest(draft: ManifestDraft, name: string, startedAt: string): Manifest {
  return { format: FORMAT, name, ...draft, startedAt }
}

/**
 * Throws CallError for what is no draft, and RunError for one whose manifest could not be read again, as where a name
 * holds control characters: nobody could go on with that run.
 */
export function requireKeepable(
  draft: ManifestDraft,
  options: { readonly startedAt: string },
): void {
  checkCall('create', [given.draft, given.newRun], [draft, options])
  const written: unknown = JSON.parse(
    JSON.stringify(createManifest(draft, 'run', options.startedAt)),
  )
  checked(manifestSchema, written, 'its manifest', (reason) => {
    throw new RunError(`A run of this could not be read again: ${reason}.`)
  })
}

/** Hash over everything that a run's numbers follow from. */
export function identityOf(manifest: ManifestDraft): string {
  return sha256(canonical(identityParts(manifest)))
}

/** What of `manifest` differs from what `other` says, in words; empty if they compute the same. */
export function differences(manifest: ManifestDraft, other: ManifestDraft): string[] {
  const mine = identityParts(manifest)
  const theirs = identityParts(other)
  const differing = Object.keys(mine).filter(
    (key) => canonical(mine[key]) !== canonical(theirs[key]),
  )
  // With another text, the plan and the parameters differ because of it.
  const follows = differing.includes('sources') ? ['plan', 'parameters'] : []
  return differing.flatMap((key) => {
    if (follows.includes(key)) return []
    const [a, b] = [mine[key], theirs[key]]
    if (key === 'files' && other.files) return fileDifferences(manifest.files ?? [], other.files)
    if (key === 'sources') return sourceDifferences(manifest.sources, other.sources)
    return valueDifferences(key, a, b)
  })
}

/** Reads the text of a manifest. Throws IoError, naming `path`, if it is damaged. */
export function parseManifest(text: string, path: string): Manifest {
  let value: Partial<Manifest> | null
  try {
    value = JSON.parse(text) as Partial<Manifest> | null
  } catch {
    throw new IoError('read', path, 'it is no JSON')
  }
  if (value?.format !== FORMAT) {
    throw new IoError('read', path, 'it is no manifest of a run, or of another version of ccn')
  }
  const { sources } = checked(manifestSchema, value, 'the manifest', (reason) => {
    throw new IoError('read', path, reason)
  })
  for (const source of sources) {
    if (sha256(source.text) !== source.sha256) {
      throw new IoError('read', path, `the text of ${source.path} does not match its checksum`)
    }
  }
  return value as Manifest
}

function identityParts(manifest: ManifestDraft): JsonRecord {
  const { model, experiment, invocation, parameters, plan, engine, seed } = manifest
  return {
    sources: manifest.sources.map(({ root, path, sha256: hash }) => `${root}/${path} ${hash}`),
    model,
    experiment,
    variants: invocation.variants,
    parameters,
    ...(manifest.files && { files: fileParts(manifest.files) }),
    ...(manifest.patterns && { patterns: patternParts(manifest.patterns) }),
    set: invocation.set,
    seed,
    plan: withoutLength(plan),
    engine,
  }
}

/** A run of another length, or one of more copies, or whose weights were told in no unit, is the same as far as both go. */
function withoutLength(plan: ExperimentPlan): JsonRecord {
  const { clock } = plan
  const paced = clock && { clock: { step: clock.step, hold: clock.hold } }
  return {
    ...plan,
    epochs: undefined,
    stops: undefined,
    replicate: undefined,
    varied: undefined,
    // No number follows from what it is told in.
    weightUnits: undefined,
    ...paced,
  }
}

function fileDifferences(mine: readonly FileRecord[], theirs: readonly FileRecord[]): string[] {
  const hashes = new Map(theirs.map(({ name, sha256: hash }) => [name, hash]))
  const changed = mine.filter(({ name, sha256: hash }) => hashes.get(name) !== hash)
  return changed.map(({ name, path }) => `the content of ${path}, for ${name}`)
}

/** By what they are for: which array, and the hash of the file, wherever it lies. */
function fileParts(files: readonly FileRecord[]): JsonRecord {
  return Object.fromEntries(
    files.map(({ name, path, array, sha256: hash }) => [name, { path, array, sha256: hash }]),
  )
}

/** By name: how many synapses, and the hash of which cells they join. */
function patternParts(patterns: readonly PatternIdentity[]): JsonRecord {
  return Object.fromEntries(
    patterns.map(({ name, count, hash }) => [name, `${count} synapses, ${hash}`]),
  )
}

function sourceDifferences(
  mine: readonly SourceRecord[],
  theirs: readonly SourceRecord[],
): string[] {
  const hashes = new Map(theirs.map(({ root, path, sha256: hash }) => [`${root}/${path}`, hash]))
  const changed = mine.filter(({ root, path, sha256: h }) => hashes.get(`${root}/${path}`) !== h)
  const names = changed.map(({ root, path }) => (root === 'library' ? `library ${path}` : path))
  return [names.length > 0 ? `the text of ${names.join(', ')}` : 'the files that are imported']
}

function valueDifferences(key: string, a: unknown, b: unknown): string[] {
  if (!isObject(a) || !isObject(b)) return [`${key} (${show(a)}, not ${show(b)})`]
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return names
    .filter((name) => canonical(a[name]) !== canonical(b[name]))
    .map((name) => `${key} ${name} (${show(a[name])}, not ${show(b[name])})`)
}

function show(value: unknown): string {
  const text = value === undefined ? 'none' : canonical(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) =>
      isObject(item)
        ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    ) ?? 'null'
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
