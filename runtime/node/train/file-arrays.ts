/**
 * Arrays that a model reads from files before its first step: `init file("w.npy")`, `mask "m.npz"`.
 * Reads .npy, .npz and .safetensors (a checkpoint of another run, for one). Everything is checked
 * before a network is made: shapes, finite numbers, the sign of signed weights, zeros and ones of
 * masks. A manifest keeps the hash of each file, so that a run cannot go on from others.
 */
import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { NamedArray } from '../../engine/network.ts'
import { IoError } from '../../io/errors.ts'
import { requireInside } from '../io/confine.ts'
import { decodeNpy } from '../io/npy.ts'
import { otherThan } from '../io/formats.ts'
import { openNpz } from '../io/npz.ts'
import { decodeSafetensors } from '../io/safetensors.ts'
import { bytesAt, sizeText, withFile, type ByteSource } from '../io/source.ts'
import { short } from '../../io/names.ts'
import { columnNames, readColumns } from '../patterns/columns.ts'
import { pairsBeside } from '../patterns/pairs.ts'
import { valuesAt, type PairList } from '../../patterns/list.ts'
import { lostInSingle, lostText } from '../../io/single-precision.ts'
import type { StoredTensor } from '../../io/tensor.ts'
import type { PatternIdentity } from '../../patterns/identity.ts'

/** Larger files are not read, and bytes that are hashed at once. */
const MOST_BYTES = 8 * 2 ** 30
const PIECE = 2 ** 20

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
  /** Of values for each synapse: the pattern leads the other way. */
  readonly turned?: true
  /** Of values for each synapse of a pattern from a file: the row of the file that each stands in. */
  readonly rows?: Int32Array
  /** It is the file that the pattern's pairs are from. */
  readonly own?: true
  /** Of values for each synapse: what an array [post, pre] of the file is read at. */
  readonly pairs?: {
    readonly shape: readonly [number, number]
    readonly pre: Int32Array
    readonly post: Int32Array
  }
  /** Of values for each synapse: the pattern as it is drawn. */
  readonly pattern?: PatternIdentity
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

/** How files are read. */
export interface ReadOptions {
  /** Folders that files may lie in, links followed. */
  readonly folders: readonly string[]
  /** Of the run: in f64, doubles stay doubles. Default f32. */
  readonly precision?: 'f32' | 'f64' | undefined
  /** Told what becomes another number in that precision. */
  readonly warn?: ((text: string) => void) | undefined
}

/**
 * Reads all of them. Throws IoError for the first that is missing, damaged, lies elsewhere or does not
 * fit.
 */
export async function readFileArrays(
  files: readonly FileArray[],
  options: ReadOptions,
): Promise<ReadFiles> {
  const places = new Map<string, FileArray[]>()
  for (const file of files) {
    const location = resolve(dirname(file.from), file.path)
    places.set(location, [...(places.get(location) ?? []), file])
  }
  const arrays: Record<string, NamedArray> = {}
  const hashes = new Map<string, string>()
  for (const [location, wanted] of places) {
    await requireInside(location, options.folders)
    await withFile(location, (source) => {
      const open = openArrays(source, location)
      for (const file of wanted) arrays[file.name] = readOne(open, file, location, options)
      hashes.set(location, hashOf(source, location))
    })
  }
  const records = files.map(({ name, path, from, array }): FileRecord => {
    const location = resolve(dirname(from), path)
    const sha256 = hashes.get(location) ?? ''
    return { name, path, ...(array === undefined ? {} : { array }), sha256, location }
  })
  return { arrays, records }
}

/**
 * Reads them once more for a run that is described by `records`, from where they were. Throws
 * IoError if one is no longer there or has changed.
 */
