/**
 * From a file and what is asked for to a sweep of which every point is a valid model: what is wrong with any
 * of them is said before anything runs.
 */
import { seedsOfCopies } from '../../contract/copies.ts'
import type { SweepPlan } from '../../contract/sweep.ts'
import { numbersOf, pointCount, pointsOf, type SweepPoint } from '../../contract/sweep-points.ts'
import { compile, type Compilation } from '../../compiler/compile.ts'
import type { Host } from '../../compiler/compile.ts'
import { isSwept } from '../../compiler/model/sweeps/resolve.ts'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import { ParsedFiles } from '../../service/parsed-files.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import { overridePlan } from '../../runtime/train/override.ts'
import { sha256 } from '../../runtime/node/train/source-record.ts'
import { RunError } from '../../runtime/train/errors.ts'
import { dataFolder } from '../data-folder.ts'
import { sourceRecords } from '../disk-host.ts'
import { CompileError, misuse, ProjectError } from '../errors.ts'
import { compilerFingerprint, versions } from '../package-info.ts'
import { foldersIn, rootsOf } from '../experiment.ts'
import { sourceIn } from '../sources.ts'
import { pathIn, type Surroundings } from '../surroundings.ts'
import { inUnits, requireFigures, unitsOf } from './figures.ts'
import { identityOfSources } from './identity.ts'
import { inputFiles } from './inputs.ts'
import { requireFixed, withGiven } from './requested.ts'
import type { DefinedPoint, SweepFile } from './sweep-file.ts'

/** The most points that are run. */
const MOST_POINTS = 1_000_000

/** What is asked for. */
export interface SweepRequest {
  /** Of the sweep that the file declares; may be left out if there is one, or with `vary`. */
  readonly name?: string | undefined
  /** What the sweep is kept under; default its own name. */
  readonly called?: string | undefined
  /** `feedback=0.5,1,2`, `rate=log(0.01, 1, 7)`, `variant=none,tied`: in place of the sweep's own, or more. */
  readonly vary?: readonly string[] | undefined
  /** `1..10`, or `1,5,7` */
  readonly seeds?: string | undefined
  /** `error`, `error best` */
  readonly report?: readonly string[] | undefined
  readonly experiment?: string | undefined
  /** The same at every point. */
  readonly set?: Readonly<Record<string, string>> | undefined
  readonly epochs?: number | undefined
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly limit?: number | undefined
  readonly precision?: 'f32' | 'f64' | undefined
  readonly dataDir?: string | undefined
  readonly allowRead?: readonly string[] | undefined
  /** Keep the weights at the end of each point. */
  readonly weights?: boolean | undefined
  readonly host?: Host | undefined
  /** Told what the compiler warns of, each message once, and of which point first. */
  readonly warn?: ((message: string, point: string) => void) | undefined
}

/**
 * Defines a sweep of a file for an engine. Throws CompileError if the file or a point has errors,
 * ProjectError for what cannot be done.
 */
