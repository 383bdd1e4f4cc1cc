/**
 * The value of a rule's expression at a synapse, as a sum of terms: each a product of a postsynaptic
 * part [examples, post], a presynaptic part [examples, pre], a part of the weight's own shape, and a
 * scalar.
 */
import type { Expression, PlasticityItem, Span } from '../../../grammar/ast.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import { elementwise, runTimeName } from '../../model/builtins.ts'
import { didYouMean, evaluate } from '../../model/evaluate.ts'
import type { Convolution, Instance, Population } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import { binaryFunctions, lowerReduction } from '../circuit/expressions.ts'
import { mapCounted, runTime } from '../circuit/step-counts.ts'
import { scalarValue } from '../scalars.ts'

/** A product; absent parts are 1. */
export interface Term {
  readonly post?: ValueId
  readonly pre?: ValueId
  readonly weight?: ValueId
  readonly scalar?: ValueId
}

export type Part = 'post' | 'pre' | 'weight' | 'scalar'

/** What a rule can read: a synapse (or one branch's synapses), or a bias. */
export interface Site {
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

type Builder = LowerContext['builder']

export function multiply(
  builder: Builder,
  a: ValueId | undefined,
  b: ValueId | undefined,
): ValueId | undefined {
  if (a === undefined) return b
  return b === undefined ? a : builder.map('mul', a, b)
}

/** The product of two sums of terms. */
export function product(
  builder: Builder,
  left: readonly Term[],
  right: readonly Term[],
): readonly Term[] {
  return left.flatMap((a) =>
    right.map((b) => {
      const both: Record<string, ValueId> = {}
      for (const part of ['post', 'pre', 'weight', 'scalar'] as const) {
        const value = multiply(builder, a[part], b[part])
        if (value !== undefined) both[part] = value
      }
      return both
    }),
  )
}

export class RuleLowering {
  readonly #circuit: CircuitLowering
  readonly #site: Site
  readonly #state: ReadTrace
  readonly #bindings = new Map<string, readonly Term[] | undefined>()
  readonly #running = new Set<string>()

  constructor(circuit: CircuitLowering, site: Site, state: ReadTrace) {
    this.#circuit = circuit
    this.#site = site
    this.#state = state
  }

