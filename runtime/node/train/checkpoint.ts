/**
 * A checkpoint: every storage of the network (weights, constants, optimiser slots) as a
 * safetensors file, with the state of the run in its metadata.
 *
 *     ccn         format, `checkpoint 1`
 *     identity    hash of what the run is of: plan, parameters, sources (see manifest.ts)
 *     engine, versions
 *     patterns    JSON of the patterns of synapses, if there are any (see runtime/patterns/identity.ts)
 *     state       JSON of `RunState`
 *     state_sha256
 *
 * Reading trusts nothing: a file that is damaged, or no checkpoint, gives an IoError.
 */
import { finiteAgain, infinite } from '../../report/json-lines.ts'
import type { NamedArray, Network } from '../../engine/network.ts'
import { withFile } from '../io/source.ts'
import { IoError } from '../../io/errors.ts'
import { decodeSafetensors, encodeSafetensors } from '../io/safetensors.ts'
import { checked } from '../io/schema.ts'
import { stateSchema } from './manifest-schema.ts'
import { sha256 } from './source-record.ts'
import { isOfExamples } from '../../train/example-states.ts'
import type { Checkpoint, RunState } from '../../train/state.ts'

export type { Checkpoint } from '../../train/state.ts'

const FORMAT = 'checkpoint 1'

/** What a checkpoint says about where it comes from. */
export interface CheckpointOrigin {
  readonly identity: string
  readonly engine: string
  /** JSON of the versions of ccn, Node and TensorFlow.js. */
  readonly versions: string
  /** JSON of the patterns whose synapses the weights are of; absent without any. */
  readonly patterns?: string
}

/** The bytes of a checkpoint file; the same checkpoint gives the same bytes. */
export function encodeCheckpoint(checkpoint: Checkpoint, origin: CheckpointOrigin): Uint8Array {
  const state = JSON.stringify(checkpoint.state, infinite)
  return encodeSafetensors(new Map(Object.entries(checkpoint.storages)), {
    ccn: FORMAT,
    ...origin,
    state,
    state_sha256: sha256(state),
  })
}

/** Reads a checkpoint. Throws IoError if it is missing, damaged, or of another run. */
export async function readCheckpoint(path: string, identity?: string): Promise<Checkpoint> {
  const { tensors, metadata } = await withFile(path, (file) => decodeSafetensors(file, path))
  const fail = (reason: string): never => {
    throw new IoError('read', path, reason)
  }
  if (metadata['ccn'] !== FORMAT) fail('it is no checkpoint of ccn, or of another version')
  const text = metadata['state'] ?? fail('it does not say where the run stood')
  if (metadata['state_sha256'] !== sha256(text)) {
    fail('the checksum of its state does not match: the file is damaged')
  }
  if (identity !== undefined && metadata['identity'] !== identity) {
    fail('it belongs to another run')
  }
  return { state: parseState(text, fail), storages: readStorages(tensors, fail) }
}

/** Reads the tensors of any safetensors file, e.g. of a checkpoint, to load into a network. */
export async function readWeights(path: string): Promise<Record<string, NamedArray>> {
  const { tensors } = await withFile(path, (file) => decodeSafetensors(file, path))
  return readStorages(tensors, (reason) => {
    throw new IoError('read', path, reason)
  })
}

/** Puts the network where the checkpoint left it. Throws IoError if the two do not fit. */
export function restoreNetwork(network: Network, checkpoint: Checkpoint, path: string): void {
  loadStorages(network, checkpoint.storages, path)
  network.stepCount = checkpoint.state.step
}

/** Loads all storages. Throws IoError, naming `path`, for one that is missing or does not fit. */
export function loadStorages(
  network: Network,
  storages: Readonly<Record<string, NamedArray>>,
  path: string,
): void {
  const missing = Object.keys(network.save()).find((name) => !Object.hasOwn(storages, name))
  if (missing !== undefined) {
    throw new IoError('use', path, `it does not fit the model, as it has no ${missing}`)
  }
  // What single examples keep is no storage of the network.
  const own = Object.entries(storages).filter(([name]) => !isOfExamples(name))
  try {
    network.load(Object.fromEntries(own))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const reason = error.message.replace(/\.$/, '')
    throw new IoError('use', path, `it does not fit the model (${reason})`, { cause: error })
  }
}

function readStorages(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: ArrayBufferView }>,
  fail: (reason: string) => never,
): Record<string, NamedArray> {
  const entries = [...tensors].map(([name, { shape, data }]): [string, NamedArray] => {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) {
      return fail(`tensor ${name} is neither of type F32 nor F64`)
    }
    return [name, { shape, data }]
  })
  return Object.fromEntries(entries)
}

function parseState(text: string, fail: (reason: string) => never): RunState {
  let state: unknown
  try {
    state = JSON.parse(text, finiteAgain)
  } catch {
    return fail('its state is no JSON')
  }
  checked(stateSchema, state, 'its state', fail)
  return state as RunState
}
