/**
 * The safetensors format (Hugging Face): named tensors in one file that other tools can read.
 *
 *     8 bytes     length n of the header, little-endian
 *     n bytes     JSON: { name: { dtype, shape, data_offsets: [begin, end] }, __metadata__: {...} }
 *     the rest    the tensors' bytes, little-endian, row-major, without gaps
 *
 * Knows the types F32, F64 and I32. Files written here carry the SHA-256 of the tensors' bytes as
 * `sha256` in the metadata; when a file has that entry, reading checks it. Decoding trusts
 * nothing: any damaged file gives an IoError with the path and the reason, never another error.
 */

import { createHash } from 'node:crypto'
import { IoError } from '../../io/errors.ts'
import { bytesAt, inMemory, type ByteSource } from './source.ts'
import type { StoredTensor, TensorData } from '../../io/tensor.ts'

export type { StoredTensor, TensorData } from '../../io/tensor.ts'

/** What a file holds. The `sha256` entry is checked and left out of `metadata`. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

type Dtype = 'F64' | 'F32' | 'I32'

interface Entry {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

const BYTES: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, I32: 4 }
const CHECKSUM = 'sha256'

/**
 * The bytes of a file with these tensors. The same input gives the same bytes: tensors are laid
 * out widest type first, so that all are aligned, and otherwise in the map's order. Throws
 * RangeError if a shape does not fit its data.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries: Entry[] = []
  let end = 0
  const widestFirst = [...tensors].toSorted(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  )
  for (const [name, { shape, data }] of widestFirst) {
    if (sizeOf(shape) !== data.length || name === '__metadata__') {
      throw new RangeError(`Tensor ${name}: ${data.length} values for shape [${shape.join(', ')}].`)
    }
    const begin = end
    end += data.byteLength
    entries.push({ name, dtype: dtypeOf(data), shape, begin, end })
  }

  const body = Buffer.alloc(end)
  for (const { name, begin } of entries) {
    const { buffer, byteOffset, byteLength } = tensors.get(name)!.data
    body.set(new Uint8Array(buffer, byteOffset, byteLength), begin)
  }
  const header = Buffer.from(headerText(entries, { ...metadata, [CHECKSUM]: sha256(body) }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, body])
}

/** Which tensors are read, by name and shape; asked before any of them is. May throw. */
export type Wanted = (name: string, shape: readonly number[]) => boolean

/** Longer headers describe more tensors, and hold more measurements of a point, than there are. */
const MOST_HEADER = 256 * 2 ** 20
/** Bytes that are hashed at once. */
const PIECE = 2 ** 20

/**
 * The tensors and metadata of a file. `path` is for messages only; without `wanted`, all tensors are
 * read. Throws IoError.
 */
export function decodeSafetensors(
  from: Uint8Array | ByteSource,
  path: string,
  wanted: Wanted = () => true,
): TensorFile {
  const fail = (reason: string): never => {
    throw new IoError('read', path, reason)
  }
  const file = from instanceof Uint8Array ? inMemory(from) : from
  if (file.size < 8) fail('the file is too short for a safetensors header')
  const headerLength = Number(bytesAt(file, 0, 8).readBigUInt64LE(0))
  if (headerLength > Math.min(MOST_HEADER, file.size - 8)) {
    fail('the file ends inside the header, or is no safetensors file')
  }
  const bodyStart = 8 + headerLength
  const header = parseHeader(bytesAt(file, 8, headerLength).toString('utf8'), fail)

  const { [CHECKSUM]: checksum, ...metadata } = readMetadata(header.get('__metadata__'), fail)
  const entries = [...header]
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value, fail))
  checkLayout(entries, file.size - bodyStart, fail)
  const asked = entries.filter(({ name, shape }) => wanted(name, shape))
  try {
    if (checksum !== undefined && checksum !== hashFrom(file, bodyStart)) {
      fail('the checksum of its data does not match: the file is damaged')
    }
    const tensors = asked.map(({ name, dtype, shape, begin, end }) => {
      const bytes = new Uint8Array(end - begin)
      file.read(bytes, bodyStart + begin)
      return [name, { shape, data: viewAs(dtype, bytes.buffer) }] as const
    })
    return { tensors: new Map(tensors), metadata }
  } catch (error) {
    if (error instanceof IoError) throw error
    return fail('its values do not fit into memory, or the file was cut')
  }
}

