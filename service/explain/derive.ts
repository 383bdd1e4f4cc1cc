/**
 * What a training step does to every weight that learns, as power series in what the teacher departs by from the
 * answer; and the same of gradient descent.
 *
 * A variable that rests at 0 only for the weights or parameters that the file gives (an identity that does not
 * follow from the equations alone) is found by trying: that is a fact, and is said.
 */
import { Algebra } from '../../compiler/analysis/algebra.ts'
import { Evaluator } from '../../compiler/analysis/evaluate.ts'
import {
  atomOf,
  isZero,
  NotClosed,
  visitAtoms,
  type Expression,
  type NamedAtom,
} from '../../compiler/analysis/expressions.ts'
import { noisesIn, secondMoment } from '../../compiler/analysis/expectation.ts'
import { GraphReader, type Reading, type ReadOptions } from '../../compiler/analysis/from-graph.ts'
import { constant, polynomial, varies, type Series } from '../../compiler/analysis/series.ts'
import { gradientsOf } from '../../compiler/analysis/reverse.ts'
import { replaced } from '../../compiler/analysis/settling.ts'
import { total } from '../../compiler/analysis/structures.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { IrModule, IrNode, ValueId } from '../../compiler/ir/ir.ts'
import { constantsOf, maskIn, masksOf, wholeMasks } from './constants.ts'
import type { Derived, Deviation, Draws, Fact } from './derived.ts'
import type { ExplainedGraph, Teacher } from './graph.ts'
import { isNegligible } from './negligible.ts'
import { descentsIn } from './surface.ts'
import { Rests } from './rests.ts'
import type { Trial } from './trial.ts'

export type { Derived, Deviation, Draws, Fact } from './derived.ts'

export class Derivation {
  readonly algebra = new Algebra()
  readonly deviations: Deviation[] = []
  readonly #facts = new Map<string, Fact>()
  /** Draws that were met; how they were taken is the mode. */
  readonly drawn = new Set<string>()
  readonly draws: Draws
  readonly #explained: ExplainedGraph
  readonly #plan: ExperimentPlan | undefined
  readonly #parameters: ReadonlyMap<string, number>
  readonly #trials: readonly Evaluator[]
  readonly #reader: GraphReader
  readonly #surface: GraphReader
  readonly #options: ReadOptions
  /** What states settle at. */
  readonly rests: Rests
  /** Teachers whose answers are being read. */
  readonly #answering = new Set<string>()
  readonly #states: ReadonlyMap<ValueId, string>
  readonly #learning: ReadonlySet<string>
  /** Names of what says which pairs of cells are joined. */
  readonly masks: ReadonlySet<string>

