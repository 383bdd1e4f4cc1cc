/**
 * How two expressions of one form differ: a number between them, matrices in each other's place, factors that
 * only one has. Factor by factor from the outside in; nothing is known here of what the expressions are.
 */
import type { Algebra } from './algebra.ts'
import {
  isScalar,
  isZero,
  type Atom,
  type Expression,
  type Factor,
  type Structure,
} from './expressions.ts'
import { compareSums, otherWayRound, shortest } from './compare-sums.ts'
import { matrixOf, passedOn, vectorsWithin } from './linear.ts'
import { structureOf } from './structures.ts'

/** A matrix (or kernel) of one that stands where the other has another. */
export interface Replaced {
  readonly mine: Expression
  readonly theirs: Expression
}

/** Factors that stand at the same place in one of the two only, element by element. */
export interface Gated {
  readonly mine: Expression
  readonly theirs: Expression
  /** Whether it is of one term of a sum, and not of all that is compared. */
  readonly ofTerm?: true
}

/** A term of a sum of one that the other has not. */
export interface Unpaired {
  readonly mine?: Expression
  readonly theirs?: Expression
}

export interface Comparison {
  /** What they have the same form up to: mine over theirs, of numbers alone. */
  readonly ratio: Expression
  readonly replaced: readonly Replaced[]
  readonly gated: readonly Gated[]
  /** Terms of sums that only one of the two has. */
  readonly unpaired: readonly Unpaired[]
  /** Whether nothing else differs. */
  readonly complete: boolean
}

const different: Omit<Comparison, 'ratio'> = {
  replaced: [],
  gated: [],
  unpaired: [],
  complete: false,
}
const same: Omit<Comparison, 'ratio'> = { ...different, complete: true }

/** Compares `mine` with `theirs`, neither of them 0. */
export function compare(algebra: Algebra, mine: Expression, theirs: Expression): Comparison {
  if (mine === theirs) return { ratio: algebra.one, ...same }
  if (isZero(mine) || isZero(theirs)) return { ratio: algebra.one, ...different }
  const scalars = (each: Expression) =>
    algebra.split(algebra.asTerm(each), (atom) => !isScalar(atom))
  const [a, b] = [scalars(mine), scalars(theirs)]
  const ratio = algebra.div(a.rest, b.rest)
  const inner = compareProducts(algebra, a.kept, b.kept)
  const unpaired = inner.unpaired.map((each) => ({
    ...(each.mine && { mine: algebra.mul(a.rest, each.mine) }),
    ...(each.theirs && { theirs: algebra.mul(b.rest, each.theirs) }),
  }))
  return signed(algebra, { ...inner, unpaired, ratio: algebra.mul(ratio, inner.ratio) })
}

/** A sum has no sign of its own: minus one is told as the sum the other way round, not as a ratio of -1. */
function signed(algebra: Algebra, found: Comparison): Comparison {
  const [only] = found.gated
  const { terms } = found.ratio
  if (found.gated.length !== 1 || !only || only.ofTerm) return found
  if (terms.length !== 1 || terms[0]!.coefficient > 0) return found
  const theirs = otherWayRound(algebra, only)
  return theirs
    ? { ...found, ratio: algebra.neg(found.ratio), gated: [{ ...only, theirs }] }
    : found
}

function compareProducts(algebra: Algebra, mine: Expression, theirs: Expression): Comparison {
  if (mine === theirs) return { ratio: algebra.one, ...same }
  const [a, b] = [algebra.asTerm(mine).factors, algebra.asTerm(theirs).factors]
  const onlyA = without(a, b)
  const onlyB = without(b, a)
  const pairs: Comparison[] = []
  const restA = [...onlyA]
  const restB = [...onlyB]
  for (const factor of onlyA) {
    const partner = restB.find((each) => isPartner(factor, each))
    if (!partner) continue
    pairs.push(compareAtoms(algebra, factor.atom, partner.atom))
    restA.splice(restA.indexOf(factor), 1)
    restB.splice(restB.indexOf(partner), 1)
  }
  const gates = gate(algebra, restA, restB)
  return {
    ratio: algebra.mul(algebra.one, ...pairs.map((each) => each.ratio)),
    replaced: unique(pairs.flatMap((each) => each.replaced)),
    gated: [...gates, ...pairs.flatMap((each) => each.gated)],
    unpaired: pairs.flatMap((each) => each.unpaired),
    complete: pairs.every((each) => each.complete),
  }
}

