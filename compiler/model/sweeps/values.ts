/**
 * What names are set to along a sweep, as text that stands for a parameter's value as `--set` would: the
 * elements of lists as they are written, numbers of `log`, `linear` and `range` with the unit of their ends.
 */
import type { Axis, Choice, Distribution } from '../../../contract/sweep.ts'
import { number, shortened } from '../../../contract/sweep-points.ts'
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import { didYouMean } from '../evaluate.ts'
import { textOf } from '../experiment/text.ts'

/** The most values along one axis. */
const mostSteps = 100_000

/** What the values are read with. */
export interface Reading {
  readonly context: Context
  readonly sources: ReadonlyMap<string, string>
  /** Of the file. */
  readonly variants: readonly string[]
}

/** What each element of a list says of one name; mistakes are reported. */
export function choicesOf(
  reading: Reading,
  name: string,
  elements: readonly Expression[],
): readonly Choice[] {
  return elements.flatMap((element) => choiceOf(reading, name, element) ?? [])
}

/** What a value says of one name: variants by their names, all else as it is written. */
export function choiceOf(reading: Reading, name: string, element: Expression): Choice | undefined {
  if (element.kind === 'ErrorExpression') return undefined
  if (name !== 'variant') return { text: textOf(reading, element) }
  const parts = element.kind === 'List' ? element.elements : [element]
  const names = parts.map((part) => variantOf(reading, part))
  const known = names.filter((each) => each !== undefined)
  return known.length === names.length ? { variants: known.flat() } : undefined
}

/** A variant's name, or `none`. */
function variantOf(
  { context, variants }: Reading,
  part: Expression,
): readonly string[] | undefined {
  if (part.kind !== 'Name') {
    return context.report('badValue', part.span, {
      what: 'What `variant` is set to',
      expected: 'the name of a variant, a list of names, or `none`',
      found: 'another expression',
    })
  }
  if (variants.includes(part.name)) return [part.name]
  if (part.name === 'none') return []
  return context.report(
    'unknownName',
    part.span,
    { kind: 'variant', name: part.name },
    {
      hint:
        didYouMean(part.name, variants) ??
        (variants.length > 0
          ? `the variants are ${variants.join(', ')}, and \`none\``
          : 'the file declares none'),
    },
  )
}

/** The values along one axis of one name. */
export function stepsOf(
  reading: Reading,
  name: string,
  values: Expression,
): Axis['steps'] | undefined {
  if (values.kind === 'ErrorExpression') return undefined
  if (values.kind === 'List') {
    const choices = choicesOf(reading, name, values.elements)
    return choices.length === values.elements.length ? choices.map((each) => [each]) : undefined
  }
  const made = values.kind === 'Call' && name !== 'variant' ? spaced(reading, values) : undefined
  if (made !== undefined) return made === 'wrong' ? undefined : made.map((each) => [each])
  return reading.context.report(
    'badValue',
    values.span,
    {
      what: `What \`${name}\` is in turn`,
      expected: 'a list',
      found: `\`${textOf(reading, values)}\``,
    },
    {
      hint:
        name === 'variant'
          ? 'as in `vary variant in [none, tied]`'
          : `as in \`vary ${name} in [1, 2, 4]\`, \`log(0.01, 1, 7)\`, \`linear(0, 1, 5)\` or \`range(0, 1, 0.1)\``,
    },
  )
}

/** Numbers between two ends: `log(a, b, n)`, `linear(a, b, n)`, `range(a, b, step)`. */
function spaced(reading: Reading, call: CallExpression): readonly Choice[] | 'wrong' | undefined {
  const { callee } = call
  if (callee.kind !== 'Name' || !['log', 'linear', 'range'].includes(callee.name)) return undefined
  const count = callee.name === 'range' ? undefined : lastWhole(reading, call)
  const ends = numbersOf(reading, call, callee.name === 'range' ? 3 : 2)
  if (!ends || count === 'wrong') return 'wrong'
  const [from = 0, to = 0, step = 0] = ends.values
  const numbers = (): readonly number[] | undefined => {
    if (count !== undefined) {
      if (callee.name === 'log' && !(from > 0 && to > 0)) return undefined
      return Array.from({ length: count }, (_, i) => {
        if (i === 0 || i === count - 1) return i === 0 ? from : to
        const share = i / (count - 1)
        return callee.name === 'log' ? from * (to / from) ** share : from + (to - from) * share
      })
    }
    const steps = (to - from) / step
    if (!(steps >= 0 && steps < mostSteps)) return undefined
    // A last value that misses its end by rounding is the end.
    return Array.from({ length: Math.floor(steps + 1e-9) + 1 }, (_, i) => from + i * step)
  }
  const found = numbers()
  if (found) return found.map((each) => number(shortened(each), ends.unit))
  const expected =
    callee.name === 'range' ? 'a step that leads from the one end to the other' : 'two ends above 0'
  reading.context.report('badValue', call.span, {
    what: `What \`${callee.name}\` is given`,
    expected,
    found: `\`${textOf(reading, call)}\``,
  })
  return 'wrong'
}

