/**
 * One connection: what its source emits, what its target takes, and the properties that its synapse
 * type, its own block and variants give it, later ones over earlier ones.
 */
import type {
  ConnectItem,
  ConnectivityProperty,
  ConnectProperty,
  Expression,
  RangeExpression,
  RuleReference,
  Span,
  StpItem,
  SynapseItem,
  SynapseMember,
  SynapseProperty,
} from '../../grammar/ast.ts'
import { instantiate } from './cells.ts'
import { expectPopulation, limits, register, type Circuit, type Site } from './families.ts'
import type { Context } from './context.ts'
import { convolutionOf } from './convolution.ts'
import { didYouMean, evaluateNumber } from './evaluate.ts'
import type {
  Bounds,
  Connection,
  Equation,
  Instance,
  NumberValue,
  Population,
  Scope,
  Sign,
} from './model.ts'
import { counted } from './values.ts'

/** The members that a connection can name: signals first, then every other variable. */
export function findSignal(population: Population, name: string): Equation | undefined {
  const { equations } = population.cell
  return (
    equations.find((each) => each.role === name) ?? equations.find((each) => each.name === name)
  )
}

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
  connectivity?: ConnectivityProperty
  probability?: NumberValue
  init?: NonNullable<Connection['init']>
  tied?: NonNullable<Connection['tied']>
  copied?: NonNullable<Connection['copied']>
  rule?: NonNullable<Connection['rule']>
  bounds?: Bounds
}

export function buildConnection(
  circuit: Circuit,
  item: ConnectItem,
  site: Site,
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
  const wire = !item.name && !item.synapse
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
  const connectivity = settings.connectivity?.connectivity ?? (wire ? 'one_to_one' : 'all_to_all')
  const form = weightForm(
    context,
    item,
    source.population,
    target,
    connectivity,
    settings,
    site.scope,
  )
  if (!form) return failed()
  checkSignal(context, item, source, settings)
  const name =
    named?.name ??
    `${source.population.name}.${source.signal} -> ${target.population.name}.${target.name}`
  applyRuleBounds(context, settings)
  if (settings.connectivity) checkPatternOptions(context, settings.connectivity)
  const { connectivity: property, sign, ...rest } = settings
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
    connectivity,
    ...(property ? { connectivityProperty: property } : {}),
    ...form,
    span: item.span,
  }
}

/** The element's own names first, then those of the variant's file. */
function layered(element: Scope, variant: Scope): Scope {
  return {
    file: variant.file,
    prefix: element.prefix,
    lookUp: (name) => element.lookUp(name) ?? variant.lookUp(name),
    knows: (name) => element.knows(name) || variant.knows(name),
    names: () => [...new Set([...element.names(), ...variant.names()])],
  }
}

function patchedSynapse(
  item: ConnectItem,
  site: Site,
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
    case 'DelayProperty':
      settings.delay = { value: value.value, scope, span: value.span }
      return
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
      settings.init = { value: value.value, scope }
      delete settings.tied
      return
    case 'TiedProperty': {
      const tie = { value: value.value, scope }
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
      settings.connectivity = value
      delete settings.probability
      if (value.connectivity === 'random') {
        const probability = evaluateProbability(context, scope, value)
        if (probability) settings.probability = probability
      }
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

const convolutionOptions = ['stride', 'padding', 'dilation', 'groups']
const patternOptions: Readonly<Record<ConnectivityProperty['connectivity'], readonly string[]>> = {
  all_to_all: [],
  one_to_one: [],
  random: ['probability'],
  mask: [],
  conv: convolutionOptions,
  conv_transpose: convolutionOptions,
}

/** An option that a connectivity does not have would have no effect. */
function checkPatternOptions(
  context: Context,
  { connectivity, options }: ConnectivityProperty,
): void {
  const known = patternOptions[connectivity]
  for (const { name } of options) {
    if (known.includes(name.name)) continue
    context.report(
      'unknownOption',
      name.span,
      { owner: `\`${connectivity}\``, name: name.name },
      { hint: known.length > 0 ? `its options are ${known.join(', ')}` : 'it has no options' },
    )
  }
}

/** A tied weight that is told to learn, or to stay, starts from its tie. */
function untie(settings: Settings): void {
  const begins = settings.init ?? settings.tied ?? settings.copied?.value
  if (begins) settings.init = begins
  delete settings.tied
  delete settings.copied
}

/** How likely a pair of units is connected: of `random probability 0.1`. */
function evaluateProbability(
  context: Context,
  scope: Scope,
  property: ConnectivityProperty,
): NumberValue | undefined {
  const option = property.options.find((each) => each.name.name === 'probability')
  if (!option) {
    return context.report('missingArgument', property.span, {
      owner: '`random`',
      name: 'probability',
    })
  }
  const probability = evaluateNumber(context, scope, option.value)
  if (!probability) return undefined
  if (probability.value >= 0 && probability.value <= 1) return probability
  return context.report('badValue', option.value.span, {
    what: '`probability`',
    expected: 'from 0 to 1',
    found: probability.value,
  })
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
      expected: `at most ${to.value}`,
      found: from.value,
    })
  }
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

interface Endpoint {
  readonly population: Population
  readonly name: string
  readonly kind: 'compartment' | 'input'
}

