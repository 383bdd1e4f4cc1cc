/** What an experiment presents: which field of its data fills which input. */
import type { Expression } from '../../../grammar/ast.ts'
import type { FieldPlan } from '../../../contract/dataset.ts'
import type { PresentPlan } from '../../../contract/plan.ts'
import type { Context } from '../context.ts'
import { didYouMean } from '../evaluate.ts'
import { inputName } from '../inputs.ts'
import type { CellInput, Experiment, Population, Scope } from '../model.ts'
import type { Resolving } from './context.ts'
import type { DataPlan } from './data.ts'
import { populationsOf } from './learnables.ts'
import { statementsOf } from './statements.ts'

/** An input that is filled with a label. */
export interface Label {
  readonly population: Population
  readonly input: CellInput
  readonly field: string
}

export interface Presented {
  readonly present: readonly PresentPlan[]
  /** Whether all that is presented could be resolved. */
  readonly presentsAll: boolean
  /** What each input is filled with, for measures such as `error`. */
  readonly labels: readonly Label[]
}

/** What the `present` statements say; mistakes are reported. */
export function resolvePresent(
  context: Resolving,
  experiment: Experiment,
  data: DataPlan | undefined,
): Presented {
  const said = statementsOf(experiment, 'Present')
  const isHeld = said.some(({ duration }) => duration !== undefined)
  const present: PresentPlan[] = []
  const labels: Label[] = []
  for (const statement of statementsOf(experiment, 'Present')) {
    for (const binding of statement.bindings) {
      const target = resolveInput(context, experiment.scope, binding.target)
      const source = resolveField(context.diagnostics, binding.value, data)
      if (!target || !source) continue
      const { population, input } = target
      const units = input.scalar ? 1 : population.size
      const time = source.field.time === true
      if (time && !checkTimed(context, binding.value, isHeld)) continue
      const size =
        source.encoding === 'during'
          ? units
          : source.encoding === 'one_hot'
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
        ...(time && { time, ...(statement.fit && { fit: statement.fit }) }),
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

/** A field along time needs a circuit that goes on in time, and a presentation that lasts. */
function checkTimed(
  { diagnostics, step }: Resolving,
  { span }: Expression,
  isHeld: boolean,
): boolean {
  if (step !== undefined && isHeld) return true
  // Whether anything goes on in time is not known of a circuit that is not whole.
  if (diagnostics.isPartial) return false
  diagnostics.report('badValue', span, {
    what: 'How long a field along time is presented',
    expected: step === undefined ? 'in a circuit that goes on in time' : 'a time, as in `for 1 s`',
    found: step === undefined ? 'one without a past' : 'nothing',
  })
  return false
}

function resolveInput(
  context: Resolving,
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
): { readonly field: FieldPlan; readonly encoding: PresentPlan['encoding'] } | undefined {
  if (!data) return undefined
  const callee =
    expression.kind === 'Call' && expression.callee.kind === 'Name' ? expression.callee.name : ''
  const isOneHot = callee === 'one_hot'
  const isDuring = callee === 'during'
  const isEncoded = (isOneHot || isDuring) && expression.kind === 'Call'
  const inner = isEncoded ? expression.args[0]?.value : expression
  if (inner?.kind !== 'Name') {
    const called =
      expression.kind === 'Call' && expression.callee.kind === 'Name'
        ? expression.callee
        : undefined
    if (called && !isOneHot && !isDuring) {
      return diagnostics.report(
        'unknownName',
        called.span,
        { kind: 'encoding', name: called.name },
        {
          hint:
            didYouMean(called.name, ['one_hot', 'during']) ??
            'write the field itself, or `one_hot(label)`',
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
  if (isDuring && !field.time) {
    return diagnostics.report('badValue', inner.span, {
      what: `\`${field.name}\``,
      expected: 'along time, as in `field x[time, 4]`, to say while what it lasts',
      found: 'one value for the whole presentation',
    })
  }
  return { field, encoding: isOneHot ? 'one_hot' : isDuring ? 'during' : 'value' }
}
