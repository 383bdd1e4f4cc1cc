/**
 * Expressions written shorter, once all variables have their names: functions that are a variable become it, truths that
 * stand in other factors of the same product count there, and sums of fractions become one where it is shorter.
 * Nothing changes its value.
 */
import type { Algebra } from './algebra.ts'
import {
  isScalar,
  numberOf,
  visitAtoms,
  type Atom,
  type Expression,
  type Term,
} from './expressions.ts'
import { apply } from './functions.ts'
import { structure } from './structures.ts'

const truths: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'gt'])

/** Writes expressions of one algebra shorter; each atom once. */
export class Simplifier {
  readonly #algebra: Algebra
  readonly #known = new Map<number, Expression>()

  constructor(algebra: Algebra) {
    this.#algebra = algebra
  }

  /** See the module's head. Definitions stay as they are. */
  of(expression: Expression): Expression {
    const algebra = this.#algebra
    const rebuilt = algebra.replace(expression, (atom) => this.#atom(atom))
    const told = rebuilt.terms.map((term) => this.#withTruths(term, rebuilt))
    const made = this.#oneFraction(algebra.add(algebra.number(0, expression.shape), ...told))
    return algebra.shaped(made, expression.shape)
  }

  #atom(atom: Atom): Expression {
    const known = this.#known.get(atom.id)
    if (known) return known
    const made = this.#built(atom)
    this.#known.set(atom.id, made)
    return made
  }

  #built(atom: Atom): Expression {
    const algebra = this.#algebra
    switch (atom.kind) {
      case 'symbol':
        return algebra.ofAtom(atom)
      case 'group':
        return this.of(atom.sum)
      case 'function':
        return apply(
          algebra,
          atom.fn,
          atom.args.map((each) => this.of(each)),
        )
      case 'structure':
        return structure(
          algebra,
          atom.form,
          atom.args.map((each) => this.of(each)),
          atom.shape,
        )
    }
  }

  /** [r > a] [a + (r - a) [r > a] < b] is [r > a] [r < b]. */
  #withTruths(term: Term, { shape }: Expression): Expression {
    const algebra = this.#algebra
    const whole = algebra.ofTerm(term, shape)
    const isTruth = (atom: Atom): boolean => atom.kind === 'function' && truths.has(atom.fn)
    const known = term.factors.filter(({ atom }) => isTruth(atom)).map(({ atom }) => atom)
    for (const { atom, power } of term.factors) {
      if (atom.kind !== 'function' || !isTruth(atom)) continue
      const others = known.filter(
        (each) => each !== atom && atom.args.some((arg) => has(arg, each)),
      )
      if (others.length === 0) continue
      const counted = (each: Expression): Expression =>
        algebra.replace(each, (inner) => {
          if (others.includes(inner)) return algebra.number(1, inner.shape)
          return inner.kind === 'group' ? counted(inner.sum) : algebra.ofAtom(inner)
        })
      const args = atom.args.map((each) => algebra.settled(counted(each)))
      const rest = term.factors.filter((each) => each.atom !== atom)
      const made = algebra.power(apply(algebra, atom.fn, args), power)
      const product = algebra.mul(algebra.ofTerm({ ...term, factors: rest }), made)
      return product.terms.length === 1 && product !== whole
        ? this.#withTruths(product.terms[0]!, { ...whole, shape })
        : algebra.shaped(product, shape)
    }
    return whole
  }

  /** 1 + q / (1 - q) is 1 / (1 - q). */
  #oneFraction(sum: Expression): Expression {
    const algebra = this.#algebra
    if (sum.terms.length < 2) return sum
    const under = sum.terms
      .flatMap(({ factors }) => factors)
      .find(({ atom, power }) => power === -1 && (atom.kind === 'group' || isScalar(atom)))
    if (!under) return sum
    const denominator = algebra.ofAtom(under.atom)
    const parts = sum.terms.map((term) => algebra.mul(algebra.ofTerm(term, sum.shape), denominator))
    const over = algebra.expanded(algebra.add(...parts))
    if (!over || over.length > 1) return sum
    const [only] = over
    const made = only ? algebra.ofTerm(only, sum.shape) : algebra.number(0, sum.shape)
    return numberOf(made) === undefined && over.length >= sum.terms.length
      ? sum
      : algebra.div(made, denominator)
  }
}

function has(expression: Expression, wanted: Atom): boolean {
  let found = false
  visitAtoms(expression, (atom) => {
    if (atom === wanted) found = true
  })
  return found
}
