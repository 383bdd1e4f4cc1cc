/** `ccn check`: prints what was found in files; the exit code is 1 if one has errors. */
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { checkFiles as check, type CheckedFile } from '../project/check.ts'
import { dataFor, renderFor } from './diagnostics.ts'
import { exitCodes } from './errors.ts'
import type { Session } from './session.ts'

/** Checks files, and those below folders, and prints the findings. */
export async function checkFiles(
  session: Session,
  paths: readonly string[],
  json: boolean,
): Promise<void> {
  const checked = await check(session.where, paths)
  for (const { file, onlyPairs } of checked) {
    if (onlyPairs === undefined) continue
    session.say(`${file}: only ${onlyPairs} pairs of experiments and variants were looked into.`)
  }
  if (json) session.printJson(checked.map((each) => dataOf(session, each)))
  else for (const each of checked) printFile(session, each)
  if (checked.some((each) => count(each, 'error') > 0)) session.exitCode = exitCodes.failed
}

function printFile(session: Session, checked: CheckedFile): void {
  const { file, findings, sources } = checked
  const colours = session.colours()
  for (const { diagnostic, where } of findings) {
    if (diagnostic.severity === 'remark') continue
    const note = where ? `\n  = in ${where}` : ''
    session.print(`${renderFor(session, diagnostic, sources, 'stdout')}${note}\n`)
  }
  const [errors, warnings] = [count(checked, 'error'), count(checked, 'warning')]
  const verdict = [
    counted(errors, 'error'),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  const colour = errors > 0 ? colours.red : warnings > 0 ? colours.yellow : colours.green
  session.print(`${session.shown(session.path(file))}: ${colour(verdict.join(', '))}`)
  for (const { diagnostic, where } of findings) {
    if (diagnostic.severity !== 'remark') continue
    const scope = where ? `in ${where}: ` : ''
    session.print(`  ${scope}${diagnostic.message} ${colours.dim(`[${diagnostic.code}]`)}`)
  }
}

function dataOf(session: Session, checked: CheckedFile) {
  const { file, findings, sources } = checked
  return {
    file: session.shown(session.path(file)),
    errors: count(checked, 'error'),
    warnings: count(checked, 'warning'),
    diagnostics: findings.map(({ diagnostic, where }) => ({
      ...dataFor(session, diagnostic, sources),
      ...(where && { where }),
    })),
  }
}

function count({ findings }: CheckedFile, severity: Diagnostic['severity']): number {
  return findings.filter(({ diagnostic }) => diagnostic.severity === severity).length
}

function counted(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}
