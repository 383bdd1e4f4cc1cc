/**
 * Where the units of a population are: `at line(spacing = 10 um)`, `ring`, `grid`, `file`. Lengths are kept in
 * metres, or without a unit, if the spacing has none.
 */
import type { Argument, RuleReference, Span } from '../../../grammar/ast.ts'
import type { PositionsPlan } from '../../../contract/pattern.ts'
import type { Context } from '../context.ts'
import {
  didYouMean,
  evaluate,
  evaluateBoolean,
  evaluateInteger,
  evaluateNumber,
} from '../evaluate.ts'
import type { Population, Positions, Scope } from '../model.ts'
import { startOf, wholeOf } from '../slices.ts'
import { describeDimension, dimensionless, sameDimension, type Dimension } from '../units.ts'
import { describeEntry, paramsOf } from '../values.ts'
import { quantityText } from '../quantity-text.ts'

const length: Dimension = { length: 1 }

/** The layouts and their options; the first one may be given without its name. */
const layouts: Readonly<Record<string, readonly string[]>> = {
  line: ['spacing', 'periodic'],
  ring: ['spacing'],
  grid: ['spacing', 'rows', 'columns', 'periodic'],
  file: ['path', 'array', 'unit', 'period'],
}

type Given = ReadonlyMap<string, Argument>

/** Positions of a population of that shape; undefined after a report. */
export function positionsOf(
  context: Context,
  scope: Scope,
  { name, args, span }: RuleReference,
  shape: readonly number[],
): Positions | undefined {
  const options = Object.hasOwn(layouts, name.name) ? layouts[name.name] : undefined
  if (!options) {
    const known = Object.keys(layouts)
    return context.report(
      'unknownName',
      name.span,
      { kind: 'layout', name: name.name },
      { hint: didYouMean(name.name, known) ?? `there are ${known.join(', ')}` },
    )
  }
  const given = new Map<string, Argument>()
  for (const [i, argument] of args.entries()) {
    const option = argument.name?.name ?? options[i]
    if (option === undefined || !options.includes(option)) {
      if (option === undefined) {
        return context.report('tooManyArguments', argument.span, {
          owner: `\`${name.name}\``,
          expected: options.length,
          found: args.length,
        })
      }
      return context.report(
        'unknownOption',
        argument.name?.span ?? argument.span,
        { owner: `\`${name.name}\``, name: option },
        { hint: didYouMean(option, options) ?? `its options are ${options.join(', ')}` },
      )
    }
    given.set(option, argument)
  }
  const units = shape.reduce((a, b) => a * b, 1)
  if (name.name === 'file') return fromFile(context, scope, given, span, units)
  const spacing = lengthOf(context, scope, given.get('spacing'), '`spacing`', name.name, span)
  if (!spacing) return undefined
  const size = name.name === 'grid' ? gridSize(context, scope, given, shape, span) : [1, units]
  const periodic = name.name === 'ring' || flagOf(context, scope, given.get('periodic'))
  if (!size || periodic === undefined) return undefined
  const [rows = 1, columns = units] = size
  const { value, dimension } = spacing
  const period = (count: number): number => (periodic && count > 1 ? count * value : 0)
  const plan: PositionsPlan = {
    layout: { kind: 'grid', rows, columns, spacing: [value, value] },
    period: [period(columns), period(rows)],
  }
  return { plan, dimension, span }
}

/** Rows and columns of a grid: as said, as the shape has them, or what is left over. */
function gridSize(
  context: Context,
  scope: Scope,
  given: Given,
  shape: readonly number[],
  span: Span,
): readonly [number, number] | undefined {
  const units = shape.reduce((a, b) => a * b, 1)
  const [height, width] = shape.length > 1 ? shape.slice(-2) : []
  const count = (name: string): number | undefined => {
    const argument = given.get(name)
    return argument && evaluateInteger(context, scope, argument.value)
  }
  const [said, across] = [count('rows'), count('columns')]
  if ((given.has('rows') && said === undefined) || (given.has('columns') && across === undefined))
    return undefined
  const rows = said ?? (across === undefined ? height : units / across)
  const columns = across ?? (said === undefined ? width : units / said)
  if (rows === undefined || columns === undefined) {
    return context.report(
      'missingArgument',
      span,
      { owner: '`grid`', name: 'rows' },
      { hint: 'say `rows` or `columns`, or give the population a shape, as in `e[20, 200]`' },
    )
  }
  if (rows > 0 && rows * columns === units && Number.isInteger(rows) && Number.isInteger(columns))
    return [rows, columns]
  return context.report('badValue', span, {
    what: 'The number of places of the grid',
    expected: `${units}, one for each unit`,
    found: `${Number.isInteger(rows) ? rows : 'rows'} x ${Number.isInteger(columns) ? columns : 'columns'}`,
  })
}

