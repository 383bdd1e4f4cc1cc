/** The value of a rule's expression at a synapse, as a sum of terms (`terms.ts`). */
import type { BinaryOperator, Expression, Span } from '../../../grammar/ast.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import { operatorFunctions } from '../../model/operators.ts'
import type { Environment } from '../../model/bind/environment.ts'
import { bindingsBelow } from '../../model/bind/local-bindings.ts'
import type { CellVariable, LocalVariable } from '../../model/bind/reference.ts'
import { draws, elementwise, temporal } from '../../model/builtins.ts'
import type { FunctionValue } from '../../model/model.ts'
import { takenBy } from '../../model/named-arguments.ts'
import { booleanValue, numberValue } from '../../model/values.ts'
import { lookUpUnit } from '../../model/units.ts'
import { lowerReduction } from '../circuit/builtins.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { functionOf } from '../circuit/compared-since.ts'
import { deepestBinding, timeOf } from '../circuit/expressions.ts'
import { mapCounted } from '../circuit/step-counts.ts'
import { noLowering } from '../context.ts'
import { equationScalar } from '../scalars.ts'
import { contract } from './contract.ts'
import type { Learner } from './learner.ts'
import { pairPart, valueIn } from './pairwise.ts'
import { isPresented, presentedNow, sincePresented } from '../circuit/presented.ts'
import { modulatorTerms } from './modulators.ts'
import { lowerDraw } from './rule-draws.ts'
import { lookBack, stateBefore } from './rule-past.ts'
import { lowerTotal } from './totals.ts'
import { collapse, product, quotient, scale, singlePart, type Term, partsOf } from './terms.ts'

/** What a trace stands for where an expression is read; undefined after a report. */
export type ReadTrace = (name: string) => readonly Term[] | undefined

/** The inside of a function that a rule calls: what its parameters are in one call. */
interface Inside {
  readonly environment: Environment
  readonly values: ReadonlyMap<LocalVariable, readonly Term[]>
}

interface Options {
  readonly keeps?: boolean
  readonly inside?: Inside
  readonly past?: ReadTrace
}

export class RuleLowering {
  readonly #circuit: CircuitLowering
  readonly #learner: Learner
  readonly #environment: Environment
  readonly #trace: ReadTrace
  readonly #inside: Inside | undefined
  readonly #keeps: boolean
  readonly #past: ReadTrace | undefined
  readonly #bindings = new Map<LocalVariable, readonly Term[] | undefined>()
  /** How many bindings wait for one another. */
  #waiting = 0

  /** `keeps`: looks back are kept; false where only the parts of terms are asked for. `past`: a trace before the step. */
  constructor(
    circuit: CircuitLowering,
    learner: Learner,
    trace: ReadTrace,
    { keeps = true, inside, past }: Options = {},
  ) {
    this.#circuit = circuit
    this.#learner = learner
    this.#trace = trace
    this.#keeps = keeps
    this.#past = past
    this.#inside = inside
    const { rule, pre, post } = learner
    this.#environment =
      inside?.environment ?? circuit.context.bound.environments.rule(rule, pre, post)
  }

