/**
 * What an experiment says, resolved against the model: its data, what is presented where, which
 * weights each optimiser moves. Measures are lowered apart (`measures.ts`).
 */
import type {
  ExperimentStatement,
  Expression,
  OptimiseStatement,
} from '../../../grammar/ast.ts'
import type { FieldPlan } from '../../../contract/dataset.ts'
import type { ClockPlan, PresentPlan, ProtocolPart, Schedule } from '../../../contract/plan.ts'
import type { Context } from '../../model/context.ts'
import { didYouMean, evaluateInteger, evaluateNumber } from '../../model/evaluate.ts'
import type { CellInput, Experiment, NumberValue, Population, Scope } from '../../model/model.ts'
import { numberValue } from '../../model/values.ts'
import { inputName } from '../circuit/arrivals.ts'
import { resolveRun } from './run-clock.ts'
import { resolveSchedule } from './schedules.ts'
import type { LowerContext } from '../context.ts'
import { resolveAugment, resolveData, type DataPlan } from './data.ts'
import { resolveProtocol } from './protocol.ts'
import { findLearnables, populationsOf, type Learnable } from '../plasticity/learnables.ts'
import { familyName } from '../../model/families.ts'
import { decimalComma } from '../../model/statement-hints.ts'

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

export interface ResolvedExperiment {
  readonly experiment: Experiment
  readonly data?: DataPlan
  readonly present: readonly PresentPlan[]
  /** Whether all that is presented could be resolved. */
  readonly presentsAll: boolean
  /** What each input is filled with, for measures such as `error`. */
  readonly labels: readonly {
    readonly population: Population
    readonly input: CellInput
    readonly field: string
  }[]
  readonly optimisers: readonly Optimiser[]
  /** Weights and biases that some phase freezes. */
  readonly frozen: ReadonlySet<string>
  readonly values: Values
  /** Of a circuit with a past. */
  readonly clock?: ClockPlan
  readonly phases: readonly ProtocolPart[]
  /** `precision f64` */
  readonly isDouble: boolean
}

interface Values {
  readonly batch: number
  readonly evaluate: number
  readonly seed: number
  /** Absent where it is not said and the protocol tells how long a run is. */
  readonly epochs?: number
}

type Of<K extends ExperimentStatement['kind']> = Extract<ExperimentStatement, { kind: K }>

function statementsOf<K extends ExperimentStatement['kind']>(
  experiment: Experiment,
  kind: K,
): readonly Of<K>[] {
  return experiment.statements.filter((each): each is Of<K> => each.kind === kind)
}

export function resolveExperiment(
  context: LowerContext,
  experiment: Experiment,
): ResolvedExperiment {
  const { diagnostics } = context
  const [dataStatement, again] = statementsOf(experiment, 'Data')
  if (again) {
    diagnostics.report('repeatedStatement', again.span, {
      statement: 'data',
      experiment: experiment.item.name.name,
    })
  }
  const data = dataStatement && resolveData(diagnostics, experiment.scope, dataStatement)
  const { present, labels, presentsAll } = resolvePresent(context, experiment, data)
  const augment =
    data &&
    resolveAugment(
      diagnostics,
      experiment.scope,
      statementsOf(experiment, 'Augment'),
      data.dataset,
      present.map(({ field }) => field),
    )
  const [protocol, second] = statementsOf(experiment, 'Protocol')
  if (second) {
    diagnostics.report('repeatedStatement', second.span, {
      statement: 'protocol',
      experiment: experiment.item.name.name,
    })
  }
  const step = context.clock?.step
  const { optimisers, phases, frozen } = resolveProtocol(
    context,
    experiment.scope,
    resolveOptimisers(context, experiment),
    protocol,
    step,
  )
  const clock =
    step === undefined
      ? undefined
      : resolveRun(diagnostics, experiment, step, phases, statementsOf(experiment, 'Present'))
  return {
    experiment,
    ...(data ? { data: { ...data, ...(augment ? { augment } : {}) } } : {}),
    present,
    presentsAll,
    labels,
    optimisers,
    frozen,
    values: resolveValues(diagnostics, experiment, step !== undefined, phases.length > 0),
    ...(clock ? { clock } : {}),
    isDouble: statementsOf(experiment, 'Value').some(
      ({ name, value }) =>
        name.name === 'precision' && value.kind === 'Name' && value.name === 'f64',
    ),
    phases,
  }
}

/** The most examples that are computed at once: as many as a population may have units. */
const mostExamples = 16_777_216

function resolveValues(
  diagnostics: Context,
  experiment: Experiment,
  isClocked: boolean,
  hasProtocol: boolean,
): Values {
  const values: { batch: number; evaluate: number; seed: number; epochs?: number } = {
    batch: isClocked ? 1 : 32,
    evaluate: 1000,
    seed: 1,
  }
  const seen = new Set<string>()
  for (const statement of statementsOf(experiment, 'Value')) {
    const name = statement.name.name
    if (seen.has(name))
      diagnostics.report('repeatedStatement', statement.span, {
        statement: name,
        experiment: experiment.item.name.name,
      })
    seen.add(name)
    if (name !== 'batch' && name !== 'evaluate' && name !== 'seed' && name !== 'epochs') continue
    const value = evaluateInteger(diagnostics, experiment.scope, statement.value)
    if (value === undefined) continue
    const least = name === 'seed' || name === 'epochs' ? 0 : 1
    const most = name === 'batch' || name === 'evaluate' ? mostExamples : Number.MAX_SAFE_INTEGER
    if (value < least || value > most)
      diagnostics.report('badValue', statement.value.span, {
        what: `\`${name}\``,
        expected: value < least ? `at least ${least}` : `at most ${most.toLocaleString('en')}`,
        found: value,
      })
    else values[name] = value
  }
  if (isClocked) delete values.epochs
  else if (!hasProtocol) values.epochs ??= 1
  return values
}

