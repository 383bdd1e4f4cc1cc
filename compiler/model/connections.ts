/**
 * One connection: what its source emits, what its target takes, and the properties that its synapse
 * type, its own block and variants give it, later ones over earlier ones.
 */
import type {
  ConnectItem,
  ConnectivityProperty,
  ConnectProperty,
  RangeExpression,
  RuleReference,
  StpItem,
  SynapseItem,
  SynapseMember,
  SynapseProperty,
} from '../../grammar/ast.ts'
import { instantiate } from './definitions.ts'
import { checkSignal, findSignal, resolveSource, resolveTarget } from './connection-ends.ts'
import { register, type Circuit, type Expansion } from './families.ts'
import type { Context } from './context.ts'
import { weightForm } from './connection-form.ts'
import { evaluateNumber } from './evaluate.ts'
import { inlined } from './inlined.ts'
import type { Bounds, Connection, Instance, Scope, Sign } from './model.ts'
import { checkForm } from './patterns/patterns.ts'
import { perSynapse } from './patterns/delays.ts'
import { quantityText } from './quantity-text.ts'

export { findSignal }

type Property = {
  readonly value: ConnectProperty | SynapseMember | SynapseProperty
  readonly scope: Scope
}

interface Settings {
  synapse?: Instance<SynapseItem>
  stp?: Instance<StpItem>
  sign: Sign
  transmit?: NonNullable<Connection['transmit']>
  delay?: NonNullable<Connection['delay']>
  delays?: NonNullable<Connection['delays']>
  connectivity?: { readonly property: ConnectivityProperty; readonly scope: Scope }
  init?: NonNullable<Connection['init']>
  tied?: NonNullable<Connection['tied']>
  copied?: NonNullable<Connection['copied']>
  rule?: NonNullable<Connection['rule']>
  bounds?: Bounds
}

export function buildConnection(
  circuit: Circuit,
  item: ConnectItem,
  site: Expansion,
): Connection | undefined {
  const { context } = circuit
  const claimed: { readonly index?: number } | undefined = item.name
    ? circuit.claim(item.name, site.scope.prefix + item.name.name, site)
    : {}
  if (!claimed) return undefined
  const named = item.name ? register(site, item.name, claimed.index) : undefined
  if (item.name && named) site.scope.declare(item.name.name, named.entry)
  if (named && circuit.isDropped(named.family)) return undefined
  const failed = (): undefined => {
    if (named) context.broken.add(named.family)
    return undefined
  }
  const source = resolveSource(context, site.scope, item.source)
  const target = resolveTarget(context, site.scope, item.target)
  const wire =
    !item.name && !item.synapse && !item.properties.some((each) => isOfWeights(each, site.scope))
  const patches = named ? circuit.patchesFor(named.family) : []
  const settings: Settings = { sign: 'unsigned' }
  applySynapse(context, settings, patchedSynapse(item, site, patches))
  for (const property of item.properties)
    apply(context, settings, { value: property, scope: site.scope })
  for (const { change, scope } of patches) {
    for (const property of change.properties) {
      if (property.kind === 'CellProperty') {
        context.report('wrongKind', property.span, {
          name: named?.name ?? 'this',
          found: 'a connection',
          expected: 'a population',
        })
      } else if (property.kind !== 'SynapseProperty') {
        // A patch is read where the element is made, so that names mean this element's neighbours.
        apply(context, settings, { value: property, scope: layered(site.scope, scope) })
      }
    }
  }
  // Its properties are read all the same, so that what is wrong with them is said too.
  if (!source || !target) {
    const { init, tied, copied } = settings
    for (const value of [init, tied, copied?.value, copied?.when])
      if (value) context.unplaced.push(value)
    return failed()
  }
  const name =
    named?.name ??
    circuit.nameBetween(
      `${source.population.name}.${source.signal}`,
      `${target.population.name}.${target.name}`,
    )
  const form = weightForm(
    circuit,
    { item, name, source: source.population, target, wire, scope: site.scope },
    settings,
  )
  if (!form) return failed()
  checkSignal(context, item, source, settings.stp)
  applyRuleBounds(context, settings)
  const { connectivity: said, sign, ...rest } = settings
  if (said) checkForm(context, said.property)
  const begins = rest.init ?? rest.copied?.value
  return {
    name,
    ...(named ? { family: named.family } : {}),
    ...claimed,
    source: { population: source.population, signal: source.signal },
    target: { population: target.population, compartment: target.name, kind: target.kind },
    wire,
    ...rest,
    ...(begins ? { init: begins } : {}),
    sign,
    ...(said ? { connectivityProperty: said.property } : {}),
    ...form,
    span: item.span,
  }
}

