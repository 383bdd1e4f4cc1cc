/**
 * From series to statements: names for slopes and for the signals that weights learn by, the order of what
 * remains, how the update differs from the gradient. Everything follows from the expressions.
 */
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import { compare, type Comparison } from '../../compiler/analysis/compare.ts'
import { canBeEqual } from '../../compiler/analysis/compare-sums.ts'
import { exchanged } from '../../compiler/analysis/exchanged.ts'
import {
  isScalar,
  isZero,
  visitAtoms,
  type Atom,
  type Expression,
  type Factor,
  type NamedAtom,
  type Term,
} from '../../compiler/analysis/expressions.ts'
import { atomOf } from '../../compiler/analysis/expressions.ts'
import type { Cause, Series } from '../../compiler/analysis/series.ts'
import { apply, derivatives } from '../../compiler/analysis/functions.ts'
import type { Abbreviation } from './formula.ts'
import type { Derivation, Derived } from './derive.ts'

/** The order of what a formula leaves: a power, nothing, or more than was looked at. */
export type Order = number | 'exact' | 'higher' | 'drawn'

/** What a weight learns by, of its population: the factor of the first order that is not the presynaptic one. */
export interface Signal {
  readonly name: string
  readonly population: string
  readonly value: Expression
  /** Whether backprop has the same. */
  readonly of: 'both' | 'circuit' | 'backprop'
  /** No weight learns by it alone: it is told where other formulas take it. */
  readonly between?: true
}

/** The order of what is left of a series without its first two terms. */
export function orderOf(derivation: Derivation, series: Series): Order {
  if (derivation.draws === 'noise') return series.open ? 'drawn' : 'exact'
  const order = [2, 3].find((power) => !derivation.isZero(series.coefficients[power]!))
  return order ?? (series.open ? 'higher' : 'exact')
}

/** What makes a remainder of that order. */
export function causesOf({ causes }: Series, order: Order): readonly Cause[] {
  if (order === 'exact' || order === 'drawn') return []
  const least = Math.min(...causes.map(({ power }) => power))
  return causes.filter(({ power }) =>
    order === 'higher' ? Number.isFinite(power) : power === Math.min(order, Math.max(least, order)),
  )
}

/** The kinks and steps that a series ends at. */
export const kinksOf = ({ causes }: Series): readonly Cause[] =>
  causes.filter(({ power }) => power === Infinity)

/** The signal of a first order: what stands before the presynaptic factor, without its numbers and masks. */
export function signalIn(
  algebra: Algebra,
  first: Expression,
  masks: ReadonlySet<string>,
): Expression | undefined {
  const isOwn = (atom: Atom): boolean =>
    !isScalar(atom) && !(atom.kind === 'symbol' && masks.has(atom.name))
  const { kept } = algebra.split(algebra.asTerm(first), isOwn)
  const atom = atomOf(kept)
  if (atom?.kind === 'structure') {
    if (atom.form.op === 'outer') return atom.args[0]!
    if (atom.form.op === 'convKernelGradient') return atom.args[1]!
    if (atom.form.op === 'sum' && kept.shape.length === 1) return atom.args[0]!
  }
  // A sum of changes for one weight each (of weights that are shared) is no signal of cells.
  if (atom?.kind === 'group' && atom.sum.terms.some(isOfPairs)) return undefined
  return kept
}

const isOfPairs = ({ factors }: Term): boolean =>
  factors.some(
    ({ atom }) =>
      atom.kind === 'structure' && ['outer', 'convKernelGradient'].includes(atom.form.op),
  )

/** Names of slopes: e′ for the derivative of the function that a variable e is. */
export function slopesIn(
  algebra: Algebra,
  expressions: readonly Expression[],
): readonly (Abbreviation & { readonly value: Expression; readonly fn: string })[] {
  const symbols = new Map<string, NamedAtom>()
  for (const each of expressions) {
    visitAtoms(
      each,
      (atom) => {
        if (atom.kind === 'symbol' && atom.role === 'variable') symbols.set(atom.name, atom)
      },
      () => true,
    )
  }
  return [...symbols.values()].flatMap((symbol) => {
    const found = symbol.definition && slopeOf(algebra, symbol.definition)
    if (!found) return []
    const factors = factorsOf(algebra, found.slope)
    return factors ? [{ name: `${symbol.name}′`, factors, value: found.slope, fn: found.fn }] : []
  })
}