// --- what is presented -----------------------------------------------------------------------

function resolvePresent(
  context: LowerContext,
  experiment: Experiment,
  data: DataPlan | undefined,
): Pick<ResolvedExperiment, 'present' | 'presentsAll' | 'labels'> {
  const present: PresentPlan[] = []
  const labels: { population: Population; input: CellInput; field: string }[] = []
  for (const statement of statementsOf(experiment, 'Present')) {
    for (const binding of statement.bindings) {
      const target = resolveInput(context, experiment.scope, binding.target)
      const source = resolveField(context.diagnostics, binding.value, data)
      if (!target || !source) continue
      const { population, input } = target
      const units = input.scalar ? 1 : population.size
      const size =
        source.encoding === 'one_hot'
          ? (source.field.classes ?? 0)
          : source.field.shape.reduce((a, b) => a * b, 1)
      const name = inputName(population, input)
      if (context.diagnostics.isBroken(population.family)) continue
      if (units !== size) {
        context.diagnostics.report('presentSize', binding.value.span, {
          input: name,
          units,
          field:
            source.encoding === 'one_hot' ? `one_hot(${source.field.name})` : source.field.name,
          dataset: data?.dataset.name ?? '',
          values: size,
        })
        continue
      }
      present.push({
        input: name,
        field: source.field.name,
        encoding: source.encoding,
        size,
        inference: population.name === name,
      })
      if (source.encoding === 'one_hot')
        labels.push({ population, input, field: source.field.name })
    }
  }
  const bindings = statementsOf(experiment, 'Present').flatMap((each) => each.bindings)
  return { present, presentsAll: present.length === bindings.length, labels }
}

function resolveInput(
  context: LowerContext,
  scope: Scope,
  expression: Expression,
): { readonly population: Population; readonly input: CellInput } | undefined {
  const member = expression.kind === 'Member' ? expression.member : undefined
  const object = expression.kind === 'Member' ? expression.object : expression
  const [population] = populationsOf(context, scope, object) ?? []
  if (!population) return undefined
  const { inputs } = population.cell
  const input = member ? inputs.find((each) => each.name === member.name) : inputs[0]
  if (input && (member || inputs.length === 1)) return { population, input }
  const name = member?.name ?? population.name
  return context.diagnostics.report(
    'notPresentable',
    expression.span,
    { name },
    {
      hint:
        inputs.length > 0
          ? (didYouMean(
              name,
              inputs.map((each) => each.name),
            ) ?? `its inputs are ${inputs.map((each) => each.name).join(', ')}`)
          : undefined,
    },
  )
}

function resolveField(
  diagnostics: Context,
  expression: Expression,
  data: DataPlan | undefined,
): { readonly field: FieldPlan; readonly encoding: 'value' | 'one_hot' } | undefined {
  if (!data) return undefined
  const isOneHot =
    expression.kind === 'Call' &&
    expression.callee.kind === 'Name' &&
    expression.callee.name === 'one_hot'
  const inner = isOneHot && expression.kind === 'Call' ? expression.args[0]?.value : expression
  if (inner?.kind !== 'Name') {
    const called =
      expression.kind === 'Call' && expression.callee.kind === 'Name'
        ? expression.callee
        : undefined
    if (called && !isOneHot) {
      return diagnostics.report(
        'unknownName',
        called.span,
        { kind: 'encoding', name: called.name },
        {
          hint:
            didYouMean(called.name, ['one_hot']) ?? 'write the field itself, or `one_hot(label)`',
        },
      )
    }
    return diagnostics.report('wrongKind', expression.span, {
      name: 'this',
      found: 'an expression',
      expected: 'a field of the data set, or `one_hot(label)`,',
    })
  }
  const field = data.dataset.fields.find((each) => each.name === inner.name)
  if (!field) {
    return diagnostics.report(
      'unknownField',
      inner.span,
      { dataset: data.dataset.name, name: inner.name },
      {
        hint:
          didYouMean(
            inner.name,
            data.dataset.fields.map((each) => each.name),
          ) ?? `its fields are ${data.dataset.fields.map((each) => each.name).join(', ')}`,
      },
    )
  }
  if (isOneHot && field.classes === undefined) {
    return diagnostics.report('badValue', inner.span, {
      what: `\`${field.name}\``,
      expected: 'a class label, to be one-hot',
      found: 'a value without classes',
    })
  }
  return { field, encoding: isOneHot ? 'one_hot' : 'value' }
}

// --- optimisers ------------------------------------------------------------------------------

const optimiserOptions: Readonly<Record<'sgd' | 'adam', Readonly<Record<string, number>>>> = {
  sgd: { momentum: 0, decay: 0 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 },
}

function resolveOptimisers(context: LowerContext, experiment: Experiment): readonly Optimiser[] {
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
  context: LowerContext,
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
  context: LowerContext,
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
    else context.diagnostics.report('notLearnable', expression.span, { name: each.storage })
    return false
  })
}