function fromFile(
  context: Context,
  scope: Scope,
  given: Given,
  span: Span,
  cells: number,
): Positions | undefined {
  const text = (name: string): string | undefined => {
    const argument = given.get(name)
    const value = argument && evaluate(context, scope, argument.value)
    if (!argument || value?.kind === 'string')
      return value?.kind === 'string' ? value.value : undefined
    return (
      value &&
      context.report('expectedNumber', argument.span, {
        expected: 'text',
        found: describeEntry(value),
      })
    )
  }
  const path = text('path')
  if (path === undefined) {
    return given.has('path')
      ? undefined
      : context.report(
          'missingArgument',
          span,
          { owner: '`file`', name: 'path' },
          { hint: 'write it in quotes, as in `at file("positions.npy")`' },
        )
  }
  const array = text('array')
  const unit = given.has('unit')
    ? lengthOf(context, scope, given.get('unit'), '`unit`', 'file', span)
    : { value: 1, dimension: length }
  if (!unit) return undefined
  const period = given.has('period')
    ? lengthOf(context, scope, given.get('period'), '`period`', 'file', span)
    : { value: 0, dimension: unit.dimension }
  if (!period) return undefined
  if (!sameDimension(period.dimension, unit.dimension)) {
    return context.report('unitMismatch', given.get('period')?.span ?? span, {
      operation: '`file`',
      left: describeDimension(unit.dimension),
      right: describeDimension(period.dimension),
    })
  }
  const file = { path, from: span.file, ...(array === undefined ? {} : { array }) }
  const plan: PositionsPlan = {
    layout: { kind: 'file', file, cells, ...(unit.value === 1 ? {} : { scale: unit.value }) },
    period: [period.value, period.value],
  }
  return { plan, dimension: unit.dimension, span }
}

function lengthOf(
  context: Context,
  scope: Scope,
  argument: Argument | undefined,
  what: string,
  owner: string,
  span: Span,
): { readonly value: number; readonly dimension: Dimension } | undefined {
  if (!argument) {
    return context.report(
      'missingArgument',
      span,
      { owner: `\`${owner}\``, name: what.slice(1, -1) },
      { hint: `write it as in \`at ${owner}(spacing = 10 um)\`` },
    )
  }
  const number = evaluateNumber(context, scope, argument.value)
  if (!number) return undefined
  for (const name of paramsOf(number.symbol)) context.structural.add(name)
  const { value, dimension } = number
  if (!sameDimension(dimension, length) && !sameDimension(dimension, dimensionless)) {
    return context.report('unitExpected', argument.value.span, {
      what,
      expected: 'a length',
      found: describeDimension(dimension),
    })
  }
  if (value > 0 && Number.isFinite(value)) return { value, dimension }
  return context.report('badValue', argument.value.span, {
    what,
    expected: 'above 0',
    found: quantityText(number, argument.value),
  })
}

function flagOf(
  context: Context,
  scope: Scope,
  argument: Argument | undefined,
): boolean | undefined {
  if (!argument) return false
  const found = evaluateBoolean(context, scope, argument.value)
  for (const name of paramsOf(found?.symbol)) context.structural.add(name)
  return found?.value
}

/** The positions of the units of a population, or of a slice of one. */
export function planOf(population: Population): PositionsPlan | undefined {
  const plan = wholeOf(population).positions?.plan
  const first = startOf(population)
  return plan && first > 0 ? { ...plan, first } : plan
}
