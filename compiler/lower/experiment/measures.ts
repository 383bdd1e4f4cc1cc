/**
 * Measures: single numbers of a training step. Angles and norms compare weights after the step,
 * the changes that rules ask for, and the changes that backprop would make; statistics are over the
 * examples and units of any variable.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { Interval, MeasurePlan } from '../../../contract/plan.ts'
import type { Shape, ValueId } from '../../ir/ir.ts'
import { answering } from '../../model/experiment/answers.ts'
import type { BoundMeasure, MeasureBody, WeightSide } from '../../model/experiment/measures.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import type { Population, Scope } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { originOf, examplesOf, noLowering, type WeightElement } from '../context.ts'
import { reportNoAnswers, wrongAnswers } from './answers.ts'
import { FigureUnits } from './figure-units.ts'
import { observedValue } from './observed.ts'
import { irregularity } from './intervals.ts'
import { rateOver } from './rates.ts'
import { figureOf, statistic } from './formulas.ts'
import { statisticOfWeights, type ExistingWeights } from './synapse-statistics.ts'
import { Backprop, exampleLoss } from './loss.ts'
import { Sides } from './sides.ts'
import { connectionOf, vectorsOf, type OfVectors, type Vectors } from './vectors.ts'
import type { Updates } from '../plasticity/updates.ts'
import { isMasked, Weights } from '../circuit/weights.ts'

/** A measure, before it is said how often it is taken, and of which gradient. */
export type Measure = Omit<MeasurePlan, 'every' | 'gradient'>

export class MeasureLowering {
  readonly #circuit: CircuitLowering
  readonly #answer: CircuitLowering
  readonly #experiment: ResolvedExperiment
  readonly #scope: Scope
  /** Weights after the step. */
  readonly #after: Weights
  readonly #sides: Sides
  readonly #units: FigureUnits

  /** What outputs are called. */
  readonly #named: (output: string) => string

