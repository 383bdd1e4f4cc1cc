/** Expressions of the analysis as mathematics, in the file's names and with names for what recurs. */
import {
  atomOf,
  isScalar,
  type Application,
  type Atom,
  type Expression,
  type Factor,
  type Structure,
  type Term,
} from '../../compiler/analysis/expressions.ts'
import * as set from '../typeset/build.ts'
import type { Mathematics, RelationOperator } from '../typeset/mathematics.ts'
import { verbatim } from '../typeset/symbols.ts'

/** A product of factors that has a name. */
export interface Abbreviation {
  readonly name: string
  readonly factors: readonly Factor[]
  /** Whether it is minus the product. */
  readonly negative?: boolean
}

const relations: Readonly<Partial<Record<Application['fn'], RelationOperator>>> = {
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  eq: '=',
  ne: '≠',
}

export class Formula {
  readonly #abbreviations: readonly Abbreviation[]
  /** Names that were used. */
  readonly used = new Set<string>()

  readonly #pieces: ReadonlyMap<Expression, string>

  /** `pieces` are vectors that are called by a name where they scale rows. */
  constructor(
    abbreviations: readonly Abbreviation[] = [],
    pieces: ReadonlyMap<Expression, string> = new Map(),
  ) {
    this.#abbreviations = abbreviations
    this.#pieces = pieces
  }

  /** The formula of an expression. */
  write(expression: Expression): Mathematics {
    const { terms } = expression
    if (terms.length === 0) return set.number(0)
    return set.sum(...terms.map((term) => this.#term(term)))
  }

  name(name: string): Mathematics {
    this.used.add(name)
    return verbatim(name)
  }

  #term(term: Term): Mathematics {
    const { names, factors: left, sign: side } = this.#abbreviated(term.factors)
    const isNegative = side * term.coefficient < 0
    const { factors, isTurned } = isNegative
      ? withSumTurned(left)
      : { factors: left, isTurned: false }
    const sign = isTurned ? -side : side
    const scalars = factors.filter(({ atom }) => isScalar(atom))
    const others = factors.filter(({ atom }) => !isScalar(atom))
    const { above, below } = this.#number(Math.abs(term.coefficient), scalars)
    const vector = this.#hadamard(names, others)
    const over = [...above, ...(vector ? [vector] : [])]
    const [first] = over
    const top = first === undefined ? set.number(1) : over.length === 1 ? first : set.product(over)
    const value = below.length === 0 ? top : set.quotient(top, set.product(below))
    return sign * term.coefficient < 0 ? set.negative(value) : value
  }

  /** The names that stand for some of the factors, and the others. */
  #abbreviated(factors: readonly Factor[]): {
    readonly names: readonly string[]
    readonly factors: readonly Factor[]
    readonly sign: number
  } {
    let rest = factors
    let sign = 1
    const names: string[] = []
    for (const { name, factors: wanted, negative = false } of this.#abbreviations) {
      const has = wanted.every(({ atom, power }) => {
        const found = rest.find((each) => each.atom === atom)?.power ?? 0
        return power > 0 ? found >= power : found <= power
      })
      if (!has || wanted.length === 0) continue
      names.push(name)
      if (negative) sign = -sign
      rest = rest.flatMap(({ atom, power }) => {
        const left = power - (wanted.find((each) => each.atom === atom)?.power ?? 0)
        return left === 0 ? [] : [{ atom, power: left }]
      })
    }
    return { names, factors: rest, sign }
  }

