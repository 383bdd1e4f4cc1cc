/**
 * Sums and products of expressions in a normal form: like terms are collected, what all terms of a sum have
 * in common stands before it, numbers stand before products. `expanded` multiplies everything out, by which
 * it is decided whether an expression is 0.
 */
import { truthFunctions, type ElementaryFunction } from '../../contract/elementary.ts'
import {
  broadcastShape,
  isScalar,
  isZero,
  sameShape,
  type Atom,
  type Expression,
  type Factor,
  type NamedAtom,
  type Shape,
  type StructureForm,
  type SymbolRole,
  type Term,
} from './expressions.ts'

/** Coefficients below this, relative to what was added, are rounding. */
const rounding = 1e-12

/** Terms beyond which nothing is multiplied out. */
const mostTerms = 3000

type Without<T> = T extends unknown ? Omit<T, 'id'> : never

/** Makes expressions; those of one algebra are compared by identity. */
export class Algebra {
  readonly #atoms = new Map<string, Atom>()
  readonly #expressions = new Map<string, Expression>()
  /** Products that have a name, by the first of their atoms. */
  readonly #named = new Map<number, { factors: readonly Factor[]; symbol: NamedAtom }[]>()
  /** Functions that are a variable, up to numbers. */
  readonly #function = new Map<number, { symbol: NamedAtom; others: readonly Factor[] }>()
  readonly #expanded = new Map<number, readonly Term[] | undefined>()
  readonly zero: Expression = this.#make([], [])
  readonly one: Expression = this.number(1)

  number(value: number, shape: Shape = []): Expression {
    return this.#make(value === 0 ? [] : [{ coefficient: value, factors: [] }], shape)
  }

  /** The symbol of that name: the first definition counts. */
  symbol(
    name: string,
    role: SymbolRole,
    shape: Shape,
    more: { readonly definition?: Expression; readonly total?: number } = {},
  ): Expression {
    return this.ofAtom(
      this.#atom(`$${role} ${name}`, { kind: 'symbol', name, role, shape, ...more }),
    )
  }

  ofAtom(atom: Atom): Expression {
    return this.#make([{ coefficient: 1, factors: [{ atom, power: 1 }] }], atom.shape)
  }

  /** An application as it is written; `functions.ts` simplifies before. */
  application(fn: ElementaryFunction, args: readonly Expression[]): Expression {
    const shape = args.reduce<Shape>((all, each) => broadcastShape(all, each.shape), [])
    const key = `${fn}(${args.map(({ id }) => id).join()})`
    const atom = this.#atom(key, { kind: 'function', fn, args, shape })
    const known = this.#function.get(atom.id)
    if (!known) return this.ofAtom(atom)
    const inverse = known.others.map((each) => ({ ...each, power: -each.power }))
    const factors = [...inverse, { atom: known.symbol, power: 1 }]
    const sorted = factors.toSorted((a, b) => a.atom.id - b.atom.id)
    return this.#make([{ coefficient: 1, factors: sorted }], shape)
  }

