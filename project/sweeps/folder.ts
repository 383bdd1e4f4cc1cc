/**
 * `sweeps/NAME/`, the folder of a sweep: `sweep.json`, which defines it, and what is made of its results.
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import { errorCode, toIoError } from '../../runtime/io/errors.ts'
import { misuse, ProjectError } from '../errors.ts'
import { shownIn, type Surroundings } from '../surroundings.ts'
import { SweepStore } from './store.ts'
import { readSweepFile, writeSweepFile, type SweepFile } from './sweep-file.ts'

const DEFINITION = 'sweep.json'
const STORE = '.store'

/** A sweep on the disk. */
export interface SweepFolder {
  readonly name: string
  /** `sweeps/NAME` */
  readonly path: string
  readonly sweep: SweepFile
  readonly store: SweepStore
}

/** What a definition changed of the one before. */
export interface Changes {
  /** Points that were there before and are no more. */
  readonly dropped: number
  readonly added: number
  /** All points are others: the file, its data or the version of ccn are not what they were. */
  readonly renewed: boolean
}

/** Keeps a sweep's definition in its folder below `root`. Throws IoError or ProjectError. */
export async function keepSweep(
  root: string,
  sweep: SweepFile,
): Promise<SweepFolder & { readonly changes?: Changes }> {
  const path = folderOf(root, sweep.name)
  const file = join(path, DEFINITION)
  const before = existsSync(file) ? await readSweepFile(file).catch(() => undefined) : undefined
  await writeSweepFile(file, sweep)
  const changes = before && changesOf(before, sweep)
  return { name: sweep.name, path, sweep, store: storeIn(root), ...(changes && { changes }) }
}

/** The sweep of that name below `root`. Throws ProjectError if there is none, IoError if it is damaged. */
export async function openSweepFolder(
  where: Surroundings,
  root: string,
  name: string,
): Promise<SweepFolder> {
  const path = folderOf(root, name)
  const file = join(path, DEFINITION)
  if (!existsSync(file)) {
    const names = await sweepNames(root)
    const guess = suggest(name, names)
    throw new ProjectError(`There is no sweep ${name} in ${shownIn(where, root)}.`, {
      hint:
        guess !== undefined
          ? `Did you mean ${guess}?`
          : names.length > 0
            ? `Its sweeps are ${names.join(', ')}.`
            : undefined,
    })
  }
  return { name, path, sweep: await readSweepFile(file), store: storeIn(root) }
}

/** The names of all sweeps below `root`, in order. Throws IoError. */
export async function sweepNames(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries
      .filter((each) => each.isDirectory() && existsSync(join(root, each.name, DEFINITION)))
      .map(({ name }) => name)
      .toSorted()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw toIoError('read', root, error)
  }
}

function storeIn(root: string): SweepStore {
  return new SweepStore(join(root, STORE))
}

function folderOf(root: string, name: string): string {
  if (!/^\w[\w.-]*$/.test(name)) {
    throw misuse(`A sweep's name is made of letters, digits, ".", "-" and "_", not ${name}.`)
  }
  return join(root, name)
}

function changesOf(before: SweepFile, now: SweepFile): Changes | undefined {
  const old = new Set(before.points.map(({ key }) => key))
  const fresh = new Set(now.points.map(({ key }) => key))
  const dropped = [...old].filter((key) => !fresh.has(key)).length
  const added = [...fresh].filter((key) => !old.has(key)).length
  if (dropped === 0 && added === 0) return undefined
  const sameGrid = JSON.stringify(before.plan.axes) === JSON.stringify(now.plan.axes)
  return { dropped, added, renewed: sameGrid && dropped === old.size }
}
