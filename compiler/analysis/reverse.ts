/** Reverse-mode differentiation of expressions, through the definitions of variables. */
import type { Algebra } from './algebra.ts'
import {
  isScalar,
  isZero,
  NotClosed,
  sameShape,
  type Atom,
  type Expression,
  type NamedAtom,
} from './expressions.ts'
import { derivatives } from './functions.ts'
import { matmul, matvec, outer, reshape, total, transpose } from './structures.ts'

/** The derivatives of a number with respect to symbols; 0 for those that it does not depend on. */
export function gradientsOf(
  algebra: Algebra,
  value: Expression,
  wrt: readonly NamedAtom[],
): ReadonlyMap<NamedAtom, Expression> {
  const cotangents = new Map<Atom, Expression>()
  const add = (atom: Atom, share: Expression): void => {
    if (isZero(share)) return
    const known = cotangents.get(atom)
    cotangents.set(atom, known ? algebra.add(known, share) : share)
  }
  spread(algebra, value, algebra.one, add)
  const found = new Map<NamedAtom, Expression>()
  // What an atom is made of was made before it.
  for (;;) {
    const [latest] = [...cotangents.keys()].toSorted((a, b) => b.id - a.id)
    if (!latest) break
    const cotangent = cotangents.get(latest)!
    cotangents.delete(latest)
    if (latest.kind === 'symbol' && wrt.includes(latest)) found.set(latest, cotangent)
    else through(algebra, latest, cotangent, add)
  }
  return new Map(wrt.map((each) => [each, found.get(each) ?? algebra.number(0, each.shape)]))
}

type Add = (atom: Atom, share: Expression) => void

/** Shares of a cotangent of a sum of products among their factors. */
function spread(algebra: Algebra, value: Expression, cotangent: Expression, add: Add): void {
  for (const term of value.terms) {
    for (const factor of term.factors) {
      const { atom, power } = factor
      const others = term.factors.filter((each) => each !== factor)
      const rest = algebra.ofTerm({ coefficient: term.coefficient * power, factors: others })
      const lowered = algebra.power(algebra.ofAtom(atom), power - 1)
      add(atom, summedTo(algebra, algebra.mul(cotangent, rest, lowered), atom))
    }
  }
}

/** A cotangent in the shape of what it is of. */
function summedTo(algebra: Algebra, cotangent: Expression, atom: Atom): Expression {
  if (sameShape(cotangent.shape, atom.shape)) return cotangent
  if (isScalar(atom)) return total(algebra, cotangent)
  if (isScalar(cotangent)) return algebra.shaped(cotangent, atom.shape)
  throw new NotClosed('a gradient through values that are repeated')
}

function through(algebra: Algebra, atom: Atom, cotangent: Expression, add: Add): void {
  switch (atom.kind) {
    case 'symbol':
      if (atom.definition) spread(algebra, atom.definition, cotangent, add)
      return
    case 'group':
      spread(algebra, atom.sum, cotangent, add)
      return
    case 'function': {
      const [x, ...others] = atom.args
      const [slope] = others.length === 0 ? (derivatives(algebra, atom.fn, x!, 1) ?? []) : []
      if (!slope) throw new NotClosed(`a gradient through ${atom.fn}`)
      spread(algebra, x!, algebra.mul(cotangent, slope), add)
      return
    }
    case 'structure': {
      const [a, b] = atom.args as [Expression, Expression]
      switch (atom.form.op) {
        case 'matvec':
          spread(algebra, a, outer(algebra, algebra.shaped(cotangent, atom.shape), b), add)
          spread(algebra, b, matvec(algebra, transpose(algebra, a), cotangent), add)
          return
        case 'matmul':
          spread(algebra, a, matmul(algebra, cotangent, transpose(algebra, b)), add)
          spread(algebra, b, matmul(algebra, transpose(algebra, a), cotangent), add)
          return
        case 'transpose':
          spread(algebra, a, transpose(algebra, cotangent), add)
          return
        case 'reshape':
          spread(algebra, a, reshape(algebra, cotangent, a.shape), add)
          return
        case 'sum':
          if (!isScalar(atom)) throw new NotClosed('a gradient through a partial sum')
          spread(algebra, a, algebra.shaped(cotangent, a.shape), add)
          return
        default:
          throw new NotClosed(`a gradient through ${atom.form.op}`)
      }
    }
  }
}
