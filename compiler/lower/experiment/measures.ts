/**
 * Measures: single numbers of a training step. Angles and norms compare weights after the step,
 * the changes that rules ask for, and the changes that backprop would make; statistics are over the
 * examples and units of any variable.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { MeasurePlan } from '../../../contract/plan.ts'
import type { Shape, ValueId } from '../../ir/ir.ts'
import { didYouMean } from '../../model/evaluate.ts'
import { measureHint } from '../../model/statement-hints.ts'
import type { Connection, Scope } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { originOf, examplesOf, type WeightElement } from '../context.ts'
import { answering, wrongAnswers } from './answers.ts'
import { FigureUnits } from './figure-units.ts'
import type { ResolvedExperiment } from './experiment.ts'
import { populationsOf } from '../plasticity/learnables.ts'
import { lowerExpression, type Place } from '../circuit/expressions.ts'
import { remarkLeftOut } from './partners.ts'
import { compare, statistic } from './formulas.ts'
import { exampleLoss } from './loss.ts'
import { isBackprop, Sides } from './sides.ts'
import { scalarValue } from '../scalars.ts'
import type { Updates } from '../plasticity/updates.ts'
import { Weights } from '../circuit/weights.ts'

/** A measure, before it is said how often it is taken. */
export type Measure = Omit<MeasurePlan, 'every'>

const statistics: ReadonlySet<string> = new Set([
  'mean',
  'std',
  'variance',
  'max_of',
  'min_of',
  'sum',
])
const known = ['error', 'loss', 'angle', 'norm', 'ratio', ...statistics]

export class MeasureLowering {
  readonly #circuit: CircuitLowering
  readonly #answer: CircuitLowering
  readonly #experiment: ResolvedExperiment
  readonly #scope: Scope
  /** Weights after the step. */
  readonly #after: Weights
  readonly #sides: Sides
  readonly #units: FigureUnits