  lower(expression: Expression): readonly Term[] | undefined {
    const { builder, diagnostics } = this.#circuit.context
    switch (expression.kind) {
      case 'Name':
        return this.#name(expression.name, expression.span)
      case 'Member':
        return this.#member(expression)
      case 'Unary': {
        const operand = this.lower(expression.operand)
        if (expression.operator === 'not')
          return operand && this.#apply('not', [operand], expression.span)
        return operand?.map((term) => this.#scale(term, builder.constant(-1)))
      }
      case 'Binary': {
        const left = this.lower(expression.left)
        const right = this.lower(expression.right)
        if (!left || !right) return undefined
        return this.#binary(expression.operator, left, right, expression.span)
      }
      case 'Conditional': {
        const parts = [expression.test, expression.then, expression.otherwise].map((each) =>
          this.lower(each),
        )
        const known = parts.filter((each) => each !== undefined)
        return known.length < 3 ? undefined : this.#apply('select', known, expression.span)
      }
      case 'Call':
        return this.#call(expression)
      case 'ErrorExpression':
        return undefined
      default: {
        const value = evaluate(diagnostics, this.#site.rule.scope, expression)
        if (value?.kind !== 'number' && value?.kind !== 'boolean') return undefined
        return [{ scalar: scalarValue(builder, this.#circuit.context.freedom, value) }]
      }
    }
  }

  #name(name: string, span: Span): readonly Term[] | undefined {
    const site = this.#site
    const { builder, diagnostics, freedom } = this.#circuit.context
    const members = site.rule.item.members
    const binding = members.find((each) => each.kind === 'Equation' && each.name.name === name)
    if (binding?.kind === 'Equation' && name !== 'dw')
      return this.#binding(name, binding.value, span)
    if (members.some((each) => each.kind === 'State' && each.name.name === name))
      return this.#state(name)
    switch (name) {
      case 'w': {
        const weight = site.weight()
        return weight === undefined ? undefined : [{ weight: this.#ownColumns(weight) }]
      }
      case 'sent': {
        const value = site.sent?.(this.#circuit)
        if (!site.sent) return this.#unknown(name, span)
        return value === undefined ? undefined : this.#presynaptic(value)
      }
      case 'sign':
        return [{ scalar: builder.constant(site.sign) }]
      case 'inputs':
        return [{ scalar: builder.constant(site.inputs) }]
      case 'branch_inputs':
        return [{ scalar: builder.constant(site.branchInputs) }]
      case 'batch_size':
        return [{ scalar: builder.batch() }]
      default: {
        const entry = site.rule.scope.lookUp(name)
        if (entry?.kind === 'number' || entry?.kind === 'boolean') {
          const value = evaluate(diagnostics, site.rule.scope, { kind: 'Name', name, span })
          if (value?.kind !== 'number' && value?.kind !== 'boolean') return undefined
          return [{ scalar: scalarValue(builder, freedom, value) }]
        }
        if (!entry && site.rule.scope.knows(name)) return undefined
        const { clock } = this.#circuit.context
        if (!entry && name === runTimeName && clock)
          return [{ scalar: runTime(builder, clock.step) }]
        return this.#unknown(name, span)
      }
    }
  }

  #unknown(name: string, span: Span): undefined {
    const rule = this.#site.rule.item.name.name
    const known = [
      'w',
      'pre',
      'post',
      'sent',
      'sign',
      'inputs',
      'branch_inputs',
      'batch_size',
      ...this.#site.rule.scope.names(),
    ]
    return this.#circuit.context.diagnostics.report(
      'notLocal',
      span,
      { rule, name },
      { hint: didYouMean(name, known) },
    )
  }

  #binding(name: string, value: Expression, span: Span): readonly Term[] | undefined {
    if (this.#bindings.has(name)) return this.#bindings.get(name)
    if (this.#running.has(name)) {
      return this.#circuit.context.diagnostics.report('cycle', span, {
        cycle: `\`${name}\` needs itself`,
      })
    }
    this.#running.add(name)
    const terms = this.lower(value)
    this.#bindings.set(name, terms)
    return terms
  }

  #member(expression: Expression & { readonly kind: 'Member' }): readonly Term[] | undefined {
    const site = this.#site
    const circuit = this.#circuit
    const { object, member, span } = expression
    const inPhase = this.#inPhase(expression)
    if (inPhase !== 'unknown') return inPhase
    const side = object.kind === 'Name' ? object.name : ''
    const population = side === 'post' ? site.post : side === 'pre' ? site.pre : undefined
    if (!population)
      return this.#unknown(object.kind === 'Name' ? `${side}.${member.name}` : 'this', span)
    const compartment = population.cell.compartments.find((each) => each.name === member.name)
    if (side === 'post' && compartment && site.branch !== undefined && compartment.branches > 1) {
      const value = circuit.branch(population, compartment, site.branch)
      return value === undefined ? undefined : this.#classify('post', value)
    }
    const value = circuit.variable(population, member.name, span)
    if (value === undefined) return undefined
    if (value !== 'unknown')
      return side === 'post' ? this.#classify('post', value) : this.#presynaptic(value)
    const entry = population.cell.scope.lookUp(member.name)
    if (entry?.kind === 'number' || entry?.kind === 'boolean') {
      return [{ scalar: scalarValue(circuit.context.builder, circuit.context.freedom, entry) }]
    }
    // A parameter whose value could not be found: that was reported.
    if (!entry && population.cell.scope.knows(member.name)) return undefined
    const { cell } = population
    const names = [...cell.equations, ...cell.compartments, ...cell.inputs, ...cell.biases].map(
      (each) => each.name,
    )
    return circuit.context.diagnostics.report(
      'unknownMember',
      member.span,
      { owner: `\`${population.name}\` (cell ${cell.name})`, kind: 'variable', name: member.name },
      { hint: didYouMean(member.name, names) },
    )
  }

  /** `predict.post.b`, `predict.sent`: what the synapse sensed in a phase; 'unknown' for all else. */
  #inPhase({
    object,
    member,
    span,
  }: Expression & { readonly kind: 'Member' }): readonly Term[] | undefined | 'unknown' {
    const { phase } = this.#circuit.context
    const root = object.kind === 'Member' ? object.object : object
    if (!phase || root.kind !== 'Name' || root.name === 'post' || root.name === 'pre')
      return 'unknown'
    const circuit = phase.circuit(root.name, span)
    if (circuit === undefined || circuit === 'unknown') return circuit
    const other = new RuleLowering(circuit, this.#site, this.#state)
    if (object.kind === 'Member')
      return other.#member({ ...object, object: { ...object.member, kind: 'Name' }, member, span })
    return member.name === 'sent'
      ? other.#name(member.name, span)
      : this.#unknown(`${root.name}.${member.name}`, span)
  }

  #classify(part: 'post' | 'pre', value: ValueId): readonly Term[] {
    return this.#circuit.context.builder.shapeOf(value).length === 0
      ? [{ scalar: value }]
      : [{ [part]: value }]
  }

