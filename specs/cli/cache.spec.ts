import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cache } from '../../project/cache.ts'
import type { Compiled } from '../../project/compiled.ts'
import type { Host } from '../../compiler/compile.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccn-cache-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const compiled = {
  model: 'm',
  program: { kind: 'wasm', fused: Uint8Array.of(1, 2, 3) },
  variables: ['h.e'],
} as unknown as Compiled
const sources = new Map([
  ['/p/main.ccn', 'model m'],
  ['/p/other.ccn', 'const a = 1'],
  ['--set p', '3'],
])
const hostOf = (texts: ReadonlyMap<string, string>): Host => ({
  read: (path) => texts.get(path),
  projectRoot: '/p',
  libraryRoot: '/l',
})
const request = ['/p/main.ccn', 'wasm']

const open = (fingerprint: string | undefined = 'compiler 1'): Cache<Compiled> =>
  new Cache<Compiled>({ CCN_CACHE_DIR: folder }, fingerprint)

async function damage(change: (bytes: Buffer) => Uint8Array): Promise<void> {
  const [name] = await readdir(folder)
  const path = join(folder, name!)
  await writeFile(path, change(await readFile(path)))
}

describe('the cache of compiled experiments', () => {
  beforeEach(() => open().keep(request, compiled, sources))

  it('gives back what was kept, with the sources as they are', async () => {
    const found = await open().find(request, hostOf(sources))
    expect(found?.kept).toEqual(compiled)
    expect([...(found?.sources.keys() ?? [])]).toEqual(['/p/main.ccn', '/p/other.ccn'])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['another request', () => open().find(['/p/main.ccn', 'tfjs'], hostOf(sources))],
    ['another compiler', () => open('compiler 2').find(request, hostOf(sources))],
    [
      'a compiler that may change',
      () =>
        new Cache<Compiled>({ CCN_CACHE_DIR: folder }, undefined).find(request, hostOf(sources)),
    ],
    [
      'no folder',
      () => new Cache<Compiled>({ CCN_CACHE_DIR: '' }, 'compiler 1').find(request, hostOf(sources)),
    ],
    [
      'an imported file that changed',
      () => open().find(request, hostOf(new Map([...sources, ['/p/other.ccn', 'const a = 2']]))),
    ],
    [
      'an imported file that is gone',
      () => open().find(request, hostOf(new Map([['/p/main.ccn', 'model m']]))),
    ],
    [
      'a damaged entry',
      async () => {
        await damage((bytes) => bytes.with(40, (bytes[40] ?? 0) ^ 1))
        return open().find(request, hostOf(sources))
      },
    ],
    [
      'an entry that was cut off',
      async () => {
        await damage((bytes) => bytes.subarray(0, 20))
        return open().find(request, hostOf(sources))
      },
    ],
  ])('has nothing for %s', async (_, find) => {
    expect(await find()).toBeUndefined()
  })

  it('keeps the entries that were used last', async () => {
    for (let i = 0; i < 70; i++) await open().keep(['other', i], compiled, sources)
    expect(await readdir(folder)).toHaveLength(64)
    expect(await open().find(['other', 69], hostOf(sources))).toBeDefined()
    expect(await open().find(request, hostOf(sources))).toBeUndefined()
  })

  it('is no obstacle where it cannot write', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const cache = new Cache<Compiled>({ CCN_CACHE_DIR: file }, 'compiler 1')
    await expect(cache.keep(request, compiled, sources)).resolves.toBeUndefined()
    expect(await cache.find(request, hostOf(sources))).toBeUndefined()
  })
})
