/**
 * Weight transport: a weight that is always, or after some steps, set to an expression of weights that
 * learn between the same two populations in the other direction, or between populations that relay to
 * them, or that reach them by interneurons. A product of weights is one if its factors lead, one after the
 * other, the other way. A weight that only begins as a copy is none; the two part as they learn.
 */
import type { Context } from '../model/context.ts'
import type { Connection, Model, Population } from '../model/model.ts'
import { startOf, wholeOf } from '../model/slices.ts'
import { isTied, madeOf } from '../model/weights/made-of.ts'
import type { WeightReferences } from '../model/weights/reference.ts'

/** Remarks every family that is a copy of learning weights, once. */
export function remarkTransport(
  context: Context,
  model: Model,
  references: WeightReferences,
): void {
  const remarked = new Set<string>()
  for (const connection of model.connections) {
    const { family, span } = connection
    if (!isTied(connection) || family === undefined || remarked.has(family)) continue
    const found = copiedFrom(model, references, connection)
    if (!found) continue
    const { learning } = found
    remarked.add(family)
    context.report('weightTransport', span, {
      weight: family,
      source: learning.family ?? learning.name,
    })
  }
}

/** Of a copy: the weight that learns, and what else it takes to get from one end to the other. */
export interface Transport {
  readonly learning: Connection
  readonly through: readonly Connection[]
}

/**
 * The learning weight that a tied weight is a copy of in the opposite direction, if any: from its
 * postsynaptic population the weights that it is made of lead to its presynaptic one. In between there may be
 * relays, and behind the weight that learns one pathway more, to interneurons whose way back is the copy. Another
 * weight that learns, and after it a copy of that one, relay too: of a chain of copies each unit stands for one of the
 * forward chain, so that `z -> r -> h` by copies of U and W leads back what `h -> y -> z` leads.
 */
export function copiedFrom(
  { connections }: Model,
  references: WeightReferences,
  connection: Connection,
): Transport | undefined {
  const made = madeOf(references, connection)
  if (!made.some(({ rule }) => rule !== undefined)) return undefined
  const [goal, first] = [connection.source.population, connection.target.population]
  const edges = [...new Set([...made, ...connections])].filter(
    (each) => each !== connection && !isBeside(each, connection),
  )
  interface Way {
    readonly at: Population
    readonly passed: readonly Connection[]
    /** How many of what was passed are neither relays nor what the weight is made of. */
    readonly hops: number
    /** Weights passed whose copies are to follow, the last first. */
    readonly open: readonly Connection[]
  }
  const copies = connections.flatMap((each) =>
    each !== connection && isTied(each) ? [{ each, of: madeOf(references, each) }] : [],
  )
  const copied = new Set(copies.flatMap(({ of }) => of.filter(({ rule }) => rule !== undefined)))
  const pending: Way[] = [{ at: first, passed: [], hops: 0, open: [] }]
  const seen = new Set<string>()
  for (let next = pending.shift(); next; next = pending.shift()) {
    const { at, passed, hops, open } = next
    const learning = passed.find((each) => made.includes(each) && each.rule !== undefined)
    if (learning && open.length === 0 && meet(at, goal))
      return { learning, through: passed.filter((each) => !made.includes(each)) }
    const key = `${at.name} ${learning ? 'learns' : ''} ${hops} ${open.map(({ name }) => name).join(' ')}`
    if (seen.has(key)) continue
    seen.add(key)
    for (const edge of edges) {
      if (!meet(at, edge.source.population)) continue
      const further = made.includes(edge) || isRelay(edge) ? hops : hops + 1
      const on = { at: edge.target.population, passed: [...passed, edge] }
      if (further === hops || (learning && further <= mostHops))
        pending.push({ ...on, hops: further, open })
      if (!learning || made.includes(edge)) continue
      const [last, ...others] = open
      if (last && copies.some(({ each, of }) => each === edge && of.includes(last)))
        pending.push({ ...on, hops, open: others })
      if (copied.has(edge) && open.length < mostOpen && !open.includes(edge))
        pending.push({ ...on, hops, open: [edge, ...open] })
    }
  }
  return undefined
}

/** Weights that a way may pass before the first of their copies: layers between a copy and the end of its chain. */
const mostOpen = 16

/** Pathways that may stand between a copy and what it is a copy of: with more, all leads to all in the end. */
const mostHops = 1

/** Whether a connection leads where another does, so that a copy of it carries nothing the other way. */
function isBeside(a: Connection, b: Connection): boolean {
  if (meet(b.source.population, b.target.population)) return false
  return (
    meet(a.source.population, b.source.population) && meet(a.target.population, b.target.population)
  )
}

/** Whether two populations, or slices, have units in common. */
export function meet(a: Population, b: Population): boolean {
  if (wholeOf(a).name !== wholeOf(b).name) return false
  const [first, second] = [startOf(a), startOf(b)]
  return first < second + b.size && second < first + a.size
}

/** Whether a connection passes on unit by unit what its source emits. */
export function isRelay({ connectivity, target }: Connection): boolean {
  if (connectivity !== 'one_to_one') return false
  const { cell } = target.population
  return !cell.inputs.some((each) => each.scalar && each.name === target.compartment)
}
