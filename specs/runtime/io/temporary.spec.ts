import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomic } from '../../../runtime/node/io/atomic.ts'
import { isTemporary, removeStale, temporaryName } from '../../../runtime/node/io/temporary.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ccn-temporary-'))))
afterEach(() => rm(folder, { recursive: true }))

/** The number of a process that has ended. */
async function ended(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

const put = (name: string) => writeFile(join(folder, name), 'half')

describe('temporary files', () => {
  it('of processes that have ended are removed, and no others', async () => {
    const own = temporaryName('checkpoint.safetensors')
    const gone = own.replace(`-${process.pid}-`, `-${await ended()}-`)
    const reused = own.replace(/-\d+-\d+\.tmp$/, '-1-7.tmp')
    const elsewhere = own.replace(/\.[0-9a-f]{8}-/, '.00000000-')
    const earlier = `.checkpoint.safetensors.${await ended()}-3.tmp`
    const foreign = `.notes.txt.${await ended()}-3.tmp`
    for (const name of [own, gone, reused, elsewhere, earlier, foreign, 'a.tmp']) await put(name)
    await removeStale(folder)
    const left = [own, elsewhere, earlier, foreign, 'a.tmp']
    expect((await readdir(folder)).toSorted()).toEqual(left.toSorted())

    const before = new Date(Date.now() - 2 * 86_400_000)
    for (const name of [elsewhere, earlier]) await utimes(join(folder, name), before, before)
    await removeStale(folder)
    expect((await readdir(folder)).toSorted()).toEqual([own, foreign, 'a.tmp'].toSorted())
  })

  it('are removed by the next process that writes into the folder', async () => {
    const below = join(folder, 'below')
    await mkdir(below)
    const gone = temporaryName('x').replace(`-${process.pid}-`, `-${await ended()}-`)
    await writeFile(join(below, gone), 'half')
    await writeFileAtomic(join(below, 'x'), 'whole')
    expect(await readdir(below)).toEqual(['x'])
  })

  it('have names that are no longer than what a disk takes', async () => {
    const name = 'ä'.repeat(127)
    expect(isTemporary(temporaryName(name))).toBe(true)
    await writeFileAtomic(join(folder, name), 'whole')
    expect(await readdir(folder)).toEqual([name])
  })
})
