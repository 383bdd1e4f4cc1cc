/**
 * Logs as JSON lines: one object a line, appended as a run goes on. A process that is killed may
 * leave a torn last line: reading passes over it, and the next append removes it. A damaged line
 * anywhere else is an error. Logs are read in pieces, as they may be larger than a text can be. NaN becomes null and infinities
 * the word "Infinity", as JSON has none for them.
 */

import type { FileHandle } from 'node:fs/promises'
import { infinite } from '../../report/json-lines.ts'
import { IoError, toIoError } from '../../io/errors.ts'
import { openOwn } from './source.ts'

/** One line. */
export type JsonRecord = Readonly<Record<string, unknown>>

const NEWLINE = 10

/** Appends records, making the file if need be; mends a torn last line first. Throws IoError. */
export async function appendJsonLines(path: string, records: readonly JsonRecord[]): Promise<void> {
  const text = records.map((record) => `${JSON.stringify(record, infinite)}\n`).join('')
  try {
    const file = await openOwn(path, 'a+')
    try {
      await mendTail(file)
      await file.appendFile(text)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw toIoError('write', path, error)
  }
}

/** Calls `visit` with the records of a log, in order, without a torn last line. Throws IoError. */
export async function readJsonLines(
  path: string,
  visit: (record: JsonRecord) => void,
): Promise<void> {
  await eachRecord(path, 'r', (record) => {
    visit(record)
    return true
  })
}

/**
 * Keeps the leading records for which `keep` holds and cuts off the first other one with all that
 * follow it, e.g. those past the step that a run resumes from. Returns the number of records kept.
 * Throws IoError.
 */
export async function truncateAfter(
  path: string,
  keep: (record: JsonRecord) => boolean,
): Promise<number> {
  let kept = 0
  let end = 0
  await eachRecord(
    path,
    'r+',
    (record, behind) => {
      if (!keep(record)) return false
      kept++
      end = behind
      return true
    },
    async (file) => {
      await file.truncate(end)
      await file.sync()
    },
  )
  return kept
}

/** Bytes that are read at once. */
const CHUNK = 1 << 20
/** Bytes of the longest line: no run writes such a one, and memory stays bounded. */
const LONGEST = 1 << 28

/**
 * Calls `visit` with each record and the place behind it, until it gives false; then `finish` with the
 * open file. Of the file only a chunk and a line are in memory at a time.
 */
async function eachRecord(
  path: string,
  flags: 'r' | 'r+',
  visit: (record: JsonRecord, behind: number) => boolean,
  finish?: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const action = flags === 'r' ? 'read' : 'write'
  try {
    const file = await openOwn(path, flags)
    try {
      await visitAll(file, path, visit)
      await finish?.(file)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw toIoError(action, path, error)
  }
}

async function visitAll(
  file: FileHandle,
  path: string,
  visit: (record: JsonRecord, behind: number) => boolean,
): Promise<void> {
  const chunk = Buffer.alloc(CHUNK)
  /** What came of a line that goes on. */
  let begun: Buffer[] = []
  let length = 0
  let number = 0
  let place = 0
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, place)
    if (bytesRead === 0) break
    let start = 0
    for (;;) {
      const end = chunk.subarray(0, bytesRead).indexOf(NEWLINE, start)
      if (end < 0) break
      const last = chunk.subarray(start, end)
      const record = parseRecord(length === 0 ? last : Buffer.concat([...begun, last]))
      number++
      if (!record) throw new IoError('read', path, `line ${number} is no JSON object`)
      begun = []
      length = 0
      start = end + 1
      if (!visit(record, place + start)) return
    }
    const rest = Buffer.from(chunk.subarray(start, bytesRead))
    begun.push(rest)
    length += rest.length
    if (length > LONGEST) throw new IoError('read', path, `line ${number + 1} is too long`)
    place += bytesRead
  }
  const record = length === 0 ? undefined : parseRecord(Buffer.concat(begun))
  if (record) visit(record, place)
}

/** Ends a whole last line that lacks its line end, and cuts off a torn one. */
async function mendTail(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  const tail = await lastLine(file, size)
  if (tail.length === 0) return
  if (parseRecord(tail)) await file.appendFile('\n')
  else await file.truncate(size - tail.length)
}

/** What stands behind the last line end. */
async function lastLine(file: FileHandle, size: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - (parts.length === 0 ? 1 : CHUNK))
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const at = buffer.lastIndexOf(NEWLINE)
    parts.unshift(buffer.subarray(at + 1))
    if (at >= 0) break
    end = start
  }
  return Buffer.concat(parts)
}

function parseRecord(bytes: Buffer): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonRecord)
      : undefined
  } catch {
    return undefined
  }
}
