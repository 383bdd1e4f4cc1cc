/**
 * How two compiled files differ in meaning: parameters, populations, connections, equations, rules, experiments. What
 * is written in another way, or in another order, and means the same is no difference. Things are matched by name.
 */
import type { Compilation } from '../../compiler/compile.ts'
import { thingsOf } from './facts.ts'
import type { Thing, ThingKind } from './thing.ts'
import { unlike } from './reads.ts'

export type Change = 'added' | 'removed' | 'changed'

/** One fact of a thing, as each side says it; absent where it says nothing. */
export interface FactDifference {
  readonly name: string
  readonly before?: string
  readonly after?: string
}

export interface Difference {
  readonly kind: ThingKind
  /** `h[0]`; several that differ alike are told together. */
  readonly names: readonly string[]
  readonly change: Change
  /** Of what has changed. */
  readonly facts: readonly FactDifference[]
}

interface Single extends Omit<Difference, 'kind' | 'names'> {
  readonly thing: Thing
}

/** The differences, in the order of the files. */
export function differences(before: Compilation, after: Compilation): readonly Difference[] {
  const [old, now] = [thingsOf(before), thingsOf(after)]
  const keyOf = ({ kind, name }: Thing): string => `${kind} ${name}`
  const oldByKey = new Map(old.map((each) => [keyOf(each), each]))
  const nowKeys = new Set(now.map(keyOf))
  const single: readonly Single[] = [
    ...old
      .filter((each) => !nowKeys.has(keyOf(each)))
      .map((thing) => ({ thing, change: 'removed' as const, facts: [] })),
    ...now.flatMap((thing): readonly Single[] => {
      const other = oldByKey.get(keyOf(thing))
      if (!other) return [{ thing, change: 'added' as const, facts: [] }]
      const facts = factDifferences(other, thing)
      return facts.length > 0 ? [{ thing, change: 'changed' as const, facts }] : []
    }),
  ]
  const groups = new Map<string, Difference>()
  for (const { thing, change, facts } of single) {
    const key = JSON.stringify([thing.kind, thing.family, change, facts])
    const known = groups.get(key)
    groups.set(key, {
      kind: thing.kind,
      change,
      facts,
      names: [...(known?.names ?? []), thing.name],
    })
  }
  return [...groups.values()].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

const order: readonly ThingKind[] = [
  'parameter',
  'population',
  'connection',
  'matrix',
  'let',
  'modulator',
  'phase',
  'property',
  'refinement',
  'dataset',
  'experiment',
  'sweep',
]

function factDifferences(before: Thing, after: Thing): readonly FactDifference[] {
  const names = [...new Set([...before.facts.keys(), ...after.facts.keys()])]
  return names.flatMap((name) => {
    const [old, now] = [before.facts.get(name), after.facts.get(name)]
    if (old?.meaning === now?.meaning) return []
    // A statement that is its own name is told by itself.
    const label = name.startsWith('{') ? 'statement' : name
    const isAlike = old !== undefined && old.shown === now?.shown
    const [was, is] = isAlike ? unlike(old.reads ?? [], now.reads ?? []) : ['', '']
    return [
      {
        name: label,
        ...(old && { before: old.shown + was }),
        ...(now && { after: now.shown + is }),
      },
    ]
  })
}

/** What is added, removed and changed among populations and connections, for a diagram. */
export function marksOf(all: readonly Difference[]) {
  const of = (kind: ThingKind): Readonly<Record<string, Change>> =>
    Object.fromEntries(
      all
        .filter((each) => each.kind === kind)
        .flatMap(({ names, change }) => names.map((name) => [name, change] as const)),
    )
  return { populations: of('population'), connections: of('connection') }
}