export async function defineSweep(
  where: Surroundings,
  file: string,
  request: SweepRequest,
  engine: { readonly name: string },
): Promise<SweepFile> {
  const source = sourceIn(where, file, request.host)
  const parsed = new ParsedFiles()
  const options = { parse: parsed.parse }
  const given = givenText(request)
  const first = compiled(
    compile(source.main, source.host, {
      ...options,
      until: 'model',
      ...(given !== undefined && { sweep: given }),
    }),
  )
  const said = merged(chosen(first, request, given !== undefined), request)
  const asked = request.called === undefined ? said : { ...said, name: request.called }
  const { model: main } = first
  if (!main) throw new Error('the compiler gave no model, but no error either')
  requireFixed(asked, request, (name) => isSwept(main, name))
  const pointsFor = (sweep: SweepPlan): readonly SweepPoint[] => {
    requireFew(sweep)
    return pointsOf(sweep, (name) => isSwept(main, name)).map((point) => ({
      ...point,
      set: { ...request.set, ...point.set },
    }))
  }
  const { experiment } = asked
  const compiledAt = ({ variants, set }: SweepPoint, until?: 'model'): Compilation =>
    compile(source.main, source.host, {
      ...options,
      ...(experiment !== undefined && { experiment }),
      variants,
      set,
      ...(until && { until }),
    })
  const [base] = pointsFor(asked)
  const models = new Map([[formOf(base!), compiledAt(base!)]])
  const plan = withCopies(asked, models.get(formOf(base!))?.plan)
  const points = pointsFor(plan)
  const failures: { point: SweepPoint; error: CompileError }[] = []
  const looked = new Set<string>()
  for (const point of points) {
    const form = formOf(point)
    if (looked.has(form)) continue
    looked.add(form)
    const found = models.get(form) ?? compiledAt(point, 'model')
    models.set(form, found)
    if (found.diagnostics.some(({ severity }) => severity === 'error')) {
      failures.push({ point, error: new CompileError(found.diagnostics, found.sources) })
    }
  }
  if (failures.length > 0) throw invalid(plan, failures, models.size)
  tellWarnings(points, models, request.warn)
  const whole = models.get(formOf(base!))
  const experimentPlan = whole?.plan
  if (!whole?.model || !experimentPlan) {
    throw new ProjectError(`${file} has no experiment to run.`, {
      hint: 'Add one, e.g. `experiment NAME { data digits  present x = image  ... }`.',
    })
  }
  requireFigures(plan, experimentPlan)
  const units = unitsOf(experimentPlan)
  requireSettings(plan, points, experimentPlan)
  const folders = [...rootsOf(where, source, file), ...foldersIn(where, request.allowRead)]
  const { data } = experimentPlan
  const files = await inputFiles({
    sources: first.sources,
    values: [...new Set(points.flatMap(({ set }) => Object.values(set)))],
    data: data && { dataset: data.dataset, folder: await dataFolder(where, request.dataDir) },
    folders,
  })
  const identities = {
    model: identityOfSources(first.sources, source.main),
    version: compilerFingerprint() ?? versions().ccn,
    engine: engine.name.startsWith('tfjs') ? 'tfjs' : engine.name,
    experiment: experimentPlan.name,
    precision: request.precision ?? experimentPlan.precision ?? 'f32',
    data: experimentPlan.data?.dataset ?? null,
    // What files are called counts by the sources already, and where they lie for nothing.
    files: files.map(({ sha256: hash }) => hash).toSorted(),
  }
  return {
    name: plan.name,
    model: whole.model.name,
    file,
    version: versions().ccn,
    plan: inUnits(plan, units),
    units,
    common: {
      experiment: experimentPlan.name,
      precision: request.precision,
      engine: engine.name,
      dataDir: request.dataDir === undefined ? undefined : pathIn(where, request.dataDir),
      allowRead: request.allowRead?.map((folder) => pathIn(where, folder)),
      weights: request.weights,
    },
    epochs: epochsOf(plan, experimentPlan),
    sources: sourceRecords(source.main, first.sources, source.host),
    root: source.host.projectRoot,
    files,
    points: points.map((point) =>
      defined(point, models.get(formOf(point))!, identities, experimentPlan),
    ),
  }
}

/** Throws ProjectError for a sweep of too many points. */
function requireFew(plan: SweepPlan): void {
  const count = pointCount(plan)
  if (count <= MOST_POINTS) return
  throw new ProjectError(`Sweep ${plan.name} has ${count} points; the limit is ${MOST_POINTS}.`)
}

/** A sweep that says no seeds has those of the copies that its experiment says. */
function withCopies(plan: SweepPlan, of: ExperimentPlan | undefined): SweepPlan {
  const saysSeed = plan.seeds ?? plan.axes.find(({ names }) => names.includes('seed'))
  if (of?.varied)
    throw new ProjectError(
      `Sweep ${plan.name} is of the experiment ${of.name}, whose copies set values themselves.`,
      {
        hint: 'Say in the sweep what varies, as in `vary g in [1, 2]`, and leave `with` out of `replicate`.',
      },
    )
  if (of?.replicate === undefined || saysSeed !== undefined) return plan
  return { ...plan, seeds: seedsOfCopies(of.seed, of.replicate) }
}

const formOf = ({ variants, set }: SweepPoint): string => JSON.stringify([variants, set])

function compiled(compilation: Compilation): Compilation {
  const { diagnostics, sources } = compilation
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    throw new CompileError(diagnostics, sources)
  }
  return compilation
}

/** A point with its key; what does not matter for its result does not matter for the key. */
function defined(
  { values, variants, set, settings, seed }: SweepPoint,
  { model }: Compilation,
  identities: object,
  plan: ExperimentPlan,
): DefinedPoint {
  const params = model?.params.map(({ name, value }) => [name, value])
  const key = sha256(
    JSON.stringify(
      [identities, variants, params, settings, seed ?? plan.seed],
      (name, value: unknown) =>
        name === 'symbol' || name === 'span'
          ? undefined
          : typeof value === 'bigint'
            ? `${value}`
            : value,
    ),
  )
  return { key, values, variants, set, settings, ...(seed !== undefined && { seed }) }
}

/** The sweep that is asked for: the given one, or that of the name, or the only one. */
function chosen(
  { sweeps = [], model }: Compilation,
  { name, vary = [], seeds }: SweepRequest,
  isGiven: boolean,
): SweepPlan {
  const added = isGiven ? sweeps.at(-1) : undefined
  const own = isGiven ? sweeps.slice(0, -1) : sweeps
  const names = own.map((each) => each.name)
  const found = name === undefined ? undefined : own.find((each) => each.name === name)
  if (name !== undefined && !found && vary.length === 0 && seeds === undefined) {
    const guess = suggest(name, names)
    throw new ProjectError(`${model?.name ?? 'The file'} declares no sweep ${name}.`, {
      hint:
        guess === undefined
          ? names.length > 0
            ? `Its sweeps are ${names.join(', ')}.`
            : 'Declare one, or say what varies: --vary feedback=0.5,1,2 --seeds 1..10.'
          : `Did you mean ${guess}?`,
    })
  }
  const base =
    found ??
    (added && vary.length > 0
      ? undefined
      : name === undefined && own.length === 1
        ? own[0]
        : undefined)
  if (!base && !added) {
    throw misuse(
      names.length > 1
        ? `Say which sweep: ${names.join(', ')}.`
        : 'There is nothing to sweep: the file declares no sweep.',
      names.length > 1 ? undefined : 'Say what varies: --vary feedback=0.5,1,2 --seeds 1..10.',
    )
  }
  if (!base) return { ...added!, name: name ?? `${model?.name ?? 'file'}-sweep` }
  if (!added) return base
  return withGiven(base, added, (each) => model !== undefined && isSwept(model, each))
}

