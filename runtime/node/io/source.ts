/**
 * Bytes that are read piece by piece, so that nobody holds more of a file than is asked for: a file on
 * the disk, or what is in memory. Files are regular files: devices, pipes and sockets, which may never
 * end or never begin, are refused before they are opened.
 */
import { constants, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { readSync } from 'node:fs'
import { errorCode, IoError, toIoError } from '../../io/errors.ts'

/** The largest file that is read as a whole. */
const MOST_BYTES = 2 ** 31 - 1

export interface ByteSource {
  /** How many bytes there are. */
  readonly size: number
  /** Fills `target` with the bytes from `at` on. Throws RangeError if there are not so many. */
  readonly read: (target: Uint8Array, at: number) => void
}

/** Bytes that are in memory. */
export function inMemory(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (target, at) => {
      if (at + target.length > bytes.length) throw pastEnd()
      target.set(bytes.subarray(at, at + target.length))
    },
  }
}

/** Some bytes of a source. Throws RangeError if there are not so many. */
export function bytesAt(source: ByteSource, at: number, length: number): Buffer {
  if (!(at >= 0 && length >= 0 && at + length <= source.size)) throw pastEnd()
  const bytes = Buffer.alloc(length)
  source.read(bytes, at)
  return bytes
}

/**
 * Opens a file, and closes it when `use` is done. Throws IoError if it cannot be read or is no regular
 * file; what `use` throws stays as it is.
 */
export async function withFile<T>(
  path: string,
  use: (source: ByteSource) => T | Promise<T>,
): Promise<T> {
  const { file, size } = await openRegular(path)
  const read = (target: Uint8Array, at: number): void => {
    let done = 0
    while (done < target.length) {
      const more = readAt(file, path, target.subarray(done), at + done)
      if (more === 0) throw pastEnd()
      done += more
    }
  }
  try {
    return await use({ size, read })
  } finally {
    await file.close()
  }
}

/** The bytes of a regular file of at most `most` bytes. Throws IoError. */
export async function readBytes(path: string, most = MOST_BYTES): Promise<Uint8Array> {
  return withFile(path, (source) => {
    if (source.size > most) {
      throw new IoError(
        'read',
        path,
        `it has ${sizeText(source.size)}, more than ${sizeText(most)}`,
      )
    }
    try {
      return bytesAt(source, 0, source.size)
    } catch (error) {
      throw error instanceof IoError ? error : new IoError('read', path, 'it was cut short')
    }
  })
}

/** How a file of a run is opened: to read, to change, or to add to it, making it if need be. */
const ways = {
  r: constants.O_RDONLY,
  'r+': constants.O_RDWR,
  'a+': constants.O_RDWR | constants.O_APPEND | constants.O_CREAT,
} as const

/**
 * Opens a file that ccn itself has written. A folder of a run may come from anywhere: a link, which would
 * lead what is written or cut off to some other file, is refused, and so is what is no regular file. Throws
 * what the system throws, or IoError.
 */
export async function openOwn(path: string, way: keyof typeof ways): Promise<FileHandle> {
  const noFollow = constants.O_NOFOLLOW ?? 0
  const file = await open(path, ways[way] | noFollow | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      if (errorCode(error) !== 'ELOOP') throw error
      throw new IoError(way === 'r' ? 'read' : 'write', path, 'it is a link')
    },
  )
  const reason = irregular(await file.stat())
  if (reason === undefined) return file
  await file.close()
  throw new IoError(way === 'r' ? 'read' : 'write', path, reason)
}

/** The bytes of a file that ccn itself has written, as `openOwn` opens it. Throws as that does. */
export async function readOwn(path: string): Promise<Buffer> {
  const file = await openOwn(path, 'r')
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Why a file is none that can be read; undefined for a regular file. */
export function irregular(info: Stats): string | undefined {
  if (info.isFile()) return undefined
  if (info.isDirectory()) return 'it is a folder'
  if (info.isFIFO()) return 'it is a pipe, not a file'
  if (info.isSocket()) return 'it is a socket, not a file'
  return 'it is a device, not a file'
}

/** `4.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1e4) return `${bytes} bytes`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

async function openRegular(path: string): Promise<{ file: FileHandle; size: number }> {
  const refuse = (info: Stats): void => {
    const reason = irregular(info)
    if (reason !== undefined) throw new IoError('read', path, reason)
  }
  try {
    // Opening alone may wait for ever, or do something to a device.
    refuse(await stat(path))
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const info = await file.stat()
      refuse(info)
      return { file, size: info.size }
    } catch (error) {
      await file.close()
      throw error
    }
  } catch (error) {
    throw toIoError('read', path, error)
  }
}

function readAt(file: FileHandle, path: string, target: Uint8Array, at: number): number {
  try {
    return readSync(file.fd, target, 0, target.length, at)
  } catch (error) {
    throw toIoError('read', path, error)
  }
}

function pastEnd(): RangeError {
  return new RangeError('there are not so many bytes')
}
