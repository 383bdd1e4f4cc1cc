/**
 * Files that are either whole or not there: the content goes to a temporary file in the same
 * folder, is flushed to the disk, and takes the final name in one step. A reader, or a run that
 * was killed half-way, sees the old content or the new, never a part. If anything fails, the
 * temporary file is removed and the old file is left as it was; what a killed process left in the
 * folder is removed by the next one that writes there.
 */

import { constants, rmSync, type Stats } from 'node:fs'
import { access, lstat, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toIoError } from '../../io/errors.ts'
import { removeStale, temporaryName } from './temporary.ts'
import { makeFolders } from './folders.ts'

/** Folders that have been looked through for what killed processes left. */
const cleaned = new Set<string>()

/** Temporary files that are being written: a process that ends meanwhile takes them along. */
const unfinished = new Set<string>()
process.on('exit', () => {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true })
    } catch {
      // The next process that writes there removes it.
    }
  }
})

/**
 * Writes `content` (text as UTF-8) to `path`, making its folder if need be. A file that is replaced
 * keeps its mode and, where that is allowed, its owner; a link is replaced, not followed; a device or a
 * pipe is written to. Throws IoError if the disk is full, permission is denied, `path` is a folder, and
 * so on.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, temporaryName(basename(path)))
  try {
    const old = await lstat(path).catch(() => undefined)
    if (old?.isCharacterDevice() || old?.isFIFO()) return await writeFile(path, content)
    // A new name would take the place of a file that may not be written.
    if (old?.isFile()) await access(path, constants.W_OK)
    await makeFolders(folder)
    if (!cleaned.has(folder)) await removeStale(folder)
    cleaned.add(folder)
    unfinished.add(temporary)
    await writeThrough(temporary, content, old?.isFile() ? old : undefined)
    await rename(temporary, path)
    await flushFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw toIoError('write', path, error)
  } finally {
    unfinished.delete(temporary)
  }
}

async function writeThrough(
  path: string,
  content: string | Uint8Array,
  like: Stats | undefined,
): Promise<void> {
  const file = await open(path, 'wx')
  try {
    if (like) await keepRights(file, like)
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gives a file the owner, if that is allowed, and the mode of another. */
async function keepRights(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat()
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => undefined)
  await file.chmod(mode & 0o7777).catch(() => undefined)
}

/** Makes the new name durable too. Some systems cannot flush folders; the content is safe there. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
