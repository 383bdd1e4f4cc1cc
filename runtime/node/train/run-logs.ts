/** Logs of a run that goes on: cut to what its checkpoint knows, and on the disk before one that counts on them. */
import { existsSync } from 'node:fs'
import { inWords, IoError } from '../../io/errors.ts'
import { truncateAfter } from '../io/jsonl.ts'
import { openOwn } from '../io/source.ts'

/** Keeps the first `count` lines of a log. Throws IoError where it has fewer. */
export async function keepLines(path: string, count: number): Promise<void> {
  if (count === 0 && !existsSync(path)) return
  let seen = 0
  const kept = await truncateAfter(path, () => seen++ < count)
  if (kept < count) {
    throw new IoError('resume from', path, `it has ${kept} of the ${count} lines it should have`)
  }
}

/** Waits until a log is on the disk. Throws IoError. */
export async function flushLog(path: string): Promise<void> {
  if (!existsSync(path)) return
  await inWords('write', path, async () => {
    const file = await openOwn(path, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  })
}
