/**
 * What is wrong with a file in any form that it can take: compiles it as it stands, then every further
 * experiment and every variant. Not every variant is meant for every experiment. So what is found in an
 * experiment is told if no variant makes sense of it, and what is found in a variant if no experiment
 * does. What only cannot be run yet is no error here. What corresponds in a limit between two circuits is looked
 * for in each of them, in the experiment that runs it.
 */
import { compile, toldOf, type CompileOptions, type Host } from '../compiler/compile.ts'
import { pointsOf } from '../contract/sweep-points.ts'
import type { SweepPlan } from '../contract/sweep.ts'
import type { Model } from '../compiler/model/model.ts'
import { isSwept } from '../compiler/model/sweeps/resolve.ts'
import { codes } from '../grammar/diagnostics/codes.ts'
import type { SourceFile, Span } from '../grammar/ast.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { Parsed } from '../grammar/parse.ts'
import { KeptRuns, type Made } from './kept-runs.ts'
import { ParsedFiles } from './parsed-files.ts'

/** How many pairs of an experiment and variants are compiled. */
const most = 400

/** Something that was found. */
export interface Finding {
  readonly diagnostic: Diagnostic
  /** `variant symmetric`, if it is not there without. */
  readonly where?: string
}

/** What was found in a file. */
export interface Checked {
  readonly findings: readonly Finding[]
  /** Every text that was read, by path. */
  readonly sources: ReadonlyMap<string, string>
  /** Pairs of experiments and variants that were looked into, if there are more. */
  readonly onlyPairs?: number
}

/** Findings by what they say and where. */
type Findings = ReadonlyMap<string, Diagnostic>

/** What a check keeps for the next one of the same file; without, everything is done anew. */
export interface CheckHistory {
  /** Parses a text, or gives what was parsed before. */
  readonly parse?: CompileOptions['parse']
  readonly runs?: KeptRuns<Form>
}

/** What a check asks of a form of the file besides what was found in it. */
interface Form {
  /** Of the first form. */
  readonly outline?: Outline
  /** Values that copies set. */
  readonly copies: readonly Readonly<Record<string, string>>[]
}

/** Which forms a file has. */
interface Outline {
  readonly experiments: readonly string[]
  readonly variants: readonly string[]
  readonly observed: ReturnType<typeof observedIn>
  readonly axes: ReturnType<typeof axesOf>
}

/** Checks the file at an absolute path. */
export function checkAll(main: string, host: Host, history: CheckHistory = {}): Checked {
  const { parse = new ParsedFiles().parse, runs: keptRuns = new KeptRuns<Form>() } = history
  // One text of each file for all of the check, read once.
  const texts = new Map<string, string | undefined>()
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, host.read(path))
    return texts.get(path)
  }
  const parsed = parsedAt(main, read, parse)
  const kept = keptRuns.begin(main, parsed, read)
  const run: Run = (options) =>
    kept.run(options, (readNow, whole) => {
      const parseNow: typeof parse = (text, path) =>
        path === main && text === whole?.file.text ? whole : parse(text, path)
      const { reported, sources, model, sweeps, plan } = compile(
        main,
        { projectRoot: host.projectRoot, libraryRoot: host.libraryRoot, read: readNow },
        { optimise: false, guard: false, parse: parseNow, ...options },
      )
      const isFirst = Object.keys(options).length === 0
      const copies = plan?.varied ?? []
      if (!isFirst || !model) return { reported, sources, form: { copies } }
      const outline: Outline = {
        experiments: model.experiments.map(({ item }) => item.name.name),
        variants: model.variants.map(({ name }) => name),
        observed: observedIn(model),
        axes: axesOf(sweeps ?? [], model),
      }
      return { reported, sources, form: { copies, outline } }
    })
  return checkForms(run, parsed?.file)
}

/** The tree of the main file, if it can be read. */
function parsedAt(
  main: string,
  read: Host['read'],
  parse: NonNullable<CompileOptions['parse']>,
): Parsed | undefined {
  try {
    const text = read(main)
    return text === undefined ? undefined : parse(text, main)
  } catch {
    // The compiler says why.
    return undefined
  }
}

/** The pair at which it was known what all pairs have in common. */
interface Ended {
  at: number
}

/** Compiles a form of the file, or knows what was found in it. */
type Run = (options: CompileOptions) => Made<Form>

