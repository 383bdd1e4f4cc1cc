/**
 * `ccn check`: compiles a file as it stands, then once for every further experiment and for every
 * variant, so that nothing in it stays unread, and tells what was found. What only cannot be run
 * yet is no error here.
 */
import { codes } from '../compiler/diagnostics/codes.ts'
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts'
import { compile, type CompileOptions } from '../compiler/index.ts'
import { sourceOnDisk } from './sources.ts'
import { dataFor, renderFor, type SourceTexts } from './diagnostics.ts'
import { exitCodes } from './errors.ts'
import type { Session } from './session.ts'

/** How many experiments, and how many variants, are compiled. */
const MOST = 100

interface Finding {
  readonly diagnostic: Diagnostic
  /** `variant symmetric`, if it is not there without. */
  readonly where?: string
}

interface CheckedFile {
  readonly file: string
  readonly findings: readonly Finding[]
  readonly sources: SourceTexts
}

/** Checks files and prints the findings; the exit code is 1 if one has errors. */
export function checkFiles(session: Session, files: readonly string[], json: boolean): void {
  const checked = files.map((file) => checkFile(session, file))
  const failed = checked.some(({ findings }) => count(findings, 'error') > 0)
  if (json) session.printJson(checked.map((each) => dataOf(session, each)))
  else for (const each of checked) printFile(session, each)
  if (failed) session.exitCode = exitCodes.failed
}

function checkFile(session: Session, file: string): CheckedFile {
  const { main, host } = sourceOnDisk(session, file)
  const sources = new Map<string, string>()
  const findings = new Map<string, Finding>()
  const run = (options: CompileOptions, where?: string) => {
    const compilation = compile(main, host, { optimise: false, ...options })
    for (const [path, text] of compilation.sources) sources.set(path, text)
    for (const found of compilation.diagnostics) {
      const { code, message, span } = found
      const key = JSON.stringify([code, message, span])
      const diagnostic: Diagnostic =
        code === codes.noLowering.code ? { ...found, severity: 'remark' } : found
      if (!findings.has(key)) findings.set(key, { diagnostic, ...(where && { where }) })
    }
    return compilation
  }

  const { model } = run({})
  if (model) {
    const others = model.experiments.slice(1).map(({ item }) => item.name.name)
    for (const name of others.slice(0, MOST)) run({ experiment: name }, `experiment ${name}`)
    for (const { name } of model.variants.slice(0, MOST)) {
      run({ variants: [name] }, `variant ${name}`)
    }
    if (others.length > MOST || model.variants.length > MOST) {
      session.say(`${file}: only the first ${MOST} experiments and variants were looked into.`)
    }
  }
  return { file, findings: [...findings.values()], sources }
}

function printFile(session: Session, { file, findings, sources }: CheckedFile): void {
  const colours = session.colours()
  for (const { diagnostic, where } of findings) {
    if (diagnostic.severity === 'remark') continue
    const note = where ? `\n  = in ${where}` : ''
    session.print(`${renderFor(session, diagnostic, sources, 'stdout')}${note}\n`)
  }
  const [errors, warnings] = [count(findings, 'error'), count(findings, 'warning')]
  const verdict = [counted(errors, 'error'), ...(warnings ? [counted(warnings, 'warning')] : [])]
  const colour = errors > 0 ? colours.red : warnings > 0 ? colours.yellow : colours.green
  session.print(`${session.shown(session.path(file))}: ${colour(verdict.join(', '))}`)
  for (const { diagnostic, where } of findings) {
    if (diagnostic.severity !== 'remark') continue
    const scope = where ? `in ${where}: ` : ''
    session.print(`  ${scope}${diagnostic.message} ${colours.dim(`[${diagnostic.code}]`)}`)
  }
}

function dataOf(session: Session, { file, findings, sources }: CheckedFile) {
  return {
    file: session.shown(session.path(file)),
    errors: count(findings, 'error'),
    warnings: count(findings, 'warning'),
    diagnostics: findings.map(({ diagnostic, where }) => ({
      ...dataFor(session, diagnostic, sources),
      ...(where && { where }),
    })),
  }
}

function count(findings: readonly Finding[], severity: Diagnostic['severity']): number {
  return findings.filter(({ diagnostic }) => diagnostic.severity === severity).length
}

function counted(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}
