/**
 * The sweeps that a file declares, as plans. Names are looked up and forms are checked here; whether each
 * point is a valid model is known once it is compiled, and what an experiment measures once its plan is.
 */
import {
  sweptSettings,
  type Axis,
  type Draws,
  type SweepPlan,
  type SweptSetting,
} from '../../../contract/sweep.ts'
import type {
  DrawStatement,
  Expression,
  Identifier,
  SourceFile,
  Span,
  SweepItem,
  SweepStatement,
} from '../../../grammar/ast.ts'
import { parse } from '../../../grammar/index.ts'
import { Context } from '../context.ts'
import { didYouMean, evaluateNumber } from '../evaluate.ts'
import type { Model } from '../model.ts'
import { describeDimension, sameDimension, unitHint } from '../units.ts'
import { figureOf, stopOf } from './figures.ts'
import { distributionOf, stepsOf, choicesOf, type Reading } from './values.ts'

/** The most seeds of a sweep. */
const mostSeeds = 1_000_000

interface Resolving extends Reading {
  readonly model: Model
}

type Of<K extends SweepStatement['kind']> = Extract<SweepStatement, { kind: K }>

/** What the source file of a sweep is called that was given as text. */
export const givenSweep = '--vary'

/** All sweeps of the main file, then the one that is `given` as text; mistakes are reported. */
export function resolveSweeps(
  context: Context,
  model: Model,
  ast: SourceFile,
  sources: Map<string, string>,
  given?: string,
): readonly SweepPlan[] {
  const added = given === undefined ? [] : parseGiven(context, sources, given)
  const variants = model.variants.map(({ name }) => name)
  const resolving: Resolving = { context, model, sources, variants }
  const items = [...ast.items, ...added].filter((item) => item.kind === 'Sweep')
  const seen = new Map<string, SweepItem>()
  return items.flatMap((item) => {
    const before = seen.get(item.name.name)
    if (before) {
      const related = [{ span: before.name.span, message: 'It is declared here first.' }]
      context.report('duplicateName', item.name.span, { name: item.name.name }, { related })
      return []
    }
    seen.set(item.name.name, item)
    return [resolveSweep(resolving, item)]
  })
}

function parseGiven(
  context: Context,
  sources: Map<string, string>,
  text: string,
): SourceFile['items'] {
  sources.set(givenSweep, text)
  const { file, diagnostics } = parse(text, givenSweep)
  for (const found of diagnostics) context.add(found)
  return file.items
}

/** Whether a name is a setting of experiments, which a parameter of that name hides. */
export function isSwept(model: Pick<Model, 'params'>, name: string): name is SweptSetting {
  return (
    (sweptSettings as readonly string[]).includes(name) &&
    !model.params.some((param) => param.name === name)
  )
}

function resolveSweep(resolving: Resolving, item: SweepItem): SweepPlan {
  const { context, model } = resolving
  const of = <K extends SweepStatement['kind']>(kind: K): readonly Of<K>[] =>
    item.statements.filter((each): each is Of<K> => each.kind === kind)
  const only = <T extends SweepStatement>(what: string, [first, second]: readonly T[]) => {
    if (second) context.report('saidTwice', second.span, { what: `\`${what}\`` })
    return first
  }
  const experiment = only('experiment', of('SweepExperiment'))
  const names = model.experiments.map((each) => each.item.name.name)
  if (experiment && !names.includes(experiment.name.name)) {
    context.report(
      'unknownName',
      experiment.name.span,
      { kind: 'experiment', name: experiment.name.name },
      { hint: didYouMean(experiment.name.name, names) },
    )
  }
  const draw = only('sample', of('Draw'))
  const draws = draw && drawsOf(resolving, draw)
  const seeds = only('seeds', of('SweepSeeds'))
  const numbers = seeds && seedsOf(resolving, seeds)
  const taken = new Map<string, Identifier>()
  const claim = (name: Identifier): boolean =>
    isVaried(resolving, name) && claimed(context, taken, name)
  const axes = of('Vary').flatMap((statement) => axisOf(resolving, statement, claim) ?? [])
  for (const { name } of draw?.draws ?? []) claim(name)
  // What is given beside the file counts in place of what stands there.
  if (item.span.file !== givenSweep) {
    const seed = of('Vary').flatMap((each) => each.names.filter(({ name }) => name === 'seed'))[0]
    if (seeds || (seed && isSwept(model, 'seed')))
      requireUncopied(resolving, item, experiment?.name.name, (seeds ?? seed)!.span)
  }
  warnOfVaried(resolving, item, taken)
  return {
    name: item.name.name,
    ...(item.doc !== undefined && { doc: item.doc }),
    ...(experiment && { experiment: experiment.name.name }),
    settings: settingsOf(resolving, of('Value')),
    axes,
    ...(draws && { draws }),
    ...(numbers && { seeds: numbers }),
    figures: of('Report').flatMap(({ figures }) =>
      figures.flatMap((figure) => figureOf(resolving, model.scope, figure) ?? []),
    ),
    stops: of('SweepStop').flatMap((stop) => stopOf(resolving, model.scope, stop) ?? []),
  }
}

