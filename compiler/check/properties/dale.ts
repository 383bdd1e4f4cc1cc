/**
 * Dale's law, shown: the signs of what each population sends, and what keeps each weight at its sign: its
 * value at the start, the projection after every change, or what it is tied to. A weight of which that is
 * not known breaks the property, whatever values it happens to have.
 */
import type { Span } from '../../../grammar/ast.ts'
import { printExpression } from '../../../grammar/print/expression.ts'
import { walk } from '../../../grammar/walk.ts'
import type { Bound } from '../../model/bind/index.ts'
import { Context } from '../../model/context.ts'
import { evaluate } from '../../model/evaluate.ts'
import { familyName } from '../../model/families.ts'
import type { Connection, Experiment, Model, Population } from '../../model/model.ts'
import { startOf, wholeOf } from '../../model/slices.ts'
import { withoutRepeats, type Certificate, type Fact } from './certificate.ts'
import { isAtLeastZero, isAtMostZero, isZero, type Interval } from './interval.ts'
import { Ranges } from './ranges.ts'

type Effect = 'excites' | 'inhibits' | 'does nothing' | 'unknown'

interface Sent {
  readonly connection: Connection
  readonly effect: Effect
  readonly fact: Fact
}

/** The certificate of `dale`. */
export function certifyDale(
  model: Model,
  bound: Bound,
  experiment: Experiment | undefined,
): Certificate {
  const ranges = new Ranges(model, bound, experiment)
  const perturbed = perturbations(experiment)
  const found = model.populations.flatMap((population) => {
    const sent = model.connections
      .filter(({ wire, source }) => !wire && wholeOf(source.population).name === population.name)
      .map((each) => sentBy(each, ranges, perturbed))
    return sent.length === 0 ? [] : [{ population, ...populationFact(sent, ranges) }]
  })
  // Populations of an array that send the same are told of together.
  const groups = new Map<string, (typeof found)[number][]>()
  for (const each of found) {
    const { population: _, ...rest } = each
    const key = JSON.stringify(rest)
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  const facts = [...groups.values()].map((alike): Fact => {
    const { population, says, ...rest } = alike[0]!
    const names = alike.map((each) => each.population.name)
    const family = model.populations.filter((each) => each.family === population.family)
    const isWhole = family.length === names.length
    const called = isWhole
      ? `\`${population.family}\``
      : names.map((each) => `\`${each}\``).join(', ')
    return { text: `${called} ${says}`, span: population.span, ...rest }
  })
  const holds = !facts.some((each) => each.breaks ?? each.facts?.some(({ breaks }) => breaks))
  return {
    property: 'dale',
    holds,
    summary: !holds
      ? 'a cell sends what is not shown to have one sign'
      : facts.length === 0
        ? 'no cell sends anything through a synapse'
        : 'every cell excites, or inhibits, and nothing alters that',
    facts,
  }
}

/** What a connection does to its targets, and what keeps it so. */
function sentBy(
  connection: Connection,
  ranges: Ranges,
  perturbed: ReadonlyMap<string, Span>,
): Sent {
  const { family, name, sign, rule, tied, copied, init, bounds, span } = connection
  const moved = perturbed.get(family ?? name) ?? perturbed.get(name)
  const { start, always } = ranges.weight(connection, moved !== undefined)
  const called = `\`${family ?? name}\``
  const say = (effect: Effect, why: string, place: Span = span): Sent => ({
    connection,
    effect,
    fact: {
      text: effect === 'unknown' ? `${called} ${why}` : `${called} ${effect}: ${why}`,
      span: place,
      ...(effect === 'unknown' && { breaks: true as const }),
    },
  })
  const own = tied?.value ?? init?.value ?? copied?.value.value
  const text = own ? `\`${printExpression(own)}\`` : '0, as nothing is said'
  const signed = sign !== 'unsigned'
  const effect = turned(effectOf(connection, always), ranges.isTurned(connection))
  if (effect === 'unknown') {
    if (tied)
      return say(effect, `is tied to ${text}, which is not shown to have one sign`, own?.span)
    if (!effectIsKnown(start))
      return say(effect, `begins as ${text}, which is not shown to have one sign`, own?.span)
    return say(
      effect,
      `is of no sign, and ${rule || copied ? 'learns' : 'is perturbed'} without bounds that would keep it at one`,
      rule || copied ? span : moved,
    )
  }
  if (tied) return say(effect, `it equals ${text}, of which that follows`, own?.span)
  const begins = `it begins as ${text}`
  if (!rule && !copied && !moved) return say(effect, `${begins}, and does not change`, own?.span)
  const kept = bounds?.from
    ? `is clipped to its bounds, from ${bounds.from.value} on, after every change`
    : signed
      ? 'is kept at 0 or above after every change, by its sign'
      : 'is clipped to its bounds after every change'
  return say(effect, `${begins}, and ${kept}`)
}

/** What the weight does, of what is sent with the other sign. */
function turned(effect: Effect, isTurned: boolean): Effect {
  if (!isTurned || effect === 'unknown' || effect === 'does nothing') return effect
  return effect === 'excites' ? 'inhibits' : 'excites'
}

const effectIsKnown = (found: Interval): boolean => isAtLeastZero(found) || isAtMostZero(found)

function effectOf({ sign }: Connection, weight: Interval): Effect {
  if (isZero(weight)) return 'does nothing'
  // Of a signed connection the weight is the magnitude.
  if (sign !== 'unsigned') {
    if (!isAtLeastZero(weight)) return 'unknown'
    return sign === 'excitatory' ? 'excites' : 'inhibits'
  }
  if (isAtLeastZero(weight)) return 'excites'
  return isAtMostZero(weight) ? 'inhibits' : 'unknown'
}

function populationFact(
  sent: readonly Sent[],
  ranges: Ranges,
): Pick<Fact, 'breaks' | 'facts'> & { readonly says: string } {
  const effects = new Set(sent.map(({ effect }) => effect))
  const both = sent.some(
    (a) =>
      a.effect === 'excites' &&
      sent.some(
        (b) =>
          b.effect === 'inhibits' &&
          meet(a.connection.source.population, b.connection.source.population),
      ),
  )
  const says = both
    ? 'excites and inhibits'
    : effects.has('unknown')
      ? 'may do both'
      : effects.has('excites')
        ? effects.has('inhibits')
          ? 'excites by some units, inhibits by others'
          : 'only excites'
        : effects.has('inhibits')
          ? 'only inhibits'
          : 'has no effect'
  return {
    says,
    ...(both && { breaks: true as const }),
    facts: withoutRepeats([...sent.map(({ fact }) => fact), ...signalFacts(sent, ranges)]),
  }
}

/** Of every signal that is sent, whether it is shown to be no less than 0. */
function signalFacts(sent: readonly Sent[], ranges: Ranges): readonly Fact[] {
  return sent.flatMap(({ connection }) => {
    const { source, transmit, stp } = connection
    const { population, signal } = source
    const said = transmit
      ? `what its terminals send, \`${printExpression(transmit.value)}\`,`
      : `the signal \`${signal}\``
    const emitted = population.cell.equations.find(
      ({ name, role }) => name === signal || role === signal,
    )
    const amplitude = ranges.amplitude(connection)
    return [
      {
        text: `${said} ${belowZero(ranges.sent(connection))}`,
        span: transmit?.span ?? emitted?.span ?? population.span,
      },
      ...(amplitude && stp?.item.amplitude
        ? [
            {
              text: `the amplitude of its short-term plasticity, \`${printExpression(stp.item.amplitude)}\`, ${belowZero(amplitude)}`,
              span: stp.item.amplitude.span,
            },
          ]
        : []),
    ]
  })
}

/** Of what is multiplied with a weight, what its sign makes of the effect. */
function belowZero(found: Interval): string {
  if (isAtLeastZero(found)) return 'is never below 0'
  if (isAtMostZero(found)) return 'is never above 0: the effect has the other sign'
  return 'is not shown to be never below 0: where it is, the effect has the other sign'
}

function meet(a: Population, b: Population): boolean {
  const [first, second] = [startOf(a), startOf(b)]
  return first < second + b.size && second < first + a.size
}

/** Families that the protocol perturbs by what may turn a sign, and where. */
function perturbations(experiment: Experiment | undefined): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>()
  for (const statement of experiment?.statements ?? [])
    if (statement.kind === 'Protocol')
      walk(statement, (node) => {
        if (node.kind !== 'ProtocolAction' || node.action !== 'perturb') return
        const [factor] = node.by?.name.name === 'scale' ? node.by.args : []
        const scale =
          factor && experiment && evaluate(new Context(), experiment.scope, factor.value)
        if (scale?.kind === 'number' && scale.value >= 0) return
        for (const target of node.targets) {
          const root = target.kind === 'Index' ? target.object : target
          const name = familyName(root)
          if (name !== undefined) found.set(name, node.span)
        }
      })
  return found
}
