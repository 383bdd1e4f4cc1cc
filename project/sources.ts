/** Finds the file that a command is called with. */
import { existsSync, statSync } from 'node:fs'
import type { Host } from '../compiler/compile.ts'
import { CliError } from '../cli/errors.ts'
import { noSuchFile } from './files.ts'
import { diskHost } from './disk-host.ts'
import type { Session } from '../cli/session.ts'

/** A main file and where to read it. */
export interface Source {
  /** Absolute. */
  readonly main: string
  readonly host: Host
}

/** The file of that path on the disk. Throws CliError if there is none. */
export function sourceOnDisk(session: Session, file: string): Source {
  const main = session.path(file)
  if (!existsSync(main)) throw noSuchFile(session, file)
  if (statSync(main).isDirectory()) throw new CliError(`${file} is a folder, not a .ccn file.`)
  return { main, host: diskHost(main) }
}