/** Warns of what a sweep says of a setting, or of its seeds, that it varies as well; `seeds` is the only one that holds then. */
function warnOfVaried(
  { context, model }: Resolving,
  { name: { name: sweep }, statements }: SweepItem,
  varied: ReadonlyMap<string, Identifier>,
): void {
  for (const each of statements) {
    const setting =
      each.kind === 'Value' ? each.name.name : each.kind === 'SweepSeeds' ? 'seed' : undefined
    const place = setting !== undefined && isSwept(model, setting) ? varied.get(setting) : undefined
    if (!place || setting === undefined) continue
    const said = each.kind === 'SweepSeeds' ? 'seeds' : setting
    context.report(
      'saidAndVaried',
      each.span,
      { sweep, said, varied: setting, held: said === 'seeds' ? '`seeds`' : 'what varies' },
      {
        hint: 'leave out one of them',
        related: [{ span: place.span, message: 'It varies here.' }],
      },
    )
  }
}

/** Reports an experiment that says its seeds by `replicate`, for a sweep that says them at `span`. */
function requireUncopied(
  { context, model }: Resolving,
  { name: { name: sweep } }: SweepItem,
  name: string | undefined,
  span: Span,
): void {
  const experiment = model.experiments.find(
    ({ item }) => name === undefined || item.name.name === name,
  )
  const copies = experiment?.statements.find(
    (each) =>
      (each.kind === 'Value' && each.name.name === 'replicate') || each.kind === 'Replicate',
  )
  if (!experiment || !copies) return
  context.report(
    'seedsAndCopies',
    span,
    { sweep, experiment: experiment.item.name.name },
    {
      hint: 'leave out one of them: a sweep without seeds has those of the copies',
      related: [{ span: copies.span, message: 'The copies are said here.' }],
    },
  )
}

/** Whether something of that name can vary; reported if not. */
function isVaried({ context, model }: Resolving, { name, span }: Identifier): boolean {
  const params = model.params.map((each) => each.name)
  if (name === 'variant' || params.includes(name) || isSwept(model, name)) return true
  // One whose value was refused is none any more.
  if (context.hasErrors && model.scope.knows(name)) return false
  const hint =
    didYouMean(name, [...params, 'variant', ...sweptSettings]) ??
    (params.length > 0 ? `the parameters are ${params.join(', ')}` : undefined)
  context.report('unknownName', span, { kind: 'parameter', name }, { hint })
  return false
}

function claimed(context: Context, taken: Map<string, Identifier>, name: Identifier): boolean {
  const before = taken.get(name.name)
  if (before) {
    const related = [{ span: before.span, message: 'It varies here already.' }]
    context.report('saidTwice', name.span, { what: `What \`${name.name}\` is` }, { related })
    return false
  }
  taken.set(name.name, name)
  return true
}

function axisOf(
  resolving: Resolving,
  { names, values }: Of<'Vary'>,
  claim: (name: Identifier) => boolean,
): Axis | undefined {
  const [first] = names
  const known = names.map(claim).every(Boolean)
  if (!first || !known) return undefined
  if (names.length === 1) {
    const steps = stepsOf(resolving, first.name, values)
    if (steps?.length === 0) return noValues(resolving, values.span)
    return steps && { names: [first.name], steps }
  }
  if (values.kind !== 'List') return undefined
  if (values.elements.length === 0) return noValues(resolving, values.span)
  const steps = values.elements.flatMap((tuple) => {
    const elements = tuple.kind === 'List' ? tuple.elements : []
    if (elements.length !== names.length) {
      resolving.context.report('badValue', tuple.span, {
        what: 'Each point of names that vary together',
        expected: `${names.length} values`,
        found: `${elements.length}`,
      })
      return []
    }
    const choices = names.flatMap(({ name }, i) => choicesOf(resolving, name, [elements[i]!]))
    return choices.length === names.length ? [choices] : []
  })
  return { names: names.map(({ name }) => name), steps }
}

function noValues({ context }: Resolving, span: Identifier['span']): undefined {
  return context.report('badValue', span, {
    what: 'What varies',
    expected: 'a list of some values',
    found: 'an empty one',
  })
}

