/**
 * How two expressions of one form differ: a number between them, matrices in each other's place, factors that
 * only one has. Factor by factor from the outside in; nothing is known here of what the expressions are.
 */
import type { Algebra } from './algebra.ts'
import {
  atomOf,
  isScalar,
  isZero,
  numberOf,
  type Atom,
  type Expression,
  type Factor,
  type Structure,
} from './expressions.ts'
import { matrixOf, vectorsWithin } from './linear.ts'

/** A matrix (or kernel) of one that stands where the other has another. */
export interface Replaced {
  readonly mine: Expression
  readonly theirs: Expression
}

/** Factors that stand at the same place in one of the two only, element by element. */
export interface Gated {
  readonly mine: Expression
  readonly theirs: Expression
}

export interface Comparison {
  /** What they have the same form up to: mine over theirs, of numbers alone. */
  readonly ratio: Expression
  readonly replaced: readonly Replaced[]
  readonly gated: readonly Gated[]
  /** Whether nothing else differs. */
  readonly complete: boolean
}

const different: Omit<Comparison, 'ratio'> = { replaced: [], gated: [], complete: false }

/** Compares `mine` with `theirs`, neither of them 0. */
export function compare(algebra: Algebra, mine: Expression, theirs: Expression): Comparison {
  if (mine === theirs) return { ratio: algebra.one, replaced: [], gated: [], complete: true }
  if (isZero(mine) || isZero(theirs)) return { ratio: algebra.one, ...different }
  const scalars = (each: Expression) =>
    algebra.split(algebra.asTerm(each), (atom) => !isScalar(atom))
  const [a, b] = [scalars(mine), scalars(theirs)]
  const ratio = algebra.div(a.rest, b.rest)
  const inner = compareProducts(algebra, a.kept, b.kept)
  return signed(algebra, { ...inner, ratio: algebra.mul(ratio, inner.ratio) })
}

/** A sum has no sign of its own: minus one is told as the sum the other way round, not as a ratio of -1. */
function signed(algebra: Algebra, found: Comparison): Comparison {
  const [only] = found.gated
  const { terms } = found.ratio
  if (found.gated.length !== 1 || !only || terms.length !== 1 || terms[0]!.coefficient > 0)
    return found
  const inner = atomOf(only.theirs)
  if (inner?.kind !== 'group' || numberOf(only.mine) !== undefined) return found
  const theirs = algebra.neg(inner.sum)
  return { ...found, ratio: algebra.neg(found.ratio), gated: [{ ...only, theirs }] }
}

function compareProducts(algebra: Algebra, mine: Expression, theirs: Expression): Comparison {
  if (mine === theirs) return { ratio: algebra.one, replaced: [], gated: [], complete: true }
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
  return compareMaps(algebra, mine, theirs) ?? { ratio: algebra.one, ...different }
}

function compareStructures(algebra: Algebra, a: Structure, b: Structure): Comparison {
  const [a0, a1] = a.args as [Expression, Expression]
  const [b0, b1] = b.args as [Expression, Expression]
  const both = (x: Comparison, y: Comparison): Comparison => ({
    ratio: algebra.mul(x.ratio, y.ratio),
    replaced: unique([...x.replaced, ...y.replaced]),
    gated: [...x.gated, ...y.gated],
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
  const none = { ratio: algebra.one, gated: [], complete: true }
  return mine === theirs ? { ...none, replaced: [] } : { ...none, replaced: [{ mine, theirs }] }
}

/** Both as linear maps of vectors that compare: the matrices stand in each other's place. */
function compareMaps(
  algebra: Algebra,
  mine: Expression,
  theirs: Expression,
): Comparison | undefined {
  const inMine = vectorsWithin(algebra, mine).toReversed()
  const inTheirs = vectorsWithin(algebra, theirs)
  // The longest chains first: matrices are then single where they can be.
  for (const vector of [...inMine].toReversed()) {
    const m = matrixOf(algebra, mine, vector)
    if (!m || vector === mine) continue
    for (const other of inTheirs) {
      if (other === theirs || other.shape[0] !== vector.shape[0]) continue
      const t = matrixOf(algebra, theirs, other)
      if (!t) continue
      const inner = compare(algebra, vector, other)
      if (!inner.complete || inner.gated.length > 0) continue
      const replaced = m === t ? inner.replaced : [{ mine: m, theirs: t }, ...inner.replaced]
      return { ...inner, replaced: unique(replaced) }
    }
  }
  return undefined
}

function unique(all: readonly Replaced[]): readonly Replaced[] {
  const found = new Map(all.map((each) => [`${each.mine.id} ${each.theirs.id}`, each]))
  return [...found.values()]
}
