/**
 * What nearly always holds where a loop is, and what is left to be computed where it does: detections (a truth value with
 * a name, as spikes are) find nothing, and what a storage holds is finite, which guards ask. A loop does several vectors
 * at a time by the shorter body if the tests hold of all of them; where something is detected, it goes on from what does not
 * depend on that by the longer one; else it does one of them by the whole body. The bits are the same.
 */
import { nodeAt } from '../ir/operands.ts'
import type { Body, Computed, Reference, Written } from './body.ts'
import { withUsual } from './math/index.ts'

/** What a shorter body relies on, of each lane: an own value is not true, or a number is finite. */
export type Test =
  | { readonly kind: 'untrue'; readonly own: number }
  | { readonly kind: 'finite'; readonly reference: Reference }

export interface Usual {
  readonly body: Body
  readonly tests: readonly Test[]
  /** Own values that the tests need, in order. */
  readonly tested: readonly number[]
  /** The others that are needed. */
  readonly rest: readonly number[]
}

/** The body where nothing is detected and all is finite. */
export const usualOf = (body: Body): Usual => assuming(body, () => true)

/** The body where all is finite that does not depend on what is detected; `listed` are own values that are needed too. */
export function detectingOf(body: Body, listed: readonly number[]): Usual {
  const free = independentOf(body)
  const isSound = (own: number): boolean =>
    body.computed[own]?.usually === 'finite' && free.has(own)
  return assuming(body, isSound, listed)
}

/** Own values that are computed from none that is tested. */
export function independentOf({ computed }: Body): ReadonlySet<number> {
  const found = new Set<number>()
  computed.forEach((each, own) => {
    const isFree = each?.references.every(
      (reference) =>
        !('own' in reference) ||
        (found.has(reference.own) && computed[reference.own]?.usually === undefined),
    )
    if (isFree === true) found.add(own)
  })
  return found
}

function assuming(
  body: Body,
  isAssumed: (own: number) => boolean,
  listed: readonly number[] = [],
): Usual {
  const tests: Test[] = []
  const truth = new Map<number, boolean>()
  const same = new Map<number, Reference>()
  const now = (reference: Reference): Reference => {
    if (!('own' in reference)) return reference
    const known = truth.get(reference.own)
    if (known !== undefined) return { constant: known ? 1 : 0 }
    return same.get(reference.own) ?? reference
  }
  const computed = body.computed.map((each, own): Computed | undefined => {
    if (!each) return undefined
    const references = each.references.map(now)
    const usually = isAssumed(own) ? each.usually : undefined
    if (usually === 'untrue') {
      tests.push({ kind: 'untrue', own })
      truth.set(own, false)
    } else if (usually === 'finite') {
      tests.push({ kind: 'finite', reference: now(magnitudeOf(body, nodeAt(each.references, 0))) })
      truth.set(own, true)
    } else {
      const found = resultOf(each.fn, references)
      if (found && 'constant' in found) truth.set(own, found.constant !== 0)
      else if (found) same.set(own, found)
    }
    return { ...each, references }
  })
  const written = body.written.map((each): Written => {
    const as = now(each.as)
    return { ...each, as }
  })
  const isSpecial = (own: number): boolean => withUsual.has(computed[own]?.fn ?? 'copy')
  const wanted = (references: readonly Reference[]): readonly number[] =>
    references.flatMap((each) => ('own' in each ? [each.own] : []))
  const needed = neededFor(computed, [...wanted(written.map(({ as }) => as)), ...listed])
  const special = [...needed].filter(isSpecial)
  const early = neededFor(computed, [
    ...special,
    ...tests.flatMap((test) => (test.kind === 'untrue' ? [test.own] : wanted([test.reference]))),
  ])
  const inOrder = (set: ReadonlySet<number>): number[] => [...set].sort((a, b) => a - b)
  return {
    body: { ...body, computed, written },
    tests,
    tested: inOrder(early),
    rest: inOrder(needed).filter((own) => !early.has(own)),
  }
}

/** A number whose magnitude is given, or that itself: both are finite or none is. */
function magnitudeOf(body: Body, reference: Reference): Reference {
  const made = 'own' in reference ? body.computed[reference.own] : undefined
  return made?.fn === 'abs' ? nodeAt(made.references, 0) : reference
}

/** What a function comes to, of operands some of which are known truth: a constant, an operand, or undefined. */
function resultOf(fn: Computed['fn'], references: readonly Reference[]): Reference | undefined {
  const constants = references.map((each) => ('constant' in each ? each.constant : undefined))
  const [a, b] = constants
  switch (fn) {
    case 'select':
      return a === undefined ? undefined : nodeAt(references, a === 0 ? 2 : 1)
    case 'not':
      return a === undefined ? undefined : { constant: a === 0 ? 1 : 0 }
    case 'and':
      return a === 0 || b === 0 ? { constant: 0 } : undefined
    case 'or':
      return a === 1 || b === 1 ? { constant: 1 } : undefined
    case 'copy':
      return nodeAt(references, 0)
    default:
      return undefined
  }
}

/** Own values that the given ones are computed from, and themselves. */
function neededFor(
  computed: readonly (Computed | undefined)[],
  from: readonly number[],
): ReadonlySet<number> {
  const needed = new Set<number>()
  const visit = (own: number): void => {
    if (needed.has(own)) return
    needed.add(own)
    for (const each of computed[own]?.references ?? []) if ('own' in each) visit(each.own)
  }
  from.forEach(visit)
  return needed
}
