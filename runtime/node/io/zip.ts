/**
 * Reads zip archives piece by piece: the list of entries first, then the content of those that are
 * asked for. Stored and deflated entries, sizes below 4 GiB; no encryption, no archive in parts. Trusts
 * nothing: entries that overlap are refused, nothing unpacks to more than its size, and what unpacks to
 * very much more than its file must be expected. Failures are told by `fail`.
 */
import { constants, crc32, inflateRawSync } from 'node:zlib'
import { bytesAt, sizeText, type ByteSource } from './source.ts'
import { tooDense } from './gzip.ts'

export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  /** Of its own header, and of its content. */
  readonly header: number
  readonly start: number
}

type Fail = (reason: string) => never

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
export const STORED = 0
export const DEFLATED = 8
/** The end record, and the longest comment behind it. */
const END_BYTES = 22
const MOST_COMMENT = 0xffff
/** Larger lists of entries are not read. */
const MOST_DIRECTORY = 64 * 2 ** 20

/** The entries of an archive, in the order of its list. */
export function readDirectory(source: ByteSource, fail: Fail): readonly ZipEntry[] {
  const tailStart = Math.max(0, source.size - END_BYTES - MOST_COMMENT)
  const tail = bytesAt(source, tailStart, source.size - tailStart)
  let end = tail.length - END_BYTES
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--
  if (end < 0) fail('it is no zip archive, or is cut short')
  const count = tail.readUInt16LE(end + 10)
  const length = tail.readUInt32LE(end + 12)
  const offset = tail.readUInt32LE(end + 16)
  if (length > MOST_DIRECTORY || offset + length > source.size) {
    fail('the list of its entries is damaged')
  }
  const list = bytesAt(source, offset, length)
  const entries: ZipEntry[] = []
  for (let k = 0, at = 0; k < count; k++) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== CENTRAL) {
      fail('the list of its entries is damaged')
    }
    const nameLength = list.readUInt16LE(at + 28)
    const name = list.toString('utf8', at + 46, at + 46 + nameLength)
    if ((list.readUInt16LE(at + 8) & 1) === 1) fail(`entry ${name} is encrypted`)
    const header = list.readUInt32LE(at + 42)
    if (header === 0xffffffff) fail(`entry ${name} lies past 4 GiB`)
    if (header + 30 > offset) fail(`entry ${name} is damaged`)
    const local = bytesAt(source, header, 30)
    if (local.readUInt32LE(0) !== LOCAL) fail(`entry ${name} is damaged`)
    entries.push({
      name,
      method: list.readUInt16LE(at + 10),
      crc: list.readUInt32LE(at + 16),
      packedSize: list.readUInt32LE(at + 20),
      size: list.readUInt32LE(at + 24),
      header,
      start: header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
    })
    at += 46 + nameLength + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32)
  }
  const names = new Set<string>()
  for (const { name } of entries) {
    if (names.has(name)) fail(`it has two entries ${name}`)
    names.add(name)
  }
  requireApart(entries, offset, fail)
  return entries
}

/** Each entry must end before the next one begins, and all of them before the list. */
function requireApart(entries: readonly ZipEntry[], listStart: number, fail: Fail): void {
  const sorted = entries.toSorted((a, b) => a.header - b.header)
  sorted.forEach(({ name, start, packedSize }, k) => {
    const next = sorted[k + 1]
    if (start + packedSize <= (next?.header ?? listStart)) return
    fail(next ? `its entries ${name} and ${next.name} overlap` : `entry ${name} is cut short`)
  })
}

/** The beginning of an entry's content: at least so many bytes, or all of it. */
export function headOf(source: ByteSource, entry: ZipEntry, bytes: number, fail: Fail): Buffer {
  const { name, method, packedSize, size, start } = entry
  if (method !== STORED && method !== DEFLATED) {
    fail(`entry ${name} is packed by method ${method}; stored and deflated can be read`)
  }
  if (method === STORED) {
    if (packedSize !== size) fail(`entry ${name} is damaged`)
    return bytesAt(source, start, Math.min(bytes, size))
  }
  // A byte unpacks to 1032 at most, so that this is a few megabytes at the worst.
  const packed = bytesAt(source, start, Math.min(packedSize, bytes))
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return fail(`entry ${name} is damaged`)
  }
}

/**
 * The whole content of an entry. `expected`: its size is what the caller has declared, however little
 * of the file it takes.
 */
export function unpackEntry(
  source: ByteSource,
  entry: ZipEntry,
  expected: boolean,
  fail: Fail,
): Uint8Array {
  const { name, method, crc, packedSize, size, start } = entry
  if (!expected && tooDense(packedSize, size)) {
    fail(
      `entry ${name} unpacks from ${sizeText(packedSize)} to ${sizeText(size)}: if that is meant, ` +
        'save it without compression',
    )
  }
  const packed = bytesAt(source, start, packedSize)
  const content = method === STORED ? packed : inflate(packed, entry, fail)
  if (content.length !== size || crc32(content) !== crc) fail(`entry ${name} is damaged`)
  return content
}

function inflate(packed: Buffer, { name, size }: ZipEntry, fail: Fail): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  } catch {
    return fail(`entry ${name} is damaged`)
  }
}
