/** `ccn diff`: tells how two circuits differ, as a list or as JSON. */
import { diff } from '../project/diff.ts'
import type { Difference } from '../service/difference/index.ts'
import { choiceIn, type ModelArguments } from './arguments.ts'
import { exitCodes } from './errors.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn diff`. */
export interface DiffArguments extends ModelArguments {
  readonly output?: string
  readonly json?: boolean
  readonly exitCode?: boolean
  readonly out?: string
}

/** Compares `before` with `after`. */
export async function diffFiles(
  session: Session,
  before: string,
  after: string | undefined,
  args: DiffArguments,
): Promise<void> {
  const { output, out, json = false, exitCode = false } = args
  const found = await diff(before, after, { ...choiceIn(args), output, out }, session.where)
  const { differences, path } = found
  if (exitCode && differences.length > 0) session.exitCode = exitCodes.failed
  if (json) {
    session.printJson({ differences, ...(path !== undefined && { path }) })
    return
  }
  if (differences.length === 0) session.print('No difference in meaning.')
  for (const each of differences) printDifference(session, each)
  if (path !== undefined) session.print(`wrote ${session.shown(path)}`)
}

const signs = { added: '+', removed: '-', changed: '~' } as const

function printDifference(session: Session, { kind, names, change, facts }: Difference): void {
  const { green, red, yellow, bold } = session.colours()
  const colour = { added: green, removed: red, changed: yellow }[change]
  session.print(colour(`${signs[change]} ${kind} ${bold(names.join(', '))}`))
  for (const { name, before, after } of facts) {
    session.print(`    ${name}`)
    if (before !== undefined) session.print(red(`    - ${before}`))
    if (after !== undefined) session.print(green(`    + ${after}`))
  }
}