/** From what a name is drawn; mistakes are reported. */
export function distributionOf(
  reading: Reading,
  name: string,
  value: Expression,
): Distribution | undefined {
  if (value.kind === 'ErrorExpression') return undefined
  const call = value.kind === 'Call' && value.callee.kind === 'Name' ? value : undefined
  const kind = call?.callee.kind === 'Name' ? call.callee.name : ''
  if (call && kind === 'choice') {
    const elements = call.args.map((each) => each.value)
    const choices = choicesOf(reading, name, elements)
    if (choices.length === 0 || choices.length < elements.length) {
      if (elements.length > 0) return undefined
      return reading.context.report('badValue', call.span, {
        what: 'What `choice` is given',
        expected: 'some values',
        found: 'none',
      })
    }
    return { kind, choices }
  }
  const isOrdered = kind === 'uniform' || kind === 'log_uniform' || kind === 'integer'
  if (!call || !isOrdered || name === 'variant') {
    return reading.context.report(
      'badValue',
      value.span,
      {
        what: `What \`${name}\` is drawn from`,
        expected:
          name === 'variant' ? '`choice(...)`' : '`uniform`, `log_uniform`, `integer` or `choice`',
        found: `\`${textOf(reading, value)}\``,
      },
      {
        hint:
          name === 'variant'
            ? 'as in `variant = choice(none, tied)`'
            : `as in \`${name} = log_uniform(1e-3, 1)\` or \`${name} = choice(1, 2, 4)\``,
      },
    )
  }
  const ends = numbersOf(reading, call, 2)
  if (!ends) return undefined
  const [from = 0, to = 0] = ends.values
  const isRight =
    kind === 'log_uniform'
      ? from > 0 && to >= from
      : kind === 'integer'
        ? Math.floor(to) >= Math.ceil(from)
        : to >= from
  if (!isRight) {
    return reading.context.report('badValue', call.span, {
      what: `What \`${kind}\` is given`,
      expected:
        kind === 'log_uniform' ? 'two ends above 0, the lower first' : 'the lower end first',
      found: `\`${textOf(reading, call)}\``,
    })
  }
  return { kind, from, to, ...(ends.unit !== undefined && { unit: ends.unit }) }
}

interface Numbers {
  readonly values: readonly number[]
  /** As written; the same of all. */
  readonly unit?: string
}

/** The first arguments as numbers in one unit. */
function numbersOf(reading: Reading, call: CallExpression, count: number): Numbers | undefined {
  const { context } = reading
  const kind = call.callee.kind === 'Name' ? call.callee.name : ''
  const wanted = kind === 'log' || kind === 'linear' ? 3 : count
  if (call.args.length !== wanted) {
    return context.report('tooManyArguments', call.span, {
      owner: `\`${kind}\``,
      expected: wanted,
      found: call.args.length,
    })
  }
  const read = call.args.slice(0, count).map(({ value }) => literalOf(value))
  const wrong = read.findIndex((each) => each === undefined)
  if (wrong >= 0) {
    const { span } = call.args[wrong]!.value
    return context.report('badValue', span, {
      what: `What \`${kind}\` is given`,
      expected: 'a number',
      found: `\`${textOf(reading, { span })}\``,
    })
  }
  const numbers = read as readonly { readonly value: number; readonly unit?: string }[]
  const written = numbers.filter(({ value, unit }) => value !== 0 || unit !== undefined)
  const unit = written[0]?.unit
  const apart = written.find((each) => each.unit !== unit)
  if (apart) {
    return context.report('unitMismatch', call.span, {
      operation: `\`${kind}\``,
      left: unit === undefined ? 'no unit' : `\`${unit}\``,
      right: apart.unit === undefined ? 'no unit' : `\`${apart.unit}\``,
    })
  }
  return { values: numbers.map(({ value }) => value), ...(unit !== undefined && { unit }) }
}

function lastWhole(reading: Reading, call: CallExpression): number | 'wrong' {
  const last = call.args[2]?.value
  const found = last && literalOf(last)
  const isCount = Number.isInteger(found?.value) && found!.value >= 2 && found!.value <= mostSteps
  if (!last || (isCount && found?.unit === undefined)) return found?.value ?? 2
  reading.context.report('badValue', last.span, {
    what: 'How many values there are',
    expected: `a whole number from 2 to ${mostSteps}`,
    found: `\`${textOf(reading, last)}\``,
  })
  return 'wrong'
}

/** A number as it is written, not in base units, and its unit. */
function literalOf(
  expression: Expression,
): { readonly value: number; readonly unit?: string } | undefined {
  if (expression.kind === 'Unary' && expression.operator === '-') {
    const inner = literalOf(expression.operand)
    return inner && { ...inner, value: -inner.value }
  }
  if (expression.kind !== 'NumberLiteral') return undefined
  const { value, unit } = expression
  return { value, ...(unit && { unit: unit.name }) }
}
