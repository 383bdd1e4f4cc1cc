/**
 * Builds the model of a file: loads imports, applies experiment settings, variants and outside
 * values to the parameters, expands the circuit. Returns no model if the circuit cannot be known.
 */
import type {
  CircuitItem,
  ExperimentItem,
  Expression,
  Identifier,
  PhaseItem,
  SetChange,
  Setting,
  SourceFile,
  Span,
  VariantItem,
} from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Host, ModelOptions } from './host.ts'
import { applyBiasSettings } from './bias-settings.ts'
import { expandItems } from './circuit.ts'
import { resolveClaims } from './claims.ts'
import type { Context } from './context.ts'
import { didYouMean, evaluate } from './evaluate.ts'
import { Circuit } from './families.ts'
import { Files, folderOf } from './files.ts'
import type { Connection, Experiment, Model, Population, Scope } from './model.ts'
import { declareParams, parseOverrides, type Override } from './params.ts'
import { resolveRefinements } from './refinements.ts'
import { MutableScope } from './scope.ts'
import { setByPhases } from './experiment/protocol.ts'
import { sliceOf, wholeOf } from './slices.ts'
import { hasExamples, patternsAsKept } from './patterns/kept.ts'

export interface BuiltModel {
  readonly ast?: SourceFile
  readonly model?: Model
  /** The experiment that was chosen, by option or as the first. */
  readonly experiment?: Experiment
  readonly sources: Map<string, string>
}

const circuitKinds: ReadonlySet<string> = new Set([
  'Population',
  'Pattern',
  'Connect',
  'Matrix',
  'Init',
  'Let',
  'Modulator',
  'For',
  'If',
  'Use',
])
const isCircuitItem = (item: { readonly kind: string }): item is CircuitItem =>
  circuitKinds.has(item.kind)

