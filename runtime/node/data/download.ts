/**
 * Downloads one file from the first mirror that has it. What has arrived is kept in `NAME.part`
 * (while a process is at it, in a file of that process), so that a broken download goes on where it stopped, at the same mirror or another; only a file
 * whose checksum is right takes its final name. Nothing is trusted: a mirror that sends other
 * content is passed over.
 */

import { createHash } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { mostUnpacked } from '../io/gzip.ts'
import { readBytes, sizeText } from '../io/source.ts'
import { errorCode, IoError, toIoError } from '../../io/errors.ts'
import { staleFor, temporaryName } from '../io/temporary.ts'
import type { Checksum, SourceFile } from './sources.ts'
import { DataError } from '../../data/types.ts'
import { makeFolders } from '../io/folders.ts'

/** Bytes received so far of a file, and of how many, if the mirror says so. */
export interface DownloadProgress {
  readonly file: string
  readonly received: number
  readonly total?: number | undefined
}

export interface DownloadOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Takes the place of the global `fetch`. */
  readonly fetchImpl?: typeof fetch | undefined
  /** How long a mirror may send nothing, in milliseconds; default 30 seconds. */
  readonly patience?: number | undefined
}

/**
 * Downloads `file` to `path`. Throws DataError if no mirror sends it, with each mirror's reason;
 * IoError if it cannot be written.
 */
export async function downloadFile(
  file: SourceFile,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  await onDisk(path, makeFolders(dirname(path)))
  const part = await claimPart(path)
  try {
    await downloadInto(part, file, path, options)
  } catch (error) {
    await rename(part, `${path}.part`).catch(() => undefined)
    // Nobody knows the name that it has meanwhile.
    const ours = error instanceof IoError && error.path === part
    throw ours ? toIoError('write', `${path}.part`, error.cause) : error
  }
}

/**
 * A name of our own for what has arrived, as another process may fetch the same file: with what an
 * earlier one left, if there is anything, be it that it failed or was killed.
 */
async function claimPart(path: string): Promise<string> {
  const folder = dirname(path)
  const kept = `${basename(path)}.part`
  const own = join(folder, temporaryName(kept))
  for (const name of [kept, ...(await staleFor(folder, kept))]) {
    // Of several processes that want it, one gets it.
    const got = await rename(join(folder, name), own).then(
      () => true,
      () => false,
    )
    if (got) break
  }
  return own
}

async function downloadInto(
  part: string,
  file: SourceFile,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  const failures: string[] = []
  for (const url of file.urls) {
    const failure = await tryMirror(file, url, part, options)
    if (failure === undefined) {
      await onDisk(path, rename(part, path))
      return
    }
    failures.push(`${new URL(url).host}: ${failure}`)
  }
  throw new DataError(
    `Cannot fetch ${file.name} (${failures.join('; ')}): check the network connection, ` +
      `or put the file into ${dirname(path)} yourself.`,
  )
}

/** No public data set's file is larger. */
const MOST_BYTES = 2 ** 30

/** Whether a file's bytes are those that the checksum was published for. */
export function matchesChecksum(bytes: Buffer, { of, hex }: Checksum): boolean {
  let content = bytes
  if (of === 'content' && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      content = gunzipSync(bytes, { maxOutputLength: mostUnpacked(bytes.length) })
    } catch {
      return false
    }
  }
  return createHash('sha256').update(content).digest('hex') === hex
}

/** Fills `part` from one mirror; returns why it failed, or nothing if all is well. */
async function tryMirror(
  file: SourceFile,
  url: string,
  part: string,
  options: DownloadOptions,
): Promise<string | undefined> {
  for (;;) {
    const resumed = await sizeOf(part)
    const failure = await receive(file, url, part, resumed, options)
    if (failure !== undefined) return failure
    if (matchesChecksum(Buffer.from(await readBytes(part)), file.checksum)) return undefined
    await onDisk(part, rm(part, { force: true }))
    // The earlier part may have been bad: once more from the start.
    if (resumed === 0) return 'it sends other content (the checksum differs)'
  }
}

/** Appends to `part` what is missing; returns why that failed, or nothing. */
async function receive(
  file: SourceFile,
  url: string,
  part: string,
  offset: number,
  options: DownloadOptions,
): Promise<string | undefined> {
  const silence = new Silence(options.patience ?? 30_000)
  try {
    return await receiveUntil(silence, file, url, part, offset, options)
  } finally {
    silence.end()
  }
}

/** Gives up on a mirror that sends nothing for too long. */
class Silence {
  readonly #controller = new AbortController()
  readonly #patience: number
  #timer: NodeJS.Timeout | undefined

  constructor(patience: number) {
    this.#patience = patience
    this.broken()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Something came. */
  broken(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const seconds = this.#patience / 1000
      this.#controller.abort(new Error(`nothing came for ${seconds} seconds`))
    }, this.#patience)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

async function receiveUntil(
  silence: Silence,
  file: SourceFile,
  url: string,
  part: string,
  offset: number,
  { onProgress, fetchImpl = fetch }: DownloadOptions,
): Promise<string | undefined> {
  let response: Response
  try {
    // Without `identity` a server might pack the file once more, and ranges would not fit.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' }
    if (offset > 0) headers['range'] = `bytes=${offset}-`
    response = await fetchImpl(url, { headers, signal: silence.signal })
  } catch (error) {
    return `it cannot be reached (${networkReason(error)})`
  }
  // 416: nothing lies past the offset, so the part is complete, or it is not of this file.
  if (response.status === 416 && offset > 0) {
    await response.body?.cancel()
    return undefined
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    return `it answers HTTP ${response.status}`
  }
  const continues =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${offset}-`)
  let received = continues ? offset : 0
  const length = Number(response.headers.get('content-length') ?? NaN)
  const total = Number.isFinite(length) ? received + length : undefined

  const out = await onDisk(part, open(part, continues ? 'a' : 'w'))
  try {
    const reader = response.body.getReader()
    for (;;) {
      const next = await reader.read().catch((error: unknown) => networkReason(error))
      if (typeof next === 'string') return `the connection broke (${next})`
      if (next.done) break
      silence.broken()
      const chunk: Uint8Array = next.value
      await onDisk(part, out.writeFile(chunk))
      received += chunk.length
      if (received > MOST_BYTES) return `it sends more than ${sizeText(MOST_BYTES)}`
      onProgress?.({ file: file.name, received, total })
    }
    await onDisk(part, out.sync())
  } finally {
    await out.close()
  }
  return undefined
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** Puts file system errors into words. */
async function onDisk<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action
  } catch (error) {
    throw toIoError('write', path, error)
  }
}

/** `fetch failed` hides the reason in its cause. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return errorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause))
}
