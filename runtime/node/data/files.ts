/**
 * Finds a data set's files and opens them. A file is looked for in the data folder's subfolder of the
 * data set's name and in the data folder itself, under its name, its name with `.gz`, and other
 * spellings that are about (`train-images.idx3-ubyte`). It must be a regular file, and lie below the data
 * folder or a folder that was allowed on the command line, links followed.
 */

import { lstat, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { errorCode, IoError, toIoError } from '../../io/errors.ts'
import { isBelow, liesBelow } from '../io/confine.ts'
import { gunzipHead, gunzipUpTo, isGzip, mostUnpacked } from '../io/gzip.ts'
import { bytesAt, readBytes, sizeText, withFile, type ByteSource } from '../io/source.ts'
import type { ReaderContext } from '../../data/reader.ts'
import { fetchName } from './sources.ts'
import { DataError } from '../../data/types.ts'

export interface DataFile {
  readonly path: string
  /** Its content, unpacked. */
  readonly bytes: Buffer
}

/** What the beginning of a file says of the whole. */
export interface Announced {
  /** How many bytes the content must have; undefined where it does not say. */
  readonly bytes?: number
}

/**
 * Reads the files of these names as a whole. `look` sees the first bytes of each before more is
 * unpacked, and may throw. Throws DataError that lists all that are missing, or that says which one is
 * damaged, or lies elsewhere; IoError if one cannot be read.
 */
export async function readDataFiles(
  names: readonly string[],
  context: ReaderContext,
  look?: (file: DataFile, number: number) => Announced,
): Promise<DataFile[]> {
  const files: DataFile[] = []
  for (const [number, path] of (await findDataFiles(names, context)).entries()) {
    const seen = look && ((file: DataFile) => look(file, number))
    const packed = Buffer.from(await readBytes(path))
    if (isGzip(packed)) files.push(await unpack(packed, path, seen))
    else {
      seen?.({ path, bytes: packed })
      files.push({ path, bytes: packed })
    }
  }
  return files
}

/**
 * Opens one file after the other to read pieces of it; what is packed by gzip is unpacked first.
 * Throws as `readDataFiles`, and what `use` throws.
 */
export async function withDataFiles<T>(
  names: readonly string[],
  context: ReaderContext,
  use: (source: ByteSource, path: string, number: number) => T,
): Promise<T[]> {
  const results: T[] = []
  for (const [number, path] of (await findDataFiles(names, context)).entries()) {
    const result = await withFile(path, async (source) => {
      if (source.size < 2 || !isGzip(bytesAt(source, 0, 2))) return use(source, path, number)
      const { bytes } = await unpack(Buffer.from(await readBytes(path)), path)
      return use(inBuffer(bytes), path, number)
    })
    results.push(result)
  }
  return results
}

function inBuffer(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (target, at) => {
      if (at + target.length > bytes.length) throw new RangeError('there are not so many bytes')
      bytes.copy(target, 0, at, at + target.length)
    },
  }
}

/** Where the files of these names lie. */
async function findDataFiles(
  names: readonly string[],
  context: ReaderContext,
): Promise<readonly string[]> {
  const paths: (string | undefined)[] = []
  for (const name of names) paths.push(await findFile(name, context))
  const missing = names.filter((_, k) => paths[k] === undefined)
  if (missing.length > 0) throw await missingError(missing, context)
  return paths.filter((path) => path !== undefined)
}

async function findFile(name: string, context: ReaderContext): Promise<string | undefined> {
  const { dataDir, allowed = [] } = context
  const homes = [...(dataDir === undefined ? [] : [dataDir]), ...allowed]
  const folders = isAbsolute(name) ? [''] : foldersOf(context)
  const candidates = folders.flatMap((folder) =>
    spellingsOf(name).map((spelling) => resolve(folder, spelling)),
  )
  const inside = candidates.filter((path) => isBelow(path, homes))
  for (const path of inside) {
    if (!(await exists(path))) continue
    if (await liesBelow(path, homes)) return path
    throw outsideError(name, context)
  }
  if (inside.length < candidates.length) throw outsideError(name, context)
  return undefined
}

function outsideError(name: string, { dataset, dataDir }: ReaderContext): DataError {
  const where = dataDir === undefined ? 'of the data folder' : `of the data folder ${dataDir}`
  return new DataError(
    `Data set ${dataset}: ${JSON.stringify(name)} lies outside ${where}: put it there, or allow ` +
      'its folder by --allow-read FOLDER.',
  )
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
  { dataset, dataDir }: ReaderContext,
): Promise<DataError> {
  const files = `${missing.length > 1 ? 'files' : 'file'} ${missing.map((n) => `${n}(.gz)`).join(', ')}`
  const fetchable = fetchName(dataset)
  if (dataDir === undefined) {
    const fetch = fetchable === undefined ? '' : `run \`ccn data fetch ${fetchable}\` or `
    return new DataError(`No ${files} for data set ${dataset}: ${fetch}pass --data-dir FOLDER.`)
  }
  const gone = (await exists(dataDir)) ? '' : ', a folder that is missing'
  const what = missing.length > 1 ? 'them' : 'it'
  const mend =
    fetchable === undefined
      ? `put ${what} there, or name the folder that has the data by --data-dir`
      : `fetch ${what} by \`ccn data fetch ${fetchable} --data-dir ${dataDir}\`, ` +
        'or name the folder that has the data by --data-dir'
  return new DataError(`No ${files} in ${dataDir}${gone}: ${mend}.`)
}

async function unpack(
  packed: Buffer,
  path: string,
  look?: (file: DataFile) => Announced,
): Promise<DataFile> {
  const damaged = (): never => {
    throw new DataError(`${path} is a damaged gzip file or cut short: fetch it again.`)
  }
  const limit = mostUnpacked(packed.length)
  let most = limit
  if (look) {
    // One more, so that a content that is longer than announced is seen to be.
    const { bytes } = await lookInside(packed, path, look, damaged)
    if (bytes !== undefined) most = Math.min(limit, bytes + 1)
  }
  const content = await gunzipUpTo(packed, most)
  if (content === 'damaged') return damaged()
  if (content !== 'too much') return { path, bytes: content }
  if (most < limit) {
    throw new DataError(
      `${path} holds more than the ${most - 1} bytes that its header announces: fetch it again.`,
    )
  }
  throw new DataError(
    `${path} unpacks from ${sizeText(packed.length)} to more than ${sizeText(limit)}: ` +
      'if that is meant, unpack it by gunzip first.',
  )
}

/** What the beginning of a packed file says. */
async function lookInside(
  packed: Buffer,
  path: string,
  look: (file: DataFile) => Announced,
  damaged: () => never,
): Promise<Announced> {
  const length = 1024
  let head: Buffer
  try {
    head = gunzipHead(packed, length)
  } catch {
    return damaged()
  }
  try {
    return look({ path, bytes: head })
  } catch (error) {
    // What is wrong with a short beginning may be that the packed file is cut.
    if (head.length < length && (await gunzipUpTo(packed, length)) === 'damaged') damaged()
    throw error
  }
}

/** Whether there is a file of that name. Throws IoError where nobody can tell: links in a circle, no permission. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw toIoError('read', path, error)
    if (await lstat(path).catch(() => undefined))
      throw new IoError('read', path, 'it is a link to what is not there')
    return false
  }
}
