/** Where the parts of what a run recorded lie: `part-0001.npz` and so on, in a folder of their own. */
import { existsSync, lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inWords, IoError } from '../../io/errors.ts'

/** A part of what was recorded: its number, from 1, and where it lies. */
export interface RecordPart {
  readonly number: number
  readonly path: string
}

/** The parts in a folder of records, in order; none where there is no such folder. Throws IoError. */
export async function recordPartsIn(folder: string): Promise<readonly RecordPart[]> {
  if (isLink(folder)) throw new IoError('use', folder, 'it is a link')
  const names = existsSync(folder) ? await inWords('read', folder, () => readdir(folder)) : []
  return names
    .map((name) => ({
      number: Number(/^part-(\d+)\.npz$/.exec(name)?.[1]),
      path: join(folder, name),
    }))
    .filter(({ number }) => number > 0)
    .toSorted((a, b) => a.number - b.number)
}

/** What a part of the records is called. */
export function partName(part: number): string {
  return `part-${String(part).padStart(4, '0')}.npz`
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
