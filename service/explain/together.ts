/**
 * Weights that learn by the same products (Kolen and Pollack 1994): one changes as the transpose of another does, or
 * as a number times it, whatever the error; what is between the two is then left to the decay of the weights.
 * Found in the changes as the file says them, and tried on the program.
 */
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import { Evaluator } from '../../compiler/analysis/evaluate.ts'
import { isScalar, isZero, NotClosed, visitAtoms } from '../../compiler/analysis/expressions.ts'
import type { Expression } from '../../compiler/analysis/expressions.ts'
import { transpose } from '../../compiler/analysis/structures.ts'
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import * as set from '../typeset/build.ts'
import type { Mathematics } from '../typeset/mathematics.ts'
import { verbatim } from '../typeset/symbols.ts'
import { mathText } from '../typeset/text.ts'
import { magnitudeOf, type Probe } from './checks.ts'
import { decayOf, type Decay } from './decay.ts'
import type { Derivation, Derived } from './derive.ts'
import type { Check } from './explanation.ts'
import { families, type Member } from './families.ts'
import { Formula } from './formula.ts'
import { indexOf } from './scribe.ts'
import { turned } from './substitute.ts'
import type { Trial } from './trial.ts'

/** A weight that changes as a number times another, transposed where both are matrices. */
interface Together {
  readonly follower: Derived
  readonly leader: Derived
  readonly isTurned: boolean
  readonly ratio: Expression
}

/** What is said of weights that learn together, and what came of trying it. */
export interface Companions {
  readonly sentences: readonly string[]
  readonly checks: readonly Check[]
}

export function companions(
  derivation: Derivation,
  all: readonly Derived[],
  runs: readonly Probe[],
  trial: Trial | undefined,
): Companions {
  if (!trial || runs.length === 0) return { sentences: [], checks: [] }
  const pairs = pairsIn(derivation.surfaceAlgebra, all).toSorted(byFamily)
  const tried = pairs.map((pair) => ({ pair, ...attempt(derivation, pair, runs, trial) }))
  const members = tried.map(({ pair, decay }): Member => {
    const { follower, leader } = pair
    return {
      ...indexOf(follower.name),
      formulas: [verbatim(follower.name), timesLeader(pair), verbatim(leader.name)],
      words: [decay ? decayText(decay) : ''],
    }
  })
  const sentences = families(members).flatMap(({ formulas, words, range }) => {
    const [follower, leader] = formulas.map((each) => mathText(each))
    const where = range === undefined ? '' : ` (${range})`
    return [
      `${follower} changes as ${leader} does, whatever the error${where}.`,
      ...(words[0] === ''
        ? []
        : [`${differenceText(formulas[0]!, formulas[1]!)} ${words[0]}${where}.`]),
    ]
  })
  return { sentences, checks: tried.flatMap(({ checks }) => checks) }
}

/** Those of one array after each other. */
const byFamily = ({ follower: { name: a } }: Together, { follower: { name: b } }: Together) =>
  a < b ? -1 : a > b ? 1 : 0

const differenceText = (follower: Mathematics, leader: Mathematics): string =>
  mathText(set.sum(follower, set.negative(leader)))

function decayText({ factor, inTheLongRun }: Decay): string {
  const size = Math.abs(factor)
  if (size === 1) return 'stays as it begins: nothing decays it'
  const verb = size < 1 ? 'only decays' : 'grows'
  const when = inTheLongRun ? ' in the long run (momentum)' : ''
  return `${verb}: a step${when} makes it ${Number(factor.toPrecision(9))} times what it was`
}

