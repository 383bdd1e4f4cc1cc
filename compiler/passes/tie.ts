/**
 * Factors sums of products that share an operand: one contraction instead of several. This is what
 * makes of feedback weights that are tied to others (`Q tied to -p0 * Y`) a single product.
 *
 * Before: a verified graph with scalings folded. After: in no sum do two contractions with the same
 * flags or geometry share their right operand, or their left, unless one of them is an output or is
 * used elsewhere, or the sum of the other operands would be as much work as the contraction: two matrices
 * of weights are not added up in every step for one example. Sums are taken through add, sub, neg and products with host scalars; the rounding
 * may differ.
 *
 *     %1 = matmul(b, %Y) : [batch, 500]
 *     %2 = matmul(e, %Y) : [batch, 500]         %1 = mul(%p0, e) : [batch, 100]
 *     %3 = mul(%p0, %2) : [batch, 500]     ->   %2 = sub(b, %1) : [batch, 100]
 *     u = sub(%1, %3) : [batch, 500]            u = matmul(%2, %Y) : [batch, 500]
 */
import { entriesOf, noValue } from '../ir/ids.ts'
import { hostScalars } from '../ir/host-scalars.ts'
import type { Graph, Shape, ValueId } from '../ir/ir.ts'
import { bareOperation, countUses, keptValues, nodeAt } from '../ir/operands.ts'
import { formatShape, sameShape } from '../ir/shapes.ts'
import {
  applyFactor,
  contract,
  factorOf,
  isContraction,
  minusOne,
  one,
  sizeOf,
  splitFactors,
  times,
  type Contraction,
  type Factor,
} from './linear.ts'
import { rewrite, type Rewriter } from './rewrite.ts'

/** The graph with sums of products factored. */
export function tie(graph: Graph): Graph {
  const sums = new Sums(graph)
  return rewrite(graph, (node, old, r) => {
    if (!sums.isRoot(old)) return undefined
    const terms = sums.terms(r, old)
    const byRight = factorTerms(r, terms, 1, node.shape)
    const factored = factorTerms(r, byRight, 0, node.shape)
    return factored.length < terms.length ? addTerms(r, factored) : undefined
  })
}

/** A summand: `factor` times `value`. */
interface Term {
  readonly factor: Factor
  readonly value: ValueId
  /** Of a contraction that nothing else uses: which of its operands nothing else uses either. */
  readonly freeOperands?: readonly boolean[]
}

/** One summand of a sum in the graph as it was. */
interface Summand {
  readonly value: ValueId
  readonly negative: boolean
  readonly scale?: ValueId
}

/** The sums of a graph before the pass. */
class Sums {
  readonly #graph: Graph
  readonly #uses: readonly number[]
  readonly #kept: ReadonlySet<ValueId>
  readonly #hosts: readonly boolean[]
  /** Sums that are a term of the one sum that uses them. */
  readonly #absorbed = new Set<ValueId>()

