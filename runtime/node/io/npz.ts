/**
 * NumPy's .npz format: a zip archive of .npy files, one an array. Reads what `numpy.savez` and
 * `numpy.savez_compressed` write (stored and deflated entries, sizes below 4 GiB; no encryption
 * and no archive in parts) and checks each entry's CRC-32; writes stored entries. A damaged
 * archive gives an IoError, never another error.
 */

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { IoError } from '../../io/errors.ts'
import { decodeNpy, encodeNpy } from './npy.ts'
import type { StoredTensor } from './safetensors.ts'

interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly start: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const STORED = 0
const DEFLATED = 8
/** 1 January 1980, the first date a zip archive can hold: the same arrays give the same bytes. */
const DATE = (1 << 5) | 1

/** The arrays of an archive by name (without `.npy`). `path` is for messages. Throws IoError. */
export function decodeNpz(bytes: Uint8Array, path: string): ReadonlyMap<string, StoredTensor> {
  const arrays = new Map<string, StoredTensor>()
  for (const [name, content] of readZip(bytes, path)) {
    if (name.endsWith('.npy')) {
      arrays.set(name.slice(0, -'.npy'.length), decodeNpy(content, `${path}, array ${name}`))
    }
  }
  return arrays
}

/**
 * The bytes of an archive with these arrays, deflated if `compress` is set; or each of them, fast, if
 * its beginning shrinks to half.
 */
export function encodeNpz(
  arrays: ReadonlyMap<string, StoredTensor>,
  { compress = false }: { readonly compress?: boolean | 'if it helps' } = {},
): Uint8Array {
  const files = [...arrays].map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const)
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const level = compress === 'if it helps' ? (shrinks(content) ? 1 : 0) : compress ? 6 : 0
    const packed = level > 0 ? deflateRawSync(content, { level }) : content
    const nameBytes = Buffer.from(name, 'utf8')
    const method = level > 0 ? DEFLATED : STORED
    const common = commonFields(content, packed, nameBytes.length, method)
    const local = Buffer.concat([uint32(LOCAL), common, nameBytes, packed])
    const trailer = Buffer.alloc(14) // comment, disk, attributes: none
    trailer.writeUInt32LE(offset, 10)
    directory.push(uint32(CENTRAL), uint16(20), common, trailer, nameBytes)
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}

/** Whether some stretches of it, taken for all, shrink to half. */
function shrinks(content: Uint8Array): boolean {
  const size = 16_384
  const starts = [0, content.length / 2, content.length - size].map((at) => Math.max(0, at | 0))
  const sample = Buffer.concat(starts.map((start) => content.subarray(start, start + size)))
  return deflateRawSync(sample, { level: 1 }).length < sample.length / 2
}

function readZip(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  const fail = (reason: string): never => {
    throw new IoError('read', path, reason)
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return new Map(
      readDirectory(file, fail).map((entry) => [entry.name, unpack(file, entry, fail)]),
    )
  } catch (error) {
    // Only reads past the end are left: Node's RangeError.
    return fail(error instanceof IoError ? error.reason : 'the archive is damaged or cut short')
  }
}

function readDirectory(file: Buffer, fail: (reason: string) => never): ZipEntry[] {
  // The end record has 22 bytes and may be followed by a comment of up to 65535.
  let end = file.length - 22
  const lowest = Math.max(0, end - 0xffff)
  while (end >= lowest && file.readUInt32LE(end) !== END) end--
  if (end < lowest) fail('it is no zip archive, or is cut short')
  const count = file.readUInt16LE(end + 10)
  let at = file.readUInt32LE(end + 16)
  const entries: ZipEntry[] = []
  for (let k = 0; k < count; k++) {
    if (file.readUInt32LE(at) !== CENTRAL) fail('the list of its entries is damaged')
    const flags = file.readUInt16LE(at + 8)
    const nameLength = file.readUInt16LE(at + 28)
    const name = file.toString('utf8', at + 46, at + 46 + nameLength)
    if (flags & 1) fail(`entry ${name} is encrypted`)
    const local = file.readUInt32LE(at + 42)
    if (local === 0xffffffff) fail(`entry ${name} lies past 4 GiB`)
    if (file.readUInt32LE(local) !== LOCAL) fail(`entry ${name} is damaged`)
    entries.push({
      name,
      method: file.readUInt16LE(at + 10),
      crc: file.readUInt32LE(at + 16),
      packedSize: file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
      start: local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28),
    })
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return entries
}

function unpack(file: Buffer, entry: ZipEntry, fail: (reason: string) => never): Uint8Array {
  const { name, method, crc, packedSize, size, start } = entry
  const packed = file.subarray(start, start + packedSize)
  if (packed.length !== packedSize) fail(`entry ${name} is cut short`)
  if (method !== STORED && method !== DEFLATED) {
    fail(`entry ${name} is packed by method ${method}; stored and deflated can be read`)
  }
  const content = method === STORED ? packed : inflate(packed, entry, fail)
  if (content.length !== size || crc32(content) !== crc) fail(`entry ${name} is damaged`)
  return content
}

function inflate(packed: Buffer, entry: ZipEntry, fail: (reason: string) => never): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) })
  } catch {
    return fail(`entry ${entry.name} is damaged`)
  }
}

/** The fields that an entry's local and central headers share, from the version needed on. */
function commonFields(
  content: Uint8Array,
  packed: Uint8Array,
  nameLength: number,
  method: number,
): Buffer {
  const UTF8_NAME = 0x0800
  return Buffer.concat([
    ...[20, UTF8_NAME, method, 0, DATE].map(uint16),
    ...[crc32(content), packed.length, content.length].map(uint32),
    ...[nameLength, 0].map(uint16),
  ])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