  /** A structure as it is written; `structures.ts` simplifies before. */
  structure(form: StructureForm, args: readonly Expression[], shape: Shape): Expression {
    const key = `${JSON.stringify(form)}(${args.map(({ id }) => id).join()})`
    return this.ofAtom(this.#atom(key, { kind: 'structure', form, args, shape }))
  }

  /** From now on the product that a variable is defined as is written by its name. */
  abbreviate(symbol: NamedAtom): void {
    const { definition } = symbol
    const [term] = definition?.terms ?? []
    if (!term || definition!.terms.length > 1 || term.coefficient !== 1) return
    if (!sameShape(definition!.shape, symbol.shape)) return
    const first = term.factors.find(({ atom }) => atom.kind === 'function')
    if (!first) return
    const others = term.factors.filter((each) => each !== first)
    if (first.power === 1 && others.every(({ atom }) => isScalar(atom) && atom.kind === 'symbol')) {
      // p0 tanh(u), called lift: tanh(u) is lift / p0. The first name counts.
      if (this.#function.has(first.atom.id)) return
      this.#function.set(first.atom.id, { symbol, others })
      return
    }
    if (term.factors.length < 2) return
    const known = this.#named.get(first.atom.id) ?? []
    this.#named.set(first.atom.id, [...known, { factors: term.factors, symbol }])
  }

  scale(number: number, a: Expression): Expression {
    if (number === 1) return a
    if (number === 0) return this.#make([], a.shape)
    const terms = a.terms.map((term) => ({ ...term, coefficient: number * term.coefficient }))
    return this.#make(terms, a.shape)
  }

  neg(a: Expression): Expression {
    return this.scale(-1, a)
  }

  sub(a: Expression, b: Expression): Expression {
    return this.add(a, this.neg(b))
  }

  add(...summands: readonly Expression[]): Expression {
    const shape = summands.reduce<Shape>((all, each) => broadcastShape(all, each.shape), [])
    const terms = collect(summands.flatMap((each) => each.terms.flatMap(opened)))
    return this.#factored(terms, shape)
  }

  mul(...factors: readonly Expression[]): Expression {
    const shape = factors.reduce<Shape>((all, each) => broadcastShape(all, each.shape), [])
    if (factors.some(isZero)) return this.#make([], shape)
    const product = factors.map((each) => this.asTerm(each)).reduce((a, b) => this.#times(a, b))
    return this.#make([product], shape)
  }

  div(a: Expression, b: Expression): Expression {
    return this.mul(a, this.power(b, -1))
  }

  /** To a whole power. */
  power(a: Expression, power: number): Expression {
    if (power === 0) return this.number(1, a.shape)
    if (isZero(a)) return power > 0 ? a : this.number(Number.POSITIVE_INFINITY, a.shape)
    const { coefficient, factors } = this.asTerm(a)
    const term = {
      coefficient: coefficient ** power,
      factors: factors.map((each) => ({ ...each, power: each.power * power })),
    }
    return this.#make([this.#times({ coefficient: 1, factors: [] }, term)], a.shape)
  }

  /** The expression as one term: a sum becomes a group. */
  asTerm(a: Expression): Term {
    const [only] = a.terms
    if (a.terms.length === 1) return only!
    if (a.terms.length === 0) return { coefficient: 0, factors: [] }
    // What is largest is 1, so that e + 1e-8 is written so.
    const lead = a.terms.reduce(
      (most, { coefficient }) => (Math.abs(coefficient) > Math.abs(most) ? coefficient : most),
      only!.coefficient,
    )
    const sum = this.scale(1 / lead, a)
    const atom = this.#atom(`(${sum.id})`, { kind: 'group', sum, shape: sum.shape })
    return { coefficient: lead, factors: [{ atom, power: 1 }] }
  }

  /** One term as an expression. */
  ofTerm(term: Term, shape?: Shape): Expression {
    const own = term.factors.reduce<Shape>((all, { atom }) => broadcastShape(all, atom.shape), [])
    return this.#make(term.coefficient === 0 ? [] : [term], shape ?? own)
  }

  /** The product of the factors that `keeps` tells, and that of the others with the number. */
  split(term: Term, keeps: (atom: Atom) => boolean): { kept: Expression; rest: Expression } {
    const kept = term.factors.filter(({ atom }) => keeps(atom))
    const factors = term.factors.filter(({ atom }) => !keeps(atom))
    return {
      kept: this.ofTerm({ coefficient: 1, factors: kept }),
      rest: this.ofTerm({ coefficient: term.coefficient, factors }),
    }
  }

  /** The same value in the larger shape. */
  shaped(a: Expression, shape: Shape): Expression {
    return sameShape(a.shape, shape) ? a : this.#make(a.terms, broadcastShape(a.shape, shape))
  }

  /** All terms, multiplied out; undefined if they are too many. */
  expanded(a: Expression): readonly Term[] | undefined {
    if (this.#expanded.has(a.id)) return this.#expanded.get(a.id)
    let terms: Term[] | undefined = []
    for (const term of a.terms) {
      const more = this.#expandTerm(term)
      if (!more || terms.length + more.length > mostTerms) {
        terms = undefined
        break
      }
      terms.push(...more)
    }
    const all = terms && collect(terms)
    this.#expanded.set(a.id, all)
    return all
  }

  /** The expression, or 0 where it multiplies out to that. */
  settled(a: Expression): Expression {
    if (a.terms.length === 0) return a
    const single = a.terms.length === 1
    if (single && a.terms[0]!.factors.every(({ atom }) => isSettled(atom))) return a
    return this.expanded(a)?.length === 0 ? this.#make([], a.shape) : a
  }

  /** Rebuilds an expression with its atoms replaced from the innermost on. */
  replace(a: Expression, by: (atom: Atom) => Expression): Expression {
    return this.add(
      this.number(0, a.shape),
      ...a.terms.map((term) =>
        this.mul(
          this.number(term.coefficient, a.shape),
          ...term.factors.map(({ atom, power }) => this.power(by(atom), power)),
        ),
      ),
    )
  }

  #expandTerm({ coefficient, factors }: Term): readonly Term[] | undefined {
    let all: readonly Term[] = [{ coefficient, factors: [] }]
    for (const { atom, power } of factors) {
      const parts = this.#expandAtom(atom, power)
      if (!parts || all.length * parts.length > mostTerms) return undefined
      all = all.flatMap((a) => parts.map((b) => this.#times(a, b)))
    }
    return all
  }

  #expandAtom(atom: Atom, power: number): readonly Term[] | undefined {
    const itself = [{ coefficient: 1, factors: [{ atom, power }] }]
    if (atom.kind === 'group' && power > 0) {
      const inner = this.expanded(atom.sum)
      if (!inner) return undefined
      let all: readonly Term[] = [{ coefficient: 1, factors: [] }]
      for (let i = 0; i < power; i++) {
        if (all.length * inner.length > mostTerms) return undefined
        all = all.flatMap((a) => inner.map((b) => this.#times(a, b)))
      }
      return all
    }
    if (atom.kind !== 'structure' || power !== 1 || !isLinear(atom.form)) return itself
    let arguments_: readonly (readonly Expression[])[] = [[]]
    for (const arg of atom.args) {
      const parts = this.expanded(arg)?.map((term) => this.ofTerm(term, arg.shape))
      if (!parts || arguments_.length * parts.length > mostTerms) return undefined
      arguments_ = arguments_.flatMap((before) => parts.map((part) => [...before, part]))
    }
    return arguments_.map((args) => {
      const outside: Expression[] = []
      const inside = args.map((arg) => {
        const { kept, rest } = this.split(this.asTerm(arg), (each) => !isScalar(each))
        outside.push(rest)
        return this.shaped(kept, arg.shape)
      })
      const made = this.asTerm(this.structure(atom.form, inside, atom.shape))
      return outside.reduce<Term>((all, each) => this.#times(all, this.asTerm(each)), made)
    })
  }

  #factored(terms: readonly Term[], shape: Shape): Expression {
    if (terms.length < 2) return this.#make(terms, shape)
    const common = commonFactors(terms)
    if (common.length === 0) return this.#make(terms, shape)
    const inverse = common.map(({ atom, power }) => ({ atom, power: -power }))
    const rests = terms.map((term) => this.#times(term, { coefficient: 1, factors: inverse }))
    const rest = this.#factored(collect(rests.flatMap(opened)), shape)
    if (isZero(rest)) return rest
    const product = this.#times({ coefficient: 1, factors: common }, this.asTerm(rest))
    return this.#make([product], shape)
  }

  #times(a: Term, b: Term): Term {
    const coefficient = a.coefficient * b.coefficient
    if (a.factors.length === 0) return { coefficient, factors: this.#abbreviated(b.factors) }
    if (b.factors.length === 0) return { coefficient, factors: this.#abbreviated(a.factors) }
    const powers = new Map<Atom, number>()
    for (const { atom, power } of [...a.factors, ...b.factors]) {
      powers.set(atom, (powers.get(atom) ?? 0) + power)
    }
    const extra: Term[] = []
    const factors: Factor[] = []
    for (const [atom, power] of powers) {
      if (power === 0) continue
      // 0 or 1: to any power the same.
      if (atom.kind === 'function' && truthFunctions.has(atom.fn) && power > 1) {
        factors.push({ atom, power: 1 })
      } else if (atom.kind === 'function' && atom.fn === 'sqrt' && Math.abs(power) > 1) {
        const whole = Math.trunc(power / 2)
        extra.push(this.asTerm(this.power(atom.args[0]!, whole)))
        if (power !== 2 * whole) factors.push({ atom, power: power - 2 * whole })
      } else {
        factors.push({ atom, power })
      }
    }
    const sorted = factors.toSorted((x, y) => x.atom.id - y.atom.id)
    const product = { coefficient, factors: this.#abbreviated(sorted) }
    return extra.reduce<Term>((all, each) => this.#times(all, each), product)
  }

  #abbreviated(factors: readonly Factor[]): readonly Factor[] {
    if (this.#named.size === 0) return factors
    for (const { atom } of factors) {
      for (const { factors: wanted, symbol } of this.#named.get(atom.id) ?? []) {
        const has = wanted.every(({ atom: each, power }) => {
          const found = factors.find((other) => other.atom === each)?.power ?? 0
          return power > 0 ? found >= power : found <= power
        })
        if (!has) continue
        const rest = factors.flatMap((each) => {
          const power = each.power - (wanted.find((other) => other.atom === each.atom)?.power ?? 0)
          return power === 0 ? [] : [{ atom: each.atom, power }]
        })
        const before = rest.find((each) => each.atom === symbol)?.power ?? 0
        const others = rest.filter((each) => each.atom !== symbol)
        const all = before === -1 ? others : [...others, { atom: symbol, power: before + 1 }]
        return this.#abbreviated(all.toSorted((x, y) => x.atom.id - y.atom.id))
      }
    }
    return factors
  }

  #make(terms: readonly Term[], shape: Shape): Expression {
    const key = `${shape.join()}:${terms.map((term) => `${term.coefficient}*${keyOf(term)}`).join('+')}`
    const known = this.#expressions.get(key)
    if (known) return known
    const made = { id: this.#expressions.size, shape, terms }
    this.#expressions.set(key, made)
    return made
  }

  #atom(key: string, atom: Without<Atom>): Atom {
    const known = this.#atoms.get(key)
    if (known) return known
    const made: Atom = { ...atom, id: this.#atoms.size }
    this.#atoms.set(key, made)
    return made
  }
}

/** Whether a structure is linear in each of its operands. */
export const isLinear = ({ op }: StructureForm): boolean =>
  !['largest', 'smallest', 'concat', 'identity', 'inverse'].includes(op)

const keyOf = ({ factors }: Term): string =>
  factors.map(({ atom, power }) => (power === 1 ? `${atom.id}` : `${atom.id}^${power}`)).join('.')

/** A term that is a number times a group, as the terms of that. */
function opened(term: Term): readonly Term[] {
  const [factor] = term.factors
  if (term.factors.length !== 1 || factor!.power !== 1 || factor!.atom.kind !== 'group')
    return [term]
  return factor!.atom.sum.terms.flatMap((each) =>
    opened({ ...each, coefficient: term.coefficient * each.coefficient }),
  )
}

/** Like terms added up, in the order of their atoms. */
function collect(terms: readonly Term[]): readonly Term[] {
  const sums = new Map<string, { term: Term; sum: number; size: number }>()
  for (const term of terms) {
    const key = keyOf(term)
    const entry = sums.get(key) ?? { term, sum: 0, size: 0 }
    entry.sum += term.coefficient
    entry.size = Math.max(entry.size, Math.abs(term.coefficient))
    sums.set(key, entry)
  }
  return [...sums]
    .filter(([, { sum, size }]) => Math.abs(sum) > rounding * size)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { term, sum }]) => ({ ...term, coefficient: sum }))
}

/** What all terms have as factors. */
function commonFactors(terms: readonly Term[]): readonly Factor[] {
  const [first, ...others] = terms
  return first!.factors.flatMap(({ atom, power }) => {
    const powers = [power, ...others.map((term) => powerIn(term, atom))]
    if (powers.every((each) => each > 0)) return [{ atom, power: Math.min(...powers) }]
    if (powers.every((each) => each < 0)) return [{ atom, power: Math.max(...powers) }]
    return []
  })
}

const powerIn = ({ factors }: Term, atom: Atom): number =>
  factors.find((each) => each.atom === atom)?.power ?? 0

/** Whether a product of such atoms cannot hide a 0. */
const isSettled = (atom: Atom): boolean => atom.kind === 'symbol' || atom.kind === 'function'
