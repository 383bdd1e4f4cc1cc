/**
 * How two sums differ, term by term: every way that a signal comes by stands beside the way that it would come by in
 * the other. What has no partner is told as a term that only one has.
 */
import type { Algebra } from './algebra.ts'
import type { Comparison, Gated, Replaced } from './compare.ts'
import {
  atomOf,
  isScalar,
  numberOf,
  visitAtoms,
  type Expression,
  type Structure,
  type Term,
} from './expressions.ts'

type Compare = (algebra: Algebra, mine: Expression, theirs: Expression) => Comparison

interface Pair {
  readonly mine: Expression
  readonly theirs: Expression
  readonly found: Comparison
}

/** More terms than these are not paired: every one of one sum is compared with every one of the other. */
const mostTerms = 12

/** Undefined where the terms are too many, or nothing pairs. */
export function compareSums(
  algebra: Algebra,
  mine: Expression,
  theirs: Expression,
  compare: Compare,
): Comparison | undefined {
  const [a, b] = [partsOf(algebra, mine), partsOf(algebra, theirs)]
  if (a.length + b.length < 3 || a.length > mostTerms || b.length > mostTerms) return undefined
  const pairs = paired(algebra, a, b, compare)
  if (pairs.length === 0) return undefined
  const ratio = commonest(pairs.map(({ found }) => found.ratio))
  const told = pairs.map((pair) => withRatio(algebra, pair, ratio))
  const own = a.filter((each) => !pairs.some((pair) => pair.mine === each))
  const others = b.filter((each) => !pairs.some((pair) => pair.theirs === each))
  return {
    ratio,
    replaced: told.flatMap((each) => each.replaced),
    gated: told.flatMap((each) => each.gated.map((gate) => ({ ...gate, ofTerm: true as const }))),
    unpaired: [
      ...own.map((each) => ({ mine: each })),
      ...others.map((each) => ({ theirs: each })),
      ...told.flatMap((each) => each.unpaired),
    ],
    complete: true,
  }
}

/** The shorter comparison, of those that leave no term alone if there is one. */
export function shortest(found: readonly (Comparison | undefined)[]): Comparison | undefined {
  return found
    .flatMap((each) => (each && isOfMatrices(each) ? [{ each, cost: costOf(each) }] : []))
    .reduce<{ each: Comparison; cost: number } | undefined>(
      (best, one) => (best && best.cost <= one.cost ? best : one),
      undefined,
    )?.each
}

/** Whether what stands in each other's place is what does not depend on the teacher. */
function isOfMatrices({ replaced }: Comparison): boolean {
  let depends = false
  for (const { mine, theirs } of replaced)
    for (const each of [mine, theirs])
      visitAtoms(each, (atom) => {
        if (atom.kind === 'symbol' && atom.role === 'deviation') depends = true
      })
  return !depends
}

/** Of how many atoms the matrices are; gates, and terms alone, are told where nothing else can be. */
function costOf({ replaced, gated, unpaired }: Comparison): number {
  let count = 1000 * gated.length + 1e6 * unpaired.length
  for (const { mine, theirs } of replaced)
    for (const each of [mine, theirs]) visitAtoms(each, () => count++)
  return count
}

/** The terms of a sum; those that are matrices of one vector, gated alike, are one. */
function partsOf(algebra: Algebra, sum: Expression): readonly Expression[] {
  const parts = new Map<string, { gate: Expression; matrix: Expression; vector: Expression }>()
  const others: Expression[] = []
  for (const term of termsOf(sum)) {
    const product = productIn(algebra, term)
    if (!product) {
      others.push(algebra.ofTerm(term, sum.shape))
      continue
    }
    const { gate, matrix, vector } = product
    const key = `${gate.id} ${vector.id} ${matrix.shape.join()}`
    const known = parts.get(key)
    parts.set(
      key,
      known
        ? { gate, vector, matrix: algebra.add(known.matrix, matrix) }
        : { gate, matrix, vector },
    )
  }
  const products = [...parts.values()].map(({ gate, matrix, vector }) => {
    const { kept, rest } = algebra.split(algebra.asTerm(matrix), (atom) => !isScalar(atom))
    const [rows = 1] = matrix.shape
    const product = algebra.structure({ op: 'matvec' }, [kept, vector], [rows])
    return algebra.shaped(algebra.mul(rest, gate, product), sum.shape)
  })
  return [...products, ...others]
}

function termsOf({ terms }: Expression): readonly Term[] {
  const [only] = terms
  const [factor] = only?.factors ?? []
  const isGroup = terms.length === 1 && only!.factors.length === 1 && factor!.power === 1
  if (!isGroup || factor!.atom.kind !== 'group') return terms
  return factor!.atom.sum.terms.map((each) => ({
    ...each,
    coefficient: only!.coefficient * each.coefficient,
  }))
}