function hashFrom(file: ByteSource, start: number): string {
  const hash = createHash('sha256')
  for (let at = start; at < file.size; at += PIECE) {
    hash.update(bytesAt(file, at, Math.min(PIECE, file.size - at)))
  }
  return hash.digest('hex')
}

function headerText(entries: readonly Entry[], metadata: Record<string, string>): string {
  const members: [string, unknown][] = [['__metadata__', metadata]]
  for (const { name, dtype, shape, begin, end } of entries) {
    members.push([name, { dtype, shape, data_offsets: [begin, end] }])
  }
  const text = JSON.stringify(Object.fromEntries(members))
  // Spaces up to a multiple of eight keep the data aligned.
  return text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8)
}

function parseHeader(text: string, fail: (reason: string) => never): Map<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch {
    fail('its header is no JSON, or it is no safetensors file')
  }
  if (!isObject(header)) return fail('its header is no JSON object')
  return new Map(Object.entries(header))
}

function readMetadata(value: unknown, fail: (reason: string) => never): Record<string, string> {
  if (value === undefined) return {}
  if (!isObject(value)) return fail('its metadata is no map of strings')
  const entries = Object.entries(value).map(([key, text]): [string, string] =>
    typeof text === 'string' ? [key, text] : fail(`its metadata entry ${key} is no string`),
  )
  return Object.fromEntries(entries)
}

function readEntry(name: string, value: unknown, fail: (reason: string) => never): Entry {
  const where = `tensor ${JSON.stringify(name)}`
  if (!isObject(value)) return fail(`${where} has no description`)
  const { dtype, shape, data_offsets: offsets } = value
  if (!isDtype(dtype)) {
    return fail(`${where} has the type ${JSON.stringify(dtype)}; F32, F64 and I32 can be read`)
  }
  if (!isSizes(shape)) return fail(`${where} has no valid shape`)
  if (!isSizes(offsets) || offsets.length !== 2) return fail(`${where} has no valid data offsets`)
  const [begin, end] = offsets as [number, number]
  if (end - begin !== sizeOf(shape) * BYTES[dtype]) {
    fail(`${where} has ${end - begin} bytes for ${dtype}[${shape.join(', ')}]`)
  }
  return { name, dtype, shape, begin, end }
}

/** The tensors must tile the body: no overlap, no gap, nothing missing, nothing left over. */
function checkLayout(
  entries: readonly Entry[],
  length: number,
  fail: (reason: string) => never,
): void {
  let at = 0
  for (const { name, begin, end } of entries.toSorted((a, b) =>
    a.begin === b.begin ? a.end - b.end : a.begin - b.begin,
  )) {
    if (begin !== at) {
      fail(
        `tensor ${JSON.stringify(name)} ${begin < at ? 'overlaps' : 'leaves a gap after'} another`,
      )
    }
    at = end
  }
  if (at > length)
    fail(`the file ends early: ${at} bytes of data are announced, ${length} are there`)
  if (at < length) fail(`the file has ${length - at} bytes too many`)
}

function viewAs(dtype: Dtype, buffer: ArrayBuffer): TensorData {
  if (dtype === 'F64') return new Float64Array(buffer)
  return dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer)
}

function dtypeOf(data: TensorData): Dtype {
  if (data instanceof Float64Array) return 'F64'
  return data instanceof Float32Array ? 'F32' : 'I32'
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDtype(value: unknown): value is Dtype {
  return value === 'F32' || value === 'F64' || value === 'I32'
}

function isSizes(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length > 64) return false
  return value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
