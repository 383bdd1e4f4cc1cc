/**
 * Calls the compiler for the commands: finds the file, and turns errors in it into an exit.
 */
import { existsSync, statSync } from 'node:fs'
import { compile, type Compilation, type CompileOptions, type Host } from '../compiler/index.ts'
import { renderFor } from './diagnostics.ts'
import { CliError, Reported } from './errors.ts'
import { diskHost } from './host.ts'
import type { Session } from './session.ts'

/** A main file and where to read it. */
export interface Source {
  /** Absolute. */
  readonly main: string
  readonly host: Host
}

/** The file of that path on the disk. Throws CliError if there is none. */
export function sourceOnDisk(session: Session, file: string): Source {
  const main = session.path(file)
  if (!existsSync(main)) {
    const hint = existsSync(`${main}.ccn`) ? `Did you mean ${file}.ccn?` : undefined
    throw new CliError(`There is no file ${file}.`, { hint })
  }
  if (statSync(main).isDirectory()) throw new CliError(`${file} is a folder, not a .ccn file.`)
  return { main, host: diskHost(main) }
}

/**
 * Compiles and prints warnings; remarks are for `ccn check`. If there are errors, prints those too
 * and throws Reported.
 */
export function compileOrStop(
  session: Session,
  { main, host }: Source,
  options: CompileOptions,
): Compilation {
  const compilation = compile(main, host, options)
  const { diagnostics, sources } = compilation
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity === 'remark') continue
    session.say(`${renderFor(session, diagnostic, sources, 'stderr')}\n`)
  }
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new Reported()
  return compilation
}