export async function readAgain(
  files: readonly FileArray[],
  records: readonly FileRecord[],
  options: ReadOptions,
): Promise<ReadFiles> {
  const located = files.map((file) => {
    const record = records.find(({ name }) => name === file.name)
    return record ? { ...file, path: record.location } : file
  })
  const { arrays, records: found } = await readFileArrays(located, options)
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

/** The arrays of a file that is open; a .npy file has one, under ''. */
interface OpenArrays {
  readonly names: readonly string[]
  /** JSON of the patterns that its values are of, if it is a checkpoint of a run that has some. */
  readonly patterns?: string | undefined
  /** The pairs of which its values are, if it says so, for a matrix [post, pre] of this shape. */
  readonly pairs?: (name: string, shape: readonly [number, number]) => PairList | undefined
  /** Reads one, once its shape is known to be `shape`, which `refuse` is else called with. */
  readonly read: (
    name: string,
    shape: readonly number[],
    refuse: (found: readonly number[]) => never,
  ) => StoredTensor
}

function openArrays(source: ByteSource, path: string): OpenArrays {
  const expecting =
    (shape: readonly number[], refuse: (found: readonly number[]) => never) =>
    (found: readonly number[]): boolean =>
      String(found) === String(shape) || refuse(found)
  const pairs: OpenArrays['pairs'] = (name, [post, pre]) =>
    pairsBeside(source, path, name, { pre, post })
  if (/\.csv$/i.test(path)) {
    const read: OpenArrays['read'] = (name, shape, refuse) => {
      const [size = 0] = shape
      const rows = (count: number): void => void (count > size && refuse([count]))
      const [values = []] = readColumns(source, path, { columns: [name], rows })
      if (shape.length !== 1 || values.length !== size) refuse([values.length])
      return { shape, data: Float64Array.from(values) }
    }
    return { names: columnNames(source, path), read, pairs }
  }
  if (path.endsWith('.safetensors')) {
    const shapes = new Map<string, readonly number[]>()
    // Nothing is wanted yet: this reads the names.
    const { metadata } = decodeSafetensors(source, path, (name, shape) => {
      shapes.set(name, shape)
      return false
    })
    return {
      patterns: metadata['patterns'],
      names: [...shapes.keys()],
      read: (name, shape, refuse) => {
        expecting(shape, refuse)(shapes.get(name) ?? [])
        const { tensors } = decodeSafetensors(source, path, (other) => other === name)
        return tensors.get(name)!
      },
    }
  }
  const start = source.size < 2 ? Buffer.alloc(2) : bytesAt(source, 0, 2)
  // Both formats begin with letters of their own.
  if (start[0] === 0x50 && start[1] === 0x4b) {
    const { names, read } = openNpz(source, path)
    return { names, pairs, read: (name, shape, refuse) => read(name, expecting(shape, refuse)) }
  }
  if (start[0] === 0x93) {
    const read: OpenArrays['read'] = (_, shape, refuse) =>
      decodeNpy(source, path, expecting(shape, refuse))
    return { names: [''], read }
  }
  throw new IoError(
    'read',
    path,
    otherThan('it is no .npy, .npz, .csv or .safetensors file', source),
  )
}

/** Of the whole file. */
export function hashOf(source: ByteSource, path: string): string {
  if (source.size > MOST_BYTES) {
    throw new IoError(
      'read',
      path,
      `it has ${sizeText(source.size)}, more than ${sizeText(MOST_BYTES)}`,
    )
  }
  const hash = createHash('sha256')
  for (let at = 0; at < source.size; at += PIECE) {
    hash.update(bytesAt(source, at, Math.min(PIECE, source.size - at)))
  }
  return hash.digest('hex')
}

/** The name of the array that is meant. */
function choose(
  names: readonly string[],
  { name, array, values }: FileArray,
  path: string,
): string {
  const alone = names.length === 1 ? names[0] : undefined
  if (names.includes('') && array !== undefined) {
    throw new IoError('use', path, `it holds one array without a name, not ${array}`)
  }
  const wanted = array ?? name
  if (names.includes(wanted)) return wanted
  // A sparse matrix as scipy writes it: its entries.
  if (array === undefined && names.includes('data') && names.includes('shape')) return 'data'
  if (array === undefined && alone !== undefined) return alone
  const shown = names.slice(0, 8).map(short).join(', ')
  const more = names.length > 8 ? ` and ${names.length - 8} more` : ''
  const hint = array === undefined && values !== 'mask' ? '; choose one by array = "NAME"' : ''
  throw new IoError('use', path, `it has no array ${wanted}, only: ${shown}${more}${hint}`)
}

function readOne(
  open: OpenArrays,
  file: FileArray,
  path: string,
  options: ReadOptions,
): NamedArray {
  const { name, shape } = file
  const fail = (reason: string): never => {
    throw new IoError('use', path, reason)
  }
  const chosen = choose(open.names, file, path)
  const matrix = file.pairs && readMatrix(open, chosen, file.pairs)
  if (matrix) return narrowed(matrix, file, path, options)
  const listed = file.own ? undefined : file.pairs && open.pairs?.(chosen, file.pairs.shape)
  if (file.pairs && listed) {
    const count = listed.pre.length
    const { data } = open.read(chosen, [count], (found) =>
      fail(`it holds [${found.join(', ')}] of ${chosen}, but ${count} pairs`),
    )
    const values = valuesAt(file.pairs, { ...listed, values: data })
    return narrowed({ shape, data: values }, file, path, options)
  }
  const tensor = open.read(chosen, shape, (found) => {
    const turned = shape.length > 1 && String(found.toReversed()) === String(shape)
    return fail(
      `it holds [${found.join(', ')}], but ${name} is [${shape.join(', ')}]` +
        (turned ? ', post by pre: transpose it' : ''),
    )
  })
  if (file.pattern) requirePattern(open.patterns, file.pattern, fail)
  const { data } = narrowed({ shape, data: tensor.data }, file, path, options)
  return { shape, data: file.rows ? data.map((_, s) => data[file.rows![s]!]!) : data }
}

/** A matrix [post, pre] of the file at each synapse; undefined if the array is none. */
function readMatrix(
  open: OpenArrays,
  name: string,
  { shape, pre, post }: NonNullable<FileArray['pairs']>,
): StoredTensor | undefined {
  const isOther = new Error('The array is no matrix')
  try {
    const { data } = open.read(name, shape, () => {
      throw isOther
    })
    const values = Float64Array.from(pre, (j, s) => Number(data[(post[s] ?? 0) * shape[1] + j]))
    return { shape: [pre.length], data: values }
  } catch (error) {
    if (error === isOther) return undefined
    throw error
  }
}

/** Values in the precision of the run, each as it must be. */
function narrowed(
  tensor: StoredTensor,
  { name, values }: FileArray,
  path: string,
  { precision, warn }: ReadOptions,
): NamedArray {
  const fail = (reason: string): never => {
    throw new IoError('use', path, reason)
  }
  const data = precision === 'f64' ? Float64Array.from(tensor.data) : Float32Array.from(tensor.data)
  // As it stands in the file: what is 0 or 1 in single precision alone is no mask.
  const bad = tensor.data.findIndex((value) => !isAllowed(value, values))
  if (bad >= 0) {
    const must = {
      weight: 'finite',
      positive: '0 or above, as its synapses have a sign',
      mask: '0 or 1',
    }
    fail(`entry ${bad} of ${name} is ${tensor.data[bad]}, but must be ${must[values]}`)
  }
  const lost = precision === 'f64' ? undefined : lostInSingle(tensor.data)
  if (lost) {
    const said = lostText(lost, `in entry ${lost.at} of ${name}`)
    if (lost.kind === 'infinite') fail(said)
    warn?.(`${path}: ${said}.`)
  }
  return { shape: tensor.shape, data }
}

/** A checkpoint's values are of the synapses of its own run: in other places they would mean nothing. */
function requirePattern(
  written: string | undefined,
  { name, hash }: PatternIdentity,
  fail: (reason: string) => never,
): void {
  if (written === undefined) return
  let known: unknown
  try {
    known = JSON.parse(written)
  } catch {
    return fail('what it says of its patterns is no JSON')
  }
  const isThere =
    Array.isArray(known) &&
    known.some((each: unknown) => {
      const isOne = typeof each === 'object' && each !== null && 'hash' in each
      return isOne && each.hash === hash
    })
  if (!isThere)
    fail(`its values are of other synapses than those of ${name}: take the seed of its run`)
}

function isAllowed(value: number, values: FileArray['values']): boolean {
  if (values === 'mask') return value === 0 || value === 1
  return Number.isFinite(value) && (values === 'weight' || value >= 0)
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
