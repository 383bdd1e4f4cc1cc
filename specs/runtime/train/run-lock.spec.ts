import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LEASE } from '../../../runtime/node/train/lock-holder.ts'
import { lockFolder } from '../../../runtime/node/train/run-lock.ts'
import { Contest } from '../../helpers/lock-contenders.ts'
import { randomOf } from '../../helpers/random.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ccn-lock-'))))
afterEach(() => rm(folder, { recursive: true }))

const leave = (lock: unknown) => writeFile(join(folder, 'lock'), JSON.stringify(lock))

describe('the lock of a run', () => {
  it('keeps others out until it is let go', async () => {
    const lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(`is in use by process ${process.pid}: wait`)
    await lock.require()
    await lock.release()
    expect(await readdir(folder)).toEqual([])
    await (await lockFolder(folder)).release()
  })

  it('is taken over from a process that has gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await leave({ process: child.pid, host: hostname() })
    await writeFile(join(folder, 'lock.0123456789abcdef'), JSON.stringify({ process: child.pid }))
    const lock = await lockFolder(folder)
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.release()
    expect(await readdir(folder)).toEqual([])
  })

  it.runIf(process.platform === 'linux')(
    'is taken over if another process has the number now',
    async () => {
      await leave({ process: process.pid, host: hostname(), started: '1' })
      await (await lockFolder(folder)).release()
    },
  )

  it('is taken over if its file was never finished', async () => {
    await writeFile(join(folder, 'lock'), '{"proc')
    await (await lockFolder(folder)).release()
  })

  it('is let go without a word where the folder has gone', async () => {
    const lock = await lockFolder(folder)
    await rename(folder, `${folder}-moved`)
    await expect(lock.require()).rejects.toThrow('or removed: this one stops')
    await lock.release()
    await rename(`${folder}-moved`, folder)
  })

  it('of another machine is respected, with the way out', async () => {
    await leave({ process: 1, host: 'elsewhere' })
    await expect(lockFolder(folder)).rejects.toThrow(
      `in use by process 1 on elsewhere: wait until it has ended, or remove ${join(folder, 'lock')}`,
    )
  })

  it('of another machine, or another container of the same name, is a lease', async () => {
    const path = join(folder, 'lock')
    for (const other of [{ host: 'elsewhere' }, { host: hostname(), machine: 'another' }]) {
      await leave({ process: 1, lease: LEASE, ...other })
      await expect(lockFolder(folder)).rejects.toThrow('its last sign of life came 0 s ago')
      const { mtime } = await stat(path)
      const before = new Date(mtime.getTime() - LEASE - 1000)
      await utimes(path, before, before)
      const lock = await lockFolder(folder)
      await lock.require()
      await leave({ process: 1, lease: LEASE, ...other })
      await expect(lock.require()).rejects.toThrow('has been taken over by another process')
      await lock.release()
      expect(await readdir(folder)).toEqual(['lock'])
      await rm(path)
    }
  })
})

describe('of several that want a lock at once', () => {
  /** What is in the folder when they come. */
  const beginnings: readonly [string, Readonly<Record<string, string>>][] = [
    ['no lock', {}],
    ['a stale lock', { lock: '{"process":1001,"host":"here"}' }],
    ['a half-written lock', { lock: '{"proc' }],
    ['an empty lock', { lock: '' }],
  ]

  it.each(beginnings)('one gets it, whatever the order: %s', async (_, files) => {
    for (let seed = 0; seed < 60; seed++) {
      const contest = new Contest(randomOf(seed))
      for (const [name, text] of Object.entries(files)) contest.write(name, text)
      let won = 0
      let lost = 0
      const all = [1, 2, 3, 4].map((process) =>
        lockFolder('folder', contest.diskOf(process), contest.processesOf(process)).then(
          () => won++,
          () => lost++,
        ),
      )
      while (await contest.turn());
      await Promise.all(all)
      expect({ seed, won, lost, names: contest.names() }).toEqual({
        seed,
        won: 1,
        lost: 3,
        names: ['lock'],
      })
    }
  })

  it('never two have it, though some are killed and others let it go', async () => {
    let most = 0
    for (let seed = 0; seed < 150; seed++) {
      const random = randomOf(seed)
      const contest = new Contest(random)
      if (seed % 3 > 0)
        contest.write('lock', seed % 3 === 1 ? '{"process":1001,"host":"here"}' : '{')
      const holding = new Set<number>()
      const live = new Set([1, 2, 3, 4, 5])
      const contend = async (process: number): Promise<void> => {
        for (let time = 0; time < 3; time++) {
          const disk = contest.diskOf(process)
          try {
            const lock = await lockFolder('folder', disk, contest.processesOf(process))
            // One that was killed at this very moment has it no more.
            if (live.has(process)) holding.add(process)
            most = Math.max(most, holding.size)
            await disk.pause(0)
            await lock.require()
            holding.delete(process)
            await lock.release()
          } catch (error) {
            if (!String(error).includes('is in use by')) throw error
          }
        }
        live.delete(process)
      }
      const all = [...live].map((process) => ({ process, done: contend(process) }))
      const killed = new Set<number>()
      while (await contest.turn()) {
        const [victim] = live
        if (victim !== undefined && killed.size < 3 && random() < 0.02) {
          contest.kill(victim)
          killed.add(victim)
          live.delete(victim)
          holding.delete(victim)
        }
      }
      await Promise.all(all.flatMap(({ process, done }) => (killed.has(process) ? [] : [done])))
      const last = lockFolder('folder', contest.diskOf(9), contest.processesOf(9))
      while (await contest.turn());
      await last
    }
    expect(most).toBe(1)
  })
})
