/**
 * Source files for the compiler: from the disk, or from a run's manifest.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { realpathSync, statSync, type Stats } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Host } from '../compiler/compile.ts'
import { errorCode, IoError, toIoError } from '../runtime/io/errors.ts'
import { irregular } from '../runtime/node/io/source.ts'
import { sourceRecord, type SourceRecord } from '../runtime/node/train/source-record.ts'
import { countPairs } from '../runtime/node/patterns/pairs.ts'
import { libraryRoot } from './package-info.ts'

/** Larger files are not read at all; the parser's own limit is lower. */
const MOST_BYTES = 16 * 1024 * 1024

/** What marks the folder of a project. */
const MARKERS = ['package.json', '.git']

/**
 * Reads the files of the project that `file` belongs to. A link may not lead out of it; `file`
 * itself, which a person has named, may be one.
 */
export function diskHost(file: string): Host {
  const main = resolve(file)
  const root = projectRoot(main)
  const read = (path: string): string | undefined => {
    const onDisk = path.endsWith(COUNT) ? path.slice(0, -COUNT.length) : path
    if (onDisk !== main && existsSync(onDisk)) {
      const real = realOf(onDisk)
      const homes = [root, libraryRoot].map(realOf)
      if (!homes.some((home) => pathBelow(home, real) !== undefined)) {
        throw toIoError('read', path, 'it is a link that leads out of the project folder')
      }
    }
    return path.endsWith(COUNT) ? pairCount(path.slice(0, -COUNT.length)) : readSource(path)
  }
  return { read, projectRoot: root, libraryRoot }
}

/** Behind a file's name: how many pairs it lists. */
const COUNT = '#pairs'

/** How many pairs of units a file lists, as text; undefined if there is none, or it lists nothing. */
function pairCount(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  requireRegular(statSync(path), path)
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const { size } = fstatSync(file)
    const read = (target: Uint8Array, at: number): void => {
      if (readSync(file, target, 0, target.length, at) < target.length) {
        throw new RangeError('The file ends before.')
      }
    }
    return String(countPairs({ size, read }, path))
  } catch {
    return undefined
  } finally {
    closeSync(file)
  }
}

/** Without links. */
function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw toIoError('read', path, error)
  }
}

/** The nearest folder above `file` with a package.json or .git, or else its own folder. */
export function projectRoot(file: string): string {
  const own = dirname(resolve(file))
  for (let folder = own; ; folder = dirname(folder)) {
    if (MARKERS.some((marker) => existsSync(join(folder, marker)))) return folder
    if (folder === dirname(folder)) return own
  }
}

/** The sources that a compilation read, as a manifest keeps them; the main file first. */
export function sourceRecords(
  main: string,
  sources: ReadonlyMap<string, string>,
  host: Host,
): SourceRecord[] {
  // Parameters set from outside are sources too, under names that are no paths.
  const files = [...sources].filter(([path]) => isAbsolute(path))
  const records = files.map(([path, text]) => {
    const inLibrary = pathBelow(host.libraryRoot, path)
    const below = inLibrary ?? pathBelow(host.projectRoot, path) ?? path
    const record = sourceRecord(inLibrary === undefined ? 'project' : 'library', below, text)
    return { record, isMain: path === main }
  })
  return records
    .toSorted((a, b) =>
      a.isMain === b.isMain
        ? a.record.path < b.record.path
          ? -1
          : 1
        : Number(b.isMain) - Number(a.isMain),
    )
    .map(({ record }) => record)
}

/**
 * A host for stored sources, and the main file's path there: under folders that do not exist, or where a project
 * and the library lie, so that other files can be found beside them.
 */
export function storedHost(
  sources: readonly SourceRecord[],
  roots = { project: resolve('/ccn-run/project'), library: resolve('/ccn-run/library') },
): { host: Host; main: string } {
  const texts = new Map(
    sources.map(({ root, path, text }) => [resolve(roots[root], path), text] as const),
  )
  const main = [...texts.keys()][0]!
  const disk = diskHost(main)
  const read = (path: string) => (path.endsWith(COUNT) ? disk.read(path) : texts.get(resolve(path)))
  return { host: { read, projectRoot: roots.project, libraryRoot: roots.library }, main }
}

/**
 * The text of a source file; undefined if there is none.
 * @throws IoError if it cannot be read, or is no text: nobody should write back what was lost.
 */
export function readSource(path: string): string | undefined {
  let file: number
  try {
    // Opening a pipe alone may wait for ever.
    requireRegular(statSync(path), path)
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw toIoError('read', path, error)
  }
  try {
    const info = fstatSync(file)
    requireRegular(info, path)
    if (info.size > MOST_BYTES) throw toIoError('read', path, 'it is larger than 16 MiB')
    return decode(readFileSync(file), path)
  } catch (error) {
    throw toIoError('read', path, error)
  } finally {
    closeSync(file)
  }
}

function requireRegular(info: Stats, path: string): void {
  const reason = irregular(info)
  if (reason !== undefined) throw new IoError('read', path, reason)
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new IoError('read', path, 'it is not UTF-8 text', { cause: error })
  }
}

/** The path of `path` below `root`, with `/` between folders; undefined if it is elsewhere. */
function pathBelow(root: string, path: string): string | undefined {
  const below = relative(root, path)
  if (below === '' || below === '..' || below.startsWith(`..${sep}`)) return undefined
  if (isAbsolute(below)) return undefined
  return below.split(sep).join('/')
}
