/**
 * The .ccn files that a command is called with: files themselves, and folders, which stand for all
 * files below them.
 */
import { readdirSync, statSync, type Dirent, type Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { toIoError } from '../runtime/io/errors.ts'
import { ProjectError } from './errors.ts'
import { pathIn, type Surroundings } from './surroundings.ts'

/** Folders that hold what others wrote. */
const leftOut = new Set(['node_modules'])

/**
 * Files as they were named, each once, with those below folders in alphabetical order. Links below
 * a folder are not followed.
 * @throws ProjectError for a path that does not exist, and for a folder without .ccn files.
 */
export function namedFiles(where: Surroundings, paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((path) => {
    const info = infoOf(where, path)
    if (!info) throw noSuchFile(where, path)
    if (!info.isDirectory()) return [path]
    const below = filesBelow(pathIn(where, path)).map((name) => join(path, name))
    if (below.length === 0) throw new ProjectError(`There is no .ccn file in the folder ${path}.`)
    return below
  })
  return [...new Map(files.map((file) => [pathIn(where, file), file])).values()]
}

/** What the disk says of a path; undefined if there is nothing. Throws IoError, e.g. for a circle of links. */
export function infoOf(where: Surroundings, path: string): Stats | undefined {
  try {
    return statSync(pathIn(where, path), { throwIfNoEntry: false })
  } catch (error) {
    throw toIoError('read', path, error)
  }
}

/** The error for a file that is not there, with what was probably meant. */
export function noSuchFile(where: Surroundings, path: string): ProjectError {
  const folder = dirname(pathIn(where, path))
  const inFolder = infoOf(where, folder)?.isDirectory()
  const names = inFolder ? sourcesIn(folder) : []
  const name = basename(path)
  const meant = names.includes(`${name}.ccn`) ? `${name}.ccn` : suggest(name, names)
  const shown = meant === undefined ? undefined : join(dirname(path), meant)
  return new ProjectError(`There is no file ${path}.`, {
    hint: shown === undefined ? undefined : `Did you mean ${shown}?`,
  })
}

/** Names of the .ccn files and the folders of a folder. */
function sourcesIn(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ccn'))
    .map((entry) => entry.name)
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw toIoError('read', folder, error)
  }
}

function filesBelow(folder: string): readonly string[] {
  return entriesOf(folder)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isFile() && entry.name.endsWith('.ccn')) return [entry.name]
      if (!entry.isDirectory() || entry.name.startsWith('.') || leftOut.has(entry.name)) return []
      return filesBelow(join(folder, entry.name)).map((name) => join(entry.name, name))
    })
}
