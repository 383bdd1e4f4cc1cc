/**
 * What programs need beside tensors: tables of the patterns that they name, orders of synapses by their
 * delays, and the rows of rings.
 */
import type { DelayOrder, OneNumber, PlacedPattern, RingRow } from '../../contract/artifact.ts'
import type { PatternPlan } from '../../contract/pattern.ts'
import type { IrModule } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Capacities } from './layout.ts'
import type { Machine } from './machine.ts'
import { onesOf } from './one-number.ts'
import type { Planned } from './programs.ts'
import type { Surroundings, Work, WorkValue } from './values.ts'

/** The storage that holds the delays of an operation over a ring; none of others. */
export function delaysOf(work: Work, { making, args }: WorkValue): string | undefined {
  if (making.kind !== 'other' || !('ring' in making.node) || making.node.op === 'recall')
    return undefined
  if (making.node.ring === undefined) return undefined
  const delays = args.at(-1)
  const storage = delays && nodeAt(work.values, delays.value).making
  if (storage?.kind !== 'storage') throw new Error('delays are kept')
  return storage.name
}

/** What a module says of its storages and patterns. */
export function surroundingsOf({ patterns = [], storages }: IrModule): Surroundings {
  const capacities: Capacities = new Map(patterns.map(({ name, capacity }) => [name, capacity]))
  const rings = storages.flatMap(({ name, ring }) =>
    ring === undefined ? [] : [[name, ring] as const],
  )
  return { capacities, rings: new Map(rings) }
}

export interface Tables {
  readonly patterns: ReadonlyMap<string, PlacedPattern>
  /** By pattern and storage. */
  readonly delays: ReadonlyMap<string, DelayOrder>
  readonly rings: ReadonlyMap<number, RingRow>
  /** Weights that are one number for all synapses, by storage. */
  readonly ones: ReadonlyMap<string, OneNumber>
  /** By storage of a ring that own delays go back in, the cells of each of its rows that sent something: so many, and which. */
  readonly sent: ReadonlyMap<string, number>
  /**
   * The word that says whether what is known of earlier steps still holds: whether every synapse is to be visited, and
   * every row of a ring looked through.
   */
  readonly visitAll?: number
}

export const delayKey = (pattern: string, storage: string): string =>
  JSON.stringify([pattern, storage])

/** Lays the tables out; `take` gives the address of so many words. */
export function placeTables(
  module: IrModule,
  { programs, machine }: { readonly programs: readonly Planned[]; readonly machine: Machine },
  take: (words: number) => number,
): Tables {
  const { patterns = [], storages } = module
  const works = programs.map(({ work }) => work)
  const active = programs.flatMap((each) => [...each.active.values()])
  const bySource = new Set([
    ...patternsBySource(works),
    ...active.flatMap(({ pattern, post }) => (post.length > 0 ? [pattern.name] : [])),
  ])
  const byPost = new Set(
    active.flatMap(({ pattern, post }) => (post.length > 0 ? [pattern.name] : [])),
  )
  // A vector of indices reaches behind the last synapse.
  const ofSynapses = (capacity: number): number => take(capacity + machine.rowUnit)
  const placed = patterns.map((plan): PlacedPattern => {
    const { name, pre, post, capacity } = plan
    return {
      name,
      pre,
      post,
      capacity,
      count: take(1),
      starts: take(pre + 1),
      targets: ofSynapses(capacity),
      ...(bySource.has(name) && { sources: ofSynapses(capacity) }),
      ...(byPost.has(name) && { postStarts: take(post + 1), postSynapses: ofSynapses(capacity) }),
    }
  })
  const delays = new Map<string, DelayOrder>()
  for (const { pattern, storage, ring } of works.flatMap(deliveriesByDelay)) {
    const key = delayKey(pattern, storage)
    if (delays.has(key)) continue
    delays.set(key, { pattern, storage, ring, address: take(capacityOf(patterns, pattern)) })
  }
  const sent = new Map<string, number>()
  for (const { storage, ring, cells } of works.flatMap(ringsWithDelays)) {
    if (!sent.has(storage)) sent.set(storage, take(ring * sentWords(cells)))
  }
  const rows = new Set(storages.flatMap(({ ring }) => (ring === undefined ? [] : [ring])))
  return {
    patterns: new Map(placed.map((each) => [each.name, each])),
    delays,
    rings: new Map([...rows].map((each) => [each, { rows: each, address: take(1) }])),
    sent,
    ones: new Map([...onesOf(module)].map((storage) => [storage, { storage, varies: take(1) }])),
    ...((active.length > 0 || sent.size > 0) && { visitAll: take(1) }),
  }
}

/** Words for the cells of a row that sent something: their number, and which they are. */
export const sentWords = (cells: number): number => cells + 1

/** The storage of the ring that a delivery with own delays goes back in, where there is one row a step. */
export function sentRing(
  work: Work,
  { making, args, shape }: WorkValue,
): { readonly storage: string; readonly ring: number; readonly cells: number } | undefined {
  if (making.kind !== 'other' || making.node.op !== 'deliver') return undefined
  const { ring, pattern } = making.node
  const [first] = args
  const storage = first && nodeAt(work.values, first.value).making
  if (ring === undefined || storage?.kind !== 'storage' || shape[0] !== 1) return undefined
  return { storage: storage.name, ring, cells: pattern.pre }
}

const ringsWithDelays = (work: Work) => work.values.flatMap((value) => sentRing(work, value) ?? [])

const capacityOf = (patterns: readonly PatternPlan[], name: string): number =>
  patterns.find((each) => each.name === name)?.capacity ?? 0

/** Patterns of which a program asks for the pre cell of a synapse. */
function patternsBySource(works: readonly Work[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { values } of works) {
    for (const { making, args } of values) {
      for (const { through } of args) if (through?.side === 'pre') found.add(through.pattern.name)
      if (making.kind === 'other' && making.node.op === 'toSynapses')
        found.add(making.node.pattern.name)
    }
  }
  return found
}

function deliveriesByDelay(work: Work): readonly Omit<DelayOrder, 'address'>[] {
  return work.values.flatMap((value) => {
    const { making } = value
    if (making.kind !== 'other' || making.node.op !== 'deliver') return []
    const storage = delaysOf(work, value)
    const { ring = 1, pattern } = making.node
    return storage === undefined ? [] : [{ pattern: pattern.name, storage, ring }]
  })
}
