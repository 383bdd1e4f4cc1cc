/**
 * Data sets as a file declares them: fields and readers as plain data, and everything that can be said
 * of them without reading the data (contract/check-reader.ts knows what readers take).
 */
import type { Argument, DatasetField, DatasetItem, RuleReference, Span } from '../../grammar/ast.ts'
import { checkReader, type ReaderProblem } from '../../contract/check-reader.ts'
import type { DatasetPlan, FieldPlan, ReaderPlan } from '../../contract/dataset.ts'
import { mostValues, signatureOf, sizeOf } from '../../contract/readers.ts'
import type { Context } from './context.ts'
import { didYouMean, evaluate, evaluateInteger } from './evaluate.ts'
import type { Scope, Value } from './model.ts'
import { describeDimension, dimensionless, sameDimension } from './units.ts'
import { describeEntry } from './values.ts'

/** The data set that an item declares; undefined if part of it is wrong, which is reported. */
export function resolveDataset(
  context: Context,
  scope: Scope,
  item: DatasetItem,
): DatasetPlan | undefined {
  const found = item.fields.map((field) => resolveField(context, scope, field))
  const fields = found.filter((field) => field !== undefined)
  const whole =
    fields.length === found.length &&
    distinct(context, item.fields) &&
    checkLasting(context, item.fields, fields)
  if (found.length === 0) {
    return context.report('missingArgument', item.name.span, {
      owner: `The data set \`${item.name.name}\``,
      name: 'field',
    })
  }
  const part = (name: 'train' | 'test'): ReaderPlan | undefined => {
    // What is played step by step is not evaluated.
    const played = item.parts.find((each) => each.reader.name.name === 'spikes')
    const declared = item.parts.find((each) => each.part === name) ?? played
    if (!declared) {
      return context.report('missingArgument', item.name.span, {
        owner: `The data set \`${item.name.name}\``,
        name,
      })
    }
    return resolveReader(context, scope, declared.reader, whole ? item.fields : [], fields)
  }
  const train = part('train')
  const test = part('test')
  return whole && train && test ? { name: item.name.name, fields, train, test } : undefined
}

/** Whether no two fields have one name; a label besides others is a field like them. */
function distinct(context: Context, fields: readonly DatasetField[]): boolean {
  let all = true
  fields.forEach(({ name }, k) => {
    const first = fields.slice(0, k).find((other) => other.name.name === name.name)
    if (!first) return
    all = false
    const related = [{ span: first.name.span, message: 'It is declared here first.' }]
    context.report('duplicateName', name.span, { name: name.name }, { related })
  })
  return all
}

/** Whether the first axis of a field is `time`; anything that is declared with that name is a size. */
const isAlongTime = (scope: Scope, { shape: [first] }: DatasetField): boolean =>
  first?.kind === 'Name' && first.name === 'time' && scope.lookUp('time') === undefined

/** Reports a field that is said to last by one that cannot say so. */
function checkLasting(
  context: Context,
  fields: readonly DatasetField[],
  plans: readonly FieldPlan[],
): boolean {
  let fits = true
  for (const { name, lasts } of fields) {
    const own = plans.find((each) => each.name === name.name)
    if (!lasts || !own) continue
    const other = plans.find((each) => each.name === lasts.name)
    const isNumber =
      other && !other.time && other.classes === undefined && sizeOf(other.shape) === 1
    if (own.time && isNumber) continue
    fits = false
    context.report('badValue', lasts.span, {
      what: `What \`${name.name}\` lasts`,
      expected: own.time
        ? 'a field of one number, the rows of each example'
        : 'said of a field along time, as in `field x[time, 4]`',
      found: `\`${lasts.name}\``,
    })
  }
  return fits
}

function resolveField(context: Context, scope: Scope, field: DatasetField): FieldPlan | undefined {
  const name = field.name.name
  const bad = (span: Span, what: string, expected: string, found: number | string): undefined =>
    context.report('badValue', span, { what, expected, found })
  const shape: number[] = []
  const along = isAlongTime(scope, field)
  for (const dim of along ? field.shape.slice(1) : field.shape) {
    const size = evaluateInteger(context, scope, dim)
    if (size === undefined) return undefined
    if (size < 1) return bad(dim.span, `The size of \`${name}\``, 'at least 1', size)
    shape.push(size)
  }
  if (!(sizeOf(shape) <= mostValues)) {
    return bad(field.span, `The size of \`${name}\``, `at most ${mostValues}`, sizeOf(shape))
  }
  const classes = field.classes && evaluateInteger(context, scope, field.classes)
  if (field.classes && classes === undefined) return undefined
  if (field.classes && classes !== undefined && classes < 1) {
    return bad(field.classes.span, `The number of classes of \`${name}\``, 'at least 1', classes)
  }
  if (field.classes && classes !== undefined && classes > mostValues) {
    return bad(
      field.classes.span,
      `The number of classes of \`${name}\``,
      `at most ${mostValues}`,
      classes,
    )
  }
  const mean = field.mean && numbersOf(evaluate(context, scope, field.mean))
  const std = field.std && numbersOf(evaluate(context, scope, field.std))
  for (const [numbers, at] of [
    [mean, field.mean],
    [std, field.std],
  ] as const) {
    if (!numbers || !at || numbers.length === 1 || numbers.length === shape[0]) continue
    const expected = `one number, or one for each of the ${shape[0] ?? 1} of the first axis`
    return bad(
      at.span,
      `What \`${name}\` is standardised by`,
      expected,
      `${numbers.length} numbers`,
    )
  }
  const none = std?.find((value) => !(value > 0))
  if (field.std && none !== undefined) return bad(field.std.span, '`std`', 'above 0', none)
  return {
    name,
    shape,
    ...(along && { time: true }),
    ...(field.lasts && { lasts: field.lasts.name }),
    ...(classes === undefined ? {} : { classes }),
    ...(mean ? { mean } : {}),
    ...(std ? { std } : {}),
  }
}