function resolveSource(
  context: Context,
  scope: Scope,
  expression: Expression,
):
  | { readonly population: Population; readonly signal: string; readonly equation: Equation }
  | undefined {
  if (expression.kind !== 'Member') {
    const population = expectPopulation(context, scope, expression)
    if (!population) return undefined
    const emitted = population.cell.equations.filter((each) => each.role && each.role !== 'loss')
    const [only] = emitted
    if (only && emitted.length === 1) return { population, signal: only.name, equation: only }
    return context.report(
      'missingArgument',
      expression.span,
      { owner: 'This connection', name: 'signal' },
      {
        hint: `write which signal it carries, as in \`${population.name}.${only?.name ?? 'event'}\``,
      },
    )
  }
  const population = expectPopulation(context, scope, expression.object)
  if (!population) return undefined
  const equation = findSignal(population, expression.member.name)
  if (equation) return { population, signal: equation.name, equation }
  const names = population.cell.equations.flatMap((each) => [
    each.name,
    ...(each.role ? [each.role] : []),
  ])
  return context.report(
    'unknownMember',
    expression.member.span,
    {
      owner: `\`${population.name}\` (cell ${population.cell.name})`,
      kind: 'signal',
      name: expression.member.name,
    },
    { hint: didYouMean(expression.member.name, names) },
  )
}

function resolveTarget(
  context: Context,
  scope: Scope,
  expression: Expression,
): Endpoint | undefined {
  const member = expression.kind === 'Member' ? expression.member : undefined
  const population = expectPopulation(
    context,
    scope,
    expression.kind === 'Member' ? expression.object : expression,
  )
  if (!population) return undefined
  const compartments = population.cell.compartments.map((each) => each.name)
  const inputs = population.cell.inputs.map((each) => each.name)
  if (!member) {
    const [only] = compartments
    if (only !== undefined && compartments.length === 1)
      return { population, name: only, kind: 'compartment' }
    return context.report(
      'missingArgument',
      expression.span,
      { owner: 'This connection', name: 'compartment' },
      {
        hint: `write where it arrives, as in \`${population.name}.${only ?? inputs[0] ?? 'soma'}\``,
      },
    )
  }
  if (compartments.includes(member.name))
    return { population, name: member.name, kind: 'compartment' }
  if (inputs.includes(member.name)) return { population, name: member.name, kind: 'input' }
  return context.report(
    'unknownMember',
    member.span,
    {
      owner: `\`${population.name}\` (cell ${population.cell.name})`,
      kind: 'compartment or input',
      name: member.name,
    },
    { hint: didYouMean(member.name, [...compartments, ...inputs]) },
  )
}

function checkSignal(
  context: Context,
  item: ConnectItem,
  source: { readonly equation: Equation; readonly population: Population },
  settings: Settings,
): void {
  if (!settings.stp) return
  const passes = settings.stp.item.passes.name
  const { role } = source.equation
  if (role === passes || passes === 'signal') return
  const other = source.population.cell.equations.find((each) => each.role === passes)
  context.report(
    'signalMismatch',
    item.source.span,
    {
      stp: settings.stp.item.name.name,
      passes,
      source: `${source.population.name}.${source.equation.name}`,
      found:
        role && role !== 'signal' && role !== 'loss'
          ? `a${role === 'event' ? 'n' : ''} ${role} signal`
          : 'neither an event nor a burst nor a spike signal',
    },
    {
      hint: other ? `did you mean \`${source.population.name}.${passes}\`?` : undefined,
      related: [
        {
          span: settings.stp.item.passes.span,
          message: `It is declared to pass ${passes} signals here.`,
        },
      ],
    },
  )
}

/** The shape of the weight, and the geometry of a convolution; undefined after a report. */
function weightForm(
  context: Context,
  item: ConnectItem,
  source: Population,
  target: Endpoint,
  connectivity: ConnectivityProperty['connectivity'],
  settings: Settings,
  scope: Scope,
): Pick<Connection, 'shape' | 'convolution'> | undefined {
  const post = target.population
  // The size of a population that could not be made as it says is not known.
  if (context.isBroken(source.family) || context.isBroken(post.family)) return { shape: [1, 1] }
  switch (connectivity) {
    case 'one_to_one':
      // A wire may carry one number for all units; whether it does is known once cells are lowered.
      if (source.size !== post.size && (item.name || item.synapse))
        return sizeMismatch(context, item.span, source, post)
      return { shape: [post.size] }
    case 'all_to_all':
    case 'random':
    case 'mask':
      if (source.size * post.size > limits.weights) {
        return context.report('tooLarge', item.span, {
          what: item.name ? `\`${item.name.name}\`` : 'This connection',
          count: counted(source.size * post.size, 'weight'),
          limit: counted(limits.weights, 'weight'),
        })
      }
      return { shape: [post.size, source.size] }
    case 'conv':
    case 'conv_transpose': {
      const convolution =
        settings.connectivity && convolutionOf(context, settings.connectivity, scope, source, post)
      return convolution && { shape: convolution.kernel, convolution }
    }
  }
}

export function sizeMismatch(
  context: Context,
  span: Span,
  left: Population,
  right: Population,
): undefined {
  return context.report('sizeMismatch', span, {
    left: `\`${left.name}\``,
    leftSize: left.size,
    right: `\`${right.name}\``,
    rightSize: right.size,
    connectivity: 'a one-to-one connection',
  })
}
