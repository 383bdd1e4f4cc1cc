/**
 * Compiled experiments and findings of checks, kept by what they follow from: the text of every source
 * file, what was asked for, and the compiler itself. Where there is nothing, or what is there does not fit or is damaged,
 * the caller compiles; where nothing can be written, nothing is kept. So the cache is never in the
 * way, and may be removed at any time.
 *
 * An entry's name tells the main file and the request; the entry lists the files that were read, each
 * with the hash of its text. `CCN_CACHE_DIR` says where entries are (default: the user's folder for
 * caches, `~/.cache/ccn`); if it is empty, nothing is cached.
 *
 * An entry holds code that is run. So it carries a code made with the user's key, over its request and
 * its content: what someone else has put there, or moved there, is passed over. Without a key, nothing is
 * cached.
 */
import { createHash } from 'node:crypto'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Host } from '../compiler/compile.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import { removeStale } from '../runtime/node/io/temporary.ts'
import { readBytes } from '../runtime/node/io/source.ts'
import { codeOf, isCodeOf, userFolder, userKey } from '../runtime/node/io/user-key.ts'
import type { Surroundings } from './surroundings.ts'

/** Entries that are kept: those used last. */
const mostEntries = 64
/** Bytes of the code at the head of an entry. */
const CODE = 32

interface Entry {
  readonly dependencies: readonly { readonly path: string; readonly sha256: string }[]
  readonly kept: unknown
}

/** What an entry was found with: what was kept, and the sources as they are. */
export interface Found<Kept> {
  readonly kept: Kept
  readonly sources: ReadonlyMap<string, string>
}

/** `Kept` is plain data. */
export class Cache<Kept> {
  readonly #folder: string | undefined
  readonly #most: number
  readonly #key: Buffer | undefined

  /**
   * `fingerprint` changes whenever the compiler does; without one nothing is cached. Things of a `kind`
   * have a folder of their own, for `most` of them.
   */
  constructor(
    env: Surroundings['env'],
    readonly fingerprint: string | undefined,
    { kind = '', most = mostEntries }: { readonly kind?: string; readonly most?: number } = {},
  ) {
    this.#most = most
    const system = userFolder(env, 'XDG_CACHE_HOME', '.cache')
    const folder = env['CCN_CACHE_DIR'] ?? (system === undefined ? undefined : join(system, 'ccn'))
    const none = folder === undefined || folder === '' || fingerprint === undefined
    this.#folder = none ? undefined : join(folder, kind)
    this.#key = this.#folder === undefined ? undefined : userKey(env)
  }

  /** The entry for a request, if it is of the same sources as now. */
  async find(request: unknown, host: Host): Promise<Found<Kept> | undefined> {
    const path = this.#pathOf(request)
    if (path === undefined || this.#folder === undefined || this.#key === undefined) {
      return undefined
    }
    await removeStale(this.#folder)
    try {
      const bytes = await readBytes(path)
      const body = bytes.subarray(CODE)
      if (!isCodeOf(bytes.subarray(0, CODE), this.#key, basename(path), body)) return undefined
      const { dependencies, kept } = deserialize(body) as Entry
      const sources = new Map<string, string>()
      for (const { path: file, sha256 } of dependencies) {
        const text = host.read(file)
        if (text === undefined || hashOf(text).toString('hex') !== sha256) return undefined
        sources.set(file, text)
      }
      const now = new Date()
      await utimes(path, now, now)
      return { kept: kept as Kept, sources }
    } catch {
      return undefined
    }
  }

  /** Keeps an entry, and of all entries only those used last. */
  async keep(request: unknown, kept: Kept, sources: ReadonlyMap<string, string>): Promise<void> {
    const path = this.#pathOf(request)
    if (path === undefined || this.#folder === undefined || this.#key === undefined) return
    // Parameters set from outside are part of the request, and have names that are no paths.
    const dependencies = [...sources]
      .filter(([file]) => isAbsolute(file))
      .map(([file, text]) => ({ path: file, sha256: hashOf(text).toString('hex') }))
    const body = serialize({ dependencies, kept } satisfies Entry)
    try {
      await writeFileAtomic(path, Buffer.concat([codeOf(this.#key, basename(path), body), body]))
      await prune(this.#folder, this.#most)
    } catch {
      // A cache that cannot be written is none.
    }
  }

  #pathOf(request: unknown): string | undefined {
    if (this.#folder === undefined) return undefined
    const key = hashOf(JSON.stringify([this.fingerprint, request])).toString('hex')
    return join(this.#folder, `${key.slice(0, 40)}.bin`)
  }
}

function hashOf(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest()
}

async function prune(folder: string, most: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin'))
  if (names.length <= most) return
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { path, used: (await stat(path)).mtimeMs }
    }),
  )
  const old = entries.toSorted((a, b) => b.used - a.used).slice(most)
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}