/** The factors of a that b has not. */
function without(a: readonly Factor[], b: readonly Factor[]): readonly Factor[] {
  return a.flatMap(({ atom, power }) => {
    const other = b.find((each) => each.atom === atom)?.power ?? 0
    const left =
      power > 0 ? Math.max(0, power - Math.max(0, other)) : Math.min(0, power - Math.min(0, other))
    return left === 0 ? [] : [{ atom, power: left }]
  })
}

function gate(
  algebra: Algebra,
  mine: readonly Factor[],
  theirs: readonly Factor[],
): readonly Gated[] {
  if (mine.length === 0 && theirs.length === 0) return []
  const of = (factors: readonly Factor[]): Expression =>
    factors.length === 0 ? algebra.one : algebra.ofTerm({ coefficient: 1, factors })
  return [{ mine: of(mine), theirs: of(theirs) }]
}

/** Whether two factors may be forms of each other: products with matrices, sums of them, outer products. */
function isPartner(a: Factor, b: Factor): boolean {
  if (a.power !== 1 || b.power !== 1) return false
  const carries = (atom: Atom): boolean =>
    atom.kind === 'structure' || (atom.kind === 'group' && holdsStructure(atom.sum))
  return carries(a.atom) && carries(b.atom) && a.atom.shape.join() === b.atom.shape.join()
}

const holdsStructure = ({ terms }: Expression): boolean =>
  terms.some(({ factors }) =>
    factors.some(
      ({ atom }) =>
        (atom.kind === 'structure' && atom.form.op !== 'sum') ||
        (atom.kind === 'group' && holdsStructure(atom.sum)),
    ),
  )

function compareAtoms(algebra: Algebra, a: Atom, b: Atom): Comparison {
  const [mine, theirs] = [algebra.ofAtom(a), algebra.ofAtom(b)]
  if (a.kind === 'structure' && b.kind === 'structure' && a.form.op === b.form.op) {
    return compareStructures(algebra, a, b)
  }
  return (
    shortest([compareMaps(algebra, mine, theirs), compareSums(algebra, mine, theirs, compare)]) ?? {
      ratio: algebra.one,
      ...different,
    }
  )
}

function compareStructures(algebra: Algebra, a: Structure, b: Structure): Comparison {
  const [a0, a1] = a.args as [Expression, Expression]
  const [b0, b1] = b.args as [Expression, Expression]
  const both = (x: Comparison, y: Comparison): Comparison => ({
    ratio: algebra.mul(x.ratio, y.ratio),
    replaced: unique([...x.replaced, ...y.replaced]),
    gated: [...x.gated, ...y.gated],
    unpaired: [...x.unpaired, ...y.unpaired],
    complete: x.complete && y.complete,
  })
  switch (a.form.op) {
    case 'outer':
    case 'convKernelGradient':
      return both(compare(algebra, a0, b0), compare(algebra, a1, b1))
    case 'matvec': {
      const vectors = compare(algebra, a1, b1)
      if (!vectors.complete || a1.shape[0] !== b1.shape[0]) {
        const [mine, theirs] = [algebra.ofAtom(a), algebra.ofAtom(b)]
        return compareMaps(algebra, mine, theirs) ?? { ratio: algebra.one, ...different }
      }
      return both(compareMatrices(algebra, a0, b0), vectors)
    }
    case 'convImageGradient':
    case 'conv':
      return both(compare(algebra, a0, b0), compareMatrices(algebra, a1, b1))
    case 'sum':
    case 'reshape':
    case 'transpose':
    case 'broadcast':
    case 'slice':
      return JSON.stringify(a.form) === JSON.stringify(b.form)
        ? compare(algebra, a0, b0)
        : { ratio: algebra.one, ...different }
    default:
      return { ratio: algebra.one, ...different }
  }
}

function compareMatrices(algebra: Algebra, mine: Expression, theirs: Expression): Comparison {
  const none = { ratio: algebra.one, ...same }
  if (mine === theirs) return none
  return { ...none, replaced: within(algebra, mine, theirs) ?? [{ mine, theirs }] }
}

