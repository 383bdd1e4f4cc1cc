import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockFolder } from '../../../runtime/node/train/run-lock.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ccn-lock-'))))
afterEach(() => rm(folder, { recursive: true }))

const leave = (lock: unknown) => writeFile(join(folder, 'lock'), JSON.stringify(lock))

describe('the lock of a run', () => {
  it('keeps others out until it is let go', async () => {
    const unlock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(`is in use by process ${process.pid}: wait`)
    await unlock()
    expect(await readdir(folder)).toEqual([])
    await (
      await lockFolder(folder)
    )()
  })

  it('is taken over from a process that has gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await leave({ process: child.pid, host: hostname() })
    await lockFolder(folder)
  })

  it.runIf(process.platform === 'linux')(
    'is taken over if another process has the number now',
    async () => {
      await leave({ process: process.pid, host: hostname(), started: '1' })
      await lockFolder(folder)
    },
  )

  it('is taken over if its file was never finished', async () => {
    await writeFile(join(folder, 'lock'), '{"proc')
    await lockFolder(folder)
  })

  it('of another machine is respected, with the way out', async () => {
    await leave({ process: 1, host: 'elsewhere' })
    await expect(lockFolder(folder)).rejects.toThrow(
      `in use by process 1 on elsewhere: wait until it has ended, or remove ${join(folder, 'lock')}`,
    )
  })
})