function slopeOf(
  algebra: Algebra,
  definition: Expression,
): { slope: Expression; fn: string } | undefined {
  const atom = atomOf(definition)
  if (atom?.kind !== 'function') return undefined
  const [x, y] = atom.args
  switch (atom.fn) {
    case 'max':
      return y && isZero(y) ? { slope: apply(algebra, 'ge', [x!, y]), fn: 'max' } : undefined
    case 'sigmoid':
    case 'tanh':
    case 'softplus':
    case 'atan': {
      const slope = derivatives(algebra, atom.fn, x!, 1)?.[0]
      return slope && { slope, fn: atom.fn }
    }
    default:
      return undefined
  }
}

function factorsOf(algebra: Algebra, value: Expression): readonly Factor[] | undefined {
  const { coefficient, factors } = algebra.asTerm(value)
  return coefficient === 1 && factors.length > 0 ? factors : undefined
}

/** How the first order of the update differs from that of the gradient. */
export interface Difference extends Comparison {
  /** Whether they are equal up to the ratio, whatever their form. */
  readonly equal: boolean
}

export function differenceOf(
  derivation: Derivation,
  update: Expression,
  descent: Expression,
): Difference {
  const { algebra } = derivation
  const direct = compare(algebra, update, descent)
  const found = direct.complete ? direct : (exchange(derivation, update, descent) ?? direct)
  const equal =
    (found.complete && isAlike(found)) ||
    derivation.isZero(algebra.sub(update, algebra.mul(found.ratio, descent)))
  return equal
    ? { ...found, replaced: [], gated: [], unpaired: [], complete: true, equal }
    : { ...found, equal }
}

/** Of expressions of different form: matrices that stand in each other's place, where that is all. */
function exchange(
  derivation: Derivation,
  update: Expression,
  descent: Expression,
): Comparison | undefined {
  const { algebra } = derivation
  const found = exchanged(algebra, update, descent)
  if (!found) return undefined
  const { ratio } = compare(algebra, found.made, descent)
  if (!derivation.isZero(algebra.sub(found.made, algebra.mul(ratio, descent)))) return undefined
  return { ratio, replaced: found.replaced, gated: [], unpaired: [], complete: true }
}

/** Whether it is the gradient, up to the ratio, where matrices are what backprop has in their place. */
export const canBecomeEqual = (
  algebra: Algebra,
  { complete, gated, unpaired, replaced }: Comparison,
): boolean =>
  complete &&
  gated.length + unpaired.length === 0 &&
  replaced.every((each) => canBeEqual(algebra, each))

const isAlike = ({ replaced, gated, unpaired }: Comparison): boolean =>
  replaced.length + gated.length + unpaired.length === 0

/** Signals of the populations, those next to the teacher first. */
export function signalsOf(
  derivation: Derivation,
  all: readonly Derived[],
  populationOf: (weight: string) => string | undefined,
): readonly Signal[] {
  const { algebra } = derivation
  const found = new Map<string, { circuit?: Expression; backprop?: Expression }>()
  for (const { name, update, descent } of all) {
    const population = populationOf(name)
    const first = update?.coefficients[1]
    if (population === undefined || !first) continue
    const entry = found.get(population) ?? {}
    const gradient = descent?.coefficients[1]
    const signed = (each: Expression): Expression | undefined => {
      const value = signalIn(algebra, each, derivation.masks)
      return value && algebra.asTerm(each).coefficient < 0 ? algebra.neg(value) : value
    }
    const mine = isZero(first) ? undefined : signed(first)
    const theirs = !gradient || isZero(gradient) ? undefined : signed(gradient)
    if (!theirs) continue
    if (mine && !entry.circuit) entry.circuit = mine
    if (!entry.backprop) entry.backprop = theirs
    found.set(population, entry)
  }
  const signals = [...found].flatMap(([population, { circuit, backprop }]): Signal[] => {
    if (circuit === backprop && circuit) {
      return [{ name: `${population}.δ`, population, value: circuit, of: 'both' }]
    }
    return [
      ...(circuit
        ? [{ name: `${population}.δ̃`, population, value: circuit, of: 'circuit' as const }]
        : []),
      ...(backprop
        ? [{ name: `${population}.δ`, population, value: backprop, of: 'backprop' as const }]
        : []),
    ]
  })
  return signals.filter(({ value }) => value.shape.length > 0 && depthOf(value) > 1)
}

const depths = new WeakMap<Expression, number>()

/** How many atoms an expression is made of. */
export function depthOf(value: Expression): number {
  const known = depths.get(value)
  if (known !== undefined) return known
  let count = 0
  visitAtoms(value, () => count++)
  depths.set(value, count)
  return count
}