/** Whether a property is of weights: what has none is a wire. */
function isOfWeights(property: ConnectProperty, scope: Scope): boolean {
  switch (property.kind) {
    case 'InitProperty':
    case 'TiedProperty':
    case 'LearnProperty':
    case 'BoundsProperty':
    case 'SignProperty':
      return true
    case 'ConnectivityProperty':
      return property.connectivity !== 'one_to_one'
    case 'DelayProperty':
      return perSynapse(inlined(scope, property.value))
    case 'StpProperty':
    case 'FixedProperty':
      return false
  }
}

/** The element's own names first, then those of the variant's file. */
function layered(element: Scope, variant: Scope): Scope {
  return {
    file: variant.file,
    prefix: element.prefix,
    lookUp: (name) => element.lookUp(name) ?? variant.lookUp(name),
    settled: (name) => element.settled(name) ?? variant.settled(name),
    knows: (name) => element.knows(name) || variant.knows(name),
    names: () => [...new Set([...element.names(), ...variant.names()])],
  }
}

function patchedSynapse(
  item: ConnectItem,
  site: Expansion,
  patches: ReturnType<Circuit['patchesFor']>,
): { readonly reference: RuleReference; readonly scope: Scope } | undefined {
  for (const { change, scope } of patches.toReversed()) {
    const property = change.properties.find((each) => each.kind === 'SynapseProperty')
    if (property?.kind === 'SynapseProperty')
      return { reference: property.reference, scope: layered(site.scope, scope) }
  }
  return item.synapse && { reference: item.synapse, scope: site.scope }
}

function applySynapse(
  context: Context,
  settings: Settings,
  found: { readonly reference: RuleReference; readonly scope: Scope } | undefined,
): void {
  if (!found) return
  const synapse = instantiate(context, found.scope, found.reference, 'synapse')
  if (!synapse) return
  settings.synapse = synapse
  for (const member of synapse.item.members)
    apply(context, settings, { value: member, scope: synapse.scope })
}

/** Takes one property into the settings; a later one replaces an earlier one of its kind. */
function apply(context: Context, settings: Settings, { value, scope }: Property): void {
  switch (value.kind) {
    case 'StpProperty': {
      const stp = instantiate(context, scope, value.reference, 'stp')
      if (stp) settings.stp = stp
      return
    }
    case 'SignProperty':
      settings.sign = value.sign
      return
    case 'TransmitProperty':
      settings.transmit = { value: value.value, scope, span: value.span }
      return
    case 'DelayProperty': {
      delete settings.delay
      delete settings.delays
      const delay = inlined(scope, value.value)
      if (perSynapse(delay)) settings.delays = delay
      else settings.delay = { value: value.value, scope, span: value.span }
      return
    }
    case 'BoundsProperty': {
      const bounds = evaluateBounds(context, scope, value.range)
      if (bounds) settings.bounds = bounds
      return
    }
    case 'LearnProperty': {
      const rule = instantiate(context, scope, value.rule, 'plasticity')
      if (rule) settings.rule = rule
      untie(settings)
      return
    }
    case 'FixedProperty':
      delete settings.rule
      untie(settings)
      return
    case 'InitProperty':
      settings.init = inlined(scope, value.value)
      delete settings.tied
      return
    case 'TiedProperty': {
      const tie = inlined(scope, value.value)
      delete settings.rule
      if (value.when) {
        settings.copied = { value: tie, when: { value: value.when, scope } }
        delete settings.tied
        return
      }
      settings.tied = tie
      delete settings.copied
      delete settings.init
      return
    }
    case 'ConnectivityProperty':
      settings.connectivity = { property: value, scope }
      return
    case 'SynapseProperty':
      return
  }
}

/** The bounds that the rule declares, where neither the synapse nor the connection has its own. */
function applyRuleBounds(context: Context, settings: Settings): void {
  const { rule } = settings
  if (settings.bounds || !rule) return
  const member = rule.item.members.find((each) => each.kind === 'BoundsProperty')
  const bounds =
    member?.kind === 'BoundsProperty'
      ? evaluateBounds(context, rule.scope, member.range)
      : undefined
  if (bounds) settings.bounds = bounds
}

/** A tied weight that is told to learn, or to stay, starts from its tie. */
function untie(settings: Settings): void {
  const begins = settings.init ?? settings.tied ?? settings.copied?.value
  if (begins) settings.init = begins
  delete settings.tied
  delete settings.copied
}

function evaluateBounds(
  context: Context,
  scope: Scope,
  range: RangeExpression,
): Bounds | undefined {
  const from = range.from && evaluateNumber(context, scope, range.from)
  const to = range.to && evaluateNumber(context, scope, range.to)
  if (from && to && from.value > to.value) {
    return context.report('badValue', range.span, {
      what: 'The lower bound',
      expected: `at most ${quantityText(to, range.to)}`,
      found: quantityText(from, range.from),
    })
  }
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) }
}
