/** Names of runs: those that are taken, and the folder of a new one. */
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, toIoError } from '../../io/errors.ts'
import { RunError } from '../../train/errors.ts'
import { makeFolders } from '../io/folders.ts'
import { isTemporary } from '../io/temporary.ts'
import { isOfLock } from './run-lock.ts'

/** A folder that has it is that of a run. */
export const MANIFEST = 'manifest.json'

/** Makes the folder STEM-001, or with the next number that is free, and gives its name. */
export async function claimNumbered(root: string, stem: string): Promise<string> {
  const numbers = (await folderNames(root))
    .filter((name) => name.startsWith(`${stem}-`) && /^\d+$/.test(name.slice(stem.length + 1)))
    .map((name) => Number(name.slice(stem.length + 1)))
  for (let number = Math.max(0, ...numbers) + 1; ; number++) {
    const name = `${stem}-${String(number).padStart(3, '0')}`
    if (await makeFolder(root, name)) return name
  }
}

/** Makes the folder of that name, unless it is there and may be used. Throws RunError if it is taken. */
export async function claimNamed(root: string, name: string, force: boolean): Promise<string> {
  if (!/^\w[\w.-]*$/.test(name)) {
    throw new RunError(`A run's name is made of letters, digits, ".", "-" and "_", not ${name}.`)
  }
  if (await makeFolder(root, name)) return name
  const path = join(root, name)
  const content = (await readdir(path).catch((): string[] => [])).filter(
    (each) => !isOfLock(each) && !isTemporary(each),
  )
  if (content.length === 0) return name
  if (!content.includes(MANIFEST)) {
    throw new RunError(`${path} exists and is no run of ccn; choose another name.`)
  }
  if (!force) throw takenError(name, root)
  return name
}

/** That a run has the name already, and what to do. */
export function takenError(name: string, root: string): RunError {
  return new RunError(
    `There is a run ${name} in ${root}. Go on with it by --resume ${name}, replace it by ` +
      `--force, or choose another --name.`,
  )
}

/** Makes a folder; false if it exists. */
async function makeFolder(root: string, name: string): Promise<boolean> {
  const path = join(root, name)
  try {
    await makeFolders(root)
    await mkdir(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && existsSync(path)) return false
    throw toIoError('create', path, error)
  }
}

/** Names of all folders in one; none if it is not there. */
export async function folderNames(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw toIoError('read', root, error)
  }
}