  /** A presynaptic value, restricted to the units of this branch. */
  #presynaptic(value: ValueId): readonly Term[] {
    const { builder } = this.#circuit.context
    const { range, pre } = this.#site
    const shape = builder.shapeOf(value)
    if (!range || shape.length === 0 || shape.at(-1) !== pre?.size)
      return this.#classify('pre', value)
    return [{ pre: builder.slice(value, shape.length - 1, range[0], range[1]) }]
  }

  #ownColumns(weight: ValueId): ValueId {
    const { range } = this.#site
    return range ? this.#circuit.context.builder.slice(weight, 1, range[0], range[1]) : weight
  }

  #scale(term: Term, factor: ValueId): Term {
    const { builder } = this.#circuit.context
    return { ...term, scalar: multiply(builder, term.scalar, factor) ?? factor }
  }

  #binary(
    operator: string,
    left: readonly Term[],
    right: readonly Term[],
    span: Span,
  ): readonly Term[] | undefined {
    const { builder } = this.#circuit.context
    switch (operator) {
      case '*':
        return product(builder, left, right)
      case '/': {
        const [divisor] = right
        if (!divisor || right.length > 1) return this.#apply('div', [left, right], span)
        return left.map((a) => {
          const quotient: Record<string, ValueId> = {}
          for (const part of ['post', 'pre', 'weight', 'scalar'] as const) {
            const below = divisor[part]
            const above = a[part] ?? (below === undefined ? undefined : builder.constant(1))
            if (above !== undefined)
              quotient[part] = below === undefined ? above : builder.map('div', above, below)
          }
          return quotient
        })
      }
      case '+':
      case '-': {
        const same = this.single([left, right])
        if (same) return this.#apply(operator === '+' ? 'add' : 'sub', [left, right], span)
        const negated =
          operator === '+' ? right : right.map((term) => this.#scale(term, builder.constant(-1)))
        return [...left, ...negated]
      }
      default: {
        const fn = binaryFunctions[operator]
        return fn === undefined ? undefined : this.#apply(fn, [left, right], span)
      }
    }
  }

  /** The one part that all values are made of, besides scalars; undefined if there are several. */
  single(values: readonly (readonly Term[])[]): Part | undefined {
    const parts = new Set<Part>()
    for (const term of values.flat()) {
      for (const part of ['post', 'pre', 'weight'] as const)
        if (term[part] !== undefined) parts.add(part)
    }
    if (parts.size > 1) return undefined
    return [...parts][0] ?? 'scalar'
  }

  /** An element-wise function of values that live on one side of the synapse. */
  #apply(
    fn: MapFunction,
    args: readonly (readonly Term[])[],
    span: Span,
  ): readonly Term[] | undefined {
    const { builder, diagnostics } = this.#circuit.context
    const part = this.single(args)
    if (!part) return diagnostics.report('ruleForm', span)
    const values = args.map((terms) => this.collapse(terms, part))
    const step = this.#circuit.context.clock?.step
    return [{ [part]: mapCounted(builder, step, fn, values) }]
  }

  /** The sum of terms that are made of one part. */
  collapse(terms: readonly Term[], part: Part): ValueId {
    const { builder } = this.#circuit.context
    let total: ValueId | undefined
    for (const term of terms) {
      const value =
        multiply(builder, part === 'scalar' ? undefined : term[part], term.scalar) ??
        builder.constant(1)
      total = total === undefined ? value : builder.map('add', total, value)
    }
    return total ?? builder.constant(0)
  }

  #call(expression: Expression & { readonly kind: 'Call' }): readonly Term[] | undefined {
    const { builder, diagnostics } = this.#circuit.context
    const name = expression.callee.kind === 'Name' ? expression.callee.name : ''
    if (name === 'prev') return this.#prev(expression)
    const args: (readonly Term[])[] = []
    for (const argument of expression.args) {
      const value = this.lower(argument.value)
      if (!value) return undefined
      args.push(value)
    }
    const map = elementwise.get(name)
    if (map && args.length === map.arity) return this.#apply(map.fn, args, expression.span)
    const [first, low, high] = args
    if (name === 'clip' && first && low && high) {
      const raised = this.#apply('max', [first, low], expression.span)
      return raised && this.#apply('min', [raised, high], expression.span)
    }
    if (
      first &&
      args.length === 1 &&
      ['sum', 'mean', 'variance', 'std', 'max_of', 'min_of'].includes(name)
    ) {
      const part = this.single([first])
      if (!part || part === 'weight') return diagnostics.report('ruleForm', expression.span)
      return [{ [part]: lowerReduction(builder, name, this.collapse(first, part)) }]
    }
    return diagnostics.report(
      'unknownName',
      expression.callee.span,
      { kind: 'function for rules', name },
      {
        hint: didYouMean(name, [...elementwise.keys(), 'clip', 'mean', 'sum']),
      },
    )
  }

  /** What lives on one side of the synapse, a step ago; at first 0, or what is given. */
  #prev(expression: Expression & { readonly kind: 'Call' }): readonly Term[] | undefined {
    const { context, memories } = this.#circuit
    const [of, first] = expression.args
    const terms = of && this.lower(of.value)
    if (!terms) return undefined
    const part = this.single([terms])
    if (!part || !context.clock) return context.diagnostics.report('ruleForm', expression.span)
    const value = this.collapse(terms, part)
    const begin = first && evaluate(context.diagnostics, this.#site.rule.scope, first.value)
    const { start, end } = expression.span
    const kept = memories.keep(
      `${this.#site.name}, ${start} to ${end} before`,
      partShape(this.#circuit, this.#site, part),
      ({ builder, freedom }) =>
        begin?.kind === 'number' ? scalarValue(builder, freedom, begin) : builder.constant(0),
      () => value,
    )
    return [{ [part === 'scalar' ? 'post' : part]: kept }]
  }
}

/** The shape of what is kept of one part of a synapse; of what is one for all, one for each cell. */
export function partShape({ context }: CircuitLowering, site: Site, part: Part): readonly number[] {
  const examples = context.clock?.examples ?? 1
  const pre = site.range?.[1] ?? site.pre?.size ?? site.post.size
  if (part === 'weight') return site.paired ? [site.post.size] : [site.post.size, pre]
  return [examples, part === 'pre' ? pre : site.post.size]
}
