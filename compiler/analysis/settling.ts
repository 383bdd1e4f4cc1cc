/** Where a state settles: the fixed point of its step, where that is linear in the state itself. */
import type { Algebra } from './algebra.ts'
import {
  isZero,
  NotClosed,
  visitAtoms,
  type Atom,
  type Expression,
  type NamedAtom,
} from './expressions.ts'
import { apply } from './functions.ts'
import type { Series } from './series.ts'
import { structure } from './structures.ts'

/** An expression with a symbol replaced, in everything that it is made of but definitions. */
export function replaced(
  algebra: Algebra,
  expression: Expression,
  symbol: NamedAtom,
  by: Expression,
): Expression {
  const known = new Map<number, Expression>()
  const walk = (each: Expression): Expression => algebra.replace(each, (atom) => of(atom))
  const of = (atom: Atom): Expression => {
    const found = known.get(atom.id)
    if (found) return found
    const made = build(atom)
    known.set(atom.id, made)
    return made
  }
  const build = (atom: Atom): Expression => {
    if (atom === symbol) return algebra.shaped(by, symbol.shape)
    switch (atom.kind) {
      case 'symbol':
        return algebra.ofAtom(atom)
      case 'group':
        return walk(atom.sum)
      case 'function':
        return apply(algebra, atom.fn, atom.args.map(walk))
      case 'structure':
        return structure(algebra, atom.form, atom.args.map(walk), atom.shape)
    }
  }
  return walk(expression)
}

/** A rest that is not solved for by one equation. */
export class NoEquation extends NotClosed {
  override readonly name = 'NotClosed'
}

const notOne = (): NoEquation =>
  new NoEquation('states whose rest does not follow from one equation each')

/**
 * The value at which a step leaves a state as it is: of s' = A s + B, with a number A, B / (1 - A). Throws
 * NotClosed for steps of another form.
 */
export function settledState(algebra: Algebra, state: NamedAtom, step: Series): Series {
  const [first] = step.coefficients as [Expression]
  const rests = step.coefficients.map((each) => {
    const without = replaced(algebra, each, state, algebra.number(0, state.shape))
    return without
  })
  const [base] = rests as [Expression]
  const part = algebra.settled(algebra.sub(first, base))
  if (isZero(part) && !holds(first, state)) return step
  const { kept, rest } = algebra.split(spread(algebra, part, state), (atom) => atom === state)
  const [term] = kept.terms
  const own = term?.factors[0]
  if (
    !own ||
    own.atom !== state ||
    own.power !== 1 ||
    holds(rest, state) ||
    rest.shape.length > 0
  ) {
    throw notOne()
  }
  const moves = algebra.settled(algebra.sub(algebra.one, rest))
  // It stays wherever it is.
  if (isZero(moves) && rests.every((each) => isZero(each))) {
    return { ...step, coefficients: rests.with(0, algebra.ofAtom(state)) }
  }
  const share = algebra.power(moves, -1)
  const coefficients = rests.map((each) => algebra.mul(share, each))
  if (isZero(moves) || coefficients.some((each) => holds(each, state))) throw notOne()
  return { ...step, coefficients }
}

/** A sum of terms that each have the state as a factor, as one term. */
function spread(algebra: Algebra, part: Expression, state: NamedAtom) {
  const terms = algebra.expanded(part)
  const symbol = algebra.ofAtom(state)
  const factors = (terms ?? []).map((term) => {
    const over = algebra.div(algebra.ofTerm(term), symbol)
    if (holds(over, state) || over.shape.length > 0) {
      const isScalar = over.terms.every((each) =>
        each.factors.every(({ atom }) => atom.shape.length === 0),
      )
      if (!isScalar) throw notOne()
    }
    const [only] = over.terms
    return algebra.ofTerm(only!, [])
  })
  return algebra.asTerm(algebra.mul(algebra.add(algebra.zero, ...factors), symbol))
}

/** Whether a symbol occurs in an expression, definitions aside. */
export function holds(expression: Expression, symbol: NamedAtom): boolean {
  let found = false
  visitAtoms(expression, (atom) => {
    if (atom === symbol) found = true
  })
  return found
}
