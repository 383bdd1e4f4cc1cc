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
import { GraphReader } from '../../compiler/analysis/from-graph.ts'
import { polynomial, type Series } from '../../compiler/analysis/series.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { IrModule } from '../../compiler/ir/ir.ts'
import { nodeAt } from '../../compiler/ir/operands.ts'
import type { ExplainedGraph, Teacher } from './graph.ts'
import type { Trial } from './trial.ts'

/** A variable that rests at 0, though its equation does not say so. */
export interface Fact {
  readonly variable: string
  /** What is 0. */
  readonly value: Expression
  /** The weights that it takes, if it is theirs; else the parameters. */
  readonly weights: readonly string[]
  readonly parameters: readonly string[]
}

/** A weight that learns. */
export interface Derived {
  readonly name: string
  readonly update?: Series
  readonly descent?: Series
  /** The change in the variables' names, as the file says it. */
  readonly change?: Expression
  /** Why there is no series. */
  readonly open?: string
}

/** The teacher with what stands for it. */
export interface Deviation {
  readonly teacher: Teacher
  /** The answer without teaching. */
  readonly answer: Expression
  /** What the teacher departs by. */
  readonly symbol: NamedAtom
}

export class Derivation {
  readonly algebra = new Algebra()
  readonly deviations: Deviation[] = []
  readonly #facts = new Map<string, Fact>()
  readonly #explained: ExplainedGraph
  readonly #trials: readonly Evaluator[]
  readonly #reader: GraphReader
  readonly #surface: GraphReader

  constructor(
    module: IrModule,
    explained: ExplainedGraph,
    trials: readonly Trial[],
    plan: ExperimentPlan | undefined,
  ) {
    this.#explained = explained
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
    const options = { weights, numbers, fixed: constantsOf(module, learning) }
    this.#reader = new GraphReader(this.algebra, explained.graph, {
      ...options,
      given: (_, node) =>
        node.op === 'input' ? this.#taught(explained, node.name, plan) : undefined,
      settle: (variable, value) => this.#settle(variable, value),
    })
    this.#surface = new GraphReader(this.algebra, explained.graph, { ...options, surface: true })
  }

  /** Facts that the derivations so far rest on. */
  get facts(): readonly Fact[] {
    return [...this.#facts.values()]
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
    const shown = typeof change === 'string' ? {} : { change }
    const series = attempt(() => this.#reader.read(update).series)
    if (typeof series === 'string') return { name, ...shown, open: series }
    const gradient =
      descent === undefined ? undefined : attempt(() => this.#reader.read(descent).series)
    if (typeof gradient === 'string') return { name, ...shown, update: series, open: gradient }
    return { name, ...shown, update: series, ...(gradient && { descent: gradient }) }
  }

  /** Whether it is 0 wherever it is tried. */
  isZero(value: Expression): boolean {
    if (isZero(value)) return true
    return this.#trials.every((trial) => isNegligible(trial, value, this.algebra))
  }

  #taught(
    explained: ExplainedGraph,
    input: string,
    plan: ExperimentPlan | undefined,
  ): ReturnType<GraphReader['read']> | undefined {
    const teacher = explained.teachers.find((each) => each.input === input)
    const value = teacher && explained.named.get(teacher.answer)
    if (!teacher || value === undefined) return undefined
    const { series, rows } = this.#reader.read(value)
    const answer = series.coefficients[0]!
    const known = this.deviations.find((each) => each.teacher === teacher)
    const symbol = known?.symbol ?? this.#deviation(teacher, answer, plan)
    return { rows, series: polynomial(this.algebra, [answer, this.algebra.ofAtom(symbol)]) }
  }

  #deviation(teacher: Teacher, answer: Expression, plan: ExperimentPlan | undefined): NamedAtom {
    const atom = atomOf(answer)
    const sumsToOne = atom?.kind === 'symbol' && atom.total === 1
    const presented = plan?.present.find((each) => each.input === teacher.name)
    // Classes are answered by probabilities and taught by them: what departs sums to 0.
    const total = sumsToOne && presented?.encoding === 'one_hot' ? { total: 0 } : {}
    const name = this.#explained.teachers.length > 1 ? `${teacher.population.name}.d` : 'd'
    const symbol = this.algebra.symbol(name, 'deviation', answer.shape, total)
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

/** Fixed weights that are one number everywhere. */
function constantsOf(module: IrModule, learning: ReadonlySet<string>): ReadonlyMap<string, number> {
  const { init, step } = module.graphs
  const written = new Set(step.stores.map(({ storage }) => storage))
  return new Map(
    init.stores.flatMap(({ storage, value }) => {
      if (written.has(storage) || learning.has(storage)) return []
      let node = nodeAt(init.nodes, value)
      while (node.op === 'broadcast' || node.op === 'reshape') {
        node = nodeAt(init.nodes, node.args[0])
      }
      return node.op === 'const' ? [[storage, node.value] as const] : []
    }),
  )
}

/** Whether a value is rounding beside the terms that it is made of. */
function isNegligible(trial: Evaluator, value: Expression, algebra: Algebra): boolean {
  const size = (each: Expression): number =>
    trial.value(each).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const whole = size(value)
  if (whole === 0) return true
  const parts = algebra.expanded(value)?.map((term) => size(algebra.ofTerm(term))) ?? [1]
  return whole < 1e-9 * Math.max(...parts)
}
