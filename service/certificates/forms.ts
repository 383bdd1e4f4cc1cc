/**
 * Every form that a file can take, certified: as it stands, with each variant, and with each further
 * experiment. Not every variant is meant for every experiment: of the pairs of a variant, or an experiment,
 * the first is taken that has no error, if there is one in which all that is stated holds.
 */
import { compile, type CompileOptions, type Host } from '../../compiler/compile.ts'
import type { Diagnostic } from '../../grammar/diagnostics/diagnostic.ts'
import { codes } from '../../grammar/diagnostics/codes.ts'
import { certify, type Certificate } from './index.ts'

/** A form of a file, and what holds of it. */
export interface CertifiedForm {
  readonly experiment?: string
  readonly variant?: string
  readonly certificates: readonly Certificate[]
  /** What is stated and does not hold, as errors. */
  readonly unmet: readonly Diagnostic[]
}

/** What was found in a file. */
export interface CertifiedFile {
  readonly forms: readonly CertifiedForm[]
  /** Every text that was read, by path. */
  readonly sources: ReadonlyMap<string, string>
}

/** How many forms are compiled. */
const most = 400

/** Certifies the file at an absolute path in every form; none where it has errors. */
export function certifyForms(
  main: string,
  host: Host,
  { parse }: Pick<CompileOptions, 'parse'> = {},
): CertifiedFile {
  const sources = new Map<string, string>()
  let runs = 0
  const run = (options: Pick<CompileOptions, 'experiment' | 'variants'>) => {
    runs++
    const compilation = compile(main, host, {
      until: 'model',
      ...(parse && { parse }),
      ...options,
    })
    for (const [path, text] of compilation.sources) sources.set(path, text)
    return compilation
  }
  type Compiled = ReturnType<typeof run>
  const form = (compiled: Compiled, named: { experiment?: string; variant?: string }) => ({
    ...named,
    certificates: certify(compiled),
    unmet: unmetIn(compiled.diagnostics),
  })

  const first = run({})
  const { model } = first
  if (!model || !first.certificates) return { forms: [], sources }
  const [, ...others] = model.experiments.map(({ item }) => item.name.name)
  const variants = model.variants.map(({ name }) => name)
  const forms: CertifiedForm[] = [form(first, {})]
  /** The first of some pairs in which all holds, else the first without errors. */
  const choose = (pairs: readonly { experiment?: string; variant?: string }[]): void => {
    let kept: CertifiedForm | undefined
    for (const pair of pairs) {
      if (runs >= most) break
      const { experiment, variant } = pair
      const compiled = run({
        ...(experiment !== undefined && { experiment }),
        ...(variant !== undefined && { variants: [variant] }),
      })
      if (!compiled.certificates) continue
      const found = form(compiled, pair)
      if (!kept || found.unmet.length === 0) kept = found
      if (found.unmet.length === 0) break
    }
    if (kept) forms.push(kept)
  }
  for (const variant of variants)
    choose([{ variant }, ...others.map((experiment) => ({ experiment, variant }))])
  for (const experiment of others)
    choose([{ experiment }, ...variants.map((variant) => ({ experiment, variant }))])
  return { forms, sources }
}

function unmetIn(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.flatMap((each) =>
    each.code === codes.claimFails.code ? [{ ...each, severity: 'error' as const }] : [],
  )
}
