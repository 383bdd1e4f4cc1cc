/**
 * States that settle together: the fixed point x = F(x) of a step that no equation solves. Where it lies is found by
 * running; how it moves follows from the equation (the implicit function theorem): with F'(x) = 1 - own + map, a power
 * of a series is what solves (own - map) x' = b. The same matrix, transposed, takes gradients back through it.
 */
import type { Algebra } from './algebra.ts'
import {
  isScalar,
  isZero,
  NotClosed,
  type Expression,
  type NamedAtom,
  type Shape,
  type Term,
} from './expressions.ts'
import { matrixOf } from './linear.ts'
import { highestPower, varies, type Series } from './series.ts'
import { holds, replaced } from './settling.ts'
import { inverse, matvec, transpose } from './structures.ts'

/** As many cells at most as a matrix is inverted for. */
const mostCells = 400

/** A state as what is to be found: its rest is a symbol, and so is every power of its series. */
export interface Unknown {
  readonly rest: Expression
  readonly powers: readonly NamedAtom[]
  readonly series: Series
}

/** Of a state of that name; `rest` is what it is without teaching. */
export function unknown(algebra: Algebra, name: string, shape: Shape, rest: Expression): Unknown {
  const symbols = Array.from({ length: highestPower }, (_, i) =>
    algebra.symbol(`${name} to the power ${i + 1}`, 'unknown', shape),
  )
  const powers = symbols.map((each) => each.terms[0]!.factors[0]!.atom as NamedAtom)
  return { rest, powers, series: { coefficients: [rest, ...symbols], open: false, causes: [] } }
}

/** How a fixed point answers to what is added to its step: the solution of (own - map) x = b. */
export interface Response {
  /** A number. */
  readonly own: Expression
  /** What the state does to itself, as a matrix; or element by element; neither, if nothing but by `own`. */
  readonly matrix?: Expression
  readonly gate?: Expression
}

/** A state that is where its step leaves it, for reverse differentiation. */
export interface FixedPoint {
  readonly state: NamedAtom
  /** The step at rest, which the state is a symbol in. */
  readonly step: Expression
  readonly response: Response
}

/** How a state moves with what its step is told, from the step as a series of the unknown. */
export function solved(
  algebra: Algebra,
  { rest, powers, series: { coefficients } }: Unknown,
  step: Series,
): { readonly series: Series; readonly response: Response } {
  const parts = powers.map((power, i) => partsOf(algebra, step.coefficients[i + 1]!, power))
  const response = responseOf(algebra, parts[0]!.own, coefficients[1]!)
  const found: Expression[] = []
  for (const [i, { other }] of parts.entries()) {
    const known = found.reduce(
      (each, value, j) => replaced(algebra, each, powers[j]!, value),
      other,
    )
    found.push(respond(algebra, response, algebra.settled(known), false))
    if (i === 0 && isZero(found[0]!)) break
  }
  const zero = algebra.number(0, rest.shape)
  const all = [rest, ...powers.map((_, i) => found[i] ?? zero)]
  const moves = !isZero(all[1]!)
  const open = moves && step.open
  const made = { coefficients: all, open, causes: moves ? step.causes : [] }
  return { series: varies(made) ? made : { ...made, open: false, causes: [] }, response }
}

/** Terms with the unknown, and the sum of the others. */
function partsOf(
  algebra: Algebra,
  power: Expression,
  state: NamedAtom,
): { readonly own: readonly Term[]; readonly other: Expression } {
  const terms = power.terms.flatMap((term) => unfolded(algebra, term, state))
  const isOwn = (term: Term): boolean => holds(algebra.ofTerm(term), state)
  const others = terms.filter((term) => !isOwn(term)).map((term) => algebra.ofTerm(term))
  const other = algebra.add(algebra.number(0, state.shape), ...others)
  return { own: terms.filter(isOwn), other }
}

