/**
 * One process at a time writes into a run's folder: a file `lock` names it. A lock whose process has
 * gone (killed, or the machine went down) is taken over. A process is told by its number and, where
 * the system says it, by its starting time, as numbers are used again.
 */
import { open, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode, toIoError } from '../../io/errors.ts'
import { RunError } from '../../train/errors.ts'

const LOCK = 'lock'

interface Holder {
  readonly process: number
  readonly started?: string
  readonly host: string
}

/** Takes the lock; the function it gives lets it go. Throws RunError if another process has it. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK)
  const started = await startOf(process.pid)
  const mine: Holder = { process: process.pid, host: hostname(), ...(started && { started }) }
  for (let attempt = 0; ; attempt++) {
    try {
      await writeNew(path, JSON.stringify(mine))
      return () => rm(path, { force: true })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw toIoError('write', path, error)
    }
    const holder = await readHolder(path)
    if ((holder && (await isAlive(holder))) || attempt > 2) {
      const who = holder ? `process ${holder.process}` : 'another process'
      const where = holder && holder.host !== mine.host ? ` on ${holder.host}` : ''
      throw new RunError(
        `${folder} is in use by ${who}${where}: wait until it has ended` +
          `${where ? `, or remove ${path} if it has` : ''}.`,
      )
    }
    await rm(path, { force: true })
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** Undefined for a lock that was let go meanwhile, or that a killed process did not finish. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder> | null
    const { process: number, host } = holder ?? {}
    return Number.isSafeInteger(number) && typeof host === 'string' ? (holder as Holder) : undefined
  } catch {
    return undefined
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  // Another machine's processes cannot be seen from here.
  if (holder.host !== hostname()) return true
  try {
    process.kill(holder.process, 0)
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
  }
  const started = await startOf(holder.process)
  return started === undefined || holder.started === undefined || started === holder.started
}

/** When a process started, in the system's own count; undefined where it does not say. */
async function startOf(number: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${number}/stat`, 'utf8').catch(() => undefined)
  // The name, in parentheses, may hold anything; the start is the 20th field after it.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}