  constructor(graph: Graph) {
    this.#graph = graph
    this.#uses = countUses(graph)
    this.#kept = keptValues(graph)
    this.#hosts = hostScalars(graph)
    for (const [sum, node] of entriesOf(graph.nodes)) {
      for (const { value } of this.#summands(sum)) {
        if (this.#isPart(value, node.shape)) this.#absorbed.add(value)
      }
    }
  }

  isRoot(value: ValueId): boolean {
    return this.#summands(value).length > 0 && !this.#absorbed.has(value)
  }

  /** What is added up in the sum `root`, in order. */
  terms(r: Rewriter, root: ValueId): Term[] {
    const { shape } = nodeAt(this.#graph.nodes, root)
    const collect = (value: ValueId, factor: Factor): Term[] => {
      if (value !== root && !this.#isPart(value, shape)) return [this.#term(r, value, factor)]
      return this.#summands(value).flatMap((summand) => {
        const scale = summand.scale === undefined ? one : factorOf(r, r.now(summand.scale))
        const sign = summand.negative ? minusOne : one
        return collect(summand.value, times(times(factor, scale), sign))
      })
    }
    return collect(root, one)
  }

  #term(r: Rewriter, old: ValueId, factor: Factor): Term {
    const term = { factor, value: r.now(old) }
    const node = nodeAt(this.#graph.nodes, old)
    if (!this.#isAlone(old) || !isContraction(node)) return term
    return { ...term, freeOperands: node.args.map((operand) => this.#isAlone(operand)) }
  }

  #isAlone(value: ValueId): boolean {
    return this.#uses[value] === 1 && !this.#kept.has(value)
  }

  #isPart(value: ValueId, shape: Shape): boolean {
    const isSum = this.#summands(value).length > 0
    return isSum && this.#isAlone(value) && sameShape(nodeAt(this.#graph.nodes, value).shape, shape)
  }

  /** What a node adds up; empty if it is no sum. */
  #summands(sum: ValueId): Summand[] {
    const node = nodeAt(this.#graph.nodes, sum)
    if (node.op !== 'map' || this.#hosts[sum]) return []
    const [a, b] = [nodeAt(node.args, 0), node.args[1] ?? noValue]
    switch (node.fn) {
      case 'add':
      case 'sub':
        return [
          { value: a, negative: false },
          { value: b, negative: node.fn === 'sub' },
        ]
      case 'neg':
        return [{ value: a, negative: true }]
      case 'mul':
        if (this.#hosts[a]) return [{ value: b, negative: false, scale: a }]
        return this.#hosts[b] ? [{ value: a, negative: false, scale: b }] : []
      default:
        return []
    }
  }
}

/** The terms, those with a common operand at `shared` (0 or 1) taken together at the first. */
function factorTerms(r: Rewriter, terms: readonly Term[], shared: 0 | 1, shape: Shape): Term[] {
  const groups = new Map<string, Term[]>()
  for (const [position, term] of terms.entries()) {
    const node = r.nodeOf(term.value)
    const fits =
      isContraction(node) &&
      term.freeOperands &&
      sameShape(node.shape, shape) &&
      (shared === 1 || isWorthwhile(r, node))
    const key = fits ? keyOf(r, node, shared) : `term ${position}`
    groups.set(key, [...(groups.get(key) ?? []), term])
  }
  return [...groups.values()].map((group) =>
    group.length === 1 ? group[0]! : factorGroup(r, group, shared),
  )
}

/** Whether adding up right operands is less than a contraction: not of a matrix that meets one row. */
function isWorthwhile(r: Rewriter, { args: [left, right], shape }: Contraction): boolean {
  return sizeOf(shape) * sizeOf(r.shapeOf(left)) > sizeOf(r.shapeOf(right))
}

/** Equal for contractions that are the same function of the operand that is not shared. */
function keyOf(r: Rewriter, node: Contraction, shared: 0 | 1): string {
  const form = JSON.stringify({ ...bareOperation(node), args: [] })
  const { rest } = splitFactors(r, node.args[shared]!)
  return `${form} ${rest} ${formatShape(r.shapeOf(node.args[1 - shared]!))}`
}

/** s1 (a1 Y) + s2 (a2 Y) + ... = (s1 a1 + s2 a2 + ...) Y; a factor of all stays outside. */
function factorGroup(r: Rewriter, group: readonly Term[], shared: 0 | 1): Term {
  const contraction = r.nodeOf(group[0]!.value)
  if (!isContraction(contraction)) throw new Error(`${contraction.op} is no contraction`)
  const operands = group.map(({ value, factor, freeOperands }) => {
    const node = r.nodeOf(value)
    if (!isContraction(node)) throw new Error(`${node.op} is no contraction`)
    const operand = node.args[1 - shared]!
    const own = times(factor, splitFactors(r, node.args[shared]!).factor)
    if (!freeOperands?.[1 - shared]) return { factor: own, value: operand }
    const split = splitFactors(r, operand)
    return { factor: times(own, split.factor), value: split.rest }
  })
  const scalars = operands[0]!.factor.scalars
  const spelled = scalars.toSorted((a, b) => a - b).join()
  const isCommon = operands.every(
    ({ factor }) => factor.scalars.toSorted((a, b) => a - b).join() === spelled,
  )
  const negative = operands.every(({ factor }) => factor.negative)
  const inner = operands.map(({ factor, value }) => ({
    factor: {
      scalars: isCommon ? [] : factor.scalars,
      negative: factor.negative !== negative,
    },
    value,
  }))
  const sum = addTerms(r, inner)
  const { rest } = splitFactors(r, contraction.args[shared]!)
  const value = contract(r, contraction, shared === 1 ? [sum, rest] : [rest, sum])
  return { factor: { scalars: isCommon ? scalars : [], negative }, value }
}

/** The sum of the terms, beginning with one that is added if there is one. */
function addTerms(r: Rewriter, terms: readonly Term[]): ValueId {
  const start = Math.max(
    0,
    terms.findIndex(({ factor }) => !factor.negative),
  )
  const first = applyFactor(r, terms[start]!.factor, terms[start]!.value)
  return terms
    .filter((_, i) => i !== start)
    .reduce((sum, { factor, value }) => {
      const amount = applyFactor(r, { ...factor, negative: false }, value)
      return r.map(factor.negative ? 'sub' : 'add', sum, amount)
    }, first)
}