/** `isDirect`: a pair that is likely to settle what is told is looked into before those in front of it. */
function checkForms(compiled: Run, ast: SourceFile | undefined, isDirect = true): Checked {
  const sources = new Map<string, string>()
  /** At least as many as there are in order. */
  let runs = 0
  /** Values that copies set, of every experiment whose copies do. */
  const copied: (Pick<CompileOptions, 'experiment' | 'set'> & { readonly name: string })[] = []
  let outline: Outline | undefined
  const run = (options: CompileOptions): Findings => {
    runs++
    const { reported, sources: used, form } = compiled(options)
    outline ??= form.outline
    for (const [path, text] of used) sources.set(path, text)
    const { experiment, variants: ofForm = [] } = options
    for (const set of ofForm.length > 0 || options.set ? [] : form.copies)
      copied.push({
        name: experiment ?? outline?.experiments[0] ?? '',
        set,
        ...(experiment !== undefined && { experiment }),
      })
    return findingsOf(toldOf(reported, used, ast))
  }

  const plain = run({})
  const findings = new Map(entries(plain))
  const add = (found: Findings, where: string): void => {
    for (const [key, finding] of entries(found, where)) {
      if (!findings.has(key)) findings.set(key, finding)
    }
  }
  const { experiments = [], variants = [], observed = [], axes = [] } = outline ?? {}
  const others = experiments.slice(1)
  /** A form by itself, then pairs, of which the one at which the last pairs ended comes first. */
  const lazily = function* (
    alone: CompileOptions,
    pairs: readonly CompileOptions[],
    before: Ended,
  ): Iterable<Findings> {
    const found = run(alone)
    yield found
    // Which pair comes first makes no difference if the form by itself is without errors.
    const isFree = [...found].every(([key, each]) => each.severity !== 'error' || plain.has(key))
    const first = isDirect && isFree && before.at < pairs.length ? before.at : 0
    if (pairs[first] && first > 0 && runs < most) {
      runs += first
      yield run(pairs[first])
    }
    for (const [i, pair] of pairs.entries()) {
      if (runs >= most) return
      if (i === first && first > 0) continue
      before.at = i
      yield run(pair)
    }
  }
  const ended: Ended = { at: 0 }
  for (const experiment of others.slice(0, most)) {
    const pairs = variants.map((name) => ({ experiment, variants: [name] }))
    add(inAll(lazily({ experiment }, pairs, ended), plain), `experiment ${experiment}`)
  }
  ended.at = 0
  for (const variant of variants.slice(0, most)) {
    const pairs = others.map((experiment) => ({ experiment, variants: [variant] }))
    add(inAll(lazily({ variants: [variant] }, pairs, ended), plain), `variant ${variant}`)
  }
  for (const { where, options, span } of observed) {
    if (runs >= most) break
    const within = [...run({ ...options, until: 'model' })].filter(
      ([, { severity, span: at }]) =>
        severity === 'error' &&
        at.file === span.file &&
        at.start >= span.start &&
        at.end <= span.end,
    )
    add(new Map(within), where)
  }
  // What is new at further points; `ccn sweep` compiles every point, this one axis at a time.
  const addFresh = (options: CompileOptions, where: string): void => {
    const fresh = [...run({ ...options, until: 'model' })].filter(
      ([key, { severity }]) => severity === 'error' && !plain.has(key),
    )
    add(new Map(fresh), where)
  }
  for (const { name, at, options } of axes) {
    if (runs >= most) break
    addFresh(options, `sweep ${name} at ${at}`)
  }
  for (const { name, ...options } of copied) {
    if (runs >= most) break
    const at = Object.entries(options.set ?? {}).map(([varied, value]) => `${varied}=${value}`)
    addFresh(options, `the copies of ${name} at ${at.join(' ')}`)
  }
  // Which pairs are left out where there are too many follows from their order.
  if (isDirect && runs >= most) return checkForms(compiled, ast, false)
  return {
    findings: [...findings.values()],
    sources,
    ...(runs >= most && { onlyPairs: runs }),
  }
}

/** Both sides of every limit that a file states: a circuit, and what is looked at in it. */
function observedIn({ refinements }: Model): readonly {
  readonly where: string
  readonly options: CompileOptions
  readonly span: Span
}[] {
  return refinements.flatMap(({ left, right, pairs, span }) =>
    [
      { circuit: left, observed: pairs.map((each) => each.left) },
      { circuit: right, observed: pairs.map((each) => each.right) },
    ].map(({ circuit, observed }) => ({
      where: circuit.variant === undefined ? circuit.name : `variant ${circuit.variant}`,
      options: {
        observed,
        ...(circuit.variant !== undefined && { variants: [circuit.variant] }),
        ...(circuit.experiment !== undefined && { experiment: circuit.experiment }),
      },
      span,
    })),
  )
}

/** Up to so many values of an axis are looked at each, and of more some: each is a compilation. */
const mostValues = 100
const someValues = 16

/** Some of a list's elements, evenly, with both ends; all of a short list. */
function spread<T>(list: readonly T[]): readonly T[] {
  if (list.length <= mostValues) return list
  const step = (list.length - 1) / (someValues - 1)
  return Array.from({ length: someValues }, (_, i) => list[Math.round(i * step)]!)
}

/** Values along each axis of sweeps, each by itself: all, or of very many some. */
function axesOf(
  sweeps: readonly SweepPlan[],
  model: Model,
): readonly { readonly name: string; readonly at: string; readonly options: CompileOptions }[] {
  return sweeps.flatMap(({ name, experiment, axes }) =>
    axes.flatMap((axis) =>
      pointsOf(
        {
          name,
          settings: {},
          axes: [{ ...axis, steps: spread(axis.steps) }],
          figures: [],
          stops: [],
        },
        (each) => isSwept(model, each),
      ).map(({ values, variants, set }) => ({
        name,
        at: Object.entries(values)
          .map(([varied, value]) => `${varied}=${value}`)
          .join(' '),
        options: { variants, set, ...(experiment !== undefined && { experiment }) },
      })),
    ),
  )
}

/** How many findings are of a severity. */
export function countOf(findings: readonly Finding[], severity: Diagnostic['severity']): number {
  return findings.filter(({ diagnostic }) => diagnostic.severity === severity).length
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
  return [...found].map(([key, diagnostic]) => [
    key,
    { diagnostic, ...(where !== undefined && { where }) },
  ])
}
