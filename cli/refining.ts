/** `ccn explain --refines`: runs the limits that a file states; the exit code is 1 if one does not converge. */
import { measureRefinements, type MeasuredRefinement } from '../project/refinement.ts'
import { sourceOnDisk } from '../project/sources.ts'
import { refinementText } from '../service/refinement/text.ts'
import { exitCodes } from './errors.ts'
import type { Session } from './session.ts'

/** Runs the limits of a file. */
export async function refined(
  session: Session,
  file: string,
): Promise<readonly MeasuredRefinement[]> {
  const found = await measureRefinements(session.where, sourceOnDisk(session.where, file))
  if (found.some(({ holds }) => !holds)) session.exitCode = exitCodes.failed
  return found
}

/** Prints them. */
export function printRefinements(session: Session, limits: readonly MeasuredRefinement[]): void {
  if (limits.length === 0)
    session.print('The file states no limit between its circuits (`refines`).')
  session.write(limits.map(refinementText).join('\n'))
}
