/**
 * What the file layer throws: one sentence that names the path and the reason. The command line
 * prints the message without a stack trace. System errors are put into words here, once; format
 * readers add their own reasons ("the file ends inside the header").
 */

import { oneLine } from '../../contract/escape.ts'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of that name exists already',
  ENOTEMPTY: 'the folder is not empty',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'the path is a circle of links',
  EIO: 'the disk reports an error',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB',
}

/** A file that cannot be read, written or understood. */
export class IoError extends Error {
  override readonly name = 'IoError'
  /** What could not be done: `read`, `write`. */
  readonly action: string
  /** The file or folder concerned. */
  readonly path: string
  /** The reason alone, e.g. `the disk is full`. */
  readonly reason: string

  /** The message reads `Cannot ACTION PATH: REASON.` */
  constructor(action: string, path: string, reason: string, options?: ErrorOptions) {
    // Names and what files hold may be anything; a message is one line.
    super(oneLine(`Cannot ${action} ${path}: ${reason}.`), options)
    this.action = action
    this.path = path
    this.reason = reason
  }
}

/** Puts any error from `node:fs` or `node:zlib` into words; an IoError stays as it is. */
export function toIoError(action: string, path: string, cause: unknown): IoError {
  if (cause instanceof IoError) return cause
  const code = errorCode(cause)
  const known = code === undefined ? undefined : REASONS[code]
  const reason = known ?? (cause instanceof Error ? cause.message : String(cause))
  return new IoError(action, path, reason.replace(/\.$/, ''), { cause })
}

/** Does something with a file; what goes wrong is an IoError. */
export async function inWords<T>(action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw toIoError(action, path, error)
  }
}

/** What calls of the system do, where that is not reading. */
const ACTIONS: Readonly<Record<string, string>> = {
  write: 'write',
  ftruncate: 'write',
  fsync: 'write',
  mkdir: 'create',
  rename: 'write',
  link: 'write',
  symlink: 'write',
  chmod: 'write',
  utime: 'write',
  unlink: 'remove',
  rm: 'remove',
  rmdir: 'remove',
}

/** An error of the system that came without words, in words; undefined for any other error. */
export function systemError(error: unknown): IoError | undefined {
  const code = errorCode(error)
  if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return undefined
  const { path, syscall } = error as { readonly path?: unknown; readonly syscall?: unknown }
  const action = ACTIONS[String(syscall)] ?? 'read'
  return toIoError(action, typeof path === 'string' ? path : 'a file', error)
}

/** The system's code, e.g. `ENOENT`, if the error has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
