import { execFileSync } from 'node:child_process'
import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomic } from '../../../runtime/node/io/atomic.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccn-atomic-'))
  path = join(folder, 'file')
})
afterEach(() => rm(folder, { recursive: true }))

describe('a file that is replaced in one step', () => {
  it.each([0o600, 0o640, 0o755, 0o444])('keeps its mode: %o', async (mode) => {
    await writeFile(path, 'old')
    await chmod(path, mode)
    const mayWrite = process.getuid?.() === 0 || (mode & 0o200) > 0
    const done = writeFileAtomic(path, 'new')
    if (mayWrite) await done
    else await expect(done).rejects.toThrow(`Cannot write ${path}: permission denied.`)
    expect(await readFile(path, 'utf8')).toBe(mayWrite ? 'new' : 'old')
    expect((await stat(path)).mode & 0o7777).toBe(mode)
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('takes the place of a link, and leaves alone what it leads to', async () => {
    const other = join(folder, 'other')
    await writeFile(other, 'other')
    await symlink(other, path)
    await writeFileAtomic(path, 'new')
    expect((await lstat(path)).isSymbolicLink()).toBe(false)
    expect(await readFile(other, 'utf8')).toBe('other')
  })

  it.runIf(process.platform === 'linux')('is written to, where it is a pipe', async () => {
    execFileSync('mkfifo', [path])
    const [read] = await Promise.all([readFile(path, 'utf8'), writeFileAtomic(path, 'new')])
    expect(read).toBe('new')
    expect((await lstat(path)).isFIFO()).toBe(true)
  })

  it('is not a folder', async () => {
    await expect(writeFileAtomic(folder, 'new')).rejects.toThrow(
      `Cannot write ${folder}: it is a folder.`,
    )
  })
})