/** With what is the same of all points, as asked for. */
function merged(plan: SweepPlan, request: SweepRequest): SweepPlan {
  const { epochs, steps, batch, limit, experiment } = request
  const numbers = Object.entries({ epochs, steps, batch, limit }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, `${value}`] as const],
  )
  return {
    ...plan,
    ...(experiment !== undefined && { experiment }),
    settings: { ...plan.settings, ...Object.fromEntries(numbers) },
  }
}

/** What is given on the command line, as a sweep of the language; undefined if nothing is. */
function givenText({ vary = [], seeds, report = [] }: SweepRequest): string | undefined {
  if (vary.length === 0 && seeds === undefined && report.length === 0) return undefined
  const lines = vary.map((text) => {
    const equals = text.indexOf('=')
    const [name, values] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
    if (equals < 1 || values === '') {
      throw misuse(
        `--vary takes a name and its values, not \`${text}\`.`,
        'As in --vary feedback=0.5,1,2.',
      )
    }
    const isList = !/^(log|linear|range)\s*\(|^\[/.test(values)
    return `  vary ${name} in ${isList ? `[${values}]` : values}`
  })
  if (seeds !== undefined) lines.push(`  seeds ${seeds.includes(',') ? `[${seeds}]` : seeds}`)
  if (report.length > 0) lines.push(`  report ${report.join(', ')}`)
  return `sweep given {\n${lines.join('\n')}\n}\n`
}

/** What the compiler warns of, each once, with the first point that it is of. */
function tellWarnings(
  points: readonly SweepPoint[],
  models: ReadonlyMap<string, Compilation>,
  warn: SweepRequest['warn'],
): void {
  if (!warn) return
  const told = new Set<string>()
  for (const point of points) {
    for (const { severity, message } of models.get(formOf(point))?.diagnostics ?? []) {
      if (severity !== 'warning' || told.has(message)) continue
      told.add(message)
      warn(message, pointText(point))
    }
  }
}

/** One message for all points that are no models: the first in full. */
function invalid(
  plan: SweepPlan,
  failures: readonly { readonly point: SweepPoint; readonly error: CompileError }[],
  forms: number,
): ProjectError {
  const [first, ...others] = failures
  const of = forms === 1 ? 'The model' : `${failures.length} of ${forms} models`
  const more = others
    .slice(0, 4)
    .map(({ point, error }) => `\n  ${pointText(point)}: ${error.message}`)
    .join('')
  return new ProjectError(
    `${of} of sweep ${plan.name} cannot be made:\n  ${pointText(first!.point)}: ${first!.error.message}${more}` +
      (others.length > 4 ? `\n  and ${others.length - 4} more` : ''),
    { hint: 'Nothing was run. Take the values out, or mend the file; `ccn check` says more.' },
  )
}

/** How many epochs each point has, as far as that is the same. Throws ProjectError for a halving without. */
function epochsOf(plan: SweepPlan, of: ExperimentPlan): number | undefined {
  const said = plan.settings.epochs
  const varies = plan.axes.some(({ names }) => names.includes('epochs'))
  const epochs = of.clock || varies ? undefined : said === undefined ? of.epochs : Number(said)
  if (epochs === undefined && plan.draws?.goal?.halving !== undefined) {
    throw new ProjectError(
      `Sweep ${plan.name} cannot halve: ${varies ? 'its points differ in their epochs' : `the experiment ${of.name} does not say for how many epochs it runs`}.`,
      { hint: 'Leave out `halving`, or say `epochs` for all points.' },
    )
  }
  return epochs
}

/** `variant=none feedback=0.5` */
export function pointText({ values }: Pick<SweepPoint, 'values'>): string {
  const text = Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
  return text === '' ? 'as it stands' : text
}

/** Settings that make no sense are found here, in the words of a run. */
function requireSettings(plan: SweepPlan, points: readonly SweepPoint[], of: ExperimentPlan): void {
  const seen = new Set<string>()
  for (const { settings } of points) {
    const text = JSON.stringify(settings)
    if (seen.has(text)) continue
    seen.add(text)
    try {
      overridePlan(of, numbersOf(settings))
    } catch (error) {
      if (!(error instanceof RunError)) throw error
      throw new ProjectError(`Sweep ${plan.name} cannot be run: ${error.message}`)
    }
  }
}