  get #builder(): CircuitLowering['context']['builder'] {
    return this.#circuit.context.builder
  }

  lower(expression: Expression): readonly Term[] | undefined {
    const scalar = (value: Parameters<typeof equationScalar>[1]): readonly Term[] => [
      { scalar: equationScalar(this.#circuit.context, value) },
    ]
    switch (expression.kind) {
      case 'NumberLiteral': {
        const unit = expression.unit && lookUpUnit(expression.unit.name)
        return scalar(numberValue(expression.value * (unit?.scale ?? 1), unit?.dimension))
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
            return this.#scalar(timeOf(context, { environment: this.#environment }, expression))
          }
          case 'presented':
            return this.#scalar(presentedNow(this.#circuit.context, this.#environment, expression))
          case 'path':
          case 'function':
          // These stand in the equations of cells and terminals alone.
          case 'evaluating':
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

  #scalar(value: ValueId | undefined): readonly Term[] | undefined {
    return value === undefined ? undefined : [{ scalar: value }]
  }

  /** Whether it is the word `presented`. */
  isPresented(expression: Expression): boolean {
    return isPresented(this.#circuit.context, this.#environment, expression)
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
    if (variable.kind === 'modulator') return modulatorTerms(this.#circuit, variable.modulator)
    if (variable.kind === 'parameter') return this.#inside?.values.get(variable)
    if (variable.kind !== 'given') return undefined
    switch (variable.given) {
      case 'w':
        return this.weight()
      case 'sent': {
        const circuit = this.#in(phase, span)
        const late = learner.synapses?.late
        if (circuit && late) return this.#synaptic(late(circuit))
        const value = circuit && learner.sent?.(circuit)
        return value === undefined ? undefined : this.#presynaptic(value)
      }
      case 'backprop': {
        const change = learner.backprop?.()
        return change === undefined ? undefined : [{ weight: change }]
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
    return this.#onSide(of, value)
  }

  #onSide(of: 'self' | 'pre' | 'post', value: ValueId): readonly Term[] {
    return of === 'pre' ? this.#presynaptic(value) : this.#classify('post', value)
  }

  #classify(part: 'post' | 'pre', value: ValueId): readonly Term[] {
    return this.#builder.shapeOf(value).length === 0 ? [{ scalar: value }] : [{ [part]: value }]
  }

  /** What each synapse has in each example; of one example, as the weight is kept. */
  #synaptic(value: ValueId | undefined): readonly Term[] | undefined {
    if (value === undefined) return undefined
    const [examples, ...own] = this.#builder.shapeOf(value)
    return examples === 1 ? [{ weight: this.#builder.reshape(value, own) }] : [{ synapse: value }]
  }

  /** A presynaptic value, restricted to the units of this branch. */
  #presynaptic(value: ValueId): readonly Term[] {
    const { range, pre, synapses } = this.#learner
    const shape = this.#builder.shapeOf(value)
    if (!range || synapses || shape.length === 0 || shape.at(-1) !== pre?.size)
      return this.#classify('pre', value)
    return [{ pre: this.#builder.slice(value, shape.length - 1, range[0], range[1]) }]
  }

  #ownColumns(weight: ValueId): ValueId {
    const { range, synapses } = this.#learner
    return range && !synapses ? this.#builder.slice(weight, 1, range[0], range[1]) : weight
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
        return this.#apply(operatorFunctions[operator], [left, right], span)
    }
  }

  /** An element-wise function: of values that live on one side of the synapse, or of each pair of cells. */
  #apply(
    fn: MapFunction,
    args: readonly (readonly Term[])[],
    span: Span,
  ): readonly Term[] | undefined {
    const { context } = this.#circuit
    const single = singlePart(args)
    if (!single && this.#learner.convolution) {
      const construct = `A function of ${partsOf(args)}, where synapses share a kernel,`
      return noLowering(context, span, construct)
    }
    const part = single ?? pairPart(context, this.#learner)
    const values = args.map((terms) => valueIn(context, this.#learner, terms, part))
    const step = context.clock?.step
    return [{ [part]: mapCounted(this.#builder, step, fn, values) }]
  }

  #call(expression: Expression & { readonly kind: 'Call' }): readonly Term[] | undefined {
    const { diagnostics } = this.#circuit.context
    const fn = functionOf(
      this.#circuit.context,
      { environment: this.#environment },
      expression.callee,
    )
    if (fn?.kind === 'function') return this.#defined(fn, expression)
    if (fn?.kind !== 'builtin') return undefined
    const { name } = fn
    const [circuit, learner, keeps] = [this.#circuit, this.#learner, this.#keeps]
    if (temporal.has(name)) {
      const of = expression.args[0]?.value
      if (name === 'since' && of && this.isPresented(of))
        return this.#scalar(sincePresented(this.#circuit.context, this.#environment, of))
      const place = { circuit, learner, environment: this.#environment }
      const isOfState = name === 'prev' && of && !expression.args[1]
      const state = isOfState ? stateBefore(place, of, this.#past) : undefined
      if (state) return 'terms' in state ? state.terms : this.#onSide(state.of, state.value)
      const terms = of && this.lower(of)
      return terms && lookBack({ ...place, keeps }, name, expression, terms)
    }
    if (name === 'total')
      return lowerTotal(this.#circuit.context, this.#learner, expression, (of) => this.lower(of))
    const args: (readonly Term[])[] = []
    for (const argument of expression.args) {
      const value = this.lower(argument.value)
      if (!value) return undefined
      args.push(value)
    }
    if (draws.has(name)) return lowerDraw({ circuit, learner, keeps }, name, expression, args)
    const map = elementwise.get(name)
    if (map) return this.#apply(map.fn, args, expression.span)
    const [first, low, high] = args
    if (name === 'clip' && first && low && high) {
      const raised = this.#apply('max', [first, low], expression.span)
      return raised && this.#apply('min', [raised, high], expression.span)
    }
    // A rule has no gradient.
    if (!first || name === 'stop') return first
    if (name === 'batch_mean')
      return [{ weight: contract(this.#circuit.context, this.#learner, first) }]
    const part = singlePart([first])
    if (!part || part === 'weight' || part === 'synapse') {
      return diagnostics.report('ruleForm', expression.span, { name, parts: partsOf([first]) })
    }
    return [{ [part]: lowerReduction(this.#builder, name, collapse(this.#builder, first, part)) }]
  }

  /** A function written in .ccn: what it stands for, of these terms. */
  #defined(
    fn: FunctionValue,
    call: Expression & { readonly kind: 'Call' },
  ): readonly Term[] | undefined {
    const { body } = this.#circuit.context.bound.environments.function(fn)
    const values = new Map<LocalVariable, readonly Term[]>()
    const inside = { environment: body, values }
    const keeps = this.#keeps
    const inner = new RuleLowering(this.#circuit, this.#learner, this.#trace, { keeps, inside })
    const { parameters } = fn.definition
    for (const [i, taken] of takenBy(call, fn.definition).entries()) {
      const variable = body.variables.get(parameters[i]?.name.name ?? '')
      const { argument, standard } = taken ?? {}
      const value = argument ? this.lower(argument.value) : standard && inner.lower(standard)
      if (!value || variable?.kind !== 'parameter') return undefined
      values.set(variable, value)
    }
    return inner.lower(fn.definition.result)
  }
}