  /** `answer`: the circuit in the phase whose loss and error count. */
  constructor(
    circuit: CircuitLowering,
    updates: Updates,
    experiment: ResolvedExperiment,
    answer: CircuitLowering = circuit,
  ) {
    this.#circuit = circuit
    this.#answer = answer
    this.#experiment = experiment
    this.#scope = experiment.experiment.scope
    const { builder } = circuit.context
    this.#units = new FigureUnits(circuit.context)
    this.#after = new Weights(
      circuit.context,
      (name, shape) => updates.stored.get(name) ?? builder.load(name, shape),
    )
    this.#sides = new Sides(circuit, updates, this.#scope, { after: this.#after, answer })
  }

  /** Makes the reference gradients that a measure asks for, in the section that is theirs. */
  prepare(expression: Expression): void {
    if (expression.kind !== 'Call' || expression.callee.kind !== 'Name') return
    const name = expression.callee.name
    if (name !== 'angle' && name !== 'ratio' && name !== 'norm') return
    const [first, second] = expression.args
    const reference = second && isBackprop(second.value)
    const left =
      first && (reference || isBackprop(first.value))
        ? this.#sides.side(first.value, reference ?? false)
        : undefined
    if (left && reference) this.#sides.backpropSide(second.value, left.elements)
  }

  /** One measure of a `measure` statement; its numbers become outputs of the graph. */
  lower(label: string, expression: Expression): Measure | undefined {
    const { context } = this.#circuit
    const before = this.#builder.origin
    const origin = originOf(context, expression.span)
    this.#builder.origin = { ...origin, text: `measure ${origin.text}` }
    const measure = this.#lower(label, expression)
    this.#builder.origin = before
    return measure
  }

  #lower(label: string, expression: Expression): Measure | undefined {
    const call = expression.kind === 'Call' ? expression : undefined
    const callee = call?.callee ?? expression
    const name = callee.kind === 'Name' ? callee.name : ''
    switch (name) {
      case 'error':
        return this.#error(label, expression, call)
      case 'loss': {
        const perExample = exampleLoss(this.#answer)
        // That there is none was reported.
        if (perExample === undefined) return undefined
        return this.#single(label, this.#builder.reduce('mean', perExample))
      }
      case 'angle':
      case 'ratio':
        return call && this.#pairs(label, name, call)
      case 'norm':
        return call && this.#norms(label, call)
      default:
        if (call && statistics.has(name)) return this.#statistic(label, name, call)
    }
    return this.#circuit.context.diagnostics.report(
      'unknownName',
      callee.span,
      { kind: 'measure', name: name || 'this' },
      { hint: didYouMean(name, known) ?? measureHint(expression, known) },
    )
  }

  get #builder(): CircuitLowering['context']['builder'] {
    return this.#circuit.context.builder
  }

  #single(label: string, value: ValueId | undefined, unit?: string): Measure | undefined {
    if (value === undefined) return undefined
    this.#builder.output(label, value)
    return { label, outputs: [label], ...(unit === undefined ? {} : { unit }) }
  }

  /** Percentage of examples whose largest output is not that of the label; `error(y)`: of y alone. */
  #error(
    label: string,
    expression: Expression,
    call: CallExpression | undefined,
  ): Measure | undefined {
    const { diagnostics } = this.#circuit.context
    const all = answering(this.#experiment)
    const [argument, more] = call?.args ?? []
    if (more) {
      return diagnostics.report('tooManyArguments', expression.span, {
        owner: '`error`',
        expected: 1,
        found: call?.args.length ?? 0,
      })
    }
    const { context } = this.#circuit
    const populations = argument && populationsOf(context, this.#scope, argument.value)
    if (argument && !populations) return undefined
    const chosen = argument
      ? all.filter(({ population }) => populations?.some((each) => each.name === population.name))
      : all
    const wrong = wrongAnswers(this.#answer, chosen)
    if (wrong === undefined) {
      return diagnostics.report(
        'badValue',
        expression.span,
        {
          what: `\`${label}\``,
          expected: 'of a population with a loss that reads the label it is presented with',
          found: 'measured without one',
        },
        {
          hint:
            all.length > 0
              ? `there is ${all.map(({ population }) => `\`error(${population.name})\``).join(', ')}`
              : 'present one, as in `present y.target = one_hot(label)`',
        },
      )
    }
    const percent = this.#builder.map(
      'mul',
      this.#builder.constant(100),
      this.#builder.reduce('mean', wrong),
    )
    return this.#single(label, percent, '%')
  }

  // --- angles, ratios and norms ----------------------------------------------------------------

  #pairs(label: string, kind: 'angle' | 'ratio', call: CallExpression): Measure | undefined {
    const [first, second] = call.args
    if (!first || !second || call.args.length > 2) {
      return this.#circuit.context.diagnostics.report('tooManyArguments', call.span, {
        owner: `\`${kind}\``,
        expected: 2,
        found: call.args.length,
      })
    }
    const reference = isBackprop(second.value)
    const left = this.#sides.side(first.value, reference)
    if (!left) return undefined
    const right = reference
      ? this.#sides.backpropSide(second.value, left.elements)
      : this.#sides.side(second.value, false)
    if (!right) return undefined
    const pairs: (readonly [ValueId, ValueId])[] = []
    const outputs: string[] = []
    for (const [i, element] of left.elements.entries()) {
      const a = left.value(element)
      const partner =
        reference || right.elements === left.elements
          ? element
          : this.#sides.partner(a, element, right)
      if (a && !partner) {
        remarkLeftOut(this.#circuit, {
          measure: label,
          element,
          axes: a.axes,
          others: right.elements,
          span: second.value.span,
        })
      }
      const b = a && partner && right.value(partner)
      if (!a || !b) continue
      const aligned = this.#after.alignedTo(b, a, second.value.span)
      if (aligned === undefined) return undefined
      pairs.push([a.value, aligned])
      const name = left.elements.length === 1 ? label : `${label}[${i}]`
      this.#builder.output(name, compare(this.#builder, kind, [[a.value, aligned]]))
      outputs.push(name)
    }
    if (pairs.length === 0) {
      return this.#circuit.context.diagnostics.report('wrongKind', call.span, {
        name: label,
        found: 'a measure of weights between different populations',
        expected: 'weights that join the same two populations',
      })
    }
    if (left.elements.length > 1) {
      this.#builder.output(label, compare(this.#builder, kind, pairs))
      outputs.push(label)
    }
    return { label, outputs, ...(kind === 'angle' ? { unit: '°' } : {}), partial: true }
  }

  #norms(label: string, call: CallExpression): Measure | undefined {
    const [first] = call.args
    const side = first && this.#sides.side(first.value, false)
    if (!side) return undefined
    const b = this.#builder
    const squares: ValueId[] = []
    const outputs: string[] = []
    for (const [i, element] of side.elements.entries()) {
      const value = side.value(element)
      if (!value) continue
      const square = b.reduce('sum', b.map('square', value.value))
      squares.push(square)
      const name = side.elements.length === 1 ? label : `${label}[${i}]`
      b.output(name, b.map('sqrt', square))
      outputs.push(name)
    }
    if (squares.length > 1) {
      b.output(
        label,
        b.map(
          'sqrt',
          squares.reduce((x, y) => b.map('add', x, y)),
        ),
      )
      outputs.push(label)
    }
    // How much weights change is in units of the optimiser's rate, too.
    const isOfWeights = first.value.kind !== 'Call'
    const unit = isOfWeights ? this.#units.ofWeights(side.elements.map(connectionOf)) : undefined
    return { label, outputs, ...unit }
  }

  // --- statistics of variables -----------------------------------------------------------------

  #statistic(label: string, name: string, call: CallExpression): Measure | undefined {
    const [argument] = call.args
    if (!argument) return undefined
    const arrays = new Set<number>()
    const first = this.#variable(argument.value, 0, arrays)
    if (first === undefined) return undefined
    const [count] = arrays
    const b = this.#builder
    const unit = this.#units.of(argument.value, this.#scope, name === 'variance' ? 2 : 1)
    if (count === undefined) {
      const single = this.#single(label, statistic(b, name, first))
      return single && { ...single, ...unit }
    }
    const outputs: string[] = []
    const values: ValueId[] = []
    for (let i = 0; i < count; i++) {
      const value = i === 0 ? first : this.#variable(argument.value, i, arrays)
      if (value === undefined) return undefined
      values.push(value)
      outputs.push(`${label}[${i}]`)
      b.output(`${label}[${i}]`, statistic(b, name, value))
    }
    // Overall, every unit of every element counts alike.
    const examples = examplesOf(this.#circuit.context)
    const together = values.map((value) =>
      b.broadcast(value, [examples, unitsOf(b.shapeOf(value))]),
    )
    b.output(label, statistic(b, name, together.length > 1 ? b.concat(together, 1) : first))
    outputs.push(label)
    return { label, outputs, ...unit }
  }

  /** A variable expression, `h` standing for its element i; adds the lengths of arrays it meets. */
  #variable(expression: Expression, i: number, arrays: Set<number>): ValueId | undefined {
    const { context } = this.#circuit
    const place: Place = {
      environment: context.bound.environments.observed(this.#scope),
      read: (reference, span) => {
        if (reference.kind !== 'path') return undefined
        const { phase, isArray, elements } = reference.path
        if (isArray) arrays.add(elements.length)
        const element = isArray ? elements[i] : elements[0]
        if (!element) return undefined
        const { population, of } = element
        if (of.kind === 'number' || of.kind === 'boolean')
          return scalarValue(context.builder, context.freedom, of)
        const circuit = phase === undefined ? this.#circuit : context.phase?.circuit(phase, span)
        return circuit?.value(population, of)
      },
      drawShape: [],
      stream: (distribution) => `measure ${distribution}`,
    }
    return lowerExpression(context, place, expression)
  }
}

const unitsOf = (shape: Shape): number => {
  const last = shape.at(-1)
  return typeof last === 'number' ? last : 1
}

const connectionOf = (element: WeightElement): Connection | undefined =>
  element.kind === 'connection' ? element.connection : undefined