  constructor(
    module: IrModule,
    explained: ExplainedGraph,
    trials: readonly Trial[],
    plan: ExperimentPlan | undefined,
    draws: Draws = 'mean',
  ) {
    this.#explained = explained
    this.#plan = plan
    this.draws = draws
    this.#parameters = new Map(module.params.map(({ name, value }) => [name, value]))
    this.#trials = trials.map((trial) => new Evaluator(trial.values((symbol) => trial.any(symbol))))
    const weights = new Set(
      module.storages.flatMap(({ name, role }) =>
        role === 'weight' || role === 'constant' ? [name] : [],
      ),
    )
    const learning = new Set(explained.learning.map(({ name }) => name))
    const numbers = new Map(
      module.params.flatMap(({ name, kind, value }) => (kind === 'switch' ? [[name, value]] : [])),
    )
    const roles = new Map(module.storages.map(({ name, role }) => [name, role]))
    this.#learning = learning
    this.#states = new Map(
      [...explained.next].flatMap(([name, value]) =>
        roles.get(name) === 'state' || roles.get(name) === 'weight' ? [[value, name] as const] : [],
      ),
    )
    const copied = new Set(
      [...explained.next.keys()].filter(
        (name) => roles.get(name) === 'weight' && !learning.has(name),
      ),
    )
    const own = new Set([...weights].filter((name) => !copied.has(name)))
    this.masks = masksOf(module)
    const fixed = new Map([...constantsOf(module, learning), ...wholeMasks(this.masks, trials)])
    const { prefixes } = explained
    const plainName = (name: string): string => {
      const prefix = prefixes.find((each) => name.startsWith(each))
      return prefix === undefined ? name : name.slice(prefix.length)
    }
    const clocked = explained.states.size > 0
    const options = {
      weights: own,
      numbers,
      fixed,
      plainName,
      clocked,
      unmoved: () => this.rests.isUnmoved,
    }
    // What is found to be held is held in trials from then on.
    this.rests = new Rests({
      algebra: this.algebra,
      graph: explained.graph,
      next: explained.next,
      found: trials.map((trial) => (storage) => trial.restOf(storage)),
      options: () => this.#options,
    })
    for (const trial of trials) trial.held = this.rests.held
    this.#options = {
      ...options,
      given: (value, node) => this.#masked(node, this.#reader) ?? this.#given(value, node, plan),
      state: (storage, shape) => this.rests.of(storage, shape, roles.get(storage) !== 'state'),
      settle: (variable, value) => this.#settle(variable, value),
    }
    this.#reader = new GraphReader(this.algebra, explained.graph, this.#options)
    // Its symbols are names alone.
    this.#surface = new GraphReader(new Algebra(), explained.graph, {
      ...options,
      weights,
      surface: true,
      given: (_, node) => this.#masked(node, this.#surface),
    })
  }

  /** Of the changes as the file says them. */
  get surfaceAlgebra(): Algebra {
    return this.#surface.algebra
  }

  /** Facts that the derivations so far rest on. */
  get facts(): readonly Fact[] {
    return [...this.#facts.values()]
  }

  /** What a parameter is, for words. */
  parameter(name: string): number {
    return this.#parameters.get(name) ?? Number.NaN
  }

  derive(name: string): Derived {
    const { update, descent } = this.#explained.learning.find((each) => each.name === name)!
    const attempt = <T>(read: () => T): T | string => {
      try {
        return read()
      } catch (error) {
        if (error instanceof NotClosed) return error.message
        throw error
      }
    }
    const change = attempt(() => this.#surface.read(update).series.coefficients[0]!)
    const shown =
      typeof change === 'string' ? {} : { change, ...descentsIn(this.#surface, change, descent) }
    const series = attempt(() => this.#expected(this.#reader.read(update).series))
    if (typeof series === 'string') return { name, ...shown, open: series }
    if (this.#explained.states.size > 0) {
      const settled = attempt(() => this.#settledDescent(name))
      return typeof settled === 'string'
        ? { name, ...shown, update: series, open: settled }
        : { name, ...shown, update: series, descent: settled }
    }
    const gradient =
      descent === undefined
        ? undefined
        : attempt(() => this.#beside(this.#reader.read(descent).series))
    if (typeof gradient === 'string') return { name, ...shown, update: series, open: gradient }
    return { name, ...shown, update: series, ...(gradient && { descent: gradient }) }
  }

  /** The value at rest of a variable that varies; undefined for others. */
  restOf(variable: string): Expression | undefined {
    const value = this.#explained.named.get(variable)
    if (value === undefined) return undefined
    try {
      const { series } = this.#reader.read(value)
      return varies(series) ? series.coefficients[0] : undefined
    } catch (error) {
      if (error instanceof NotClosed) return undefined
      throw error
    }
  }

  /** The first order of a variable; undefined where it does not vary or is not followed. */
  firstOf(variable: string): Expression | undefined {
    const value = this.#explained.named.get(variable)
    if (value === undefined) return undefined
    try {
      return this.#reader.read(value).series.coefficients[1]
    } catch (error) {
      if (error instanceof NotClosed) return undefined
      throw error
    }
  }

  /** Whether it is 0 wherever it is tried. */
  isZero(value: Expression): boolean {
    if (isZero(value)) return true
    if (this.#trials.length === 0) return false
    return this.#trials.every((trial) => isNegligible(trial, value, this.algebra))
  }

  /** Over the noise: the second order stands where else the first is. */
  #expected(series: Series): Series {
    if (this.draws === 'mean') return series
    const [rest, , second] = series.coefficients as [Expression, Expression, Expression]
    const moment = secondMoment(this.algebra, second)
    const zero = this.algebra.number(0, rest.shape)
    return { coefficients: [rest, moment, zero, zero], open: true, causes: [] }
  }

  #beside(series: Series): Series {
    if (this.draws === 'mean') return series
    const [value] = series.coefficients as [Expression]
    if (noisesIn(value).length > 0) throw new NotClosed('a gradient that is drawn')
    const zero = this.algebra.number(0, value.shape)
    return { coefficients: [zero, value, zero, zero], open: false, causes: [] }
  }

  /** Gradient descent on the loss at which the circuit settles, which has to be quadratic in the answer. */
  #settledDescent(name: string): Series {
    const { algebra } = this
    const { loss, teachers } = this.#explained
    for (const { input } of teachers) this.#taught(this.#explained, input, this.#plan)
    const [deviation] = this.deviations
    const { given } = this.#options
    if (loss === undefined || !deviation || this.deviations.length > 1) {
      throw new NotClosed('a loss with one teacher')
    }
    const { answer, symbol } = deviation
    const target = algebra.symbol(deviation.teacher.name, 'input', answer.shape)
    const reader = new GraphReader(algebra, this.#explained.graph, {
      ...this.#options,
      given: (value, node) =>
        node.op === 'input' && teachers.some(({ input }) => input === node.name)
          ? plain(algebra, target, 'first')
          : given?.(value, node),
    })
    const value = total(algebra, reader.read(loss).series.coefficients[0]!)
    const { shape = [] } = this.#explained.graph.nodes.find(
      (node) => node.op === 'load' && node.storage === name,
    ) ?? { shape: [] }
    const weight = atomOf(algebra.symbol(name, 'weight', shape.map(Number))) as NamedAtom
    const gradient = gradientsOf(algebra, value, [weight], this.rests.fixed).get(weight)!
    const at = (departs: Expression): Expression =>
      replaced(algebra, gradient, atomOf(target) as NamedAtom, algebra.add(answer, departs))
    const d = algebra.ofAtom(symbol)
    const first = algebra.neg(at(d))
    if (!this.isZero(algebra.add(at(algebra.scale(2, d)), algebra.scale(2, first)))) {
      throw new NotClosed('a loss that is quadratic in the answer')
    }
    return polynomial(algebra, [algebra.number(0, first.shape), first])
  }

  #masked(node: IrNode, reader: GraphReader): Reading | undefined {
    const mask = maskIn(this.#explained.graph, this.masks, node)
    return mask === undefined ? undefined : reader.read(mask)
  }

  #given(value: ValueId, node: IrNode, plan: ExperimentPlan | undefined): Reading | undefined {
    const state = this.#states.get(value)
    // Of the step that is being solved the state itself is read, elsewhere what it is after it.
    if (state !== undefined && !this.rests.isReading(state)) {
      const shape = node.shape.map((size) => (typeof size === 'number' ? size : 1))
      if (this.#learning.has(state)) {
        return plain(this.algebra, this.algebra.symbol(state, 'weight', shape), 'none')
      }
      const isWeight = this.#options.weights.has(state) || !this.#isState(state)
      return this.rests.of(state, shape, isWeight)
    }
    if (node.op === 'input') return this.#taught(this.#explained, node.name, plan)
    // What arrives late has come to rest, too.
    if (node.op === 'recall') {
      const ring = this.#explained.graph.nodes[node.args[0]]
      if (ring?.op === 'load') {
        const shape = node.shape.map((size) => (typeof size === 'number' ? size : 1))
        return this.rests.of(ring.storage, shape, false)
      }
    }
    return node.op === 'random' ? this.#draw(node) : undefined
  }

  #isState(storage: string): boolean {
    return this.#explained.states.has(storage)
  }

  /** A draw: its mean, or a symbol to the first power of what is small. */
  #draw(node: Extract<IrNode, { readonly op: 'random' }>): Reading | undefined {
    if (node.distribution !== 'normal') return undefined
    this.drawn.add(node.stream)
    const shape = node.to.slice(1).map(Number)
    const zero = this.algebra.number(0, shape)
    if (this.draws === 'mean') return plain(this.algebra, zero, 'first')
    const noise = this.algebra.symbol(node.stream, 'noise', shape)
    return { series: polynomial(this.algebra, [zero, noise]), rows: 'first' }
  }

  #taught(
    explained: ExplainedGraph,
    input: string,
    plan: ExperimentPlan | undefined,
  ): ReturnType<GraphReader['read']> | undefined {
    const teacher = explained.teachers.find((each) => each.input === input)
    const value = teacher && explained.named.get(teacher.answer)
    if (!teacher || value === undefined || this.draws === 'noise') return undefined
    if (this.#answering.has(input)) {
      throw new NotClosed(
        `an answer (${teacher.answer}) that hears of its teacher (${teacher.name})`,
      )
    }
    const { series, rows } = this.#answerOf(input, value)
    const answer = series.coefficients[0]!
    const known = this.deviations.find((each) => each.teacher === teacher)
    const symbol = known?.symbol ?? this.#deviation(teacher, answer, plan)
    return { rows, series: polynomial(this.algebra, [answer, this.algebra.ofAtom(symbol)]) }
  }

  #answerOf(input: string, answer: ValueId): Reading {
    this.#answering.add(input)
    try {
      return this.rests.answering(() => this.#reader.read(answer))
    } finally {
      this.#answering.delete(input)
    }
  }

  #deviation(teacher: Teacher, answer: Expression, plan: ExperimentPlan | undefined): NamedAtom {
    const atom = atomOf(answer)
    const sumsToOne = atom?.kind === 'symbol' && atom.total === 1
    const presented = plan?.present.find((each) => each.input === teacher.name)
    // Classes are answered by probabilities and taught by them: what departs sums to 0.
    const sums = sumsToOne && presented?.encoding === 'one_hot' ? { total: 0 } : {}
    const name = this.#explained.teachers.length > 1 ? `${teacher.population.name}.d` : 'd'
    const symbol = this.algebra.symbol(name, 'deviation', answer.shape, sums)
    const made = atomOf(symbol) as NamedAtom
    this.deviations.push({ teacher, answer, symbol: made })
    return made
  }

  #settle(variable: string, value: Expression): Expression {
    if (isZero(value) || !this.isZero(value)) return value
    const weights = new Set<string>()
    const parameters = new Set<string>()
    visitAtoms(value, (atom) => {
      if (atom.kind !== 'symbol') return
      if (atom.role === 'weight') weights.add(atom.name)
      if (atom.role === 'parameter') parameters.add(atom.name)
    })
    // What weights alone are is no fact of the circuit at rest.
    this.#facts.set(variable, {
      variable,
      value,
      weights: [...weights],
      parameters: [...parameters],
    })
    return this.algebra.number(0, value.shape)
  }
}

const plain = (algebra: Algebra, value: Expression, rows: Reading['rows']): Reading => ({
  series: constant(algebra, value),
  rows,
})