/** A term as a sum of terms that are each linear in the unknown or without it, multiplied out no further than that. */
function unfolded(algebra: Algebra, term: Term, state: NamedAtom): readonly Term[] {
  const whole = algebra.ofTerm(term)
  if (!holds(whole, state)) return [term]
  const at = term.factors.findIndex(({ atom }) => holds(algebra.ofAtom(atom), state))
  const { atom, power } = term.factors[at]!
  const others = algebra.ofTerm({ ...term, factors: term.factors.toSpliced(at, 1) })
  const spread = (parts: readonly Expression[]): readonly Term[] =>
    parts.flatMap((part) =>
      algebra.mul(others, part).terms.flatMap((each) => unfolded(algebra, each, state)),
    )
  if (atom.kind === 'group' && power === 1) {
    return spread(atom.sum.terms.map((each) => algebra.ofTerm(each, atom.sum.shape)))
  }
  const zero = algebra.number(0, state.shape)
  if (isZero(algebra.settled(replaced(algebra, whole, state, zero)))) return [term]
  if (atom.kind === 'structure' && atom.form.op === 'matvec') {
    const [matrix, vector] = atom.args as [Expression, Expression]
    const parts = vector.terms.flatMap((each) => unfolded(algebra, each, state))
    if (parts.length > 1) {
      return spread(
        parts.map((each) => matvec(algebra, matrix, algebra.ofTerm(each, vector.shape))),
      )
    }
  }
  const all = algebra.expanded(whole)
  if (!all) throw new NotClosed('a fixed point of too many terms')
  return all
}

function responseOf(algebra: Algebra, terms: readonly Term[], state: Expression): Response {
  const { shape } = state
  const numbers: Expression[] = []
  const gates: Expression[] = []
  const rest: Term[] = []
  for (const term of terms) {
    const over = algebra.div(algebra.ofTerm(term, shape), state)
    const isAlone = !over.terms.some(({ factors }) =>
      factors.some(({ atom }) => holds(algebra.ofAtom(atom), atomIn(state))),
    )
    if (!isAlone) rest.push(term)
    else if (over.terms.every(({ factors }) => factors.every(({ atom }) => isScalar(atom)))) {
      numbers.push(algebra.ofTerm(over.terms[0]!, []))
    } else gates.push(algebra.ofTerm(over.terms[0]!))
  }
  const own = algebra.settled(algebra.sub(algebra.one, algebra.add(algebra.zero, ...numbers)))
  if (rest.length === 0) {
    const gate = gates.length > 0 ? algebra.add(algebra.zero, ...gates) : undefined
    if (isZero(own) && !gate) throw new NotClosed('a state that stays wherever it is')
    return { own, ...(gate && { gate }) }
  }
  if (shape.length !== 1 || shape[0]! > mostCells) {
    throw new NotClosed(
      `the fixed point of a state that is no vector of up to ${mostCells} cells (${shape.join(' × ')})`,
    )
  }
  const linear = [
    ...rest.map((term) => algebra.ofTerm(term, shape)),
    ...gates.map((each) => algebra.mul(each, state)),
  ]
  const matrices = linear.map((each) => matrixOf(algebra, each, state))
  if (!matrices.every((each) => each !== undefined)) {
    throw new NotClosed('a fixed point by other operations than products with matrices')
  }
  return { own, matrix: algebra.add(...matrices) }
}

const atomIn = (symbol: Expression): NamedAtom => symbol.terms[0]!.factors[0]!.atom as NamedAtom

/** The solution of (own - map) x = b; of the transposed map where gradients go back. */
export function respond(
  algebra: Algebra,
  { own, matrix, gate }: Response,
  to: Expression,
  isBack: boolean,
): Expression {
  if (isZero(to)) return to
  if (!matrix) return algebra.div(to, gate ? algebra.sub(own, gate) : own)
  const turned = isBack ? transpose(algebra, matrix) : matrix
  if (isZero(own)) return matvec(algebra, inverse(algebra, algebra.neg(turned)), to)
  const [size = 1] = matrix.shape
  const identity = algebra.structure({ op: 'identity', to: [size, size] }, [], [size, size])
  const moved = algebra.sub(identity, algebra.div(turned, own))
  return matvec(algebra, inverse(algebra, moved), algebra.div(to, own))
}
