/** The form of a connection's weight: its shape, its pattern, the geometry of a convolution. */
import type { ConnectItem, ConnectivityProperty, Span } from '../../grammar/ast.ts'
import { type Endpoint } from './connection-ends.ts'
import { limits, type Circuit } from './families.ts'
import type { Context } from './context.ts'
import { convolutionOf } from './convolution.ts'
import type { Connection, Population, Scope } from './model.ts'
import { expectPattern } from './patterns/declared.ts'
import { buildPattern, isPattern, sharedPattern, type Shared } from './patterns/patterns.ts'
import { pairQuantitiesIn } from './patterns/pair-names.ts'
import { wholeOf } from './slices.ts'
import { counted } from './values.ts'

/** What the form of a weight depends on. */
interface Formed {
  readonly item: ConnectItem
  readonly name: string
  readonly source: Population
  readonly target: Endpoint
  readonly wire: boolean
  readonly scope: Scope
}

/** What a connection says of its form. */
interface Said {
  readonly connectivity?: { readonly property: ConnectivityProperty; readonly scope: Scope }
  readonly init?: NonNullable<Connection['init']>
  readonly delays?: NonNullable<Connection['delays']>
}

type Form = Pick<Connection, 'connectivity' | 'shape' | 'convolution' | 'pattern' | 'transposed'>

/** The shape of the weight, its pattern, the geometry of a convolution; undefined after a report. */
export function weightForm(circuit: Circuit, formed: Formed, settings: Said): Form | undefined {
  const { context } = circuit
  const { item, source, target, wire } = formed
  const post = target.population
  const said = settings.connectivity
  const connectivity = said?.property.connectivity ?? (wire ? 'one_to_one' : 'all_to_all')
  const isUnknown = [source, post].some((each) => context.isBroken(wholeOf(each).family))
  const lists = settings.delays !== undefined || readsPairs(settings.init)
  if (said ? isPattern(said.property) || (lists && isWhole(said.property)) : lists && !wire) {
    const isDelayed = settings.delays !== undefined
    const pattern = patternOf(circuit, { ...formed, isDelayed }, said ?? allPairs(formed))
    return pattern && { connectivity: 'pattern', shape: [post.size, source.size], ...pattern }
  }
  if (settings.delays) {
    return context.report('mixedDelays', settings.delays.value.span, {
      name: formed.name,
      reason: `its connectivity is \`${connectivity}\``,
    })
  }
  switch (connectivity) {
    case 'one_to_one':
      // A wire may carry one number for all units; whether it does is known once cells are lowered.
      if (!isUnknown && !wire && source.size !== post.size)
        return sizeMismatch(context, item.span, source, post)
      return { connectivity, shape: [post.size] }
    case 'all_to_all':
    case 'mask':
      if (!isUnknown && source.size * post.size > limits.weights) {
        return context.report('tooLarge', item.span, {
          what: item.name ? `\`${item.name.name}\`` : 'This connection',
          count: counted(source.size * post.size, 'weight'),
          limit: counted(limits.weights, 'weight'),
        })
      }
      return { connectivity, shape: [post.size, source.size] }
    case 'conv':
    case 'conv_transpose': {
      if (isUnknown) return { connectivity, shape: [1, 1] }
      const convolution = said && convolutionOf(context, said.property, said.scope, source, post)
      return convolution && { connectivity, shape: convolution.kernel, convolution }
    }
    default:
      throw new Error(`${connectivity} is of a pattern`)
  }
}

/** Whether a weight begins with what is of single pairs. */
const readsPairs = (init: Said['init']): boolean =>
  init !== undefined && pairQuantitiesIn(init.scope, init.value).size > 0

const isWhole = ({ connectivity }: ConnectivityProperty): boolean =>
  connectivity === 'all_to_all' || connectivity === 'one_to_one'

/** Every pair, where nothing else is said. */
const allPairs = ({ item: { span }, scope }: Formed): NonNullable<Said['connectivity']> => ({
  property: {
    kind: 'ConnectivityProperty',
    connectivity: 'all_to_all',
    options: [],
    flags: [],
    span,
  },
  scope,
})

/** The pattern of a connection: its own, or one that is declared; undefined after a report. */
function patternOf(
  circuit: Circuit,
  { item, name, source, target, isDelayed }: Formed & { readonly isDelayed: boolean },
  { property, scope }: NonNullable<Said['connectivity']>,
): Shared | undefined {
  const { context } = circuit
  const sides = { source, target: target.population }
  const { shared } = property
  if (!shared) {
    const pattern = buildPattern(context, scope, { ...sides, name, property, span: item.span })
    if (!pattern) return undefined
    circuit.patterns.push(pattern)
    return { pattern }
  }
  const pattern = expectPattern(context, scope, shared)
  const { span } = shared
  const found = pattern && sharedPattern(context, pattern, sides, { span, isDelayed })
  const isNew = found && circuit.patterns.every((each) => each.name !== found.pattern.name)
  if (isNew) circuit.patterns.push(found.pattern)
  return found
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
