/** The `data` statement of an experiment and the data set that it names, as plain data. */
import type { DatasetItem, DataStatement, RuleReference } from '../../grammar/ast.ts'
import type { DatasetPlan, FieldPlan, ReaderPlan } from '../../runtime/data/types.ts'
import { resolveDefinition } from '../model/cells.ts'
import type { Context } from '../model/context.ts'
import { didYouMean, evaluate, evaluateInteger, evaluateNumber } from '../model/evaluate.ts'
import type { Scope, Value } from '../model/model.ts'

export interface DataPlan {
  readonly dataset: DatasetPlan
  readonly standardise: boolean
  readonly validation: number
  readonly smoothing: number
  readonly limit?: number
}

/** The data of an experiment, with its options. */
export function resolveData(
  diagnostics: Context,
  scope: Scope,
  statement: DataStatement,
): DataPlan | undefined {
  const reference = statement.dataset
  const definition = resolveDefinition(
    diagnostics,
    scope,
    reference.name.name,
    reference.name.span,
    'dataset',
  )
  if (!definition) return undefined
  const dataset = resolveDataset(diagnostics, definition.scope, definition.item)
  let standardise = false
  const numbers = { validation: 0, smoothing: 0, limit: Number.POSITIVE_INFINITY }
  const known = ['standardise', ...Object.keys(numbers)]
  for (const { name, value } of statement.options) {
    if (name.name === 'standardise') standardise = true
    else if (name.name in numbers && value) {
      const number = evaluateNumber(diagnostics, scope, value)
      if (number) numbers[name.name as keyof typeof numbers] = number.value
    } else {
      diagnostics.report(
        'unknownOption',
        name.span,
        { owner: '`data`', name: name.name },
        { hint: didYouMean(name.name, known) },
      )
    }
  }
  const { validation, smoothing, limit } = numbers
  if (!(smoothing >= 0 && smoothing < 1)) {
    diagnostics.report('badValue', statement.span, {
      what: 'The label smoothing',
      expected: 'at least 0 and below 1',
      found: smoothing,
    })
  }
  if (!dataset) return undefined
  return {
    dataset,
    standardise,
    validation,
    smoothing,
    ...(Number.isFinite(limit) ? { limit } : {}),
  }
}

function resolveDataset(
  diagnostics: Context,
  scope: Scope,
  item: DatasetItem,
): DatasetPlan | undefined {
  const fields = item.fields.map((field): FieldPlan => {
    const shape = field.shape.map((dim) => evaluateInteger(diagnostics, scope, dim) ?? 1)
    const classes = field.classes && evaluateInteger(diagnostics, scope, field.classes)
    const mean = field.mean && numbersOf(evaluate(diagnostics, scope, field.mean))
    const std = field.std && numbersOf(evaluate(diagnostics, scope, field.std))
    return {
      name: field.name.name,
      shape,
      ...(classes === undefined ? {} : { classes }),
      ...(mean ? { mean } : {}),
      ...(std ? { std } : {}),
    }
  })
  const part = (name: 'train' | 'test'): ReaderPlan | undefined => {
    const found = item.parts.find((each) => each.part === name)
    if (!found) {
      return diagnostics.report('missingArgument', item.name.span, {
        owner: `The data set \`${item.name.name}\``,
        name,
      })
    }
    return resolveReader(diagnostics, scope, found.reader)
  }
  const train = part('train')
  const test = part('test')
  return train && test && { name: item.name.name, fields, train, test }
}

function numbersOf(value: Value | undefined): readonly number[] {
  if (value?.kind === 'number') return [value.value]
  return value?.kind === 'list' ? value.elements.flatMap(numbersOf) : []
}

function resolveReader(diagnostics: Context, scope: Scope, reader: RuleReference): ReaderPlan {
  const positional: (number | string)[] = []
  const named: Record<string, number | string> = {}
  for (const argument of reader.args) {
    const value = evaluate(diagnostics, scope, argument.value)
    if (value?.kind !== 'number' && value?.kind !== 'string') continue
    if (argument.name) named[argument.name.name] = value.value
    else positional.push(value.value)
  }
  return { name: reader.name.name, positional, named }
}