export function buildModel(
  context: Context,
  path: string,
  host: Host,
  options: ModelOptions,
): BuiltModel {
  const files = new Files(context, host, options.parse)
  const loaded = files.load(path)
  if (!loaded) return { sources: files.sources }
  const { ast, scope } = loaded
  context.pairsIn = (named, from) => files.pairsIn(named, from)
  const variants = chooseVariants(context, ast, options.variants ?? [])
  const experiments = ast.items.filter((item) => item.kind === 'Experiment')
  context.phased = setByPhases(ast)
  const chosen = chooseExperiment(context, ast, experiments, options.experiment)
  const byExperiment = firstOfEach(context, experiments)
  firstOfEach(
    context,
    ast.items.filter((item) => item.kind === 'Variant' || item.kind === 'Phase'),
  )
  const statements = chosen
    ? [
        ...inheritedStatements(context, byExperiment, chosen, []),
        ...(options.observed ?? []).map(observing),
      ]
    : []
  const overrides: readonly Override[] = [
    ...statements.flatMap((statement) =>
      statement.kind === 'Setting' && statement.name.name !== 'plasticity'
        ? [override(statement)]
        : [],
    ),
    ...variants.flatMap((variant) =>
      variant.changes.flatMap((change) => (change.kind === 'SetChange' ? [override(change)] : [])),
    ),
    ...parseOverrides(context, options.set ?? {}, files.sources),
  ]
  const params = declareParams(
    context,
    scope,
    ast.items.filter((item) => item.kind === 'Param'),
    overrides,
  )
  const added = variants.flatMap((variant) =>
    variant.changes.flatMap((change) => (change.kind === 'AddChange' ? [change.item] : [])),
  )
  const changes = {
    drops: changesOf(variants, 'DropChange', scope),
    patches: changesOf(variants, 'PatchChange', scope),
  }
  const circuit = new Circuit(context, changes, added)
  const root = new MutableScope(path, scope)
  expandItems(circuit, [...ast.items.filter(isCircuitItem), ...added], {
    scope: root,
    depth: 0,
    uses: [],
  })
  circuit.reportUnapplied()
  // What phases set is read here, so that the parameters in it count as read.
  const phases = ast.items.filter(
    (item, i, all) =>
      item.kind === 'Phase' &&
      all.findIndex((each) => each.kind === 'Phase' && each.name.name === item.name.name) === i,
  ) as readonly PhaseItem[]
  for (const { settings } of phases)
    for (const { value } of settings) evaluate(context, root, value)
  const populations = applyBiasSettings(circuit)
  const byName = new Map(populations.map((each) => [each.name, each]))
  const current = (population: Population): Population => {
    const whole = byName.get(wholeOf(population).name)
    if (!whole) return population
    return population.slice ? sliceOf(whole, population.slice.start, population.size) : whole
  }
  const patterns = patternsAsKept(circuit, hasExamples(statements))
  const connections = circuit.connections.map((each): Connection => ({
    ...each,
    ...(each.pattern && { pattern: patterns.get(each.pattern.name) ?? each.pattern }),
    source: { ...each.source, population: current(each.source.population) },
    target: { ...each.target, population: current(each.target.population) },
  }))
  const declared = params()
  const model: Model = {
    name: ast.name?.name ?? baseName(path),
    path,
    source: path.startsWith(`${host.projectRoot}/`)
      ? path.slice(host.projectRoot.length + 1)
      : baseName(path) + '.ccn',
    ...(ast.doc === undefined ? {} : { doc: ast.doc }),
    params: declared,
    scope: root,
    populations,
    connections,
    matrices: circuit.matrices,
    lets: circuit.lets,
    modulators: circuit.modulators,
    patterns: [...patterns.values()],
    phases,
    claims: resolveClaims(context, [
      ast.items.filter((item) => item.kind === 'Claim'),
      ...variants.map(({ changes: all }) => all.filter((each) => each.kind === 'Claim')),
    ]),
    refinements: resolveRefinements(
      context,
      ast.items.filter((item) => item.kind === 'Refinement'),
      {
        name: ast.name?.name ?? baseName(path),
        params: declared,
        scope: root,
        variants: ast.items.flatMap((item) => (item.kind === 'Variant' ? [item.name.name] : [])),
        experiments: experiments.map((item) => item.name.name),
      },
    ),
    experiments: experiments.map((item) => ({
      item,
      statements:
        item === chosen ? statements : inheritedStatements(context, byExperiment, item, []),
      scope: root,
    })),
    variants: ast.items.flatMap((item) =>
      item.kind === 'Variant'
        ? [{ name: item.name.name, ...(item.doc === undefined ? {} : { doc: item.doc }) }]
        : [],
    ),
  }
  const experiment = model.experiments.find((each) => each.item === chosen)
  return { ast, model, ...(experiment ? { experiment } : {}), sources: files.sources }
}

/** Items by name; a name that is declared twice stands for its first declaration. */
function firstOfEach<I extends { readonly kind: string; readonly name: Identifier }>(
  context: Context,
  items: readonly I[],
): ReadonlyMap<string, I> {
  const first = new Map<string, I>()
  const places = new Map<string, Span>()
  for (const item of items) {
    const { name, span } = item.name
    const before = places.get(`${item.kind} ${name}`)
    if (before) {
      const related = [{ span: before, message: 'It is declared here first.' }]
      context.report('duplicateName', span, { name }, { related })
      continue
    }
    places.set(`${item.kind} ${name}`, span)
    first.set(name, item)
  }
  return first
}

const override = ({ name, value, span }: Setting | SetChange): Override => ({
  name: name.name,
  value,
  span,
  nameSpan: name.span,
})

const baseName = (path: string): string =>
  path.slice(folderOf(path).length + 1).replace(/\.ccn$/, '')

function changesOf<K extends 'DropChange' | 'PatchChange'>(
  variants: readonly VariantItem[],
  kind: K,
  scope: Scope,
): readonly {
  readonly change: Extract<VariantItem['changes'][number], { kind: K }>
  readonly scope: Scope
}[] {
  return variants.flatMap((variant) =>
    variant.changes.flatMap((change) =>
      change.kind === kind
        ? [{ change: change as Extract<VariantItem['changes'][number], { kind: K }>, scope }]
        : [],
    ),
  )
}