  #number(
    coefficient: number,
    scalars: readonly Factor[],
  ): { readonly above: readonly Mathematics[]; readonly below: readonly Mathematics[] } {
    const [over, under] = fraction(coefficient)
    const above = scalars.filter(({ power }) => power > 0).map((each) => this.#power(each))
    const below = scalars
      .filter(({ power }) => power < 0)
      .map(({ atom, power }) => this.#power({ atom, power: -power }))
    return {
      above: [...(over === 1 ? [] : [set.number(over)]), ...above],
      below: [...(under === 1 ? [] : [set.number(under)]), ...below],
    }
  }

  #hadamard(names: readonly string[], factors: readonly Factor[]): Mathematics | undefined {
    const above = factors.filter(({ power }) => power > 0)
    const below = factors.filter(({ power }) => power < 0)
    // What gates stands before what is gated.
    const ordered = above.toSorted((a, b) => weightOf(a.atom) - weightOf(b.atom))
    const over = [
      ...names.map((name) => this.name(name)),
      ...ordered.map((each) => this.#power(each)),
    ]
    if (over.length + below.length === 0) return undefined
    const top = over.length === 0 ? set.number(1) : set.product(over, 'hadamard')
    if (below.length === 0) return top
    const under = below.map(({ atom, power }) => this.#power({ atom, power: -power }))
    return set.quotient(top, set.product(under, 'hadamard'))
  }

  #power({ atom, power }: Factor): Mathematics {
    const base = this.#atom(atom)
    return power === 1 ? base : set.power(base, power)
  }

  #atom(atom: Atom): Mathematics {
    switch (atom.kind) {
      case 'symbol':
        return this.name(atom.name)
      case 'group':
        return this.write(atom.sum)
      case 'function':
        return this.#function(atom)
      case 'structure':
        return this.#structure(atom)
    }
  }

  #function({ fn, args }: Application): Mathematics {
    const operands = args.map((each) => this.write(each))
    const [a, b] = operands as [Mathematics, Mathematics]
    const relation = relations[fn]
    if (relation) return set.fenced('square', set.relation(a, relation, b))
    if (fn === 'sqrt') return set.root(a)
    if (fn === 'abs') return set.fenced('absolute', a)
    if (fn === 'pow') return set.power(a, b)
    return set.apply(fn, ...operands)
  }

  #structure({ form, args }: Structure): Mathematics {
    const operands = args.map((each) => this.write(each))
    const [a, b] = operands as [Mathematics, Mathematics]
    switch (form.op) {
      case 'matvec':
      case 'matmul':
        return set.product([a, b], 'matrix')
      case 'outer':
        return set.product([a, set.transpose(b)], 'matrix')
      case 'transpose':
        return set.transpose(a)
      case 'diagonal': {
        const piece = this.#pieces.get(args[0]!)
        return set.apply('diag', piece === undefined ? a : this.name(piece))
      }
      case 'identity':
        return set.named('I')
      case 'inverse':
        return set.power(this.#identityFirst(args[0]!), -1)
      case 'sum':
        return this.#inner(args[0]!) ?? set.apply('sum', a)
      case 'largest':
        return set.apply('max', a)
      case 'smallest':
        return set.apply('min', a)
      case 'reshape':
      case 'broadcast':
        return a
      case 'conv':
        return set.apply('conv', b, a)
      case 'convImageGradient':
        return set.apply('convᵀ', b, a)
      case 'convKernelGradient':
        return set.apply('corr', b, a)
      case 'slice':
        return rowsOf(args[0]!, a, `${form.start} … ${form.start + form.size - 1}`)
      case 'concat':
        return set.fenced('square', ...operands)
      default:
        return set.apply(form.op, ...operands)
    }
  }

  /** I − M, as one writes it. */
  #identityFirst({ terms }: Expression): Mathematics {
    const isIdentity = ({ factors }: Term): boolean =>
      factors.some(({ atom }) => atom.kind === 'structure' && atom.form.op === 'identity')
    const ordered = terms.toSorted((a, b) => Number(isIdentity(b)) - Number(isIdentity(a)))
    return set.sum(...ordered.map((term) => this.#term(term)))
  }

  /** The sum of a product of two vectors as a product of a row and a column. */
  #inner(of: Expression): Mathematics | undefined {
    const [term] = of.terms
    if (of.terms.length !== 1 || term!.coefficient !== 1) return undefined
    const { names, factors, sign } = this.#abbreviated(term!.factors)
    if (sign < 0) return undefined
    const all = [
      ...names.map((name) => this.name(name)),
      ...factors.map((each) => this.#power(each)),
    ]
    if (all.length !== 2 || factors.some(({ power }) => power < 0)) return undefined
    return set.product([set.transpose(all[0]!), all[1]!], 'matrix')
  }
}

/** Some of the units of a vector, or rows of a matrix: `y.e[0 … 3]`. */
function rowsOf(of: Expression, written: Mathematics, range: string): Mathematics {
  const atom = atomOf(of)
  if (atom?.kind === 'symbol') return verbatim(`${atom.name}[${range}]`)
  const isIdentity = atom?.kind === 'structure' && atom.form.op === 'identity'
  return isIdentity ? verbatim(`I[${range}]`) : set.apply('part', written, verbatim(range))
}

/** Factors with the first sum that is more minus than plus the other way round, if there is one. */
function withSumTurned(factors: readonly Factor[]): {
  readonly factors: readonly Factor[]
  readonly isTurned: boolean
} {
  const found = factors.find(
    ({ atom, power }) => power === 1 && atom.kind === 'group' && isMostlyMinus(atom.sum),
  )
  if (found?.atom.kind !== 'group') return { factors, isTurned: false }
  const { sum } = found.atom
  const terms = sum.terms
    .map((each) => ({ ...each, coefficient: -each.coefficient }))
    .toSorted((a, b) => Math.sign(b.coefficient) - Math.sign(a.coefficient))
  const turned: Factor = { ...found, atom: { ...found.atom, sum: { ...sum, terms } } }
  return { factors: factors.map((each) => (each === found ? turned : each)), isTurned: true }
}

const isMostlyMinus = ({ terms }: Expression): boolean =>
  2 * terms.filter(({ coefficient }) => coefficient < 0).length >= terms.length

/** Names first, then sums, then products with matrices. */
function weightOf(atom: Atom): number {
  if (atom.kind === 'symbol') return atom.role === 'deviation' ? 3 : 0
  if (atom.kind === 'structure') return 4
  return atom.kind === 'function' ? 1 : 2
}

/** A number as a fraction of small whole ones, where it is one. */
function fraction(value: number): readonly [number, number] {
  for (const under of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
    const over = value * under
    if (Math.abs(over - Math.round(over)) < 1e-9 * Math.max(1, over) && Math.round(over) > 0) {
      return [Math.round(over), under]
    }
  }
  return [value, 1]
}