/** A term as what stands before a product of a matrix, with the numbers, and a vector. */
function productIn(algebra: Algebra, term: Term) {
  const isProduct = ({ atom, power }: Term['factors'][number]): boolean =>
    power === 1 && atom.kind === 'structure' && atom.form.op === 'matvec'
  const products = term.factors.filter(isProduct)
  if (products.length !== 1) return undefined
  const { args } = products[0]!.atom as Structure
  const [matrix, vector] = args as [Expression, Expression]
  const factors = term.factors.filter((each) => !isProduct(each))
  const { kept: gate, rest } = algebra.split(
    { coefficient: term.coefficient, factors },
    (atom) => !isScalar(atom),
  )
  return { gate, matrix: algebra.shaped(algebra.mul(rest, matrix), matrix.shape), vector }
}

/** Terms beside each other, the most alike first. */
function paired(
  algebra: Algebra,
  a: readonly Expression[],
  b: readonly Expression[],
  compare: Compare,
): readonly Pair[] {
  const all = a
    .flatMap((mine) =>
      b.map((theirs) => {
        const found = compare(algebra, mine, theirs)
        return { mine, theirs, found, cost: costOf(found) }
      }),
    )
    .filter(({ found }) => found.complete && found.unpaired.length === 0)
    // A term that is gated otherwise and goes through another matrix is another term.
    .filter(({ found }) => found.gated.length === 0 || found.replaced.length === 0)
    .toSorted((x, y) => x.cost - y.cost)
  const pairs: Pair[] = []
  for (const each of all) {
    if (pairs.some(({ mine, theirs }) => mine === each.mine || theirs === each.theirs)) continue
    pairs.push(each)
  }
  return pairs
}

/** The ratio of most; of two as common the first. */
function commonest(ratios: readonly Expression[]): Expression {
  const count = (ratio: Expression): number => ratios.filter((each) => each === ratio).length
  return ratios.reduce((best, each) => (count(each) > count(best) ? each : best))
}

/** A pair of another ratio than the whole tells it with its outermost matrix, or its gate. */
function withRatio(
  algebra: Algebra,
  { mine, theirs, found }: Pair,
  ratio: Expression,
): Pick<Comparison, 'replaced' | 'gated' | 'unpaired'> {
  if (found.ratio === ratio) return found
  const factor = algebra.div(found.ratio, ratio)
  const [gate, ...gates] = found.gated
  if (gate) {
    return { ...found, gated: [scaled(algebra, gate, factor), ...gates] }
  }
  const [a, b] = [mine, theirs].map((each) => productIn(algebra, algebra.asTerm(each)))
  if (!a || !b || a.matrix.shape.join() !== b.matrix.shape.join()) {
    return { ...found, replaced: [{ mine: algebra.mul(ratio, theirs, factor), theirs }] }
  }
  const [x, y] = [bare(algebra, a.matrix), bare(algebra, b.matrix)]
  const inner = found.replaced.filter((each) => each.mine !== x || each.theirs !== y)
  return { ...found, replaced: [{ mine: algebra.mul(factor, x), theirs: y }, ...inner] }
}

/** A gate that is a number times what it was; minus a sum is that the other way round. */
function scaled(algebra: Algebra, gate: Gated, factor: Expression): Gated {
  const isNegative = factor.terms.length === 1 && factor.terms[0]!.coefficient < 0
  const theirs = isNegative ? otherWayRound(algebra, gate) : undefined
  return theirs
    ? { ...gate, mine: algebra.mul(algebra.neg(factor), gate.mine), theirs }
    : { ...gate, mine: algebra.mul(factor, gate.mine) }
}

/** Minus the sum that the other has; undefined where it has none. */
export function otherWayRound(algebra: Algebra, { mine, theirs }: Gated): Expression | undefined {
  const inner = atomOf(theirs)
  const isSum = inner?.kind === 'group' && numberOf(mine) === undefined
  return isSum ? algebra.neg(inner.sum) : undefined
}

const bare = (algebra: Algebra, matrix: Expression): Expression =>
  algebra.split(algebra.asTerm(matrix), (atom) => !isScalar(atom)).kept

/** Whether two that stand in each other's place can be equal: not where one is a number times the other. */
export function canBeEqual(algebra: Algebra, { mine, theirs }: Replaced): boolean {
  const [a, b] = [mine, theirs].map((each) =>
    algebra.split(algebra.asTerm(each), (atom) => !isScalar(atom)),
  )
  return a!.kept !== b!.kept || a!.rest === b!.rest
}
