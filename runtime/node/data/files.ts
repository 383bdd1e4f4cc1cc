/**
 * Finds a data set's files and reads them, unpacking gzip on the way. A file is looked for in the
 * data folder's subfolder of the data set's name and in the data folder itself, under its name,
 * its name with `.gz`, and other spellings that are about (`train-images.idx3-ubyte`).
 */

import { access } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { readBytes } from '../io/source.ts'
import type { ReaderContext } from '../../data/reader.ts'
import { fetchName } from './sources.ts'
import { DataError } from '../../data/types.ts'

export interface DataFile {
  readonly path: string
  /** Its content, unpacked. */
  readonly bytes: Buffer
}

/**
 * Reads the files of these names. Throws DataError that lists all that are missing, or that says
 * which one is damaged; IoError if one cannot be read.
 */
export async function readDataFiles(
  names: readonly string[],
  context: ReaderContext,
): Promise<DataFile[]> {
  const paths = await Promise.all(names.map((name) => findFile(name, context)))
  const missing = names.filter((_, k) => paths[k] === undefined)
  if (missing.length > 0) throw await missingError(missing, context)
  const files: DataFile[] = []
  for (const path of paths as string[]) {
    files.push({ path, bytes: await unpack(Buffer.from(await readBytes(path)), path) })
  }
  return files
}

async function findFile(name: string, context: ReaderContext): Promise<string | undefined> {
  const folders = isAbsolute(name) ? [''] : foldersOf(context)
  for (const folder of folders) {
    for (const spelling of spellingsOf(name)) {
      const path = join(folder, spelling)
      if (await exists(path)) return path
    }
  }
  return undefined
}

function foldersOf({ dataDir, dataset }: ReaderContext): string[] {
  if (dataDir === undefined) return []
  // The last but one is the folder that the official CIFAR-10 archive unpacks to.
  const inside = [dataset, dataset.replaceAll('_', '-'), 'cifar-10-batches-bin', '.']
  return [...new Set(inside)].map((folder) => join(dataDir, folder))
}

function spellingsOf(name: string): string[] {
  const dotted = name.replace(/-(idx\d-ubyte)/, '.$1')
  return [...new Set([name, `${name}.gz`, dotted, `${dotted}.gz`])]
}

async function missingError(
  missing: readonly string[],
  context: ReaderContext,
): Promise<DataError> {
  const files = `${missing.length > 1 ? 'files' : 'file'} ${missing.map((n) => `${n}(.gz)`).join(', ')}`
  const fetchable = fetchName(context.dataset)
  const fetch = fetchable ? `run \`ccn data fetch ${fetchable}\` or ` : ''
  const where = context.dataDir === undefined ? '' : ` in ${context.dataDir}`
  const folder =
    context.dataDir !== undefined && !(await exists(context.dataDir))
      ? ', a folder that is missing'
      : ''
  const set = context.dataDir === undefined ? ` for data set ${context.dataset}` : ''
  return new DataError(`No ${files}${where}${folder}${set}: ${fetch}pass --data-dir.`)
}

/** Gzip is told by its first two bytes, which begin no other format read here. */
async function unpack(bytes: Buffer, path: string): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await promisify(gunzip)(bytes)
  } catch {
    throw new DataError(`${path} is a damaged gzip file or cut short: fetch it again.`)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
