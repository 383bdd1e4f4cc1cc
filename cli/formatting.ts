/**
 * `ccn fmt`: brings files into the canonical layout. A file is written only if that changes it, and
 * left alone if it has syntax errors.
 */
import { realpathSync } from 'node:fs'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { format } from '../grammar/print.ts'
import { writeFileAtomic } from '../runtime/node/io/atomic.ts'
import { IoError } from '../runtime/io/errors.ts'
import { renderFor } from './diagnostics.ts'
import { exitCodes } from './errors.ts'
import { namedFiles } from '../project/files.ts'
import { readSource } from '../project/disk-host.ts'
import type { Session } from './session.ts'

/** Formats files, and those below folders, in place; with `check` only tells which ones would change, and fails if any. */
export async function formatFiles(
  session: Session,
  paths: readonly string[],
  check: boolean,
): Promise<void> {
  for (const file of namedFiles(session.where, paths)) {
    const main = session.path(file)
    const text = textOf(session, main)
    if (text === undefined) continue
    const { text: formatted, diagnostics } = format(text, main)
    if (printErrors(session, diagnostics, main, text)) {
      const count = `${diagnostics.length} syntax error${diagnostics.length === 1 ? '' : 's'}`
      session.say(`${session.shown(main)} is left as it is, since it has ${count}.`)
      continue
    }
    if (formatted === text) continue
    if (check) {
      session.print(`${session.shown(main)} is not formatted`)
      session.exitCode = exitCodes.failed
    } else {
      await writeFileAtomic(realpathSync(main), formatted)
      session.print(`formatted ${session.shown(main)}`)
    }
  }
}

/** Formats the standard input to the standard output; with `check` only tells if it would change. */
export async function formatStdin(session: Session, check: boolean): Promise<void> {
  const path = session.path('stdin.ccn')
  const text = await session.io.readStdin()
  const { text: formatted, diagnostics } = format(text, path)
  if (printErrors(session, diagnostics, path, text)) return
  if (!check) session.io.stdout.write(formatted)
  else if (formatted !== text) session.exitCode = exitCodes.failed
}

/** The text of a file; undefined, and said, if it cannot be read. */
function textOf(session: Session, path: string): string | undefined {
  try {
    return readSource(path)
  } catch (error) {
    if (!(error instanceof IoError)) throw error
    session.say(`error: Cannot read ${session.shown(path)}: ${error.reason}.`)
    session.exitCode = exitCodes.failed
    return undefined
  }
}

function printErrors(
  session: Session,
  diagnostics: readonly Diagnostic[],
  path: string,
  text: string,
): boolean {
  const sources = new Map([[path, text]])
  for (const diagnostic of diagnostics) {
    session.say(`${renderFor(session, diagnostic, sources, 'stderr')}\n`)
  }
  if (diagnostics.length > 0) session.exitCode = exitCodes.failed
  return diagnostics.length > 0
}
