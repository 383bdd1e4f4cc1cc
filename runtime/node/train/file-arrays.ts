/**
 * Arrays that a model reads from files before its first step: `init file("w.npy")`, `mask "m.npz"`.
 * Reads .npy, .npz and .safetensors (a checkpoint of another run, for one). Everything is checked
 * before a network is made: shapes, finite numbers, the sign of signed weights, zeros and ones of
 * masks. A manifest keeps the hash of each file, so that a run cannot go on from others.
 */
import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { NamedArray } from '../../engine/network.ts'
import { readBytes } from '../io/source.ts'
import { IoError } from '../../io/errors.ts'
import { decodeNpy } from '../io/npy.ts'
import { decodeNpz } from '../io/npz.ts'
import { decodeSafetensors, type StoredTensor } from '../io/safetensors.ts'

/** An array that a compiled module takes from a file. */
export interface FileArray {
  /** What it is for: `W[0]`, `W[0].mask`. */
  readonly name: string
  readonly shape: readonly number[]
  /** As written, relative to the folder of `from`. */
  readonly path: string
  /** The source file that names it. */
  readonly from: string
  /** The array in an archive. Default: the one called `name`, or the only one. */
  readonly array?: string
  readonly values: 'weight' | 'positive' | 'mask'
}

/** What a manifest says of a file. */
export interface FileRecord {
  readonly name: string
  readonly path: string
  readonly array?: string
  /** Of the whole file. */
  readonly sha256: string
  /** Where it was; not part of what the run is of. */
  readonly location: string
}

/** Arrays by what they are for, and the records of their files. */
export interface ReadFiles {
  readonly arrays: Readonly<Record<string, NamedArray>>
  readonly records: readonly FileRecord[]
}

/** Reads all of them. Throws IoError for the first that is missing, damaged or does not fit. */
export async function readFileArrays(files: readonly FileArray[]): Promise<ReadFiles> {
  const contents = new Map<string, { sha256: string; tensors: Tensors }>()
  const arrays: Record<string, NamedArray> = {}
  const records: FileRecord[] = []
  for (const file of files) {
    const location = resolve(dirname(file.from), file.path)
    const content = contents.get(location) ?? (await readTensors(location))
    contents.set(location, content)
    const tensor = choose(content.tensors, file, location)
    arrays[file.name] = fitted(tensor, file, location)
    const { name, path, array } = file
    const { sha256 } = content
    records.push({ name, path, ...(array === undefined ? {} : { array }), sha256, location })
  }
  return { arrays, records }
}

/**
 * Reads them once more for a run that is described by `records`, from where they were. Throws
 * IoError if one is no longer there or has changed.
 */
export async function readAgain(
  files: readonly FileArray[],
  records: readonly FileRecord[],
): Promise<ReadFiles> {
  const located = files.map((file) => {
    const record = records.find(({ name }) => name === file.name)
    return record ? { ...file, path: record.location } : file
  })
  const { arrays, records: found } = await readFileArrays(located)
  for (const { name, location, sha256 } of found) {
    const before = records.find((record) => record.name === name)
    if (before && before.sha256 !== sha256) {
      throw new IoError('use', location, 'it has changed since the run was started')
    }
  }
  return { arrays, records }
}

/** Arrays of the right shapes, for a network whose weights are loaded at once. */
export function placeholders(files: readonly FileArray[]): Readonly<Record<string, NamedArray>> {
  return Object.fromEntries(
    files.map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)) }]),
  )
}

/** Arrays by name; a file of a single array without one has it under ''. */
type Tensors = ReadonlyMap<string, StoredTensor>

async function readTensors(path: string): Promise<{ sha256: string; tensors: Tensors }> {
  const bytes = await readBytes(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { sha256, tensors: decode(bytes, path) }
}

function decode(bytes: Uint8Array, path: string): Tensors {
  if (path.endsWith('.safetensors')) return decodeSafetensors(bytes, path).tensors
  // Both formats begin with letters of their own.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return decodeNpz(bytes, path)
  if (bytes[0] === 0x93) return new Map([['', decodeNpy(bytes, path)]])
  throw new IoError('read', path, 'it is no .npy, .npz or .safetensors file')
}

function choose(tensors: Tensors, { name, array, values }: FileArray, path: string): StoredTensor {
  const alone = tensors.size === 1 ? [...tensors.values()][0] : undefined
  if (tensors.has('') && array !== undefined) {
    throw new IoError('use', path, `a .npy file holds one array without a name, not ${array}`)
  }
  const found = array === undefined ? (tensors.get(name) ?? alone) : tensors.get(array)
  if (found) return found
  const names = [...tensors.keys()].slice(0, 8).join(', ')
  const more = tensors.size > 8 ? ` and ${tensors.size - 8} more` : ''
  const hint = array === undefined && values !== 'mask' ? '; choose one by array = "NAME"' : ''
  throw new IoError('use', path, `it has no array ${array ?? name}, only: ${names}${more}${hint}`)
}

function fitted(tensor: StoredTensor, file: FileArray, path: string): NamedArray {
  const { name, shape, values } = file
  const fail = (reason: string): never => {
    throw new IoError('use', path, reason)
  }
  if (String(tensor.shape) !== String(shape)) {
    const turned = shape.length > 1 && String(tensor.shape.toReversed()) === String(shape)
    fail(
      `it holds [${tensor.shape.join(', ')}], but ${name} is [${shape.join(', ')}]` +
        (turned ? ', post by pre: transpose it' : ''),
    )
  }
  const data = Float32Array.from(tensor.data)
  const bad = data.findIndex((value) => !isAllowed(value, values))
  if (bad >= 0) {
    const must = {
      weight: 'finite',
      positive: '0 or above, as its synapses have a sign',
      mask: '0 or 1',
    }
    fail(`entry ${bad} of ${name} is ${data[bad]}, but must be ${must[values]}`)
  }
  return { shape, data }
}

function isAllowed(value: number, values: FileArray['values']): boolean {
  if (values === 'mask') return value === 0 || value === 1
  return Number.isFinite(value) && (values === 'weight' || value >= 0)
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
