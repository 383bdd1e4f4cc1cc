/**
 * "Equal if", tried: weights of the circuit set to what backprop has in their place, all at once, and the program
 * run again.
 */
import type { Replaced } from '../../compiler/analysis/compare.ts'
import { Evaluator } from '../../compiler/analysis/evaluate.ts'
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import {
  atomOf,
  isScalar,
  visitAtoms,
  type Atom,
  type Expression,
} from '../../compiler/analysis/expressions.ts'
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import { probes, type Probe } from './checks.ts'
import type { Derivation } from './derive.ts'
import { isNegligible } from './negligible.ts'
import type { Trial } from './trial.ts'

/** Runs with weights replaced. */
export interface Substituted {
  readonly runs: readonly Probe[]
  /** What was made equal. */
  readonly made: ReadonlySet<string>
}

/** Times that weights are set in turn; more depend on each other in a ring. */
const mostPasses = 8

/** How a replacement is known. */
export const keyOf = ({ mine, theirs }: Replaced): string => `${mine.id} ${theirs.id}`

/**
 * Runs with every replacement made: the single weight that stands in the place set to what backprop has there; of a
 * sum or product of weights the one weight that the equation can be solved for, the circuit's before backprop's. Of a
 * weight that would have to be two things at once the first counts: statements that need the other are not tried.
 */
export function substitution(
  trial: Trial,
  derivation: Derivation,
  replaced: readonly Replaced[],
): Substituted | undefined {
  const storages: Record<string, Tensor> = {}
  const evaluator = (): Evaluator => new Evaluator(trial.values((symbol) => storages[symbol.name]))
  const set: (Solved & { readonly pair: Replaced })[] = []
  for (const pair of replaced) {
    const solved = solvedFor(derivation.algebra, pair, (name) =>
      set.some((each) => each.name === name),
    )
    if (solved) set.push({ ...solved, pair })
  }
  // One may be made of what another sets: as often as there are some, whatever their order.
  for (let pass = 0; pass < Math.min(set.length, mostPasses); pass++) {
    for (const { name, value, turned: isTurned } of set) {
      const found = evaluator().value(value)
      storages[name] = isTurned ? turned(found) : found
    }
  }
  if (set.length === 0) return undefined
  const following = trial.following(new Map(Object.entries(storages)))
  const after = new Evaluator(trial.values((symbol) => following[symbol.name]))
  const isNothing = (each: Expression): boolean => isNegligible(after, each, derivation.algebra)
  // What begins as an expression of a weight has followed it, and with it what was taken for granted.
  const made = set
    .map(({ pair }) => pair)
    .filter(({ mine, theirs }) => isNothing(derivation.algebra.sub(mine, theirs)))
  if (made.length === 0 || !derivation.facts.every(({ value }) => isNothing(value)))
    return undefined
  const runs = probes(trial, derivation.deviations, { storages: following })
  return { runs, made: new Set(made.map(keyOf)) }
}

interface Solved {
  readonly name: string
  readonly turned: boolean
  readonly value: Expression
}

function solvedFor(
  algebra: Algebra,
  { mine, theirs }: Replaced,
  isSet: (name: string) => boolean,
): Solved | undefined {
  const single = singleWeight(mine)
  if (single) return isSet(single.name) ? undefined : { ...single, value: theirs }
  return solvedIn(algebra, mine, theirs, isSet) ?? solvedIn(algebra, theirs, mine, isSet)
}

/** A weight that stands by itself in a sum, so that the sum can be made what it is to be. */
function solvedIn(
  algebra: Algebra,
  sum: Expression,
  wanted: Expression,
  isSet: (name: string) => boolean,
): Solved | undefined {
  for (const term of [...sum.terms, ...(algebra.expanded(sum) ?? [])]) {
    const { kept, rest: factor } = algebra.split(term, (atom) => !isScalar(atom))
    const weight = singleWeight(kept)
    if (!weight || isSet(weight.name)) continue
    const others = algebra.sub(sum, algebra.ofTerm(term, sum.shape))
    if (mentions(others, weight.name) || mentions(wanted, weight.name)) continue
    const value = algebra.div(algebra.sub(wanted, others), factor)
    return { ...weight, value }
  }
  return undefined
}

function mentions(expression: Expression, name: string): boolean {
  let found = false
  const visit = (atom: Atom): void => {
    if (atom.kind === 'symbol' && atom.name === name) found = true
  }
  visitAtoms(expression, visit, () => true)
  return found
}

/** The weight that a matrix is, perhaps transposed. */
export function singleWeight(
  expression: Expression,
): { readonly name: string; readonly turned: boolean } | undefined {
  const atom = atomOf(expression)
  if (atom?.kind === 'symbol' && atom.role === 'weight') return { name: atom.name, turned: false }
  if (atom?.kind !== 'structure' || atom.form.op !== 'transpose') return undefined
  const inner = singleWeight(atom.args[0]!)
  return inner && { ...inner, turned: !inner.turned }
}

/** The transpose of a matrix. */
export function turned({ shape, data }: Tensor): Tensor {
  const [rows = 1, columns = 1] = shape
  const result = new Float64Array(data.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j]!
  }
  return { shape: [columns, rows], data: result }
}