/** What differs in two inverses (I - A M)^-1 and (I - B M)^-1: A and B, where all else is the same. */
function within(
  algebra: Algebra,
  mine: Expression,
  theirs: Expression,
): readonly Replaced[] | undefined {
  const [a, b] = [structureOf(mine), structureOf(theirs)]
  if (a?.form.op !== 'inverse' || b?.form.op !== 'inverse') return undefined
  const [sum, other] = [a.args[0]!, b.args[0]!]
  const left = algebra.sub(sum, other)
  // Of what one alone has, and the other alone.
  const ownTo = (each: Expression, apart: number) =>
    each.terms.length > 1
      ? each.terms.filter(({ coefficient, factors }) =>
          left.terms.some(
            (term) =>
              term.coefficient === apart * coefficient &&
              algebra.ofTerm({ coefficient, factors }) ===
                algebra.ofTerm({ coefficient, factors: term.factors }),
          ),
        )
      : each.terms
  const [x, ...moreX] = ownTo(sum, 1)
  const [y, ...moreY] = ownTo(other, -1)
  if (!x || !y || moreX.length > 0 || moreY.length > 0 || x.coefficient !== y.coefficient) {
    return undefined
  }
  return factorsWithin(
    algebra.ofTerm({ ...x, coefficient: 1 }),
    algebra.ofTerm({ ...y, coefficient: 1 }),
  )
}

/** Factors of two products of matrices that stand in each other's place. */
function factorsWithin(mine: Expression, theirs: Expression): readonly Replaced[] | undefined {
  if (mine === theirs) return []
  if (mine.shape.join() !== theirs.shape.join()) return undefined
  const [a, b] = [structureOf(mine), structureOf(theirs)]
  if (a?.form.op !== 'matmul' || b?.form.op !== 'matmul') return [{ mine, theirs }]
  const parts = a.args.map((each, i) => factorsWithin(each, b.args[i]!))
  return parts.every((each) => each !== undefined) ? parts.flat() : [{ mine, theirs }]
}

/** Both as linear maps of vectors that compare: the matrices stand in each other's place. The shorter of two ways. */
function compareMaps(
  algebra: Algebra,
  mine: Expression,
  theirs: Expression,
): Comparison | undefined {
  return shortest([chains(algebra, mine, theirs), ofShared(algebra, mine, theirs)])
}

/** As maps of what all products of both begin with, where they do. */
function ofShared(algebra: Algebra, mine: Expression, theirs: Expression): Comparison | undefined {
  const shared = sharedVector(algebra, [...innermost(mine), ...innermost(theirs)])
  if (!shared || shared === mine || shared === theirs) return undefined
  const [m, t] = [matrixOf(algebra, mine, shared), matrixOf(algebra, theirs, shared)]
  if (!m || !t || m === t) return undefined
  return { ratio: algebra.one, ...same, replaced: [{ mine: m, theirs: t }] }
}

/** As maps of vectors within, the longest chains first: matrices are then single where they can be. */
function chains(algebra: Algebra, mine: Expression, theirs: Expression): Comparison | undefined {
  const inMine = vectorsWithin(algebra, mine).toReversed()
  const inTheirs = vectorsWithin(algebra, theirs)
  for (const vector of [...inMine].toReversed()) {
    const m = matrixOf(algebra, mine, vector)
    if (!m || vector === mine) continue
    for (const other of inTheirs) {
      if (other === theirs || other.shape[0] !== vector.shape[0]) continue
      const t = matrixOf(algebra, theirs, other)
      if (!t) continue
      const inner = compare(algebra, vector, other)
      if (!inner.complete || inner.gated.length > 0 || inner.unpaired.length > 0) continue
      const replaced = m === t ? inner.replaced : [{ mine: m, theirs: t }, ...inner.replaced]
      return { ...inner, replaced: unique(replaced) }
    }
  }
  return undefined
}

/** The vectors that products with matrices begin with. */
function innermost(expression: Expression): readonly Expression[] {
  return expression.terms.flatMap(({ factors }) =>
    factors.flatMap(({ atom }) => {
      if (atom.kind === 'group') return innermost(atom.sum)
      if (atom.kind !== 'structure') return []
      return passedOn(atom).flatMap((each) => {
        const inner = innermost(each)
        return inner.length > 0 ? inner : [each]
      })
    }),
  )
}

/** The factors that all of several vectors have. */
function sharedVector(algebra: Algebra, vectors: readonly Expression[]): Expression | undefined {
  const [first, ...others] = vectors.map((each) => algebra.asTerm(each).factors)
  if (!first || others.length === 0) return undefined
  const factors = first.filter(({ atom, power }) =>
    others.every((each) => each.some((other) => other.atom === atom && other.power === power)),
  )
  const shared = algebra.ofTerm({ coefficient: 1, factors })
  return shared.shape.join() === vectors[0]!.shape.join() && shared.shape.length === 1
    ? shared
    : undefined
}

function unique(all: readonly Replaced[]): readonly Replaced[] {
  const found = new Map(all.map((each) => [`${each.mine.id} ${each.theirs.id}`, each]))
  return [...found.values()]
}
