/**
 * Expands the circuit: populations, loops, conditions and motifs become plain lists of populations,
 * connections, matrices and `let`s. Populations come first in every body, then nested bodies, then
 * connections, so that declarations may stand in any order. Variants take effect here: a dropped
 * family is not made, a patched one is made with its changes.
 */
import type {
  CircuitItem,
  Expression,
  ForItem,
  PopulationItem,
  Span,
  UseItem,
} from '../../grammar/ast.ts'
import { bindScope, instantiateCell, resolveDefinition } from './cells.ts'
import { buildConnection } from './connections.ts'
import type { Context } from './context.ts'
import { declarePattern } from './patterns/declared.ts'
import { positionsOf } from './patterns/positions.ts'
import { didYouMean, evaluate, evaluateBoolean, evaluateInteger } from './evaluate.ts'
import { toInteger } from './operators.ts'
import {
  expectPopulation,
  familyName,
  limits,
  register,
  type Circuit,
  type Site,
} from './families.ts'
import type { Bias, CellInstance, Population, Scope, Value, WeightExpression } from './model.ts'
import { MutableScope } from './scope.ts'
import { counted, describeEntry, paramsOf } from './values.ts'

export function expandItems(circuit: Circuit, items: readonly CircuitItem[], site: Site): void {
  const { context } = circuit
  const [first] = items
  if (!first) return
  if (site.depth > limits.depth) return reportDepth(circuit, first.span, site)
  for (const item of items) if (item.kind === 'Population') expandPopulation(circuit, item, site)
  for (const item of items) if (item.kind === 'Pattern') declarePattern(circuit, item, site)
  for (const item of items) {
    if (circuit.isExhausted) return
    if (item.kind === 'Use') expandUse(circuit, item, site)
    else if (item.kind === 'For') expandFor(circuit, item, site)
    else if (item.kind === 'If') {
      const test = evaluateBoolean(context, site.scope, item.test)
      if (!test) {
        markBroken(context, [...item.then, ...item.otherwise], site, true)
        continue
      }
      for (const name of paramsOf(test.symbol)) context.structural.add(name)
      expandItems(circuit, test.value ? item.then : item.otherwise, {
        ...site,
        depth: site.depth + 1,
      })
    }
  }
  for (const item of items) {
    if (isPart(item) && !circuit.affords(1, item.span)) return
    switch (item.kind) {
      case 'Connect': {
        if (circuit.connections.length >= limits.connections) {
          context.report('tooLarge', item.span, {
            what: 'The circuit',
            count: `more than ${counted(limits.connections, 'connection')}`,
            limit: limits.connections.toLocaleString('en-US'),
          })
          circuit.stop()
          return
        }
        const connection = buildConnection(circuit, item, site)
        if (connection) circuit.connections.push(connection)
        break
      }
      case 'Matrix': {
        const claimed = circuit.claim(item.name, site.scope.prefix + item.name.name, site)
        const rows = expectPopulation(context, site.scope, item.rows)
        const columns = expectPopulation(context, site.scope, item.columns)
        if (!claimed) break
        if (!rows || !columns) {
          markBroken(context, [item], site, true)
          break
        }
        const { name, family, entry } = register(site, item.name, claimed.index)
        site.scope.declare(item.name.name, entry)
        const value = patchedValue(circuit, family)
        circuit.matrices.push({
          name,
          family,
          ...claimed,
          rows,
          columns,
          init: value?.init ?? { value: item.value, scope: site.scope },
          tied: value?.tied ?? false,
          span: item.span,
        })
        break
      }
      case 'Let': {
        const claimed = circuit.claim(item.name, site.scope.prefix + item.name.name, site)
        if (!claimed) break
        const { name, family, entry } = register(site, item.name, claimed.index)
        // The value is read in a scope of its own, so that a `let` may not mean itself.
        const inner = new MutableScope(site.scope.file, site.scope)
        site.scope.declare(item.name.name, entry)
        circuit.lets.push({
          name,
          family,
          ...claimed,
          value: { value: item.value, scope: inner },
          span: item.span,
        })
        break
      }
      case 'Init':
        circuit.biasSettings.push({ item, scope: site.scope })
        break
      case 'Pattern':
        // It is made even where nothing names it, so that what is wrong with it is said.
        site.scope.lookUp(item.name.name)
        break
      default:
        break
    }
  }
}

const isPart = ({ kind }: CircuitItem): boolean =>
  kind === 'Connect' || kind === 'Matrix' || kind === 'Let' || kind === 'Init'

/** Says that bodies nest too deeply: most often because a motif uses itself without end. */
function reportDepth(circuit: Circuit, span: Span, { uses }: Site): void {
  const { context } = circuit
  circuit.stop()
  const names = uses.map((use) => use.motif.name.name)
  const last = uses.at(-1)
  const before = names.lastIndexOf(names.at(-1) ?? '', -2)
  if (!last || before < 0) {
    context.reportOnce('tooDeep', span, { limit: limits.depth })
    return
  }
  context.report(
    'definitionCycle',
    last.motif.span,
    {
      cycle: names
        .slice(before)
        .map((name) => `\`${name}\``)
        .join(' -> '),
    },
    { hint: 'put the inner `use` into an `if` that ends it' },
  )
}

/**
 * Remembers what `items` would have made, had it been known how: nothing more is said of it.
 * `declare` says whether its names would be seen at `site`.
 */
