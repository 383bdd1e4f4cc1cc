/** Calls the compiler for the commands, and turns errors in a file into an exit. */
import { compile, type Compilation, type CompileOptions } from '../compiler/index.ts'
import { renderFor } from '../cli/diagnostics.ts'
import { Reported } from '../cli/errors.ts'
import type { Session } from '../cli/session.ts'
import type { Source } from './sources.ts'

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
