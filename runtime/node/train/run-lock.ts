/**
 * One process at a time writes into a run's folder: a file `lock` names it. A lock whose process has
 * gone (killed, or the machine went down) is taken over, by exactly one, whatever the timing:
 *
 * - A lock is written aside and takes its name by `link`, which fails if there is one: nobody ever sees
 *   a half-written lock, and of several that come at once one gets it.
 * - To take over a lock of content S one must hold the lock `lock.HASH-OF-S`, got in the same way, and
 *   then look again whether the lock is still S. If so it is replaced by `rename`. As S stays in place
 *   until somebody who holds `lock.HASH-OF-S` replaces it, and contents never repeat, nobody can lose
 *   by it a lock that is alive.
 *
 * Where the holder's process cannot be seen (another host), its heartbeat tells: see `lock-holder.ts`.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { RunError } from '../../train/errors.ts'
import { diskOf, type LockDisk } from './lock-disk.ts'
import {
  canSee,
  HEARTBEAT,
  LEASE,
  parseHolder,
  processes,
  type Holder,
  type Processes,
} from './lock-holder.ts'

const LOCK = 'lock'
/** Locks that are needed to take over others. */
const BREAKER = /^lock\.[0-9a-f]{16}$/
/** Milliseconds until another look at a lock that somebody else is taking over. */
const LOOK_AGAIN = 20
/** How often to look again before giving up. */
const MOST_LOOKS = 250

/** A folder that this process holds. */
export interface FolderLock {
  /** Throws RunError if another process has taken the folder over, as this one gave no sign of life. */
  readonly require: () => Promise<void>
  readonly release: () => Promise<void>
}

/** Takes the lock of a folder. Throws RunError if another process has it. */
export async function lockFolder(
  folder: string,
  disk: LockDisk = diskOf(folder),
  living: Processes = processes,
): Promise<FolderLock> {
  const text = JSON.stringify(living.self())
  const got = await acquire(LOCK, { text, disk, living })
  if (got.kind === 'busy') throw busyError(folder, got.holder, got.age)
  await removeLeftovers({ text, disk, living })
  const beat = setInterval(() => void got.touch().catch(() => undefined), HEARTBEAT)
  beat.unref()
  return {
    async require() {
      if ((await disk.read(LOCK))?.text === text) return
      throw new RunError(
        `${folder} has been taken over by another process or removed: this one stops, and writes ` +
          'nothing more into it.',
      )
    },
    async release() {
      clearInterval(beat)
      await got.close()
      // Taken over, or gone with its folder, in which then nothing could be written.
      if ((await disk.read(LOCK))?.text !== text) return
      await withBreaker(text, { text: `${text} `, disk, living }, async () => {
        if ((await disk.read(LOCK))?.text === text) await disk.remove(LOCK)
      })
    },
  }
}

/** Whether a name in a run's folder is of its lock and not of the run. */
export function isOfLock(name: string): boolean {
  return name === LOCK || BREAKER.test(name)
}

interface Contender {
  /** What its locks contain; no two contenders have the same. */
  readonly text: string
  readonly disk: LockDisk
  readonly living: Processes
}

type Attempt =
  | {
      readonly kind: 'held'
      /** Gives a sign of life. */
      readonly touch: () => Promise<void>
      readonly close: () => Promise<void>
    }
  | {
      readonly kind: 'busy'
      readonly holder: Holder | undefined
      /** Milliseconds since its last sign of life. */
      readonly age: number
    }

async function acquire(name: string, contender: Contender): Promise<Attempt> {
  const { disk, living, text } = contender
  const aside = await disk.writeAside(text)
  let kept = false
  const held = (): Attempt => {
    kept = true
    return { kind: 'held', touch: aside.touch, close: aside.close }
  }
  try {
    for (let look = 0; ; look++) {
      if (await disk.link(aside.name, name)) return held()
      const seen = await disk.read(name)
      if (!seen) continue
      const holder = parseHolder(seen.text)
      const age = aside.writtenAt - seen.touchedAt
      if (look > MOST_LOOKS) return { kind: 'busy', holder, age }
      if (holder && living.isAlive(holder, age)) return { kind: 'busy', holder, age }
      if (!holder && look === 0) {
        // It may be written at this moment, where files cannot be linked.
        await disk.pause(10 * LOOK_AGAIN)
        continue
      }
      const replaced = await withBreaker(seen.text, contender, async () => {
        if ((await disk.read(name))?.text !== seen.text) return false
        await disk.rename(aside.name, name)
        return true
      })
      if (replaced === true) return held()
      await disk.pause(LOOK_AGAIN)
    }
  } finally {
    if (!kept) await aside.close()
    await disk.remove(aside.name)
  }
}

/** Does something while no one else takes over the lock of that content; undefined if another is at it. */
async function withBreaker<T>(
  seen: string,
  contender: Contender,
  action: () => Promise<T>,
): Promise<T | undefined> {
  const { disk } = contender
  const breaker = `${LOCK}.${createHash('sha256').update(seen).digest('hex').slice(0, 16)}`
  const got = await acquire(breaker, contender)
  if (got.kind === 'busy') return undefined
  try {
    return await action()
  } finally {
    await got.close()
    await disk.remove(breaker)
  }
}

/** What contenders left that were killed while they took over an earlier lock: nobody needs it now. */
async function removeLeftovers({ disk, living }: Contender): Promise<void> {
  for (const name of await disk.list()) {
    if (!BREAKER.test(name)) continue
    const found = await disk.read(name)
    const holder = found && parseHolder(found.text)
    if (found && !(holder && living.isAlive(holder, 0))) await disk.remove(name)
  }
}

function busyError(folder: string, holder: Holder | undefined, age: number): RunError {
  const path = join(folder, LOCK)
  const who = holder ? `process ${holder.process}` : 'another process'
  if (!holder || canSee(holder)) {
    return new RunError(`${folder} is in use by ${who}: wait until it has ended.`)
  }
  const seconds = Math.max(0, Math.round(age / 1000))
  const sign =
    holder.lease === undefined
      ? ''
      : ` (its last sign of life came ${seconds} s ago; after ${LEASE / 1000} s the run can be taken over)`
  return new RunError(
    `${folder} is in use by ${who} on ${holder.host}: wait until it has ended, or remove ${path} if ` +
      `it has${sign}.`,
  )
}
