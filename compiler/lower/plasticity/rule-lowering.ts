/** The value of a rule's expression at a synapse, as a sum of terms (`terms.ts`). */
import type { BinaryOperator, Expression, PlasticityItem, Span } from '../../../grammar/ast.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import type { Environment } from '../../model/bind/environment.ts'
import { bindingsBelow } from '../../model/bind/local-bindings.ts'
import type { CellVariable, LocalVariable } from '../../model/bind/reference.ts'
import { elementwise } from '../../model/builtins.ts'
import type { Convolution, Instance, Population } from '../../model/model.ts'
import { booleanValue, numberValue } from '../../model/values.ts'
import { lookUpUnit } from '../../model/units.ts'
import { lowerReduction } from '../circuit/builtins.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { binaryFunctions, deepestBinding, functionOf, timeOf } from '../circuit/expressions.ts'
import { mapCounted } from '../circuit/step-counts.ts'
import { scalarValue } from '../scalars.ts'
import {
  collapse,
  product,
  quotient,
  scale,
  singlePart,
  type Part,
  type Term,
  partsOf,
} from './terms.ts'

/** What learns by a rule: the synapses of a connection (or of one branch), or a bias. */
export interface Learner {
  /** Traces are kept under it: `W[0]`. */
  readonly name: string
  readonly rule: Instance<PlasticityItem>
  readonly post: Population
  readonly pre?: Population
  /** Presynaptic units of this branch, as [start, size]. */
  readonly range?: readonly [number, number]
  readonly branch?: number
  readonly weight: () => ValueId | undefined
  /** What the terminal released, in one phase of the model. */
  readonly sent?: (circuit: CircuitLowering) => ValueId | undefined
  readonly sign: number
  readonly inputs: number
  readonly branchInputs: number
  /** Pre and post are the same axis. */
  readonly paired: boolean
  /** Pairs of units share the weights of a kernel. */
  readonly convolution?: Convolution
  /** The units of a channel share the bias. */
  readonly shared?: boolean
}

/** What a trace stands for where an expression is read; undefined after a report. */
export type ReadTrace = (name: string) => readonly Term[] | undefined

export class RuleLowering {
  readonly #circuit: CircuitLowering
  readonly #learner: Learner
  readonly #environment: Environment
  readonly #trace: ReadTrace
  readonly #bindings = new Map<LocalVariable, readonly Term[] | undefined>()
  /** How many bindings wait for one another. */
  #waiting = 0

  constructor(circuit: CircuitLowering, learner: Learner, trace: ReadTrace) {
    this.#circuit = circuit
    this.#learner = learner
    this.#trace = trace
    const { rule, pre, post } = learner
    this.#environment = circuit.context.bound.environments.rule(rule, pre, post)
  }