  /** `answer`: the circuit in the phase whose loss and error count; `backprop`: gradients that others share. */
  constructor(
    circuit: CircuitLowering,
    updates: Updates,
    experiment: ResolvedExperiment,
    answer: CircuitLowering = circuit,
    {
      named = (output) => output,
      backprop = new Backprop(answer),
    }: { readonly named?: (output: string) => string; readonly backprop?: Backprop } = {},
  ) {
    this.#named = named
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
    this.#sides = new Sides(circuit, updates, {
      after: this.#after,
      backprop,
      span: experiment.experiment.item.name.span,
    })
  }

  /** Makes the reference gradients that a measure asks for, in the section that is theirs. */
  prepare({ body }: BoundMeasure): void {
    if (body.kind === 'norm') return this.#prepareSide(body.side, undefined)
    if (body.kind !== 'angle' && body.kind !== 'ratio') return
    const { left, right } = body
    if (right.kind === 'backprop') {
      const side = this.#sides.side(left, undefined)
      if (side) this.#sides.side(right, side.elements)
    } else this.#prepareSide(left, undefined)
  }

  #prepareSide(side: WeightSide, same: readonly WeightElement[] | undefined): void {
    if (side.kind === 'backprop') this.#sides.side(side, same)
  }

  /** One measure of a `measure` statement; its numbers become outputs of the graph. */
  lower(bound: BoundMeasure): Measure | undefined {
    const { context } = this.#circuit
    const before = this.#builder.origin
    const origin = originOf(context, bound.expression.span)
    this.#builder.origin = { ...origin, text: `measure ${origin.text}` }
    const measure = this.#lower(bound)
    this.#builder.origin = before
    return measure
  }

  #lower({ label, body, expression, every }: BoundMeasure): Measure | undefined {
    switch (body.kind) {
      case 'error':
        return this.#error(label, expression, body.populations)
      case 'loss': {
        const perExample = exampleLoss(this.#answer)
        // That there is none was reported.
        if (perExample === undefined) return undefined
        return this.#single(label, this.#builder.reduce('mean', perExample))
      }
      case 'angle':
      case 'ratio':
      case 'norm':
        return this.#ofVectors(label, body, expression)
      case 'rate':
      case 'cv':
        return this.#events(label, expression, body, every)
      case 'statistic':
        return this.#statistic(label, body.name, body.argument)
      case 'synapses':
        return this.#ofSynapses(label, body)
    }
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
    populations: readonly Population[] | undefined,
  ): Measure | undefined {
    const all = answering(this.#experiment)
    const names = populations?.map(({ name }) => name)
    const chosen = names ? all.filter(({ population }) => names.includes(population.name)) : all
    const wrong = wrongAnswers(this.#answer, chosen)
    if (wrong === undefined)
      return reportNoAnswers(this.#circuit, this.#experiment, label, expression, names)
    const percent = this.#builder.map(
      'mul',
      this.#builder.constant(100),
      this.#builder.reduce('mean', wrong),
    )
    return this.#single(label, percent, '%')
  }

  // --- angles, ratios and norms ----------------------------------------------------------------

  /** Of each element, and of all together where there are several. */
  #ofVectors(label: string, body: OfVectors, expression: Expression): Measure | undefined {
    const found = this.vectors(label, body, expression)
    if (!found) return undefined
    const { each, ...unit } = found
    const b = this.#builder
    const outputs: string[] = []
    const add = (name: string, of: readonly Vectors[]): void => {
      b.output(this.#named(name), figureOf(b, body.kind, of))
      outputs.push(name)
    }
    for (const one of each) add(one.name, [one])
    if (each.length > 0 && !outputs.includes(label)) add(label, each)
    return { label, outputs, ...unit, ...(body.kind !== 'norm' && { partial: true }) }
  }

  /** The vectors that a measure compares, or tells the length of; undefined after a report. */
  vectors(label: string, body: OfVectors, expression: Expression) {
    const [circuit, sides, weights, units] = [this.#circuit, this.#sides, this.#after, this.#units]
    return vectorsOf({ circuit, sides, weights, units }, label, body, expression)
  }

  /** Events a unit and second since the measure before; a value for each element of an array, and of all. */
  #events(
    label: string,
    expression: Expression,
    { kind, argument: value }: Extract<BoundMeasure['body'], { readonly kind: 'rate' | 'cv' }>,
    every: Interval,
  ): Measure | undefined {
    const { context } = this.#circuit
    const { clock } = context
    if (!clock)
      return noLowering(context, expression.span, `\`${kind}\` in a circuit without a past`)
    const count = observedValue.count(context, this.#scope, value)
    const b = this.#builder
    const rates: ValueId[] = []
    const outputs: string[] = []
    for (let i = 0; i < (count ?? 1); i++) {
      const found = observedValue.lower(this.#circuit, this.#scope, value, i)
      if (found === undefined) return undefined
      const name = count === undefined ? label : `${label}[${i}]`
      const measured = kind === 'rate' ? rateOver : irregularity
      const rate = measured(this.#circuit, clock, every, name, found)
      b.output(name, rate)
      rates.push(rate)
      outputs.push(name)
    }
    if (count !== undefined) {
      const sum = rates.reduce((x, y) => b.map('add', x, y))
      b.output(label, b.map('div', sum, b.constant(count)))
      outputs.push(label)
    }
    // Where there are too few intervals there is no value either.
    if (kind === 'cv') return { label, outputs, partial: true }
    return { label, outputs, unit: 'Hz', scale: 1, ...(every.count > 1 && { partial: true }) }
  }

  /** A statistic of weights as they are after the step, over the synapses that there are. */
  #ofSynapses(
    label: string,
    { name, elements }: Extract<MeasureBody, { readonly kind: 'synapses' }>,
  ): Measure | undefined {
    const b = this.#builder
    const all: ExistingWeights[] = []
    const outputs: string[] = []
    for (const [i, element] of elements.entries()) {
      const found = this.#after.element(element)
      if (!found) return undefined
      const connection = connectionOf(element)
      const isPartial = connection && !found.synapses && isMasked(connection)
      const own = {
        value: found.value,
        ...(isPartial && { mask: this.#after.mask(connection) }),
        ...(found.synapses && { pattern: found.synapses.sides.name }),
      }
      all.push(own)
      const output = elements.length === 1 ? label : `${label}[${i}]`
      b.output(this.#named(output), statisticOfWeights(b, name, [own]))
      outputs.push(output)
    }
    if (all.length > 1) {
      b.output(this.#named(label), statisticOfWeights(b, name, all))
      outputs.push(label)
    }
    const unit = this.#units.ofWeights(elements, name === 'variance' ? 2 : 1)
    // Where there are no synapses there is no value.
    return { label, outputs, ...unit, partial: true }
  }

  // --- statistics of variables -----------------------------------------------------------------

  #statistic(label: string, name: string, argument: Expression): Measure | undefined {
    const at = (i: number) => observedValue.lower(this.#circuit, this.#scope, argument, i)
    const first = at(0)
    if (first === undefined) return undefined
    const count = observedValue.count(this.#circuit.context, this.#scope, argument)
    const b = this.#builder
    const unit = this.#units.of(argument, this.#scope, name === 'variance' ? 2 : 1)
    if (count === undefined) {
      const single = this.#single(label, statistic(b, name, first))
      return single && { ...single, ...unit }
    }
    const outputs: string[] = []
    const values: ValueId[] = []
    for (let i = 0; i < count; i++) {
      const value = i === 0 ? first : at(i)
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
}

const unitsOf = (shape: Shape): number => {
  const last = shape.at(-1)
  return typeof last === 'number' ? last : 1
}
