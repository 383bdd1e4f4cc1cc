/** The optimisers of an experiment: which weights and biases each moves, and how. */
import type { Expression, OptimiseStatement } from '../../../grammar/ast.ts'
import type { OptimiserPlan } from '../../../contract/plan.ts'
import { didYouMean, evaluateBoolean, evaluateNumber } from '../evaluate.ts'
import { familyName } from '../families.ts'
import { staysZero } from '../freedom.ts'
import type { Experiment, NumberValue, Scope } from '../model.ts'
import { markStructural } from '../operators.ts'
import { decimalComma } from '../statement-hints.ts'
import { numberValue } from '../values.ts'
import { observed } from '../watch.ts'
import type { Resolving } from './context.ts'
import { findLearnables, type Learnable } from './learnables.ts'
import { resolveSchedule, type BoundSchedule } from './schedules.ts'
import { statementsOf } from './statements.ts'
import { quantityText } from '../quantity-text.ts'

export interface Optimiser {
  readonly name: string
  readonly kind: OptimiserPlan['kind']
  readonly rate: NumberValue
  readonly options: Readonly<Record<string, NumberValue>>
  /** Options that are said to be on. */
  readonly switches: ReadonlySet<string>
  /** The norm that the changes of all that the statement moves may have together; see `clipping.ts`. */
  readonly clip?: { readonly norm: NumberValue; readonly statement: number }
  readonly schedule: BoundSchedule
  readonly targets: readonly Learnable[]
  /** Where its numbers are written, those that are. */
  readonly written: Readonly<Record<string, Expression>>
  /** Whether some phase holds it still; then it keeps its slots as they are. */
  readonly pauses?: true
}

type Kind = OptimiserPlan['kind']

/** What each optimiser takes beside `rate`, `schedule` and `clip`: numbers with their standard values. */
const optimiserOptions: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  sgd: { momentum: 0, decay: 0 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 },
  adamw: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01 },
  rmsprop: { beta: 0.99, epsilon: 1e-8, momentum: 0, decay: 0 },
}

/** What can be on or off, and is off unless it is said. */
const optimiserSwitches: Readonly<Record<Kind, readonly string[]>> = {
  sgd: ['nesterov'],
  adam: [],
  adamw: [],
  rmsprop: ['centred'],
}

const kinds = Object.keys(optimiserOptions)
const isKind = (name: string): name is Kind => kinds.includes(name)

/** Shares that an average keeps: what forgets nothing never becomes one. */
const isShare = (key: string): boolean => /^beta[12]?$/.test(key)

/** The optimisers; a weight that two of them move is reported. */
export function resolveOptimisers(
  context: Resolving,
  experiment: Experiment,
): readonly Optimiser[] {
  const moved = new Set<string>()
  return statementsOf(experiment, 'Optimise').flatMap((statement, number) => {
    const optimiser = resolveOptimiser(context, experiment, statement, number)
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
  experiment: Experiment,
  statement: OptimiseStatement,
  number: number,
): Optimiser | undefined {
  const { diagnostics } = context
  const { scope } = experiment
  const { name, args } = statement.optimiser
  const kind = name.name
  if (!isKind(kind)) {
    return diagnostics.report(
      'unknownName',
      name.span,
      { kind: 'optimiser', name: kind },
      { hint: didYouMean(kind, kinds) ?? `the optimisers are ${kinds.join(', ')}` },
    )
  }
  const defaults = optimiserOptions[kind]
  const known = optimiserSwitches[kind]
  const switches = new Set<string>()
  const options: Record<string, NumberValue> = Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, numberValue(value)]),
  )
  const written: Record<string, Expression> = {}
  let rate: NumberValue | undefined
  let misspelt = false
  let clip: NumberValue | undefined
  let schedule: BoundSchedule = { kind: 'constant' }
  for (const [i, argument] of args.entries()) {
    const key = argument.name?.name ?? (i === 0 ? 'rate' : '')
    if (key === 'schedule') schedule = resolveSchedule(context, experiment, argument.value)
    else if (known.includes(key)) {
      const value = evaluateBoolean(diagnostics, scope, argument.value)
      if (!value) continue
      markStructural(diagnostics, [value])
      if (value.value) switches.add(key)
      if (!context.freedom.changes(value)) continue
      diagnostics.report('badValue', argument.value.span, {
        what: `\`${key}\``,
        expected: 'the same in all phases',
        found: 'set by one',
      })
    } else if (key === 'rate' || key === 'clip' || Object.hasOwn(defaults, key)) {
      const value = evaluateNumber(diagnostics, scope, argument.value)
      if (!value) continue
      written[key] = argument.value
      const isFit = observed([value], () => {
        const { value: given } = value
        return (key === 'clip' ? given > 0 : given >= 0) && !(isShare(key) && given >= 1)
      })
      if (!isFit)
        diagnostics.report('badValue', argument.value.span, {
          what: `\`${key}\``,
          expected: isShare(key)
            ? 'at least 0 and below 1'
            : key === 'clip'
              ? 'above 0'
              : 'at least 0',
          found: quantityText(value, argument.value),
        })
      if (key === 'rate') rate = value
      else if (key === 'clip') clip = value
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
          hint: didYouMean(key, ['rate', 'schedule', 'clip', ...Object.keys(defaults), ...known]),
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
  const { momentum } = options
  if (switches.has('nesterov') && momentum && staysZero(context.freedom, momentum)) {
    diagnostics.report('badValue', statement.optimiser.span, {
      what: '`momentum`',
      expected: 'above 0 where `nesterov` is on',
      found: momentum.value,
    })
  }
  return {
    name: label,
    kind,
    rate,
    options,
    written,
    switches,
    ...(clip && { clip: { norm: clip, statement: number } }),
    schedule,
    targets,
  }
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
