/** Reverse-mode differentiation of expressions, through the definitions of variables. */
import { stepFunctions } from '../../contract/elementary.ts'
import type { Algebra } from './algebra.ts'
import {
  isScalar,
  isZero,
  NotClosed,
  sameShape,
  type Application,
  type Atom,
  type Expression,
  type NamedAtom,
} from './expressions.ts'
import { respond, type FixedPoint } from './fixed-point.ts'
import { apply, derivatives } from './functions.ts'
import { matmul, matvec, outer, reshape, total, transpose } from './structures.ts'

/**
 * The derivatives of a number with respect to symbols; 0 for those that it does not depend on. `fixed` are states that
 * are where their step leaves them: gradients go back through the step, with what it does to itself solved for.
 */
export function gradientsOf(
  algebra: Algebra,
  value: Expression,
  wrt: readonly NamedAtom[],
  fixed: ReadonlyMap<NamedAtom, FixedPoint> = new Map(),
): ReadonlyMap<NamedAtom, Expression> {
  const found = new Map<NamedAtom, Expression>()
  const cotangents = new Cotangents(algebra)
  spread(algebra, value, algebra.one, (atom, share) => cotangents.add(atom, share))
  passBack({ algebra, wrt, fixed, found }, cotangents)
  return new Map(wrt.map((each) => [each, found.get(each) ?? algebra.number(0, each.shape)]))
}

/** What reaches atoms, of which the latest is next: what an atom is made of was made before it. */
class Cotangents {
  readonly #algebra: Algebra
  readonly #shares = new Map<Atom, Expression>()

  constructor(algebra: Algebra) {
    this.#algebra = algebra
  }

  add(atom: Atom, share: Expression): void {
    if (isZero(share)) return
    const known = this.#shares.get(atom)
    this.#shares.set(atom, known ? this.#algebra.add(known, share) : share)
  }

  next(): readonly [Atom, Expression] | undefined {
    const [latest] = [...this.#shares.keys()].toSorted((a, b) => b.id - a.id)
    if (!latest) return undefined
    const share = this.#shares.get(latest)!
    this.#shares.delete(latest)
    return [latest, share]
  }
}

interface Pass {
  readonly algebra: Algebra
  readonly wrt: readonly NamedAtom[]
  readonly fixed: ReadonlyMap<NamedAtom, FixedPoint>
  readonly found: Map<NamedAtom, Expression>
}

/**
 * Passes everything back. Within the step of a fixed point what reaches its own state is in its response already, and
 * what reaches fixed points that were met before it (`first` and less) is theirs to pass on: it is given back.
 */
function passBack(
  pass: Pass,
  cotangents: Cotangents,
  first?: NamedAtom,
): readonly (readonly [NamedAtom, Expression])[] {
  const { algebra, wrt, fixed, found } = pass
  const earlier: [NamedAtom, Expression][] = []
  for (;;) {
    const next = cotangents.next()
    if (!next) break
    const [atom, share] = next
    const add = (each: Atom, more: Expression): void => cotangents.add(each, more)
    const point = atom.kind === 'symbol' ? fixed.get(atom) : undefined
    if (atom.kind === 'symbol' && wrt.includes(atom)) {
      const known = found.get(atom)
      found.set(atom, known ? algebra.add(known, share) : share)
    } else if (point && first && atom.id <= first.id) {
      if (atom !== first) earlier.push([point.state, share])
    } else if (point) {
      const inner = new Cotangents(algebra)
      spread(algebra, point.step, respond(algebra, point.response, share, true), (each, more) =>
        inner.add(each, more),
      )
      for (const [state, more] of passBack(pass, inner, point.state)) add(state, more)
    } else through(algebra, atom, share, add)
  }
  return earlier
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
    case 'function':
      throughFunction(algebra, atom, cotangent, add)
      return
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

function throughFunction(
  algebra: Algebra,
  { fn, args, shape }: Application,
  cotangent: Expression,
  add: Add,
): void {
  if (stepFunctions.has(fn)) return
  const to = (value: Expression, slope: Expression): void =>
    spread(algebra, value, algebra.mul(algebra.shaped(cotangent, shape), slope), add)
  const [x, y, z] = args as [Expression, Expression, Expression]
  if (fn === 'max' || fn === 'min') {
    const first = apply(algebra, fn === 'max' ? 'ge' : 'le', [x, y])
    to(x, first)
    to(y, algebra.sub(algebra.one, first))
    return
  }
  if (fn === 'select') {
    const chosen = apply(algebra, 'ne', [x, algebra.zero])
    to(y, chosen)
    to(z, algebra.sub(algebra.one, chosen))
    return
  }
  const [slope] = args.length === 1 ? (derivatives(algebra, fn, x, 1) ?? []) : []
  if (!slope) throw new NotClosed(`a gradient through ${fn}`)
  to(x, slope)
}
