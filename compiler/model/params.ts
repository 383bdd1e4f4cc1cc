/**
 * Parameters of the main file: their defaults, what experiments, variants and the command line set,
 * their ranges. Later settings win: default, experiment, variants in order, the outside.
 */
import type { Expression, ParamItem, Span } from '../../grammar/ast.ts'
import { parse } from '../../grammar/index.ts'
import type { Context } from './context.ts'
import { didYouMean, evaluate, evaluateNumber } from './evaluate.ts'
import type { NumberValue, Param, Value } from './model.ts'
import type { MutableScope } from './scope.ts'
import { describeDimension, sameDimension, unitHint } from './units.ts'
import { describeEntry } from './values.ts'
import { observed, watchedNumber } from './watch.ts'
import { quantityText } from './quantity-text.ts'

/** How many characters of a value stand in the name of its source. */
const longestShown = 60

/** One value for a parameter from somewhere other than its declaration. */
export interface Override {
  readonly name: string
  readonly value: Expression
  /** Where to point if the value is wrong, and the name too if it has no place of its own. */
  readonly span: Span
  readonly nameSpan?: Span
}

/** Overrides given as text (`hidden` -> `[20, 15]`); each becomes a small source file of its own. */
export function parseOverrides(
  context: Context,
  set: Readonly<Record<string, string>>,
  sources: Map<string, string>,
): readonly Override[] {
  return Object.entries(set).flatMap(([name, text]) => {
    // Points of a sweep give one name several values: each is a source of its own.
    const path = `--set ${name}=${text.length > longestShown ? `${text.slice(0, longestShown)}...` : text}`
    const source = `const ${/^[A-Za-z_]\w*$/.test(name) ? name : 'x'} = ${text}`
    sources.set(path, source)
    const { file, diagnostics } = parse(source, path)
    for (const found of diagnostics) context.add(found)
    const item = file.items[0]
    const isBroken = diagnostics.some(({ severity }) => severity === 'error')
    if (isBroken || item?.kind !== 'Const') return []
    const [, more] = file.items
    if (more) {
      context.report('unexpectedToken', more.span, {
        expected: 'one value',
        found: `\`${source.slice(more.span.start, more.span.end)}\``,
      })
      return []
    }
    return [{ name, value: item.value, span: item.value.span, nameSpan: item.name.span }]
  })
}

/** Declares the parameters in the file's scope and returns a function that lists them at the end. */
export function declareParams(
  context: Context,
  scope: MutableScope,
  items: readonly ParamItem[],
  overrides: readonly Override[],
): () => readonly Param[] {
  const names = items.map((item) => item.name.name)
  const known = overrides.filter((each) => {
    if (names.includes(each.name)) return true
    context.report(
      'unknownName',
      each.nameSpan ?? each.span,
      { kind: 'parameter', name: each.name },
      {
        hint:
          didYouMean(each.name, names) ??
          (names.length > 0 ? `the parameters are ${names.join(', ')}` : undefined),
      },
    )
    return false
  })
  for (const item of items) {
    const name = item.name.name
    const override = known.findLast((each) => each.name === name)
    scope.declareLazily(name, () => {
      const valueOf = (expression: Expression): Value | undefined =>
        context.nested(item.name.span, () => evaluate(context, scope, expression))
      const standard = valueOf(item.value)
      const given = override ? valueOf(override.value) : standard
      if (!standard || !given) return undefined
      const span = override?.span ?? item.value.span
      if (!sameKind(standard, given)) {
        return context.report('wrongKind', span, {
          name: `${name}`,
          found: `set to ${describeEntry(given)}`,
          expected: `${describeEntry(standard)}`,
        })
      }
      const hint = (): string | undefined =>
        override && unitHint(override.value, numbersIn(standard)[0]?.dimension ?? {})
      if (!checkDimension(context, standard, given, span, hint)) return undefined
      if (checkRange(context, scope, item, given, span)) return withSymbol(given, name)
      // What a wrong value leads to says nothing new: the rest is checked with the default.
      return override ? withSymbol(standard, name) : undefined
    })
  }
  return () =>
    items.flatMap((item) => {
      const name = item.name.name
      const entry = scope.lookUp(name)
      if (
        !entry ||
        !['number', 'boolean', 'string', 'list', 'function', 'builtin'].includes(entry.kind)
      )
        return []
      const unit = item.value.kind === 'NumberLiteral' ? item.value.unit?.name : undefined
      const range = item.range && evaluateRange(context, scope, item)
      return [
        {
          name,
          value: entry as Value,
          ...(item.doc === undefined ? {} : { doc: item.doc }),
          ...(unit === undefined ? {} : { unit }),
          ...(range ? { range } : {}),
          structural: [...context.structural].some(
            (each) => each === name || each.startsWith(`${name}[`),
          ),
          unused: !context.used.has(name),
          span: item.span,
        },
      ]
    })
}

