/** Schedules of learning rates: `schedule = step(every = 5, factor = 0.1)`. */
import type { Argument, Expression } from '../../../grammar/ast.ts'
import type { PlateauSchedule, Schedule } from '../../../contract/plan.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluateNumber } from '../evaluate.ts'
import type { Experiment, Scope } from '../model.ts'
import type { Resolving } from './context.ts'
import { textOf } from './text.ts'
import { describeDimension, dimensionless, sameDimension } from '../units.ts'

/** A schedule, but that what a plateau looks at is known only once all measures are. */
export type BoundSchedule =
  | Exclude<Schedule, PlateauSchedule>
  | (Omit<PlateauSchedule, 'figure' | 'of'> & {
      readonly watched: { readonly name: string; readonly span: Expression['span'] }
    })

/** What each schedule takes, in order; those with a standard value may be left out. */
const schedules: Readonly<Record<string, Readonly<Record<string, number | undefined>>>> = {
  constant: { warmup: 0 },
  linear: { to: 0, warmup: 0 },
  cosine: { warmup: 0 },
  step: { every: undefined, factor: 0.1 },
  exponential: { factor: undefined },
  plateau: { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, least: 0 },
}

/** The schedule that an expression names; `constant` after a report. */
export function resolveSchedule(
  context: Resolving,
  { scope, statements }: Experiment,
  expression: Expression,
): BoundSchedule {
  const { diagnostics } = context
  const called = expression.kind === 'Call' ? expression.callee : expression
  const name = called.kind === 'Name' ? called.name : ''
  const options = Object.hasOwn(schedules, name) ? schedules[name] : undefined
  if (!options) {
    const known = Object.keys(schedules)
    const hint = didYouMean(name, known) ?? `the schedules are ${known.join(', ')}`
    diagnostics.report('unknownName', expression.span, { kind: 'schedule', name }, { hint })
    return { kind: 'constant' }
  }
  const all = expression.kind === 'Call' ? expression.args : []
  const isWatched = (each: Argument): boolean => name === 'plateau' && each.name?.name === 'of'
  const args = all.filter((each) => !isWatched(each))
  const values = valuesOf({ diagnostics, scope }, { name, options, args, span: expression.span })
  const { warmup = 0, every = 1, factor = 0.1, to = 0 } = values
  switch (name) {
    case 'linear':
      return { kind: 'linear', warmup, to }
    case 'cosine':
      return { kind: 'cosine', warmup }
    case 'step':
      return { kind: 'step', every, factor }
    case 'exponential':
      return { kind: 'step', every: 1, factor }
    case 'plateau': {
      const watched = all.find(isWatched)?.value
      const isEvaluated = statements.some(({ kind }) => kind === 'Evaluate')
      if (context.step === undefined || isEvaluated)
        return resolvePlateau(context, expression, watched, { ...options, ...values })
      diagnostics.report('plateauByClock', expression.span, {})
      return { kind: 'constant' }
    }
    default:
      return warmup > 0 ? { kind: 'warmup', warmup } : { kind: 'constant' }
  }
}

function resolvePlateau(
  context: Resolving,
  { span }: Expression,
  watched: Expression | undefined,
  values: Readonly<Record<string, number | undefined>>,
): BoundSchedule {
  const { factor = 0, patience = 0, threshold = 0, cooldown = 0, least = 0 } = values
  const what = watched
    ? { name: textOf(context, watched), span: watched.span }
    : { name: 'loss', span }
  return { kind: 'plateau', factor, patience, threshold, cooldown, least, watched: what }
}

/** What may be said in epochs. */
const inEpochs: ReadonlySet<string> = new Set(['warmup', 'every', 'patience', 'cooldown'])

/** Epochs after which a run is evaluated are whole; a share of less than 1 makes a rate smaller. */
function isFit(schedule: string, key: string, value: number): boolean {
  if (!Number.isFinite(value) || value < 0) return false
  if (key === 'every') return value > 0
  if (key === 'patience' || key === 'cooldown') return Number.isInteger(value)
  return schedule === 'plateau' && (key === 'factor' || key === 'threshold') ? value < 1 : true
}

function expectedOf(schedule: string, key: string): string {
  if (key === 'patience' || key === 'cooldown') return 'a whole number of epochs, at least 0'
  if (inEpochs.has(key)) return `a number of epochs, ${key === 'every' ? 'above' : 'at least'} 0`
  const isShare = schedule === 'plateau' && (key === 'factor' || key === 'threshold')
  return isShare ? 'at least 0 and below 1' : 'at least 0'
}

/** The numbers that a schedule is given, by name; reports those that cannot be. */
function valuesOf(
  { diagnostics, scope }: { readonly diagnostics: Context; readonly scope: Scope },
  {
    name,
    options,
    args,
    span,
  }: {
    readonly name: string
    readonly options: Readonly<Record<string, number | undefined>>
    readonly args: readonly Argument[]
    readonly span: Expression['span']
  },
): Readonly<Record<string, number>> {
  const names = Object.keys(options)
  const owner = `\`${name}\``
  const values: Record<string, number> = {}
  let misspelt = false
  for (const [i, argument] of args.entries()) {
    const key = argument.name?.name ?? names[i]
    if (key === undefined) {
      const [expected, found] = [names.length, args.length]
      diagnostics.report('tooManyArguments', argument.span, { owner, expected, found })
    } else if (!names.includes(key)) {
      misspelt = true
      const hint = didYouMean(key, names)
      diagnostics.report('unknownOption', argument.span, { owner, name: key }, { hint })
    } else if (!argument.name && key in values) {
      diagnostics.report('saidTwice', argument.span, { what: `\`${key}\`` })
    } else {
      const found = evaluateNumber(diagnostics, scope, argument.value)
      if (!found) continue
      const { value, dimension } = found
      values[key] = value
      const isPlain = sameDimension(dimension, dimensionless)
      const counts = inEpochs.has(key) && sameDimension(dimension, { epoch: 1 })
      if ((isPlain || counts) && isFit(name, key, value)) continue
      diagnostics.report('badValue', argument.value.span, {
        what: `\`${key}\``,
        expected: expectedOf(name, key),
        found: isPlain || counts ? value : `a number with ${describeDimension(dimension)}`,
      })
    }
  }
  for (const key of names) {
    if (options[key] !== undefined || values[key] !== undefined || misspelt) continue
    if (args.some((each, i) => (each.name?.name ?? names[i]) === key)) continue
    diagnostics.report('missingArgument', span, { owner, name: key })
  }
  return values
}