  get #builder(): CircuitLowering['context']['builder'] {
    return this.#circuit.context.builder
  }

  lower(expression: Expression): readonly Term[] | undefined {
    const { freedom } = this.#circuit.context
    const scalar = (value: Parameters<typeof scalarValue>[2]): readonly Term[] => [
      { scalar: scalarValue(this.#builder, freedom, value) },
    ]
    switch (expression.kind) {
      case 'NumberLiteral': {
        const unit = expression.unit && lookUpUnit(expression.unit.name)
        return scalar(numberValue(expression.value * (unit?.scale ?? 1)))
      }
      case 'BooleanLiteral':
        return scalar(booleanValue(expression.value))
      case 'Unary': {
        const operand = this.lower(expression.operand)
        if (expression.operator === 'not')
          return operand && this.#apply('not', [operand], expression.span)
        return operand?.map((term) => scale(this.#builder, term, this.#builder.constant(-1)))
      }
      case 'Binary': {
        const left = this.lower(expression.left)
        const right = this.lower(expression.right)
        if (!left || !right) return undefined
        return this.#binary(expression.operator, left, right, expression.span)
      }
      case 'Conditional': {
        const all = [expression.test, expression.then, expression.otherwise].map((each) =>
          this.lower(each),
        )
        const known = all.filter((each) => each !== undefined)
        return known.length < 3 ? undefined : this.#apply('select', known, expression.span)
      }
      case 'Call':
        return this.#call(expression)
      case 'Name':
      case 'Member':
      case 'Index':
      case 'List':
      case 'StringLiteral':
      case 'Spread':
      case 'Range': {
        const { references } = this.#circuit.context.bound
        const reference = references.of(this.#environment, expression)
        switch (reference.kind) {
          case 'value':
            return scalar(reference.value)
          case 'cell':
            return this.#ofCell(reference, expression.span)
          case 'local':
            return this.#local(reference.variable, reference.phase, expression.span)
          case 'time': {
            const { context } = this.#circuit
            const time = timeOf(context, { environment: this.#environment }, expression)
            return time === undefined ? undefined : [{ scalar: time }]
          }
          case 'path':
          case 'function':
          // Noise stands in the equations of cells and terminals alone.
          case 'noise':
          case 'unknown':
            return undefined
        }
        return undefined
      }
      case 'ErrorExpression':
        return undefined
    }
  }

  /** The weight itself, as a rule reads it. */
  weight(): readonly Term[] | undefined {
    const weight = this.#learner.weight()
    return weight === undefined ? undefined : [{ weight: this.#ownColumns(weight) }]
  }

  /** A name of the rule, or of what it senses; of `sent` as it was in a phase. */
  #local(
    variable: LocalVariable,
    phase: string | undefined,
    span: Span,
  ): readonly Term[] | undefined {
    const learner = this.#learner
    const builder = this.#builder
    const { references } = this.#circuit.context.bound
    if (variable.kind === 'trace') return this.#trace(variable.name)
    if (variable.kind === 'binding') {
      if (!this.#bindings.has(variable)) {
        // What needs itself was reported.
        this.#bindings.set(variable, undefined)
        this.#waiting++
        if (this.#waiting === deepestBinding)
          for (const each of bindingsBelow(references, this.#environment, variable))
            this.#local(each, undefined, span)
        this.#bindings.set(variable, variable.value && this.lower(variable.value))
        this.#waiting--
      }
      return this.#bindings.get(variable)
    }
    if (variable.kind !== 'given') return undefined
    switch (variable.given) {
      case 'w':
        return this.weight()
      case 'sent': {
        const circuit = this.#in(phase, span)
        const value = circuit && learner.sent?.(circuit)
        return value === undefined ? undefined : this.#presynaptic(value)
      }
      case 'sign':
        return [{ scalar: builder.constant(learner.sign) }]
      case 'inputs':
        return [{ scalar: builder.constant(learner.inputs) }]
      case 'branch_inputs':
        return [{ scalar: builder.constant(learner.branchInputs) }]
      case 'batch_size':
        return [{ scalar: builder.batch() }]
      case 'input':
      case 'signal':
        return undefined
    }
  }

  /** The circuit in a phase; as it is now where none is named. */
  #in(phase: string | undefined, span: Span): CircuitLowering | undefined {
    return phase === undefined ? this.#circuit : this.#circuit.context.phase?.circuit(phase, span)
  }

  /** `post.e`, `predict.pre.e`; of a branched compartment the synapse's own branch. */
  #ofCell(
    {
      of,
      variable,
      phase,
    }: {
      readonly of: 'self' | 'pre' | 'post'
      readonly variable: CellVariable
      readonly phase?: string
    },
    span: Span,
  ): readonly Term[] | undefined {
    const { post, pre, branch } = this.#learner
    const circuit = this.#in(phase, span)
    const population = of === 'pre' ? pre : post
    if (!circuit || !population) return undefined
    const onBranch =
      of === 'post' &&
      branch !== undefined &&
      variable.kind === 'compartment' &&
      variable.compartment.branches > 1
    const value = onBranch
      ? circuit.branch(population, variable.compartment, branch)
      : circuit.value(population, variable)
    if (value === undefined) return undefined
    return of === 'pre' ? this.#presynaptic(value) : this.#classify('post', value)
  }

  #classify(part: 'post' | 'pre', value: ValueId): readonly Term[] {
    return this.#builder.shapeOf(value).length === 0 ? [{ scalar: value }] : [{ [part]: value }]
  }

  /** A presynaptic value, restricted to the units of this branch. */
  #presynaptic(value: ValueId): readonly Term[] {
    const { range, pre } = this.#learner
    const shape = this.#builder.shapeOf(value)
    if (!range || shape.length === 0 || shape.at(-1) !== pre?.size)
      return this.#classify('pre', value)
    return [{ pre: this.#builder.slice(value, shape.length - 1, range[0], range[1]) }]
  }

  #ownColumns(weight: ValueId): ValueId {
    const { range } = this.#learner
    return range ? this.#builder.slice(weight, 1, range[0], range[1]) : weight
  }

  #binary(
    operator: BinaryOperator,
    left: readonly Term[],
    right: readonly Term[],
    span: Span,
  ): readonly Term[] | undefined {
    const builder = this.#builder
    switch (operator) {
      case '*':
        return product(builder, left, right)
      case '/': {
        const [divisor] = right
        if (!divisor || right.length > 1) return this.#apply('div', [left, right], span)
        return quotient(builder, left, divisor)
      }
      case '+':
      case '-': {
        if (singlePart([left, right]))
          return this.#apply(operator === '+' ? 'add' : 'sub', [left, right], span)
        const negated =
          operator === '+' ? right : right.map((term) => scale(builder, term, builder.constant(-1)))
        return [...left, ...negated]
      }
      // A product of weights has no place in a rule; that was reported.
      case '@':
        return undefined
      default:
        return this.#apply(binaryFunctions[operator], [left, right], span)
    }
  }

  /** An element-wise function of values that live on one side of the synapse. */
  #apply(
    fn: MapFunction,
    args: readonly (readonly Term[])[],
    span: Span,
  ): readonly Term[] | undefined {
    const part = singlePart(args)
    if (!part) {
      return this.#circuit.context.diagnostics.report('ruleForm', span, { parts: partsOf(args) })
    }
    const values = args.map((terms) => collapse(this.#builder, terms, part))
    const step = this.#circuit.context.clock?.step
    return [{ [part]: mapCounted(this.#builder, step, fn, values) }]
  }

  #call(expression: Expression & { readonly kind: 'Call' }): readonly Term[] | undefined {
    const { diagnostics } = this.#circuit.context
    const fn = functionOf(
      this.#circuit.context,
      { environment: this.#environment },
      expression.callee,
    )
    if (fn?.kind !== 'builtin') return undefined
    const { name } = fn
    if (name === 'prev') return this.#prev(expression)
    const args: (readonly Term[])[] = []
    for (const argument of expression.args) {
      const value = this.lower(argument.value)
      if (!value) return undefined
      args.push(value)
    }
    const map = elementwise.get(name)
    if (map) return this.#apply(map.fn, args, expression.span)
    const [first, low, high] = args
    if (name === 'clip' && first && low && high) {
      const raised = this.#apply('max', [first, low], expression.span)
      return raised && this.#apply('min', [raised, high], expression.span)
    }
    if (!first) return undefined
    const part = singlePart([first])
    if (!part || part === 'weight') {
      const parts = part ? 'the synapses of a cell' : partsOf([first])
      return diagnostics.report('ruleForm', expression.span, { parts })
    }
    return [{ [part]: lowerReduction(this.#builder, name, collapse(this.#builder, first, part)) }]
  }

  /** What lives on one side of the synapse, a step ago; at first 0, or what is given. */
  #prev(expression: Expression & { readonly kind: 'Call' }): readonly Term[] | undefined {
    const { context, memories } = this.#circuit
    const [of, first] = expression.args
    const terms = of && this.lower(of.value)
    if (!terms) return undefined
    const part = singlePart([terms])
    if (!part || !context.clock) {
      const parts = part ? 'values of two steps' : partsOf([terms])
      return context.diagnostics.report('ruleForm', expression.span, { parts })
    }
    const value = collapse(this.#builder, terms, part)
    const begin = first && context.bound.references.of(this.#environment, first.value)
    const { start, end } = expression.span
    const kept = memories.keep(
      `${this.#learner.name}, ${start} to ${end} before`,
      partShape(this.#circuit, this.#learner, part),
      ({ builder, freedom }) =>
        begin?.kind === 'value' ? scalarValue(builder, freedom, begin.value) : builder.constant(0),
      () => value,
    )
    return [{ [part === 'scalar' ? 'post' : part]: kept }]
  }
}

/** The shape of what is kept of one part of a synapse; of what is one for all, one for each cell. */
export function partShape(
  { context }: CircuitLowering,
  learner: Learner,
  part: Part,
): readonly number[] {
  const examples = context.clock?.examples ?? 1
  const pre = learner.range?.[1] ?? learner.pre?.size ?? learner.post.size
  if (part === 'weight') return learner.paired ? [learner.post.size] : [learner.post.size, pre]
  return [examples, part === 'pre' ? pre : learner.post.size]
}
