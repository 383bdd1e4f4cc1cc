/** What is compiled and kept is code that is run: only the user who kept it can have put it there. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cache } from '../../project/cache.ts'
import type { Compiled } from '../../project/compiled.ts'
import { userFolder, userKey } from '../../runtime/node/io/user-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ccn-key-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const compiled = { model: 'm', program: 'code' } as unknown as Compiled
const sources = new Map([['/p/main.ccn', 'model m']])
const host = { read: () => 'model m', projectRoot: '/p', libraryRoot: '/l' }

const envOf = (user: string) => ({
  CCN_CACHE_DIR: join(folder, 'cache'),
  XDG_STATE_HOME: join(folder, user),
})
const cacheOf = (user: string) => new Cache(envOf(user), 'compiler 1')
const keep = (user: string, request: unknown) => cacheOf(user).keep(request, compiled, sources)
const isFound = async (user: string, request: unknown) =>
  (await cacheOf(user).find(request, host)) !== undefined
const files = () => readdirSync(join(folder, 'cache')).map((name) => join(folder, 'cache', name))

describe('the key', () => {
  it('is made once, for nobody else to read', () => {
    const key = userKey(envOf('me'))
    expect(key).toHaveLength(32)
    expect(userKey(envOf('me'))).toEqual(key)
    expect(userKey(envOf('other'))).not.toEqual(key)
    expect(statSync(join(folder, 'me', 'ccn', 'key')).mode & 0o777).toBe(0o600)
  })

  it('is none if others can read it, if it is cut short, or cannot be kept', () => {
    const path = join(folder, 'me', 'ccn', 'key')
    userKey(envOf('me'))
    chmodSync(path, 0o644)
    expect(userKey(envOf('me'))).toBeUndefined()
    chmodSync(path, 0o600)
    writeFileSync(path, 'short')
    expect(userKey(envOf('me'))).toBeUndefined()
    writeFileSync(join(folder, 'file'), '')
    expect(userKey(envOf('file'))).toBeUndefined()
  })
})

describe('an entry', () => {
  it('is found by the one who kept it', async () => {
    await keep('me', 'request')
    expect(await isFound('me', 'request')).toBe(true)
  })

  it('that another user made is passed over', async () => {
    await keep('other', 'request')
    expect(await isFound('me', 'request')).toBe(false)
  })

  it('that was moved to another request is passed over', async () => {
    await keep('me', 'request')
    const [first = ''] = files()
    await keep('me', 'another')
    const second = files().find((path) => path !== first) ?? ''
    copyFileSync(first, second)
    expect(await isFound('me', 'another')).toBe(false)
    expect(await isFound('me', 'request')).toBe(true)
  })

  it('that was changed is passed over', async () => {
    await keep('me', 'request')
    const [path = ''] = files()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.with(bytes.length - 3, 99))
    expect(await isFound('me', 'request')).toBe(false)
  })

  it('is not kept without a key', async () => {
    writeFileSync(join(folder, 'file'), '')
    await keep('file', 'request')
    expect(existsSync(join(folder, 'cache'))).toBe(false)
  })
})

describe('a folder of the user', () => {
  const home = { HOME: '/home/a' }
  it.each([
    ['by default', { ...home }, '/home/a/.cache'],
    ['where the variable says', { ...home, XDG_CACHE_HOME: '/b' }, '/b'],
    ['by default where the variable is empty', { ...home, XDG_CACHE_HOME: '' }, '/home/a/.cache'],
    ['by default where it is relative', { ...home, XDG_CACHE_HOME: 'ccn' }, '/home/a/.cache'],
    ['of the system’s user without HOME', {}, join(homedir(), '.cache')],
    ['of the system’s user where HOME is relative', { HOME: 'a' }, join(homedir(), '.cache')],
  ])('is %s', (_, env, expected) => {
    expect(userFolder(env, 'XDG_CACHE_HOME', '.cache')).toBe(expected)
  })

  it('is never the current one', async () => {
    const work = join(folder, 'project')
    mkdirSync(work)
    const before = process.cwd()
    process.chdir(work)
    try {
      const env = { HOME: folder, XDG_CACHE_HOME: '', XDG_STATE_HOME: '' }
      await new Cache(env, 'compiler 1').keep('request', compiled, sources)
      expect(readdirSync(work)).toEqual([])
      expect(readdirSync(join(folder, '.cache', 'ccn'))).toHaveLength(1)
    } finally {
      process.chdir(before)
    }
  })
})
