/**
 * Whether a file lies where it may: below one of some folders, once every link on the way has been
 * followed. What a model names is read from there alone, whoever wrote the model.
 */
import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { IoError } from '../../io/errors.ts'

/** Whether `path` is one of the folders or below one, by their names alone. */
export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const below = relative(resolve(folder), resolve(path))
    return below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
  })
}

/** Whether a file that is there lies below one of the folders; false where links go in a circle. */
export async function liesBelow(path: string, folders: readonly string[]): Promise<boolean> {
  const real = (each: string): Promise<string | undefined> =>
    realpath(each).then(
      (found) => found,
      () => undefined,
    )
  const file = await real(path)
  if (file === undefined) return false
  const homes = await Promise.all(folders.map(real))
  return isBelow(
    file,
    homes.filter((home) => home !== undefined),
  )
}

/** Throws IoError for a file that a model names and that lies outside of the folders. */
export async function requireInside(location: string, folders: readonly string[]): Promise<void> {
  const outside = !isBelow(location, folders)
  if (!outside && ((await liesBelow(location, folders)) || !existsSync(location))) return
  const how = outside ? 'it lies' : 'it is a link that leads'
  throw new IoError(
    'read',
    location,
    `${how} outside of the project folder; allow its folder by --allow-read FOLDER`,
  )
}
