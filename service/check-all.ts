/**
 * `ccn check`: compiles a file as it stands, then every further experiment and every variant. Not
 * every variant is meant for every experiment. So what is found in an experiment is told if no
 * variant makes sense of it, and what is found in a variant if no experiment does. What only cannot
 * be run yet is no error here.
 */
import { codes } from '../grammar/diagnostics/codes.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { compile, type CompileOptions } from '../compiler/index.ts'
import { sourceOnDisk } from '../project/sources.ts'
import { dataFor, renderFor, type SourceTexts } from '../cli/diagnostics.ts'
import { exitCodes } from '../cli/errors.ts'
import { namedFiles } from '../project/files.ts'
import type { Session } from '../cli/session.ts'

/** How many pairs of an experiment and variants are compiled. */
const MOST = 400

interface Finding {
  readonly diagnostic: Diagnostic
  /** `variant symmetric`, if it is not there without. */
  readonly where?: string
}

/** Findings by what they say and where. */
type Findings = ReadonlyMap<string, Diagnostic>

interface CheckedFile {
  readonly file: string
  readonly findings: readonly Finding[]
  readonly sources: SourceTexts
}

/**
 * Checks files, and those below folders, and prints the findings; the exit code is 1 if one has
 * errors.
 */
export function checkFiles(session: Session, paths: readonly string[], json: boolean): void {
  const checked = namedFiles(session, paths).map((file) => checkFile(session, file))
  const failed = checked.some(({ findings }) => count(findings, 'error') > 0)
  if (json) session.printJson(checked.map((each) => dataOf(session, each)))
  else for (const each of checked) printFile(session, each)
  if (failed) session.exitCode = exitCodes.failed
}

function checkFile(session: Session, file: string): CheckedFile {
  const { main, host } = sourceOnDisk(session, file)
  const sources = new Map<string, string>()
  let runs = 0
  const run = (options: CompileOptions) => {
    runs++
    const compilation = compile(main, host, { optimise: false, ...options })
    for (const [path, text] of compilation.sources) sources.set(path, text)
    return { ...compilation, found: findingsOf(compilation.diagnostics) }
  }

  const { model, found: plain } = run({})
  const findings = new Map(entries(plain))
  const add = (found: Findings, where: string): void => {
    for (const [key, finding] of entries(found, where)) {
      if (!findings.has(key)) findings.set(key, finding)
    }
  }
  if (model) {
    const [, ...others] = model.experiments.map(({ item }) => item.name.name)
    const variants = model.variants.map(({ name }) => name)
    const lazily = function* (pairs: readonly CompileOptions[]): Iterable<Findings> {
      for (const [i, pair] of pairs.entries()) if (i === 0 || runs < MOST) yield run(pair).found
    }
    for (const experiment of others.slice(0, MOST)) {
      const pairs = variants.map((name) => ({ experiment, variants: [name] }))
      add(inAll(lazily([{ experiment }, ...pairs]), plain), `experiment ${experiment}`)
    }
    for (const variant of variants.slice(0, MOST)) {
      const pairs = others.map((experiment) => ({ experiment, variants: [variant] }))
      add(inAll(lazily([{ variants: [variant] }, ...pairs]), plain), `variant ${variant}`)
    }
    if (runs >= MOST) {
      session.say(`${file}: only ${runs} pairs of experiments and variants were looked into.`)
    }
  }
  return { file, findings: [...findings.values()], sources }
}

/**
 * What is new in all pairs that have no new errors; or if there is no such pair, in all. Looks at no
 * more pairs than it takes.
 */
function inAll(pairs: Iterable<Findings>, plain: Findings): Findings {
  let kept: Findings | undefined
  for (const found of pairs) {
    const fresh = new Map([...found].filter(([key]) => !plain.has(key)))
    if (!kept || (has(kept, 'error') && !has(fresh, 'error'))) kept = fresh
    else if (has(kept, 'error') || !has(fresh, 'error')) {
      const both = ([key, { severity }]: [string, Diagnostic]): boolean =>
        severity === 'remark' || fresh.has(key)
      kept = new Map([...kept].filter(both))
    }
    if (!has(kept, 'error') && !has(kept, 'warning')) break
  }
  return kept ?? new Map()
}

function has(found: Findings, severity: Diagnostic['severity']): boolean {
  return [...found.values()].some((each) => each.severity === severity)
}

function findingsOf(diagnostics: readonly Diagnostic[]): Findings {
  return new Map(
    diagnostics.map((found) => {
      const { code, message, span } = found
      const remark = code === codes.noLowering.code
      return [
        JSON.stringify([code, message, span]),
        remark ? { ...found, severity: 'remark' } : found,
      ]
    }),
  )
}

function entries(found: Findings, where?: string): [string, Finding][] {
  return [...found].map(([key, diagnostic]) => [key, { diagnostic, ...(where && { where }) }])
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
