/**
 * `ccn fmt`: brings files into the canonical layout. A file is written only if that changes it, and
 * left alone if it has syntax errors.
 */
import { readFileSync, realpathSync } from 'node:fs'
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts'
import { format } from '../grammar/print.ts'
import { writeFileAtomic } from '../runtime/io/atomic.ts'
import { sourceOnDisk } from './sources.ts'
import { renderFor } from './diagnostics.ts'
import { exitCodes } from './errors.ts'
import type { Session } from './session.ts'

/** Formats files in place; with `check` only tells which ones would change, and fails if any. */
export async function formatFiles(
  session: Session,
  files: readonly string[],
  check: boolean,
): Promise<void> {
  for (const file of files) {
    const { main } = sourceOnDisk(session, file)
    const text = readFileSync(main, 'utf8')
    const { text: formatted, diagnostics } = format(text, main)
    if (printErrors(session, diagnostics, main, text) || formatted === text) continue
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
