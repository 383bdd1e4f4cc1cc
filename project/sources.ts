/** Finds the file that something is to be done with. */
import type { Host } from '../compiler/compile.ts'
import { diskHost } from './disk-host.ts'
import { ProjectError } from './errors.ts'
import { infoOf, noSuchFile } from './files.ts'
import { pathIn, type Surroundings } from './surroundings.ts'

/** A main file and where to read it. */
export interface Source {
  /** Absolute. */
  readonly main: string
  readonly host: Host
}

/** The file of that path on the disk. Throws ProjectError if there is none. */
export function sourceOnDisk(where: Surroundings, file: string): Source {
  const main = pathIn(where, file)
  const info = infoOf(where, file)
  if (!info) throw noSuchFile(where, file)
  if (info.isDirectory()) throw new ProjectError(`${file} is a folder, not a .ccn file.`)
  return { main, host: diskHost(main) }
}

/** The file of that path in `host`, or else on the disk. Throws ProjectError if there is none. */
export function sourceIn(where: Surroundings, file: string, host: Host | undefined): Source {
  if (!host) return sourceOnDisk(where, file)
  const main = file.startsWith('/') ? file : `${host.projectRoot.replace(/\/$/, '')}/${file}`
  if (host.read(main) === undefined) throw new ProjectError(`There is no file ${file}.`)
  return { main, host }
}
