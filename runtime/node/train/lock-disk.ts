/**
 * What locks need of a disk: a few operations of which each happens at once or not at all. A spec puts
 * a disk in memory in its place and tries every order.
 */
import { link, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { errorCode, inWords, IoError } from '../../io/errors.ts'
import { openOwn } from '../io/source.ts'
import { temporaryName } from '../io/temporary.ts'

/** A file that no lock refers to yet. */
export interface Aside {
  readonly name: string
  /** When it was written, in the count of whoever keeps the files. */
  readonly writtenAt: number
  /** Writes it again as it is, under whatever name it has now. */
  readonly touch: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Files of one folder, by name. */
export interface LockDisk {
  readonly writeAside: (text: string) => Promise<Aside>
  /** A second name for a file; false if there is a file of that name. */
  readonly link: (from: string, to: string) => Promise<boolean>
  /** A new name for a file, in place of a file that had it. */
  readonly rename: (from: string, to: string) => Promise<void>
  /** Undefined if there is none. `touchedAt`: when it was last written. */
  readonly read: (
    name: string,
  ) => Promise<{ readonly text: string; readonly touchedAt: number } | undefined>
  readonly remove: (name: string) => Promise<void>
  readonly list: () => Promise<readonly string[]>
  /** Milliseconds. */
  readonly pause: (time: number) => Promise<void>
}

/** Codes of file systems that have no links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** The files of a folder on the disk. All throw IoError. */
export function diskOf(folder: string): LockDisk {
  const at = (name: string): string => join(folder, name)
  const asides = new Map<string, { file: FileHandle; readonly text: string }>()
  return {
    async writeAside(text) {
      const name = temporaryName('lock')
      return inWords('write', at('lock'), async () => {
        const aside = { file: await writeNew(at(name), text), text }
        asides.set(name, aside)
        return {
          name,
          writtenAt: (await aside.file.stat()).mtimeMs,
          touch: async () => void (await aside.file.write(text, 0)),
          close: () => aside.file.close(),
        }
      })
    },
    async link(from, to) {
      return inWords('write', at(to), async () => {
        try {
          await link(at(from), at(to))
          return true
        } catch (error) {
          const code = errorCode(error)
          if (code === 'EEXIST') return false
          if (code === undefined || !NO_LINKS.has(code)) throw error
        }
        // Where there are no links: not at once, but nobody else can make it meanwhile.
        const aside = asides.get(from)!
        try {
          const file = await writeNew(at(to), aside.text)
          await aside.file.close()
          aside.file = file
          return true
        } catch (error) {
          if (errorCode(error) === 'EEXIST') return false
          throw error
        }
      })
    },
    rename: (from, to) => inWords('write', at(to), () => rename(at(from), at(to))),
    async read(name) {
      return inWords('read', at(name), async () => {
        const file = await openOwn(at(name), 'r').catch((error: unknown) => {
          if (errorCode(error) === 'ENOENT') return undefined
          throw error
        })
        if (!file) return undefined
        try {
          const { mtimeMs, size } = await file.stat()
          if (size > 65_536) throw new IoError('read', at(name), 'it is no lock of ccn')
          return { text: await file.readFile('utf8'), touchedAt: mtimeMs }
        } finally {
          await file.close()
        }
      })
    },
    remove: (name) => inWords('remove', at(name), () => rm(at(name), { force: true })),
    list: () => inWords('read', folder, () => readdir(folder)),
    pause: async (time) => wait(time),
  }
}

/** The file stays open. */
async function writeNew(path: string, text: string): Promise<FileHandle> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    return file
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
}
