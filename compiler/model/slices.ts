/**
 * Slices of populations, `e[0..799]`: a part of the units, seen as a population of its own. It has the cell
 * of the whole, and what its units compute is the part of what the whole computes.
 */
import type { Expression, RangeExpression, Span } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { evaluate, evaluateInteger } from './evaluate.ts'
import { expectPopulation } from './families.ts'
import type { Population, Scope } from './model.ts'

/** The population that the units of a slice belong to; the population itself if it is none. */
export const wholeOf = (population: Population): Population => population.slice?.of ?? population

/** The number of a population's first unit among those of the whole. */
export const startOf = ({ slice }: Population): number => slice?.start ?? 0

/** The units `start` to `start + size - 1` of a population, or the population if these are all. */
export function sliceOf(population: Population, start: number, size: number): Population {
  if (start === 0 && size === population.size) return population
  const whole = wholeOf(population)
  const first = startOf(population) + start
  return {
    ...whole,
    name: `${whole.name}[${first}..${first + size - 1}]`,
    family: `${whole.family}[${first}..${first + size - 1}]`,
    shape: [size],
    size,
    slice: { of: whole, start: first },
  }
}

/** The units that a range names, `e[0..799]`, both ends included; undefined after a report. */
export function rangeOf(
  context: Context,
  scope: Scope,
  population: Population,
  range: RangeExpression,
): Population | undefined {
  const { size } = population
  const end = (each: Expression | undefined, open: boolean, other: number, step: number) => {
    if (!each) return other
    const found = evaluateInteger(context, scope, each)
    return found === undefined || !open ? found : found + step
  }
  const from = end(range.from, range.fromOpen, 0, 1)
  const to = end(range.to, range.toOpen, size - 1, -1)
  if (from === undefined || to === undefined) return undefined
  if (context.isBroken(wholeOf(population).family)) return population
  const outside = [from, to].find((each) => each < 0 || each >= size)
  if (outside !== undefined) return outsideOf(context, population, range.span, outside)
  if (from > to) {
    return context.report('badValue', range.span, {
      what: 'The last unit of a slice',
      expected: `at least ${from}, the first one`,
      found: to,
    })
  }
  return sliceOf(population, from, to - from + 1)
}

/** One unit of a population, `e[5]`, as a slice; undefined after a report. */
export function unitOf(
  context: Context,
  population: Population,
  index: number,
  span: Span,
): Population | undefined {
  if (context.isBroken(wholeOf(population).family)) return population
  return index < 0 || index >= population.size
    ? outsideOf(context, population, span, index)
    : sliceOf(population, index, 1)
}

function outsideOf(
  context: Context,
  { name, size }: Population,
  span: Span,
  index: number,
): undefined {
  return context.report(
    'unitOutOfRange',
    span,
    { name, count: size, index },
    { hint: `they are numbered from 0 to ${size - 1}` },
  )
}

/** The units that an expression names: a population, or with an index some of its units. */
export function expectUnits(
  context: Context,
  scope: Scope,
  expression: Expression,
): Population | undefined {
  if (expression.kind !== 'Index') return expectPopulation(context, scope, expression)
  const object = evaluate(context, scope, expression.object)
  if (object?.kind !== 'population') return object && expectPopulation(context, scope, expression)
  const { index } = expression
  if (index.kind === 'Range') return rangeOf(context, scope, object.population, index)
  const unit = evaluateInteger(context, scope, index)
  return unit === undefined ? undefined : unitOf(context, object.population, unit, index.span)
}
