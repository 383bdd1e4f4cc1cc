/** `ccn check`: prints what was found in files; the exit code is 1 if one has errors. */
import { codes } from '../grammar/diagnostics/codes.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { checkFiles as check, type CheckedFile } from '../project/check.ts'
import type { CertifiedFile } from '../project/certify.ts'
import type { CertifiedForm } from '../service/certificates/forms.ts'
import { certifiedData, printCertified } from './certifying.ts'
import { dataFor, renderFor } from './diagnostics.ts'
import { exitCodes } from './errors.ts'
import type { Session } from './session.ts'

/** Checks files, and those below folders, and prints the findings. */
export async function checkFiles(
  session: Session,
  paths: readonly string[],
  { json, certify }: { readonly json: boolean; readonly certify: boolean },
): Promise<void> {
  const found = await check(session.where, paths)
  const checked: readonly Checked[] = certify ? await certified(session, found) : found
  for (const { file, onlyPairs } of checked) {
    if (onlyPairs === undefined) continue
    session.say(`${file}: only ${onlyPairs} pairs of experiments and variants were looked into.`)
  }
  if (json) session.printJson(checked.map((each) => dataOf(session, each)))
  else for (const each of checked) printFile(session, each)
  if (checked.some((each) => count(each, 'error') > 0)) session.exitCode = exitCodes.failed
}

/** A file, with what holds of it where that was asked for. */
interface Checked extends CheckedFile {
  readonly certified?: CertifiedFile
}

/** What is stated and does not hold is an error here, told with the certificates. */
async function certified(
  session: Session,
  files: readonly CheckedFile[],
): Promise<readonly Checked[]> {
  const { certifyFile } = await import('../project/certify.ts')
  const all: Checked[] = []
  for (const each of files) {
    const isBroken = count(each, 'error') > 0
    const findings = each.findings.filter(({ diagnostic }) => diagnostic.code !== unmetCode)
    const found = isBroken ? undefined : await certifyFile(session.where, each.file)
    all.push({ ...each, findings, ...(found && { certified: found }) })
  }
  return all
}

const unmetCode = codes.claimFails.code

function printFile(session: Session, checked: Checked): void {
  const { file, findings, sources, certified: holds } = checked
  const colours = session.colours()
  for (const { diagnostic, where } of findings) {
    if (diagnostic.severity === 'remark') continue
    const note = where === undefined ? '' : `\n  = in ${where}`
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
    const scope = where === undefined ? '' : `in ${where}: `
    session.print(`  ${scope}${diagnostic.message} ${colours.dim(`[${diagnostic.code}]`)}`)
  }
  if (holds) printCertified(session, holds)
}

function dataOf(session: Session, checked: Checked) {
  const { file, findings, sources, certified: holds } = checked
  return {
    file: session.shown(session.path(file)),
    errors: count(checked, 'error'),
    warnings: count(checked, 'warning'),
    diagnostics: findings.map(({ diagnostic, where }) => ({
      ...dataFor(session, diagnostic, sources),
      ...(where !== undefined && { where }),
    })),
    ...(holds && { forms: certifiedData(session, holds) }),
  }
}

function count({ findings, certified: holds }: Checked, severity: Diagnostic['severity']): number {
  const unmet = severity === 'error' ? new Set(holds?.forms.flatMap(unmetNames)).size : 0
  return unmet + findings.filter(({ diagnostic }) => diagnostic.severity === severity).length
}

/** What is stated and does not hold in a form, by its place: one mistake, in however many forms. */
const unmetNames = ({ unmet }: CertifiedForm): readonly string[] =>
  unmet.map(({ span }) => `${span.file} ${span.start}`)

function counted(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}
