/**
 * Reads zip archives piece by piece: the list of entries first, then the content of those that are
 * asked for. Stored and deflated entries, of any size (zip64); no encryption, no archive in parts. Trusts
 * nothing: entries that overlap are refused, nothing unpacks to more than its size, and what unpacks to
 * very much more than its file must be expected. Failures are told by `fail`.
 */
import { constants, crc32, inflateRawSync } from 'node:zlib'
import { bytesAt, sizeText, type ByteSource } from './source.ts'
import { otherThan } from './formats.ts'
import { short } from '../../io/names.ts'
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
/** The same of archives with more than 65535 entries or 4 GiB, and where it stands. */
const END_64 = 0x06064b50
const END_64_BYTES = 56
const LOCATOR_64 = 0x07064b50
const LOCATOR_BYTES = 20
/** What stands in a field that has no room for its number. */
const LARGE = 0xffffffff
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
  if (end < 0) fail(noArchive(source))
  const { count, length, offset } = placeOfList(source, tail.subarray(end), tailStart + end, fail)
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
    if ((list.readUInt16LE(at + 8) & 1) === 1) fail(`entry ${short(name)} is encrypted`)
    const extra = list.subarray(at + 46 + nameLength).subarray(0, list.readUInt16LE(at + 30))
    const [size = 0, packedSize = 0, header = 0] = largeNumbers(
      [at + 24, at + 20, at + 42].map((place) => list.readUInt32LE(place)),
      extra,
      () => fail(`entry ${short(name)} is damaged`),
    )
    if (header + 30 > offset) fail(`entry ${short(name)} is damaged`)
    const local = bytesAt(source, header, 30)
    if (local.readUInt32LE(0) !== LOCAL) fail(`entry ${short(name)} is damaged`)
    entries.push({
      name,
      method: list.readUInt16LE(at + 10),
      crc: list.readUInt32LE(at + 16),
      packedSize,
      size,
      header,
      start: header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
    })
    at += 46 + nameLength + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32)
  }
  const names = new Set<string>()
  for (const { name } of entries) {
    if (names.has(name)) fail(`it has two entries ${short(name)}`)
    names.add(name)
  }
  requireApart(entries, offset, fail)
  return entries
}

/** Why a file that has no end record is none. */
function noArchive(source: ByteSource): string {
  const start = source.size < 2 ? '' : bytesAt(source, 0, 2).toString('latin1')
  return start === 'PK'
    ? 'it is no zip archive, or is cut short'
    : otherThan('it is no zip archive', source, ', or is cut short')
}

/** How many entries the list has, how long it is, and where; `end` are the bytes from the end record on. */
function placeOfList(
  source: ByteSource,
  end: Buffer,
  at: number,
  fail: Fail,
): { readonly count: number; readonly length: number; readonly offset: number } {
  const small = {
    count: end.readUInt16LE(10),
    length: end.readUInt32LE(12),
    offset: end.readUInt32LE(16),
  }
  const isSmall = small.count < 0xffff && small.length < LARGE && small.offset < LARGE
  if (isSmall || at < LOCATOR_BYTES) return small
  const locator = bytesAt(source, at - LOCATOR_BYTES, LOCATOR_BYTES)
  // An archive of 65535 entries has none.
  if (locator.readUInt32LE(0) !== LOCATOR_64) return small
  const damaged = (): never => fail('the list of its entries is damaged')
  const record = bytesAt(source, large(locator, 8, damaged), END_64_BYTES)
  if (record.readUInt32LE(0) !== END_64) damaged()
  const [count, length, offset] = [32, 40, 48].map((place) => large(record, place, damaged))
  return { count: count!, length: length!, offset: offset! }
}

/** Numbers of an entry, each from its field of 8 bytes where it has no room in the usual one. */
function largeNumbers(
  numbers: readonly number[],
  extra: Buffer,
  damaged: () => never,
): readonly number[] {
  if (!numbers.includes(LARGE)) return numbers
  let at = 0
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1)
    at += 4 + extra.readUInt16LE(at + 2)
  const field =
    at + 4 <= extra.length ? extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2)) : extra
  let next = at + 4 <= extra.length ? 0 : field.length
  return numbers.map((number) => {
    if (number !== LARGE) return number
    if (next + 8 > field.length) return damaged()
    next += 8
    return large(field, next - 8, damaged)
  })
}

function large(bytes: Buffer, at: number, damaged: () => never): number {
  const number = Number(bytes.readBigUInt64LE(at))
  return Number.isSafeInteger(number) ? number : damaged()
}

/** Each entry must end before the next one begins, and all of them before the list. */
function requireApart(entries: readonly ZipEntry[], listStart: number, fail: Fail): void {
  const sorted = entries.toSorted((a, b) => a.header - b.header)
  sorted.forEach(({ name, start, packedSize }, k) => {
    const next = sorted[k + 1]
    if (start + packedSize <= (next?.header ?? listStart)) return
    fail(
      next
        ? `its entries ${short(name)} and ${short(next.name)} overlap`
        : `entry ${short(name)} is cut short`,
    )
  })
}

/** The beginning of an entry's content: at least so many bytes, or all of it. */
export function headOf(source: ByteSource, entry: ZipEntry, bytes: number, fail: Fail): Buffer {
  const { name, method, packedSize, size, start } = entry
  if (method !== STORED && method !== DEFLATED) {
    fail(`entry ${short(name)} is packed by method ${method}; stored and deflated can be read`)
  }
  if (method === STORED) {
    if (packedSize !== size) fail(`entry ${short(name)} is damaged`)
    return bytesAt(source, start, Math.min(bytes, size))
  }
  // A byte unpacks to 1032 at most, so that this is a few megabytes at the worst.
  const packed = bytesAt(source, start, Math.min(packedSize, bytes))
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return fail(`entry ${short(name)} is damaged`)
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
      `entry ${short(name)} unpacks from ${sizeText(packedSize)} to ${sizeText(size)}: if that is meant, ` +
        'save it without compression',
    )
  }
  const packed = bytesAt(source, start, packedSize)
  const content = method === STORED ? packed : inflate(packed, entry, fail)
  if (content.length !== size || crc32(content) !== crc) fail(`entry ${short(name)} is damaged`)
  return content
}

function inflate(packed: Buffer, { name, size }: ZipEntry, fail: Fail): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  } catch {
    return fail(`entry ${short(name)} is damaged`)
  }
}
