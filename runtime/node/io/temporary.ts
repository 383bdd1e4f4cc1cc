/**
 * Names of temporary files, which tell the process that writes them, so that those of killed processes
 * can be removed. What is said of other machines, whose processes cannot be seen, is taken for left
 * over after a day.
 */
import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, machine, startOf } from './process.ts'

/** Bytes of a name that are kept in that of its temporary file, as names may not be long. */
const MOST_BYTES = 100
/** Milliseconds. */
const DAY = 86_400_000
const OURS = /^\..+\.([0-9a-f]{8})-(\d+)-(\d*)-\d+\.tmp$/
/** As earlier versions called them, of the files that they wrote into folders of their own. */
const EARLIER =
  /^\.(?:(?:checkpoint|best)\.safetensors|manifest\.json|(?:metrics|timing)\.jsonl|part-\d+\.npz|plot\.svg|[0-9a-f]{40}\.bin)\.(\d+)-\d+\.tmp$/

const here = createHash('sha256').update(machine()).digest('hex').slice(0, 8)
const started = startOf(process.pid) ?? ''
let count = 0

/** A name for what is to become the file `name`; no two are the same. */
export function temporaryName(name: string): string {
  let kept = name
  while (Buffer.byteLength(kept) > MOST_BYTES) kept = [...kept].slice(0, -1).join('')
  return `.${kept}.${here}-${process.pid}-${started}-${count++}.tmp`
}

/** Whether a name is of a temporary file, whoever writes it. */
export function isTemporary(name: string): boolean {
  return OURS.test(name) || EARLIER.test(name)
}

/** Temporary files for `name` in a folder whose processes have ended. */
export async function staleFor(folder: string, name: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const found: string[] = []
  for (const each of names) {
    if (each.startsWith(`.${name}.`) && OURS.test(each) && (await isStale(folder, each))) {
      found.push(each)
    }
  }
  return found
}

/**
 * Removes temporary files of a folder whose processes have ended. What cannot be read or removed stays:
 * nobody should be kept from working by it.
 */
export async function removeStale(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names) {
    if (!isTemporary(name) || !(await isStale(folder, name))) continue
    await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}

async function isStale(folder: string, name: string): Promise<boolean> {
  const [, where, number, start] = OURS.exec(name) ?? []
  if (where === here) return !isRunning(Number(number), start === '' ? undefined : start)
  const earlier = EARLIER.exec(name)?.[1]
  if (earlier !== undefined && isRunning(Number(earlier), undefined)) return false
  const info = await stat(join(folder, name)).catch(() => undefined)
  return info !== undefined && Date.now() - info.mtimeMs > DAY
}
