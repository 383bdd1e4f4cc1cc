/** The optimisers of an experiment: which weights and biases each moves, and how. */
import type { Expression, OptimiseStatement } from '../../../grammar/ast.ts'
import type { Schedule } from '../../../contract/plan.ts'
import { didYouMean, evaluateNumber } from '../evaluate.ts'
import { familyName } from '../families.ts'
import type { Experiment, NumberValue, Scope } from '../model.ts'
import { decimalComma } from '../statement-hints.ts'
import { numberValue } from '../values.ts'
import type { Resolving } from './context.ts'
import { findLearnables, type Learnable } from './learnables.ts'
import { resolveSchedule } from './schedules.ts'
import { statementsOf } from './statements.ts'

export interface Optimiser {
  readonly name: string
  readonly kind: 'sgd' | 'adam'
  readonly rate: NumberValue
  readonly options: Readonly<Record<string, NumberValue>>
  readonly schedule: Schedule
  readonly targets: readonly Learnable[]
  /** Whether some phase holds it still; then it keeps its slots as they are. */
  readonly pauses?: true
}

const optimiserOptions: Readonly<Record<'sgd' | 'adam', Readonly<Record<string, number>>>> = {
  sgd: { momentum: 0, decay: 0 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 },
}

/** The optimisers; a weight that two of them move is reported. */
export function resolveOptimisers(
  context: Resolving,
  experiment: Experiment,
): readonly Optimiser[] {
  const moved = new Set<string>()
  return statementsOf(experiment, 'Optimise').flatMap((statement) => {
    const optimiser = resolveOptimiser(context, experiment.scope, statement)
    if (!optimiser) return []
    const targets = optimiser.targets.filter((target) => {
      const again = moved.has(target.storage)
      if (again) {
        context.diagnostics.report('optimisedTwice', statement.span, {
          name: target.storage,
          experiment: experiment.item.name.name,
        })
      }
      moved.add(target.storage)
      return !again
    })
    return [{ ...optimiser, targets }]
  })
}

function resolveOptimiser(
  context: Resolving,
  scope: Scope,
  statement: OptimiseStatement,
): Optimiser | undefined {
  const { diagnostics } = context
  const { name, args } = statement.optimiser
  if (name.name !== 'sgd' && name.name !== 'adam') {
    return diagnostics.report(
      'unknownName',
      name.span,
      { kind: 'optimiser', name: name.name },
      { hint: didYouMean(name.name, ['sgd', 'adam']) ?? 'the optimisers are sgd and adam' },
    )
  }
  const defaults = optimiserOptions[name.name]
  const options: Record<string, NumberValue> = Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, numberValue(value)]),
  )
  let rate: NumberValue | undefined
  let misspelt = false
  let schedule: Schedule = { kind: 'constant' }
  for (const [i, argument] of args.entries()) {
    const key = argument.name?.name ?? (i === 0 ? 'rate' : '')
    if (key === 'schedule') schedule = resolveSchedule(diagnostics, scope, argument.value)
    else if (key === 'rate' || Object.hasOwn(defaults, key)) {
      const value = evaluateNumber(diagnostics, scope, argument.value)
      if (!value) continue
      // What an average forgets nothing of never becomes one.
      const isShare = key === 'beta1' || key === 'beta2'
      if (!(value.value >= 0) || (isShare && value.value >= 1))
        diagnostics.report('badValue', argument.value.span, {
          what: `\`${key}\``,
          expected: isShare ? 'at least 0 and below 1' : 'at least 0',
          found: value.value,
        })
      if (key === 'rate') rate = value
      else options[key] = value
    } else if (key === '') {
      diagnostics.report(
        'tooManyArguments',
        argument.span,
        { owner: `\`${name.name}\``, expected: 1, found: args.length },
        { hint: decimalComma(args, i) ?? 'all but the rate are named' },
      )
    } else {
      misspelt = true
      diagnostics.report(
        'unknownOption',
        argument.span,
        { owner: `\`${name.name}\``, name: key },
        {
          hint: didYouMean(key, ['rate', 'schedule', ...Object.keys(defaults)]),
        },
      )
    }
  }
  if (!rate) {
    const given = args.some(
      (argument, i) => argument.name?.name === 'rate' || (i === 0 && !argument.name),
    )
    if (!given && !misspelt)
      diagnostics.report('missingArgument', statement.optimiser.span, {
        owner: `\`${name.name}\``,
        name: 'rate',
      })
    return undefined
  }
  const targets = statement.targets.flatMap((target) => resolveLearnables(context, scope, target))
  const label = statement.targets
    .map(
      (target) =>
        familyName(target) ??
        context.sources.get(target.span.file)?.slice(target.span.start, target.span.end) ??
        'weights',
    )
    .join(', ')
  return { name: label, kind: name.name, rate, options, schedule, targets }
}

/** The weights or biases that an `optimise` statement names. */
function resolveLearnables(
  context: Resolving,
  scope: Scope,
  expression: Expression,
): readonly Learnable[] {
  const found = findLearnables(context, scope, expression)
  if (!found) return []
  const learns = (each: Learnable): boolean =>
    each.kind === 'bias'
      ? each.bias.rule !== undefined && !each.bias.tied
      : each.connection.rule !== undefined && !each.connection.tied
  // `k` is all biases of that name that learn.
  const some = expression.kind === 'Name' && found.some(learns)
  return found.filter((each) => {
    const tied = each.kind === 'bias' ? each.bias.tied : each.connection.tied
    if (learns(each)) return true
    if (each.kind === 'bias' && some) return false
    if (tied) context.diagnostics.report('tiedLearns', expression.span, { weight: each.storage })
    // A rule that could not be read is no rule that is missing.
    else if (!context.diagnostics.hasErrors)
      context.diagnostics.report('notLearnable', expression.span, { name: each.storage })
    return false
  })
}
