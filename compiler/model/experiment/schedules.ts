/** Schedules of learning rates: `schedule = step(every = 5, factor = 0.1)`. */
import type { Argument, Expression } from '../../../grammar/ast.ts'
import type { Schedule } from '../../../contract/plan.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluateNumber } from '../evaluate.ts'
import type { Scope } from '../model.ts'
import { describeDimension, dimensionless, sameDimension } from '../units.ts'

/** What each schedule takes, in order; those with a standard value may be left out. */
const schedules: Readonly<Record<string, Readonly<Record<string, number | undefined>>>> = {
  constant: {},
  cosine: { warmup: 0 },
  step: { every: undefined, factor: 0.1 },
}

/** The schedule that an expression names; `constant` after a report. */
export function resolveSchedule(
  diagnostics: Context,
  scope: Scope,
  expression: Expression,
): Schedule {
  const called = expression.kind === 'Call' ? expression.callee : expression
  const name = called.kind === 'Name' ? called.name : ''
  const options = Object.hasOwn(schedules, name) ? schedules[name] : undefined
  if (!options) {
    const known = Object.keys(schedules)
    const hint = didYouMean(name, known) ?? 'the schedules are constant, cosine and step'
    diagnostics.report('unknownName', expression.span, { kind: 'schedule', name }, { hint })
    return { kind: 'constant' }
  }
  const args = expression.kind === 'Call' ? expression.args : []
  const values = valuesOf({ diagnostics, scope }, { name, options, args, span: expression.span })
  const { warmup = 0, every = 1, factor = 0.1 } = values
  switch (name) {
    case 'cosine':
      return { kind: 'cosine', warmup }
    case 'step':
      return { kind: 'step', every, factor }
    default:
      return { kind: 'constant' }
  }
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
    } else {
      const found = evaluateNumber(diagnostics, scope, argument.value)
      if (!found) continue
      const { value, dimension } = found
      values[key] = value
      const isPlain = sameDimension(dimension, dimensionless)
      const counts = key !== 'factor' && sameDimension(dimension, { epoch: 1 })
      const least = key === 'every' ? value > 0 : value >= 0
      if (isPlain || counts ? least && Number.isFinite(value) : false) continue
      diagnostics.report('badValue', argument.value.span, {
        what: `\`${key}\``,
        expected:
          key === 'factor'
            ? 'at least 0'
            : `a number of epochs, ${key === 'every' ? 'above' : 'at least'} 0`,
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
