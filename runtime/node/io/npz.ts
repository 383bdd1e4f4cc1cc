/**
 * NumPy's .npz format: a zip archive of .npy files, one an array. Reads what `numpy.savez` and
 * `numpy.savez_compressed` write and checks each entry's CRC-32; writes stored entries. Only what is
 * asked for is unpacked. A damaged archive gives an IoError, never another error.
 */

import { crc32, deflateRawSync } from 'node:zlib'
import { IoError } from '../../io/errors.ts'
import type { StoredTensor } from '../../io/tensor.ts'
import { decodeNpy, encodeNpy, type BeforeReading } from './npy.ts'
import { readNpyHeader } from './npy-header.ts'
import { inMemory, type ByteSource } from './source.ts'
import { DEFLATED, headOf, readDirectory, STORED, unpackEntry, type ZipEntry } from './zip.ts'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
/** 1 January 1980, the first date a zip archive can hold: the same arrays give the same bytes. */
const DATE = (1 << 5) | 1
/** Bytes of an array that is a text. */
const MOST_TEXT = 4096
/** Bytes behind an array's values that are passed over. */
const MOST_BEHIND = 2 ** 20

/** An archive that is open. */
export interface NpzArchive {
  /** Names of its arrays, without `.npy`. */
  readonly names: readonly string[]
  /** Reads one of them; `before` sees its shape first. */
  readonly read: (name: string, before?: BeforeReading) => StoredTensor
  /** The shape of one of them, from its header. */
  readonly shape: (name: string) => readonly number[]
  /** One that is a short text, as `format` is in archives of sparse matrices; undefined without it. */
  readonly text: (name: string) => string | undefined
}

/** Opens an archive: reads the list of its entries. `path` is for messages. Throws IoError. */
export function openNpz(file: Uint8Array | ByteSource, path: string): NpzArchive {
  const source = file instanceof Uint8Array ? inMemory(file) : file
  const guarded = <T>(read: (fail: (reason: string) => never) => T): T => {
    const fail = (reason: string): never => {
      throw new IoError('read', path, reason)
    }
    try {
      return read(fail)
    } catch (error) {
      // What else is a RangeError is a read past the end.
      if (error instanceof RangeError) return fail('the archive is damaged or cut short')
      throw error
    }
  }
  const entries = new Map(
    guarded((fail) => readDirectory(source, fail))
      .filter(({ name }) => name.endsWith('.npy'))
      .map((entry) => [entry.name.slice(0, -'.npy'.length), entry] as const),
  )
  const entryOf = (name: string): ZipEntry => {
    const entry = entries.get(name)
    if (!entry) throw new IoError('read', path, `it has no array ${name}`)
    return entry
  }
  return {
    names: [...entries.keys()],
    shape: (name) => {
      let found: readonly number[] = []
      const look: BeforeReading = (shape) => {
        found = shape
        return false
      }
      const where = `${path}, array ${name}.npy`
      guarded((fail) => checkBeginning(source, entryOf(name), where, look, fail))
      return found
    },
    text: (name) => {
      const entry = entries.get(name)
      if (!entry || entry.size > MOST_TEXT) return undefined
      return guarded((fail) => {
        const bytes = Buffer.from(unpackEntry(source, entry, true, fail))
        // Version 1 of the format: 10 bytes, the header, the characters with zeros between or behind.
        const start = 10 + bytes.readUInt16LE(8)
        return bytes.subarray(start).toString('latin1').replaceAll('\0', '')
      })
    },
    read: (name, before) => {
      const entry = entryOf(name)
      const where = `${path}, array ${entry.name}`
      return guarded((fail) => {
        const declared = checkBeginning(source, entry, where, before, fail)
        return decodeNpy(unpackEntry(source, entry, declared, fail), where)
      })
    },
  }
}

/**
 * Looks at an array's header before the array is unpacked. Whether its size is as was declared, however
 * little of the archive it takes.
 */
function checkBeginning(
  source: ByteSource,
  entry: ZipEntry,
  where: string,
  before: BeforeReading | undefined,
  fail: (reason: string) => never,
): boolean {
  const failHere = (reason: string): never => {
    throw new IoError('read', where, reason)
  }
  const look = (bytes: number): boolean => {
    const { read } = inMemory(headOf(source, entry, bytes, fail))
    const { shape, kind, dataStart } = readNpyHeader({ size: entry.size, read }, failHere)
    const count = shape.reduce((product, length) => product * length, 1)
    const behind = entry.size - dataStart - count * Number(/\d+$/.exec(kind)?.[0] ?? 8)
    if (behind > MOST_BEHIND) failHere(`it holds ${behind} bytes behind its values`)
    return before?.(shape) ?? false
  }
  try {
    // A header has some hundred bytes.
    return look(1024)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return look(80 * 1024)
  }
}

/** All arrays of an archive by name (without `.npy`). `path` is for messages. Throws IoError. */
export function decodeNpz(
  file: Uint8Array | ByteSource,
  path: string,
): ReadonlyMap<string, StoredTensor> {
  const { names, read } = openNpz(file, path)
  return new Map(names.map((name) => [name, read(name)]))
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
