/**
 * Whether two expressions of any form are the same but for matrices in each other's place: those that both multiply
 * with the same vector, and that one alone has, are exchanged in one of the two.
 */
import type { Algebra } from './algebra.ts'
import type { Replaced } from './compare.ts'
import { visitAtoms, type Atom, type Expression, type Structure } from './expressions.ts'
import { apply } from './functions.ts'
import { structure } from './structures.ts'

export interface Exchanged {
  readonly replaced: readonly Replaced[]
  /** `mine` with the matrices of the other. */
  readonly made: Expression
}

/** Undefined where no matrix has exactly one that stands in its place. */
export function exchanged(
  algebra: Algebra,
  mine: Expression,
  theirs: Expression,
): Exchanged | undefined {
  const pairs = new Map<Expression, Expression>()
  let made = mine
  // What is exchanged makes vectors alike, of which the next matrices are.
  for (let pass = 0; pass < mostPasses; pass++) {
    const found = candidates(made, theirs)
    const [from, to] = found ?? []
    if (!from || !to) break
    pairs.set(from, to)
    made = withMatrix(algebra, made, from, to)
  }
  if (pairs.size === 0) return undefined
  return { replaced: [...pairs].map(([a, b]) => ({ mine: a, theirs: b })), made }
}

/** Layers that signals pass, one after the other. */
const mostPasses = 16

/** The first matrix of one that the other has another in place of, for the same vector. */
function candidates(
  mine: Expression,
  theirs: Expression,
): readonly [Expression, Expression] | undefined {
  const [own, others] = [productsIn(mine), productsIn(theirs)]
  for (const [vector, matrices] of own) {
    const there = others.get(vector)
    if (!there) continue
    const [from, ...moreMine] = [...matrices].filter((each) => !there.has(each))
    const [to, ...moreTheirs] = [...there].filter((each) => !matrices.has(each))
    if (!from || !to || moreMine.length > 0 || moreTheirs.length > 0) continue
    if (from.shape.join() === to.shape.join()) return [from, to]
  }
  return undefined
}

/** The matrices that multiply each vector. */
function productsIn(expression: Expression): ReadonlyMap<Expression, ReadonlySet<Expression>> {
  const found = new Map<Expression, Set<Expression>>()
  visitAtoms(expression, (atom) => {
    if (atom.kind !== 'structure') return
    const place = placeOfMatrix(atom)
    if (place === undefined) return
    const [matrix, vector] = [atom.args[place]!, atom.args[1 - place]!]
    found.set(vector, (found.get(vector) ?? new Set()).add(matrix))
  })
  return found
}

/** Which operand of a product is the matrix, or kernel. */
function placeOfMatrix({ form }: Structure): 0 | 1 | undefined {
  if (form.op === 'matvec') return 0
  return form.op === 'conv' || form.op === 'convImageGradient' ? 1 : undefined
}

/** The expression with another matrix in every product with that one. */
function withMatrix(
  algebra: Algebra,
  expression: Expression,
  from: Expression,
  to: Expression,
): Expression {
  const known = new Map<Expression, Expression>()
  const of = (each: Expression): Expression => {
    const before = known.get(each)
    if (before) return before
    const after = algebra.replace(each, (atom) => ofAtom(atom))
    known.set(each, after)
    return after
  }
  const ofAtom = (atom: Atom): Expression => {
    switch (atom.kind) {
      case 'symbol':
        return algebra.ofAtom(atom)
      case 'group':
        return of(atom.sum)
      case 'function':
        return apply(algebra, atom.fn, atom.args.map(of))
      case 'structure': {
        const place = placeOfMatrix(atom)
        const args = atom.args.map((each, i) => {
          if (i !== place) return of(each)
          return each === from ? to : each
        })
        return structure(algebra, atom.form, args, atom.shape)
      }
    }
  }
  return of(expression)
}
