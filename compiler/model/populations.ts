/** Makes populations: how many, of what shape, and the cell of each. */
import type { Expression, PopulationItem, Span } from '../../grammar/ast.ts'
import { instantiateCell } from './cells.ts'
import type { Context } from './context.ts'
import { positionsOf } from './patterns/positions.ts'
import { evaluate, evaluateInteger } from './evaluate.ts'
import { toInteger } from './operators.ts'
import { limits, type Circuit, type Expansion } from './families.ts'
import type { CellInstance, Population, Scope, Value } from './model.ts'
import { counted, describeEntry } from './values.ts'

/** Makes a population, or an array of them. */
export function expandPopulation(circuit: Circuit, item: PopulationItem, site: Expansion): void {
  const { context } = circuit
  const family = site.scope.prefix + item.name.name
  const claimed = circuit.claim(item.name, family, site)
  if (!claimed) return
  const declareNothing = (): void => site.scope.declareLazily(item.name.name, () => undefined)
  if (circuit.isDropped(family)) return declareNothing()
  const patch = circuit
    .patchesFor(family)
    .flatMap(({ change, scope }) => change.properties.map((property) => ({ property, scope })))
    .findLast(({ property }) => property.kind === 'CellProperty')
  const reference = patch?.property.kind === 'CellProperty' ? patch.property.reference : item.cell
  const cellSite = patch?.scope ?? site.scope
  const count = item.count && evaluateCount(circuit, item.name.name, item.count, site)
  if (item.count && count === undefined) context.broken.add(family)
  const elements: Population[] = []
  for (let i = 0; i < (count ?? 1); i++) {
    const pick = (value: Value, span: Span): Value | undefined => {
      if (value.kind !== 'list' || count === undefined) return value
      if (value.elements.length === count) return value.elements[i]
      return context.report('listLength', span, {
        name: item.name.name,
        found: value.elements.length,
        expected: count,
      })
    }
    const index = item.count ? i : claimed.index
    const name = index === undefined ? family : `${family}[${index}]`
    const shape = evaluateShape(context, site.scope, item, name, pick)
    const cell = instantiateCell(context, cellSite, reference, name, pick)
    if (!shape) context.broken.add(family)
    if (!cell) {
      context.broken.add(family)
      context.brokenCells = true
      return declareNothing()
    }
    if (!circuit.affords(1 + cellSize(cell) / 10, item.span)) return declareNothing()
    const positions =
      item.positions && shape && positionsOf(context, site.scope, item.positions, shape)
    if (item.positions && !positions) context.broken.add(family)
    elements.push({
      name,
      family,
      ...(index === undefined ? {} : { index }),
      // One unit stands for a number that is not known: what connects to it can still be checked.
      shape: shape ?? [1],
      size: shape?.reduce((a, b) => a * b, 1) ?? 1,
      cell,
      ...(positions && { positions }),
      span: item.span,
    })
  }
  circuit.populations.push(...elements)
  const [only] = elements
  if (item.count) site.scope.declare(item.name.name, { kind: 'populations', family, elements })
  else if (only) site.scope.declare(item.name.name, { kind: 'population', population: only })
}

/** How many members a cell has. */
function cellSize({ compartments, inputs, biases, states, equations, reactions }: CellInstance) {
  return [compartments, inputs, biases, states, equations, reactions].reduce(
    (sum, each) => sum + each.length,
    0,
  )
}

/** The number of populations in an array, which may be empty: a circuit without hidden layers. */
function evaluateCount(
  { context }: Circuit,
  name: string,
  expression: Expression,
  site: Expansion,
): number | undefined {
  const count = evaluateInteger(context, site.scope, expression)
  if (count === undefined) return undefined
  if (count < 0) return context.report('noElements', expression.span, { name, found: count })
  if (count <= limits.populations) return count
  return context.report('tooLarge', expression.span, {
    what: `\`${name}\``,
    count: counted(count, 'population'),
    limit: limits.populations.toLocaleString('en-US'),
  })
}

function evaluateShape(
  context: Context,
  scope: Scope,
  item: PopulationItem,
  name: string,
  pick: (value: Value, span: Span) => Value | undefined,
): readonly number[] | undefined {
  const shape: number[] = []
  for (const dim of item.shape) {
    const value = evaluate(context, scope, dim)
    const picked = value && pick(value, dim.span)
    if (!picked) return undefined
    if (picked.kind !== 'number') {
      return context.report('expectedNumber', dim.span, {
        expected: 'whole number',
        found: describeEntry(picked),
      })
    }
    const size = toInteger(context, picked, dim.span)
    if (size === undefined) return undefined
    if (size < 1) return context.report('emptyShape', dim.span, { found: size })
    shape.push(size)
  }
  const size = shape.reduce((a, b) => a * b, 1)
  if (size <= limits.units) return shape
  return context.report('tooLarge', item.span, {
    what: `\`${name}\``,
    count: counted(size, 'unit'),
    limit: counted(limits.units, 'unit'),
  })
}
