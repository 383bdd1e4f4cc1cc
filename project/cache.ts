/**
 * Compiled experiments, kept by what they follow from: the text of every source file, what was asked
 * for, and the compiler itself. Where there is nothing, or what is there does not fit or is damaged,
 * the caller compiles; where nothing can be written, nothing is kept. So the cache is never in the
 * way, and may be removed at any time.
 *
 * An entry's name tells the main file and the request; the entry lists the files that were read, each
 * with the hash of its text. `CCN_CACHE_DIR` says where entries are (default: the folder for caches of
 * the system, `~/.cache/ccn`); if it is empty, nothing is cached.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Host } from '../compiler/compile.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import type { Compiled } from './compiled.ts'
import type { Io } from '../cli/io.ts'

/** Entries that are kept: those used last. */
const MOST_ENTRIES = 64
/** Bytes of a hash at the head of an entry. */
const HASH = 32

interface Entry {
  readonly dependencies: readonly { readonly path: string; readonly sha256: string }[]
  readonly compiled: Compiled
}

/** What an entry was found with: the compiled experiment, and the sources as they are. */
export interface Found {
  readonly compiled: Compiled
  readonly sources: ReadonlyMap<string, string>
}

export class Cache {
  readonly #folder: string | undefined

  /** `fingerprint` changes whenever the compiler does; without one nothing is cached. */
  constructor(
    env: Io['env'],
    readonly fingerprint: string | undefined,
  ) {
    const given = env['CCN_CACHE_DIR']
    const system = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
    const folder = given ?? join(system, 'ccn')
    this.#folder = folder === '' || fingerprint === undefined ? undefined : folder
  }

  /** The entry for a request, if it is of the same sources as now. */
  async find(request: unknown, host: Host): Promise<Found | undefined> {
    const path = this.#pathOf(request)
    if (path === undefined) return undefined
    try {
      const bytes = await readFile(path)
      const body = bytes.subarray(HASH)
      if (!bytes.subarray(0, HASH).equals(hashOf(body))) return undefined
      const { dependencies, compiled } = deserialize(body) as Entry
      const sources = new Map<string, string>()
      for (const { path: file, sha256 } of dependencies) {
        const text = host.read(file)
        if (text === undefined || hashOf(text).toString('hex') !== sha256) return undefined
        sources.set(file, text)
      }
      const now = new Date()
      await utimes(path, now, now)
      return { compiled, sources }
    } catch {
      return undefined
    }
  }

  /** Keeps an entry, and of all entries only those used last. */
  async keep(
    request: unknown,
    compiled: Compiled,
    sources: ReadonlyMap<string, string>,
  ): Promise<void> {
    const path = this.#pathOf(request)
    if (path === undefined || this.#folder === undefined) return
    // Parameters set from outside are part of the request, and have names that are no paths.
    const dependencies = [...sources]
      .filter(([file]) => isAbsolute(file))
      .map(([file, text]) => ({ path: file, sha256: hashOf(text).toString('hex') }))
    const body = serialize({ dependencies, compiled } satisfies Entry)
    try {
      await writeFileAtomic(path, Buffer.concat([hashOf(body), body]))
      await prune(this.#folder)
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

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin'))
  if (names.length <= MOST_ENTRIES) return
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { path, used: (await stat(path)).mtimeMs }
    }),
  )
  const old = entries.toSorted((a, b) => b.used - a.used).slice(MOST_ENTRIES)
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}