function markBroken(
  context: Context,
  items: readonly CircuitItem[],
  site: Site,
  declare: boolean,
): void {
  for (const item of items) {
    switch (item.kind) {
      case 'For':
        markBroken(context, item.body, site, false)
        break
      case 'If':
        markBroken(context, [...item.then, ...item.otherwise], site, declare)
        break
      case 'Population':
      case 'Pattern':
      case 'Matrix':
      case 'Let':
      case 'Connect':
      case 'Use': {
        // What a motif makes under no name of its own has names that are not known here.
        if (item.kind === 'Use' && !item.name) context.brokenUnknown = true
        if (item.kind === 'Use' || item.kind === 'Population') context.brokenCells = true
        const name = item.name?.name
        if (name === undefined) break
        context.broken.add(site.scope.prefix + name)
        if (declare && !site.scope.has(name)) site.scope.declareLazily(name, () => undefined)
        break
      }
      case 'Init':
        break
    }
  }
}

/** The value that a variant gives a matrix, and whether always or at the start. */
function patchedValue(
  circuit: Circuit,
  family: string,
): { readonly init: WeightExpression; readonly tied: boolean } | undefined {
  const properties = circuit
    .patchesFor(family)
    .flatMap(({ change, scope }) => change.properties.map((property) => ({ property, scope })))
  for (const { property, scope } of properties.toReversed()) {
    if (property.kind === 'TiedProperty' && property.when)
      circuit.context.report('noLowering', property.when.span, {
        construct: 'A matrix that is tied at times',
      })
    if (property.kind === 'InitProperty' || property.kind === 'TiedProperty')
      return { init: { value: property.value, scope }, tied: property.kind === 'TiedProperty' }
  }
  return undefined
}

function expandPopulation(circuit: Circuit, item: PopulationItem, site: Site): void {
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
  site: Site,
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

function expandFor(circuit: Circuit, item: ForItem, site: Site): void {
  const { context } = circuit
  const list = evaluate(context, site.scope, item.list)
  if (!list) return markBroken(context, item.body, site, false)
  const elements: readonly Value[] =
    list.kind === 'populations'
      ? list.elements.map((population) => ({ kind: 'population', population }) as const)
      : list.kind === 'list'
        ? list.elements
        : list.kind === 'instances'
          ? list.elements.map((scope) => ({ kind: 'instance', name: list.name, scope }) as const)
          : []
  if (list.kind !== 'list' && list.kind !== 'populations' && list.kind !== 'instances') {
    context.report('expectedNumber', item.list.span, {
      expected: 'list',
      found: describeEntry(list),
    })
    return markBroken(context, item.body, site, false)
  }
  const width = item.names.length
  for (let i = 0; i + width <= elements.length; i++) {
    if (!circuit.affords(1, item.span)) return
    const scope = new MutableScope(site.scope.file, site.scope)
    for (const [k, name] of item.names.entries()) {
      const element = elements[i + k]
      if (element) scope.declare(name.name, element)
    }
    if (item.index) scope.declare(item.index.name, { kind: 'number', value: i, dimension: {} })
    expandItems(circuit, item.body, {
      ...site,
      scope,
      loop: { item, turn: i },
      depth: site.depth + 1,
    })
  }
}

function expandUse(circuit: Circuit, item: UseItem, site: Site): void {
  const { context } = circuit
  const { name } = item.motif.name
  const definition = resolveDefinition(context, site.scope, name, item.motif.name.span, 'motif')
  if (!definition) return markBroken(context, [item], site, true)
  if (!circuit.affords(4, item.span)) return
  const bound = bindScope(
    context,
    `\`${name}\``,
    definition,
    definition.item.parameters,
    item.motif.args,
    site.scope,
    item.span,
  )
  const prefix = item.name ? `${site.scope.prefix}${item.name.name}.` : site.scope.prefix
  const scope = new MutableScope(definition.scope.file, bound, prefix)
  expandItems(circuit, definition.item.body, {
    ...site,
    scope,
    depth: site.depth + 1,
    uses: [...site.uses, item],
  })
  if (item.name)
    site.scope.declare(item.name.name, { kind: 'instance', name: item.name.name, scope })
}

/** Biases with the values that `init` and `tie` statements give them. */
export function applyBiasSettings(circuit: Circuit): readonly Population[] {
  const settings = new Map<string, { initial?: WeightExpression; tied?: WeightExpression }>()
  for (const { item, scope } of circuit.biasSettings) {
    const { target } = item
    if (target.kind !== 'Member') {
      circuit.context.report('wrongKind', target.span, {
        name: familyName(target) ?? 'this',
        found: 'no bias',
        expected: 'a bias, as in `h[0].k`,',
      })
      continue
    }
    const population = expectPopulation(circuit.context, scope, target.object)
    if (!population) continue
    const biases = population.cell.biases.map((bias) => bias.name)
    if (!biases.includes(target.member.name)) {
      circuit.context.report(
        'unknownMember',
        target.member.span,
        { owner: `\`${population.name}\``, kind: 'bias', name: target.member.name },
        { hint: didYouMean(target.member.name, biases) },
      )
      continue
    }
    const storage = `${population.name}.${target.member.name}`
    const way = item.always ? 'tied' : 'initial'
    const known = settings.get(storage) ?? {}
    const before = known[way]
    // Of a circuit that is too large, nothing more is said.
    if (before && circuit.isExhausted) continue
    if (before) {
      const what = `\`${item.always ? 'tie' : 'init'} ${storage}\``
      const related = [{ span: before.value.span, message: 'It is said here first.' }]
      circuit.context.report('saidTwice', target.span, { what }, { related })
      continue
    }
    settings.set(storage, { ...known, [way]: { value: item.value, scope } })
  }
  return circuit.populations.map((population) => {
    const biases = population.cell.biases.map((bias): Bias => ({
      ...bias,
      ...settings.get(bias.storage),
    }))
    return { ...population, cell: { ...population.cell, biases } }
  })
}