/** The variants asked for, each after those that it extends. */
function chooseVariants(
  context: Context,
  ast: SourceFile,
  names: readonly string[],
): readonly VariantItem[] {
  const declared = ast.items.filter((item) => item.kind === 'Variant')
  const chosen: VariantItem[] = []
  const add = (name: string, span: VariantItem['span'], chain: readonly string[]): void => {
    const variant = declared.find((item) => item.name.name === name)
    if (!variant) {
      const all = declared.map((item) => item.name.name)
      context.report(
        'unknownName',
        span,
        { kind: 'variant', name },
        {
          hint:
            didYouMean(name, all) ??
            (all.length > 0 ? `the variants are ${all.join(', ')}` : undefined),
        },
      )
      return
    }
    if (chain.length >= inheritanceLimit) {
      context.reportOnce('tooDeep', span, { limit: inheritanceLimit })
      return
    }
    if (chain.includes(name)) {
      context.reportCircle([...chain.slice(chain.indexOf(name)), name], span)
      return
    }
    if (variant.base) add(variant.base.name, variant.base.span, [...chain, name])
    if (!chosen.includes(variant)) chosen.push(variant)
  }
  const head = ast.name?.span ?? { file: ast.path, start: 0, end: 0 }
  for (const name of names) add(name, head, [])
  return chosen
}

function chooseExperiment(
  context: Context,
  ast: SourceFile,
  experiments: readonly ExperimentItem[],
  name: string | undefined,
): ExperimentItem | undefined {
  if (name === undefined) return experiments[0]
  const found = experiments.find((item) => item.name.name === name)
  if (found) return found
  const all = experiments.map((item) => item.name.name)
  return context.report(
    'unknownName',
    ast.name?.span ?? { file: ast.path, start: 0, end: 0 },
    { kind: 'experiment', name },
    {
      hint:
        didYouMean(name, all) ??
        (all.length > 0 ? `the experiments are ${all.join(', ')}` : undefined),
    },
  )
}

/** How many experiments or variants may stand on one another. */
const inheritanceLimit = 64

/** Statements of the base experiments first; a statement said again replaces the inherited one. */
function inheritedStatements(
  context: Context,
  experiments: ReadonlyMap<string, ExperimentItem>,
  item: ExperimentItem,
  chain: readonly string[],
): ExperimentItem['statements'] {
  if (!item.base) return item.statements
  const name = item.base.name
  const base = experiments.get(name)
  if (!base || chain.includes(name) || base === item || chain.length >= inheritanceLimit) {
    if (base && chain.length >= inheritanceLimit) {
      context.reportOnce('tooDeep', item.base.span, { limit: inheritanceLimit })
    } else if (base)
      context.reportCircle(
        [...chain.slice(Math.max(0, chain.indexOf(name))), item.name.name, name],
        item.base.span,
      )
    else {
      context.report(
        'unknownName',
        item.base.span,
        { kind: 'experiment', name },
        {
          hint: didYouMean(name, [...experiments.keys()]),
        },
      )
    }
    return item.statements
  }
  const inherited = inheritedStatements(context, experiments, base, [...chain, item.name.name])
  const replaced = new Set(item.statements.flatMap(statementKeys))
  return [
    ...inherited.filter((each) => !statementKeys(each).some((key) => replaced.has(key))),
    ...item.statements,
  ]
}

/** The statement that records a variable, or measures what calls something. */
function observing(value: Expression): ExperimentItem['statements'][number] {
  const { span } = value
  let calls = false
  walk(value, ({ kind }) => {
    if (kind === 'Call') calls = true
  })
  return calls
    ? { kind: 'Measure', measures: [{ value }], span }
    : { kind: 'Record', targets: [value], span }
}

/** What a statement says something about; a derived experiment replaces it by the same key. */
function statementKeys(statement: ExperimentItem['statements'][number]): readonly string[] {
  switch (statement.kind) {
    case 'Value':
    case 'Setting':
      return [`${statement.kind} ${statement.name.name}`]
    case 'Replicate':
      return ['Value replicate']
    case 'Optimise':
      return statement.targets.map((target) => `Optimise ${nameOf(target)}`)
    default:
      return [statement.kind]
  }
}

function nameOf(expression: Expression): string {
  if (expression.kind === 'Name') return expression.name
  return expression.kind === 'Member'
    ? `${nameOf(expression.object)}.${expression.member.name}`
    : expression.kind
}