/** A reader with its arguments; `declared` are the fields that it fills, none if they are wrong. */
function resolveReader(
  context: Context,
  scope: Scope,
  reader: RuleReference,
  declared: readonly DatasetField[],
  fields: readonly FieldPlan[],
): ReaderPlan | undefined {
  const positional: (number | string)[] = []
  const named: Record<string, number | string> = Object.create(null) as Record<string, never>
  const places = new Map<string | number, Argument>()
  let whole = true
  for (const argument of reader.args) {
    const name = argument.name?.name
    const plain =
      bareName(reader.name.name, argument) ?? valueOf(context, scope, reader.name.name, argument)
    if (plain === undefined) {
      whole = false
    } else if (name === undefined) {
      places.set(positional.length, argument)
      positional.push(plain)
    } else if (places.has(name)) {
      whole = false
      const related = [{ span: places.get(name)!.span, message: 'It is declared here first.' }]
      context.report('duplicateName', argument.span, { name }, { related })
    } else {
      places.set(name, argument)
      named[name] = plain
    }
  }
  if (!whole) return undefined
  const plan: ReaderPlan = { name: reader.name.name, positional, named: { ...named } }
  // Without knowing the fields, only the reader's name can be judged.
  const problem = checkReader(plan, fields)
  if (!problem || (declared.length === 0 && problem.kind !== 'reader')) return plan
  reportProblem(context, reader, problem, spanOf(problem, reader, declared, places))
  return undefined
}

/** A column or an array may be named without quotes: `time = t`. */
function bareName(reader: string, { name, value }: Argument): string | undefined {
  const { texts, numbers } = signatureOf(reader) ?? {}
  const isName = texts && name && !numbers?.some((each) => each.name === name.name)
  return isName && value.kind === 'Name' ? value.name : undefined
}

function valueOf(
  context: Context,
  scope: Scope,
  reader: string,
  argument: Argument,
): number | string | undefined {
  const value = evaluate(context, scope, argument.value)
  if (!value) return undefined
  const { reals = [], lists = [] } = signatureOf(reader) ?? {}
  const name = argument.name?.name
  const unit = reals.find((each) => each.name === name)?.unit
  const numbers = lists.some((each) => each.name === name) ? numbersOf(value) : []
  // A list of numbers is handed on as text.
  if (numbers.length > 0) return numbers.join(', ')
  return unit ? inUnit(context, value, argument, unit) : plainValue(context, value, argument)
}

/** A time or a rate, in SI. */
function inUnit(context: Context, value: Value, { value: at }: Argument, unit: 's' | 'Hz') {
  const dimension = { time: unit === 's' ? 1 : -1 }
  if (value.kind === 'number' && sameDimension(value.dimension, dimension)) return value.value
  if (value.kind === 'number' && value.value === 0) return 0
  const found = value.kind === 'number' ? describeDimension(value.dimension) : describeEntry(value)
  const what = unit === 's' ? 'A time' : 'A rate'
  const expected = unit === 's' ? 'a time, as `300 ms`' : 'a rate, as `2 Hz`'
  return context.report('unitExpected', at.span, { what, expected, found })
}

function plainValue(context: Context, value: Value, { value: at }: Argument) {
  if (value.kind === 'string') return value.value
  if (value.kind === 'number' && sameDimension(value.dimension, dimensionless)) return value.value
  const found =
    value.kind === 'number'
      ? `a number with ${describeDimension(value.dimension)}`
      : describeEntry(value)
  return context.report('expectedNumber', at.span, { expected: 'number or text in quotes', found })
}

function spanOf(
  problem: ReaderProblem,
  reader: RuleReference,
  declared: readonly DatasetField[],
  places: ReadonlyMap<string | number, Argument>,
): Span {
  if ('argument' in problem) {
    const argument = places.get(problem.argument)
    if (!argument) return reader.span
    const { name } = argument
    return problem.kind === 'option' && name ? name.span : argument.value.span
  }
  if ('field' in problem) {
    const field = declared.find(({ name }) => name.name === problem.field)
    if (field) return field.name.span
  }
  return problem.kind === 'reader' ? reader.name.span : reader.span
}

function reportProblem(
  context: Context,
  reader: RuleReference,
  problem: ReaderProblem,
  span: Span,
): void {
  const owner = `\`${reader.name.name}\``
  switch (problem.kind) {
    case 'reader': {
      const { known } = problem
      const hint = didYouMean(reader.name.name, known) ?? `there are ${known.join(', ')}`
      context.report('unknownName', span, { kind: 'reader', name: reader.name.name }, { hint })
      return
    }
    case 'option': {
      const { name, known } = problem
      const hint =
        didYouMean(name, known) ?? (known.length > 0 ? `it takes ${known.join(', ')}` : undefined)
      context.report('unknownOption', span, { owner, name }, { hint })
      return
    }
    case 'missing':
      context.report('missingArgument', span, { owner, name: problem.name })
      return
    case 'many': {
      const { expected, found } = problem
      context.report('tooManyArguments', span, { owner, expected, found })
      return
    }
    case 'value': {
      const { what, expected, found } = problem
      context.report('badValue', span, { what, expected, found })
    }
  }
}

function numbersOf(value: Value | undefined): readonly number[] {
  if (value?.kind === 'number') return [value.value]
  return value?.kind === 'list' ? value.elements.flatMap(numbersOf) : []
}