/** A list stands wherever a number does, one value for each element. */
function sameKind(a: Value, b: Value): boolean {
  const plain = (value: Value): string =>
    value.kind === 'list'
      ? (value.elements[0]?.kind ?? 'number')
      : value.kind === 'builtin'
        ? 'function'
        : value.kind
  return plain(a) === plain(b)
}

function numbersIn(value: Value): readonly NumberValue[] {
  if (value.kind === 'number') return [value]
  return value.kind === 'list' ? value.elements.flatMap(numbersIn) : []
}

function checkDimension(
  context: Context,
  standard: Value,
  given: Value,
  span: Span,
  hint: () => string | undefined,
): boolean {
  const expected = numbersIn(standard)[0]
  if (!expected) return true
  for (const number of numbersIn(given)) {
    if (!sameDimension(number.dimension, expected.dimension)) {
      context.report(
        'unitExpected',
        span,
        {
          what: 'This parameter',
          expected: describeDimension(expected.dimension),
          found: describeDimension(number.dimension),
        },
        { hint: hint() },
      )
      return false
    }
  }
  return true
}

function evaluateRange(
  context: Context,
  scope: MutableScope,
  item: ParamItem,
): NonNullable<Param['range']> | undefined {
  if (!item.range) return undefined
  const from = item.range.from && evaluateNumber(context, scope, item.range.from)
  const to = item.range.to && evaluateNumber(context, scope, item.range.to)
  return {
    ...(from ? { from: from.value } : {}),
    ...(to ? { to: to.value } : {}),
    fromOpen: item.range.fromOpen,
    toOpen: item.range.toOpen,
  }
}

/** Whether the ends of a range have the dimension of what it bounds; reports one that has not. */
function boundsFit(context: Context, scope: MutableScope, item: ParamItem, given: Value): boolean {
  const expected = numbersIn(given)[0]?.dimension
  if (!expected) return true
  return [item.range?.from, item.range?.to].every((end) => {
    const bound = end && evaluateNumber(context, scope, end)
    if (!end || !bound || bound.value === 0 || sameDimension(bound.dimension, expected)) return true
    context.report('unitExpected', end.span, {
      what: `The range of \`${item.name.name}\``,
      expected: describeDimension(expected),
      found: describeDimension(bound.dimension),
    })
    return false
  })
}

/** `at least 1 ms`, `above 0 and below 1`: of numbers of that dimension. */
export function describeRange(
  range: NonNullable<Param['range']>,
  dimension: NumberValue['dimension'],
): string {
  const end = (value: number): string => (value === 0 ? '0' : quantityText({ value, dimension }))
  const from =
    range.from === undefined
      ? undefined
      : `${range.fromOpen ? 'above' : 'at least'} ${end(range.from)}`
  const to =
    range.to === undefined ? undefined : `${range.toOpen ? 'below' : 'at most'} ${end(range.to)}`
  return [from, to].filter((each) => each !== undefined).join(' and ')
}

/** Whether a number, which NaN is not, lies within a range. */
export function isWithin(
  { from, to, fromOpen, toOpen }: NonNullable<Param['range']>,
  value: number,
): boolean {
  const low = from !== undefined && (fromOpen ? value <= from : value < from)
  const high = to !== undefined && (toOpen ? value >= to : value > to)
  return !low && !high && !Number.isNaN(value)
}

/** Whether a value lies in the parameter's range; reports the numbers that do not. */
function checkRange(
  context: Context,
  scope: MutableScope,
  item: ParamItem,
  given: Value,
  span: Span,
): boolean {
  const range = evaluateRange(context, scope, item)
  if (!range) return true
  if (!boundsFit(context, scope, item, given)) return false
  const outside = numbersIn(given).filter(
    (each) => !observed([each], () => isWithin(range, each.value)),
  )
  for (const number of outside) {
    context.report(
      'outOfRange',
      span,
      {
        name: item.name.name,
        found: quantityText(number),
        range: describeRange(range, number.dimension),
      },
      {
        related:
          item.range && span.file === item.range.span.file && span.start === item.range.span.start
            ? undefined
            : [{ span: item.range?.span ?? item.span, message: 'The range is declared here.' }],
      },
    )
  }
  return outside.length === 0
}

/** The value, remembered as the parameter `name`. */
function withSymbol(value: Value, name: string): Value {
  const symbol = { kind: 'param', name } as const
  if (value.kind === 'number' && value.watched)
    return watchedNumber(value.watched, () => value.value, value.dimension, symbol)
  if (value.kind === 'number' || value.kind === 'boolean') return { ...value, symbol }
  if (value.kind === 'list') {
    return {
      kind: 'list',
      elements: value.elements.map((each, i) => withSymbol(each, `${name}[${i}]`)),
    }
  }
  return value
}