function timesLeader({ leader, isTurned, ratio }: Together): Mathematics {
  const name = verbatim(leader.name)
  const matrix = isTurned ? set.transpose(name) : name
  const [term] = ratio.terms
  if (ratio.terms.length === 1 && term!.factors.length === 0 && term!.coefficient === 1)
    return matrix
  const { coefficient } = term ?? { coefficient: 1 }
  const isNegative = ratio.terms.length === 1 && coefficient < 0
  const factor = new Formula().write(
    isNegative ? { ...ratio, terms: [{ ...term!, coefficient: -coefficient }] } : ratio,
  )
  const isOne = isNegative && coefficient === -1 && term!.factors.length === 0
  const product = isOne ? matrix : set.product([factor, matrix])
  return isNegative ? set.negative(product) : product
}

/** Whether a weight has a gradient: those without one follow those that have one. */
const isTaught = ({ descent }: Derived): boolean =>
  descent !== undefined && !isZero(descent.coefficients[1] ?? descent.coefficients[0]!)

function pairsIn(algebra: Algebra, all: readonly Derived[]): readonly Together[] {
  return all.flatMap((follower, i) => {
    const found = all.flatMap((leader, j): Together[] => {
      if (i === j || isTaught(follower) || (!isTaught(leader) && j > i)) return []
      const pair = pairOf(algebra, follower, leader)
      return pair ? [pair] : []
    })
    return found.slice(0, 1)
  })
}

function pairOf(algebra: Algebra, follower: Derived, leader: Derived): Together | undefined {
  const [mine, theirs] = [follower.change, leader.change]
  if (!mine || !theirs || isZero(mine) || isZero(theirs)) return undefined
  const isTurned = mine.shape.length === 2
  if (mine.shape.length < 2) return undefined
  try {
    const other = isTurned ? transpose(algebra, theirs) : theirs
    if (mine.shape.join() !== other.shape.join()) return undefined
    const split = (each: Expression) =>
      algebra.split(algebra.asTerm(each), (atom) => !isScalar(atom))
    const [a, b] = [split(mine), split(other)]
    if (a.kept !== b.kept) return undefined
    const ratio = algebra.div(a.rest, b.rest)
    return isConstant(ratio) ? { follower, leader, isTurned, ratio } : undefined
  } catch (error) {
    if (error instanceof NotClosed) return undefined
    throw error
  }
}

function isConstant(ratio: Expression): boolean {
  let constant = true
  visitAtoms(ratio, (atom) => {
    if (atom.kind === 'symbol' && atom.role !== 'parameter') constant = false
  })
  return constant
}

function attempt(
  derivation: Derivation,
  { follower, leader, isTurned, ratio }: Together,
  runs: readonly Probe[],
  trial: Trial,
): { readonly checks: readonly Check[]; readonly decay?: Decay } {
  const { algebra } = derivation
  // Of the algebra of the surface, whose numbers no evaluator of the derivation knows.
  const factor = new Evaluator(trial.values()).value(ratio).data[0]!
  const side = (each: Tensor): Float64Array =>
    isTurned ? Float64Array.from(turned(each).data) : each.data
  const size = magnitudeOf(algebra, runs, follower.update?.coefficients.slice(0, 2) ?? [])
  const apart = runs.map(({ outputs }) => {
    const theirs = side(outputs[`update ${leader.name}`]!)
    return distance(outputs[`update ${follower.name}`]!.data, theirs, factor)
  })
  const wanted = mathText(timesLeader({ follower, leader, isTurned, ratio }))
  const holds = Math.max(...apart) <= 1e-12 * Math.max(size, 1e-300)
  const equal = { claim: `Δ${follower.name} is that of ${wanted}`, holds }
  const names = { follower: follower.name, leader: leader.name }
  const decay = holds ? decayOf(trial, runs[0]!, { ...names, isTurned, factor }) : undefined
  return { checks: [equal], ...(decay && { decay }) }
}

const distance = (a: Float64Array, b: Float64Array, factor: number): number =>
  Math.hypot(...betweenOf(b, a, factor).slice(0, 1e5))

const betweenOf = (leader: Float64Array, follower: Float64Array, factor: number): Float64Array =>
  follower.map((value, i) => value - factor * leader[i]!)
