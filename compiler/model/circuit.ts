/**
 * Expands the circuit: populations, loops, conditions and motifs become plain lists of populations,
 * connections, matrices and `let`s. Populations come first in every body, then nested bodies, then
 * connections, so that declarations may stand in any order. Variants take effect here: a dropped
 * family is not made, a patched one is made with its changes.
 */
import type { CircuitItem, ForItem, Span, UseItem } from '../../grammar/ast.ts'
import { bindScope, resolveDefinition } from './definitions.ts'
import { buildConnection } from './connections.ts'
import type { Context } from './context.ts'
import { declareModulator } from './modulators.ts'
import { declarePattern } from './patterns/declared.ts'
import { evaluate, evaluateBoolean } from './evaluate.ts'
import { expectPopulation, limits, register, type Circuit, type Expansion } from './families.ts'
import { inlined } from './inlined.ts'
import type { Value, WeightExpression } from './model.ts'
import { expandPopulation } from './populations.ts'
import { MutableScope } from './scope.ts'
import { counted, describeEntry, paramsOf } from './values.ts'

export function expandItems(
  circuit: Circuit,
  items: readonly CircuitItem[],
  site: Expansion,
): void {
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
          init: value?.init ?? inlined(site.scope, item.value),
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
          value: inlined(inner, item.value),
          span: item.span,
        })
        break
      }
      case 'Modulator':
        declareModulator(circuit, item, site)
        break
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
  kind === 'Connect' ||
  kind === 'Matrix' ||
  kind === 'Let' ||
  kind === 'Init' ||
  kind === 'Modulator'

/** Says that bodies nest too deeply: most often because a motif uses itself without end. */
function reportDepth(circuit: Circuit, span: Span, { uses }: Expansion): void {
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
  site: Expansion,
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
      case 'Modulator':
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
      return { init: inlined(scope, property.value), tied: property.kind === 'TiedProperty' }
  }
  return undefined
}

function expandFor(circuit: Circuit, item: ForItem, site: Expansion): void {
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

function expandUse(circuit: Circuit, item: UseItem, site: Expansion): void {
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
