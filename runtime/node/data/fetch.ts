/**
 * Fetches the public data sets into the data folder: `ccn data fetch mnist`. Files that are there
 * already and right are left alone; archives are unpacked and only the files that are read kept.
 */

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { writeFileAtomic } from '../io/atomic.ts'
import { readBytes } from '../io/source.ts'
import { errorCode } from '../../io/errors.ts'
import { downloadFile, matchesChecksum } from './download.ts'
import type { DownloadOptions } from './download.ts'
import { SOURCES } from './sources.ts'
import type { Source, SourceFile } from './sources.ts'
import { readTar } from './tar.ts'
import { DataError } from '../../data/types.ts'

export interface FetchOptions extends DownloadOptions {
  /** Takes the place of the known data sets and their mirrors. */
  readonly sources?: Readonly<Record<string, Source>> | undefined
}

/** What a fetch did. */
export interface Fetched {
  /** Where the files are: a folder in the data folder. */
  readonly folder: string
  /** Files downloaded now, and files that were there. */
  readonly downloaded: readonly string[]
  readonly present: readonly string[]
}

/**
 * Fetches `mnist`, `fashion-mnist` or `cifar10` into a folder of `dataDir`. Throws DataError for
 * an unknown name, when no mirror can be reached, or none sends the right content; IoError if
 * files cannot be written.
 */
export async function fetchDataset(
  name: string,
  dataDir: string,
  options: FetchOptions = {},
): Promise<Fetched> {
  const sources = options.sources ?? SOURCES
  const key = name.toLowerCase().replaceAll('_', '-')
  const source = Object.hasOwn(sources, key) ? sources[key] : undefined
  if (!source) {
    const known = Object.keys(sources).join(', ')
    throw new DataError(`There is no data set ${name} to fetch, only: ${known}.`)
  }
  const folder = join(dataDir, source.folder)
  const downloaded: string[] = []
  const present: string[] = []
  for (const file of source.files) {
    if (await isPresent(file, folder)) {
      present.push(file.name)
      continue
    }
    const path = join(folder, file.name)
    await downloadFile(file, path, options)
    if (file.unpack) await unpackArchive(path, folder, file.unpack.members)
    downloaded.push(file.name)
  }
  return { folder, downloaded, present }
}

/** A plain file counts as present packed or not; an archive, if all its members are. */
async function isPresent(file: SourceFile, folder: string): Promise<boolean> {
  if (file.unpack) {
    const { members, size } = file.unpack
    const sizes = await Promise.all(members.map((member) => sizeIfThere(join(folder, member))))
    return sizes.every((found) => found === size)
  }
  const names =
    file.checksum.of === 'content' ? [file.name, file.name.replace(/\.gz$/, '')] : [file.name]
  for (const name of names) {
    const path = join(folder, name)
    if ((await sizeIfThere(path)) === undefined) continue
    if (matchesChecksum(Buffer.from(await readBytes(path)), file.checksum)) return true
  }
  return false
}

async function unpackArchive(
  path: string,
  folder: string,
  members: readonly string[],
): Promise<void> {
  const archive = await promisify(gunzip)(await readBytes(path)).catch(() => {
    throw new DataError(`${path} is a damaged gzip file: remove it and fetch again.`)
  })
  const files = readTar(archive, path)
  for (const member of members) {
    const content = files.get(member)
    if (!content) throw new DataError(`${path} has no file ${member}.`)
    await writeFileAtomic(join(folder, member), content)
  }
  await rm(path, { force: true })
}

async function sizeIfThere(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    return -1
  }
}
