/**
 * Logs as JSON lines: one object a line, appended as a run goes on. A process that is killed may
 * leave a torn last line: reading passes over it, and the next append removes it. A damaged line
 * anywhere else is an error. NaN and infinities become null, as JSON has no word for them.
 */

import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { writeFileAtomic } from './atomic.ts'
import { readBytes } from './source.ts'
import { IoError, toIoError } from '../../io/errors.ts'

/** One line. */
export type JsonRecord = Readonly<Record<string, unknown>>

const NEWLINE = 10

/** Appends records, making the file if need be; mends a torn last line first. Throws IoError. */
export async function appendJsonLines(path: string, records: readonly JsonRecord[]): Promise<void> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
  try {
    const file = await open(path, 'a+')
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

/** The records of a log, without a torn last line. Throws IoError. */
export async function readJsonLines(path: string): Promise<JsonRecord[]> {
  return (await readLines(path)).map(({ record }) => record)
}

/**
 * Keeps the leading records for which `keep` holds and drops the first other one with all that
 * follow it, e.g. those past the step that a run resumes from. The file is replaced in one step.
 * Returns the number of records kept. Throws IoError.
 */
export async function truncateAfter(
  path: string,
  keep: (record: JsonRecord) => boolean,
): Promise<number> {
  const lines = await readLines(path)
  const firstDropped = lines.findIndex(({ record }) => !keep(record))
  const kept = firstDropped < 0 ? lines : lines.slice(0, firstDropped)
  await writeFileAtomic(path, kept.map(({ text }) => `${text}\n`).join(''))
  return kept.length
}

async function readLines(path: string): Promise<{ text: string; record: JsonRecord }[]> {
  const texts = Buffer.from(await readBytes(path))
    .toString('utf8')
    .split('\n')
  const tail = texts.pop()!
  const lines = texts.map((text, index) => {
    const record = parseRecord(text)
    if (!record) throw new IoError('read', path, `line ${index + 1} is no JSON object`)
    return { text, record }
  })
  const last = parseRecord(tail)
  return last ? [...lines, { text: tail, record: last }] : lines
}

/** Ends a whole last line that lacks its line end, and cuts off a torn one. */
async function mendTail(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] === NEWLINE) return
  const bytes = Buffer.alloc(size)
  await file.read(bytes, 0, size, 0)
  const tailStart = bytes.lastIndexOf(NEWLINE) + 1
  if (parseRecord(bytes.toString('utf8', tailStart))) await file.appendFile('\n')
  else await file.truncate(tailStart)
}

function parseRecord(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonRecord)
      : undefined
  } catch {
    return undefined
  }
}
