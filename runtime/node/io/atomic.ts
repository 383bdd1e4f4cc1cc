/**
 * Files that are either whole or not there: the content goes to a temporary file in the same
 * folder, is flushed to the disk, and takes the final name in one step. A reader, or a run that
 * was killed half-way, sees the old content or the new, never a part. If anything fails, the
 * temporary file is removed and the old file is left as it was; what a killed process left in the
 * folder is removed by the next one that writes there.
 */

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toIoError } from '../../io/errors.ts'
import { removeStale, temporaryName } from './temporary.ts'

/** Folders that have been looked through for what killed processes left. */
const cleaned = new Set<string>()

/**
 * Writes `content` (text as UTF-8) to `path`, making its folder if need be. Throws IoError if the
 * disk is full, permission is denied, `path` is a folder, and so on.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, temporaryName(basename(path)))
  try {
    await mkdir(folder, { recursive: true })
    if (!cleaned.has(folder)) await removeStale(folder)
    cleaned.add(folder)
    await writeThrough(temporary, content)
    await rename(temporary, path)
    await flushFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw toIoError('write', path, error)
  }
}

async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the new name durable too. Some systems cannot flush folders; the content is safe there. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