function drawsOf(resolving: Resolving, statement: DrawStatement): Draws | undefined {
  const { context, model } = resolving
  const count = wholeOf(resolving, statement.count, 'How many points are drawn', 1, mostSeeds)
  const draws = statement.draws.flatMap(({ name, value }) => {
    const from = distributionOf(resolving, name.name, value)
    return from && drawnFit(resolving, name.name, value) ? [{ name: name.name, from }] : []
  })
  const { goal } = statement
  const figure = goal && figureOf(resolving, model.scope, goal.figure)
  const halving =
    goal?.halving && wholeOf(resolving, goal.halving, 'By how much a search narrows', 2, 100)
  if (statement.draws.length === 0) {
    context.report('badValue', statement.span, {
      what: 'What is drawn',
      expected: 'some parameters',
      found: 'none',
    })
  }
  if (count === undefined || (goal && !figure)) return undefined
  return {
    count,
    draws,
    ...(goal &&
      figure && {
        goal: { direction: goal.direction, figure, ...(halving !== undefined && { halving }) },
      }),
  }
}

/** Whether what is drawn has the unit of the parameter that it is for; the first number that has not is reported. */
function drawnFit({ context, model }: Resolving, name: string, value: Expression): boolean {
  const param = model.params.find((each) => each.name === name)?.value
  if (param?.kind !== 'number' || value.kind !== 'Call') return true
  return value.args.every(({ value: end }) => {
    // What cannot be evaluated is told of the point that has it.
    const found = evaluateNumber(new Context(), model.scope, end)
    if (!found || found.value === 0 || sameDimension(found.dimension, param.dimension)) return true
    const parameters = {
      what: `What \`${name}\` is drawn from`,
      expected: describeDimension(param.dimension),
      found: describeDimension(found.dimension),
    }
    const hint = unitHint(end, param.dimension)
    context.report('unitExpected', end.span, parameters, { hint })
    return false
  })
}

function seedsOf(
  resolving: Resolving,
  { seeds, span }: Of<'SweepSeeds'>,
): readonly number[] | undefined {
  const { context } = resolving
  const whole = (expression: Expression) =>
    wholeOf(resolving, expression, 'A seed', 0, Number.MAX_SAFE_INTEGER)
  if (seeds.kind === 'List') {
    const numbers = seeds.elements.map(whole)
    const known = numbers.filter((each) => each !== undefined)
    const twice = known.find((each, i) => known.indexOf(each) < i)
    if (twice !== undefined) context.report('saidTwice', seeds.span, { what: `The seed ${twice}` })
    return known.length === numbers.length && known.length > 0 ? known : undefined
  }
  if (seeds.kind !== 'Range') {
    const one = whole(seeds)
    return one === undefined ? undefined : [one]
  }
  const from = seeds.from && whole(seeds.from)
  const to = seeds.to && whole(seeds.to)
  if (from === undefined || to === undefined || to < from || to - from >= mostSeeds) {
    if (seeds.from && seeds.to && (from === undefined || to === undefined)) return undefined
    return context.report(
      'badValue',
      span,
      {
        what: 'The range of seeds',
        expected: `two ends, the lower first, with at most ${mostSeeds} seeds`,
        found: 'another',
      },
      { hint: 'as in `seeds 1..10`' },
    )
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** What the sweep says of settings, as text. */
function settingsOf(
  resolving: Resolving,
  statements: readonly Of<'Value'>[],
): SweepPlan['settings'] {
  const { context } = resolving
  const found: Partial<Record<SweptSetting, string>> = {}
  for (const { name, value, span } of statements) {
    const setting = sweptSettings.find((each) => each === name.name)
    if (!setting || setting === 'seed') {
      context.report(
        'badValue',
        span,
        {
          what: 'A setting of a sweep',
          expected: '`epochs`, `batch`, `steps` or `limit`',
          found: `\`${name.name}\``,
        },
        { hint: setting ? 'write `seeds 1..10`' : 'say it in the experiment' },
      )
      continue
    }
    if (found[setting] !== undefined) context.report('saidTwice', span, { what: `\`${setting}\`` })
    const whole = wholeOf(
      resolving,
      value,
      `\`${setting}\``,
      setting === 'epochs' ? 0 : 1,
      Number.MAX_SAFE_INTEGER,
    )
    if (whole !== undefined) found[setting] = `${whole}`
  }
  return found
}

/** A whole number that is known now; reported if it is none. */
function wholeOf(
  { context, model }: Resolving,
  expression: Expression,
  what: string,
  least: number,
  most: number,
): number | undefined {
  const found = evaluateNumber(context, model.scope, expression)
  if (!found) return undefined
  const { value } = found
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  return context.report('badValue', expression.span, {
    what,
    expected:
      most === Number.MAX_SAFE_INTEGER
        ? `a whole number of at least ${least}`
        : `a whole number from ${least} to ${most}`,
    found: `${value}`,
  })
}
