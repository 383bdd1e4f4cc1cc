/**
 * Expectations over independent draws of mean 0 and variance 1, of what is a product of two forms that are linear
 * in them: E[f(ξ) ξ] is the derivative of f.
 */
import type { Algebra } from './algebra.ts'
import {
  isScalar,
  isZero,
  NotClosed,
  visitAtoms,
  type Atom,
  type Expression,
  type Factor,
  type NamedAtom,
  type Term,
} from './expressions.ts'
import { matvec, outer, transpose } from './structures.ts'

const open = (): NotClosed =>
  new NotClosed('a moment of the noise that is not of products of two draws')

/** The draws that an expression is made of. */
export function noisesIn(expression: Expression): readonly NamedAtom[] {
  const found = new Set<NamedAtom>()
  visitAtoms(expression, (atom) => {
    if (atom.kind === 'symbol' && atom.role === 'noise') found.add(atom)
  })
  return [...found]
}

const isNoisy = (algebra: Algebra, atom: Atom): boolean => noisesIn(algebra.ofAtom(atom)).length > 0

/** The expectation of the second power of a series in the noise. Throws NotClosed for other forms. */
export function secondMoment(algebra: Algebra, expression: Expression): Expression {
  const terms = expression.terms.map((term) => momentOf(algebra, term))
  return algebra.shaped(
    algebra.add(algebra.number(0, expression.shape), ...terms),
    expression.shape,
  )
}

function momentOf(algebra: Algebra, term: Term): Expression {
  const noisy = term.factors.filter(({ atom }) => isNoisy(algebra, atom))
  const quiet = term.factors.filter(({ atom }) => !isNoisy(algebra, atom))
  const rest = algebra.ofTerm({ coefficient: term.coefficient, factors: quiet })
  const [a, b] = noisy
  if (!a || !b || noisy.length > 2 || a.power !== 1 || b.power !== 1) throw open()
  const [form, other] = isScalar(a.atom) ? [a, b] : [b, a]
  if (!isScalar(form.atom)) throw open()
  return algebra.mul(rest, contracted(algebra, algebra.ofAtom(form.atom), other))
}

/** E[f(ξ) g(ξ)] for a number f and a g that has ξ as a factor. */
function contracted(algebra: Algebra, form: Expression, { atom }: Factor): Expression {
  if (atom.kind === 'symbol') return gradient(algebra, form, atom)
  if (atom.kind === 'structure' && atom.form.op === 'outer') {
    const [left, right] = atom.args as [Expression, Expression]
    if (noisesIn(right).length > 0) throw open()
    return outer(algebra, algebra.shaped(inVector(algebra, form, left), left.shape), right)
  }
  throw open()
}

function inVector(algebra: Algebra, form: Expression, vector: Expression): Expression {
  const term = algebra.asTerm(vector)
  const noisy = term.factors.filter(({ atom }) => isNoisy(algebra, atom))
  const [only] = noisy
  if (!only || noisy.length > 1 || only.power !== 1 || only.atom.kind !== 'symbol') throw open()
  const factors = term.factors.filter((each) => each !== only)
  const rest = algebra.ofTerm({ coefficient: term.coefficient, factors })
  return algebra.mul(rest, gradient(algebra, form, only.atom))
}

/** The derivative of a number that is linear in a vector. */
function gradient(algebra: Algebra, form: Expression, noise: NamedAtom): Expression {
  return pulled(algebra, form, algebra.one, noise)
}

/** What reaches the noise of a cotangent of an expression that is linear in it. */
function pulled(
  algebra: Algebra,
  expression: Expression,
  cotangent: Expression,
  noise: NamedAtom,
): Expression {
  const shares = expression.terms.map((term) => {
    const noisy = term.factors.filter(({ atom }) => noisesIn(algebra.ofAtom(atom)).includes(noise))
    const [only] = noisy
    if (!only) return algebra.number(0, noise.shape)
    if (noisy.length > 1 || only.power !== 1) throw open()
    const factors = term.factors.filter((each) => each !== only)
    const rest = algebra.ofTerm({ coefficient: term.coefficient, factors })
    return pulledThrough(algebra, only.atom, algebra.mul(cotangent, rest), noise)
  })
  return algebra.add(algebra.number(0, noise.shape), ...shares)
}

function pulledThrough(
  algebra: Algebra,
  atom: Atom,
  cotangent: Expression,
  noise: NamedAtom,
): Expression {
  if (isZero(cotangent)) return algebra.number(0, noise.shape)
  if (atom === noise) return algebra.shaped(cotangent, noise.shape)
  if (atom.kind === 'group') return pulled(algebra, atom.sum, cotangent, noise)
  if (atom.kind !== 'structure') throw open()
  const [a, b] = atom.args as [Expression, Expression]
  switch (atom.form.op) {
    case 'sum':
      if (!isScalar(atom)) throw open()
      return pulled(algebra, a, algebra.shaped(cotangent, a.shape), noise)
    case 'matvec': {
      const wide = algebra.shaped(cotangent, [atom.shape[0]!])
      return pulled(algebra, b, matvec(algebra, transpose(algebra, a), wide), noise)
    }
    default:
      throw open()
  }
}
