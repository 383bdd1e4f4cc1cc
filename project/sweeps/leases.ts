/**
 * Who runs a point: a file that names a process. A lease whose holder has gone is taken by another one; a
 * holder on another host, which cannot be seen, must give a sign of life (see `lock-holder.ts`). Leases only
 * save work: that two hold one point for a moment changes no result (see `store.ts`), so nothing waits for a
 * lease and none outlives its holder.
 */
import { open, rename, rm, stat, utimes } from 'node:fs/promises'
import { errorCode, toIoError } from '../../runtime/io/errors.ts'
import { canSee, HEARTBEAT, parseHolder, processes } from '../../runtime/node/train/lock-holder.ts'
import { readOwn } from '../../runtime/node/io/source.ts'
import type { SweepStore } from './store.ts'

/** A point that is this process's to run. */
export interface Lease {
  readonly release: () => Promise<void>
}

/** Takes the lease of a point; undefined if somebody else has it. Throws IoError. */
export async function takeLease(store: SweepStore, key: string): Promise<Lease | undefined> {
  await store.make()
  const path = store.in('leases', key)
  const text = JSON.stringify(processes.self())
  if (!(await create(path, text))) {
    if (await isHeld(store, path)) return undefined
    // Of several that find it left, the renamed file goes to one.
    const left = `${path}.${store.writer}`
    const got = await rename(path, left).then(
      () => true,
      () => false,
    )
    await rm(left, { force: true })
    if (!got || !(await create(path, text))) return undefined
  }
  const beat = setInterval(() => void touch(path), HEARTBEAT)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      const now = await textOf(path)
      if (now === text) await rm(path, { force: true }).catch(() => undefined)
    },
  }
}

/** Whether a point is being run by a process that is alive. */
export async function isLeased(store: SweepStore, key: string): Promise<boolean> {
  return isHeld(store, store.in('leases', key))
}

/**
 * Whether a point is held by a process that cannot be seen and has missed a sign of life: it is dead, or
 * taken for it before long, or gives one.
 */
export async function isInDoubt(store: SweepStore, key: string): Promise<boolean> {
  const path = store.in('leases', key)
  const [text, info] = await Promise.all([textOf(path), stat(path).catch(() => undefined)])
  const holder = text === undefined ? undefined : parseHolder(text)
  if (!holder || !info || canSee(holder)) return false
  const age = (await nowOf(store)) - info.mtimeMs
  return age > 2 * HEARTBEAT
}

/** Undefined if there is none that can be read. */
const textOf = (path: string): Promise<string | undefined> =>
  readOwn(path).then(
    (bytes) => bytes.toString('utf8'),
    () => undefined,
  )

async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw toIoError('write', path, error)
  }
}

async function isHeld(store: SweepStore, path: string): Promise<boolean> {
  const [text, info] = await Promise.all([textOf(path), stat(path).catch(() => undefined)])
  if (text === undefined || !info) return false
  const holder = parseHolder(text)
  const age = (await nowOf(store)) - info.mtimeMs
  // One that is being written at this moment is empty.
  return holder ? processes.isAlive(holder, age) : age < HEARTBEAT
}

/** The time by the file system's clock, with which files are compared: clocks of hosts need not agree. */
async function nowOf(store: SweepStore): Promise<number> {
  const probe = store.in('leases', `.now-${store.writer}`)
  try {
    const file = await open(probe, 'w')
    try {
      await file.writeFile('.')
      return (await file.stat()).mtimeMs
    } finally {
      await file.close()
      await rm(probe, { force: true })
    }
  } catch (error) {
    throw toIoError('write', probe, error)
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => undefined)
}
