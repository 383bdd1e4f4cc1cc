/**
 * The circuit's variables as values, computed when first asked for: declarations have no order, what
 * depends on what decides. A variable that comes back to itself within one step is a cycle, which the
 * checks have found before.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import type { Late } from '../../ir/builder.ts'
import type { Shape, ValueId } from '../../ir/ir.ts'
import type { CellVariable } from '../../model/bind/reference.ts'
import type {
  Bias,
  Compartment,
  Connection,
  Equation,
  Population,
  Scope,
} from '../../model/model.ts'
import { equationsOf, isRefractory } from '../../model/refractory.ts'
import { delayName } from '../../model/weights/targets.ts'
import { Arrivals } from './arrivals.ts'
import { averageIn, lowerAverage } from './averages.ts'
import { spreadBias } from './convolution.ts'
import { examplesOf, originOf, type LowerContext } from '../context.ts'
import { Dynamics, type Change, type InBlock, type ReadState, type Stateful } from './dynamics.ts'
import { Early } from './early.ts'
import { changesOf } from './reactions.ts'
import { lowerExpression, type ComputedReference, type Reading } from './expressions.ts'
import { initialValue } from './initial-value.ts'
import { isCounted } from './counted.ts'
import { computeFirst, deepest } from './depth.ts'
import { History, type Viewpoint } from './history.ts'
import { Memories, type Initial } from './memory.ts'
import { heldIn, refractoryIn } from './holding.ts'
import { observedValue } from '../experiment/observed.ts'
import { isHeld } from './refractory.ts'
import { Streams } from './streams.ts'
import { asTruth, lowerSurrogate } from './surrogate.ts'
import { Terminals } from './terminals.ts'
import { storedShape, Weights, type ReadStorage } from './weights.ts'

export class CircuitLowering {
  readonly context: LowerContext
  readonly weights: Weights
  /** Statistics over the examples of a batch that were made, and where they stand. */
  readonly statistics = new Map<ValueId, CallExpression>()
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #running = new Set<string>()
  readonly #streams = new Map<string, number>()
  readonly #drawing = new Map<string, Streams>()
  readonly #observed: boolean
  /** What is kept from step to step. */
  readonly memories: Memories
  readonly #history: History | undefined
  readonly #terminals: Terminals
  readonly #arrivals: Arrivals
  readonly #dynamics = new Map<string, Dynamics>()

  /** `observed`: every variable becomes an output of the graph. */
  constructor(context: LowerContext, read: ReadStorage, observed: boolean) {
    this.context = context
    this.weights = new Weights(context, read)
    this.#observed = observed
    const { clock } = context
    this.memories = new Memories(context.builder)
    this.#history = clock && new History(context, clock, this.memories)
    this.#terminals = new Terminals(this, this.#history)
    this.#arrivals = new Arrivals({
      context,
      weights: this.weights,
      sent: (connection) => this.sent(connection),
      late: (connection) => this.late(connection),
      at: (span, make) => this.at(span, make),
      standard: (population, { value, scope, span }) =>
        value &&
        this.at(span, () => lowerExpression(context, this.place(population, scope), value)),
      branch: (population, compartment, k) => this.branch(population, compartment, k),
    })
  }

  /** Every variable, so that all can be observed and all mistakes are found. */
  lowerAll(): void {
    for (const population of this.context.model.populations) {
      const { cell } = population
      for (const { name, states, equations } of cell.compartments) {
        this.variable(population, name)
        for (const { member } of states) this.variable(population, member.name.name)
        for (const equation of equations) this.variable(population, equation.name)
      }
      for (const { member } of cell.states) this.variable(population, member.name.name)
      for (const equation of cell.equations) this.variable(population, equation.name)
    }
    this.memories.write()
  }

  /** A variable of a population that is known to have it, by its own name. */
  variable(population: Population, name: string): ValueId | undefined {
    const variable = this.context.bound.environments.variables(population.cell).get(name)
    if (!variable) throw new Error(`${population.name} has no variable ${name}`)
    return this.value(population, variable)
  }

  /** The value of a variable of a population's cell; undefined after a report. */
  value(population: Population, variable: CellVariable): ValueId | undefined {
    const { name } = variable
    const { slice, size } = population
    if (slice) {
      const value = this.value(slice.of, variable)
      return value === undefined ? undefined : this.#part(value, slice.start, size)
    }
    switch (variable.kind) {
      case 'equation':
        return this.#named(population, name, () => this.#equation(population, variable))
      case 'state':
        return this.#named(population, name, () => this.dynamics(population)?.final(name))
      case 'compartment':
        return this.#named(population, name, () =>
          this.#arrivals.compartment(population, variable.compartment),
        )
      case 'input':
        return this.#named(population, name, () => this.#arrivals.input(population, variable.input))
      case 'bias':
        return this.#bias(population, variable.bias)
    }
  }

  /** Of a value for each unit, those of some units; one number for all stays as it is. */
  #part(value: ValueId, start: number, size: number): ValueId {
    const { builder } = this.context
    const shape = builder.shapeOf(value)
    if (shape.length === 0 || shape.at(-1) === 1) return value
    return builder.slice(value, shape.length - 1, start, size)
  }

  /** A bias as a number for each unit. */
  #bias(population: Population, bias: Bias): ValueId | undefined {
    const key = `${population.name}.${bias.name}`
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const value = this.weights.bias(population, bias)
    const spread =
      value === undefined ? undefined : spreadBias(this.context.builder, population, bias, value)
    this.#values.set(key, spread)
    return spread
  }

  /** The value of a compartment on one dendritic branch. */
  branch(population: Population, compartment: Compartment, k: number): ValueId | undefined {
    if (compartment.branches === 1) return this.variable(population, compartment.name)
    return this.#named(population, `${compartment.name}[${k}]`, () =>
      this.#arrivals.onBranch(population, compartment, k),
    )
  }

  /** A look at earlier steps, from a rule or a terminal; undefined after a report. */
  temporal(call: CallExpression, view: Viewpoint): ValueId | undefined {
    return this.#history?.temporal(call, view)
  }

  /** What arrives at a connection's synapses. */
  sent(connection: Connection): ValueId | undefined {
    return this.#terminals.sent(connection)
  }

  /** What a connection whose synapses have delays of their own released, and how late each of them is. */
  late(connection: Connection): { readonly sent: ValueId; readonly late: Late } | undefined {
    const found = this.#terminals.late(connection)
    if (!found) return undefined
    const delays = this.context.builder.load(delayName(connection), storedShape(connection))
    return { sent: found.ring, late: { ring: found.rows, delays } }
  }

  /** Where an equation is lowered; `read` says what states stand for, by default what becomes of them. */
  place(
    population: Population,
    scope: Scope,
    read?: ReadState,
    within?: Compartment,
    inBlock: InBlock = {},
  ): Reading {
    const { cell } = population
    const environment = this.context.bound.environments.cell(cell, scope, within)
    const { references } = this.context.bound
    const view: Viewpoint = {
      name: population.name,
      units: population.size,
      variableOf: (expression) => {
        if (!references.has(environment, expression)) return undefined
        const found = references.of(environment, expression)
        return found.kind === 'cell' && found.phase === undefined && found.of === 'self'
          ? found.variable
          : undefined
      },
      atEnd: (expression) =>
        lowerExpression(this.context, this.place(population, scope, undefined, within), expression),
      before: (name) => this.dynamics(population)?.[inBlock.isAnew ? 'kept' : 'before'](name),
      initial: (expression) => this.initial(population, scope, expression),
      isCounted: (expression) => isCounted(references, environment, expression),
      scope,
    }
    const { before } = inBlock
    const early = read && before && (inBlock.early ?? new Early(this, population, read, inBlock))
    return {
      environment,
      read: (reference, span) => {
        const variable = reference.kind === 'cell' ? reference.variable : undefined
        return early && variable?.kind === 'equation' && before?.has(variable.equation)
          ? early.value(variable)
          : this.#read(reference, span, population, read, within)
      },
      temporal: (call) => this.#history?.temporal(call, view),
      stepsSince: (of) => this.#history?.stepsSince(of, view),
      drawShape: [examplesOf(this.context), population.size],
      stream: this.streamOf(population.name),
      cells: { population, made: (value, call) => this.statistics.set(value, call) },
    }
  }

  #read(
    reference: ComputedReference,
    span: Span,
    population: Population,
    read: ReadState | undefined,
    within: Compartment | undefined,
  ): ValueId | undefined {
    switch (reference.kind) {
      case 'cell': {
        const { variable, phase } = reference
        if (phase !== undefined)
          return this.context.phase?.circuit(phase, span)?.value(population, variable)
        return read && variable.kind === 'state'
          ? read(variable.name)
          : this.value(population, variable)
      }
      // `input`: what arrives at the compartment around.
      case 'local':
        if (reference.variable.kind === 'modulator')
          return observedValue.modulator(this, reference.variable.modulator)
        return within && this.variable(population, within.name)
      case 'path':
        return undefined
    }
  }

  /** The states of a population's cells; undefined in a circuit without a clock. */
  dynamics(population: Population): Dynamics | undefined {
    const { clock } = this.context
    const known = this.#dynamics.get(population.name)
    if (known || !clock) return known
    const { cell, name, size } = population
    const before = this.context.bound.before(cell)
    const resets = equationsOf(cell)
      .filter((each) => each.resets.length > 0)
      .map((equation): Change => ({
        trigger: () => this.variable(population, equation.name),
        assignments: equation.resets,
        scope: equation.scope,
        resets: true,
        before: before.of(equation),
      }))
    const { anew, reactions } = changesOf(
      this.context,
      cell.reactions,
      (scope, read, inBlock) => this.place(population, scope, read, undefined, inBlock),
      before.of,
    )
    const holder: Stateful = {
      name,
      units: size,
      states: [
        ...cell.states.map((state) => ({ state })),
        ...cell.compartments.flatMap((within) => within.states.map((state) => ({ state, within }))),
      ],
      changes: [...resets, ...reactions],
      anew,
      place: (...where) => this.place(population, ...where),
      before: before.of,
      initial: (expression, scope) => this.initial(population, scope, expression),
      held: (state) => heldIn(this, clock, population, state),
    }
    const made = new Dynamics(this.context, clock, this.memories, holder)
    this.#dynamics.set(name, made)
    return made
  }

  /** A value before the first step: of parameters, biases and draws; `shape`: of what is of no population's cells. */
  initial(
    population: Population | undefined,
    scope: Scope,
    expression: Expression,
    shape?: Shape,
  ): Initial {
    const stream = this.streamOf(`init ${population?.name ?? ''}`)
    return initialValue(population, scope, expression, stream, shape)
  }

  /** Names for the draws of one owner, in the order in which they are asked for. */
  streamOf(owner: string): (distribution: string) => string {
    return (distribution) => {
      const key = `${this.context.phase?.prefix ?? ''}${owner} ${distribution}`
      const count = this.#streams.get(key) ?? 0
      this.#streams.set(key, count + 1)
      return count === 0 ? key : `${key} ${count + 1}`
    }
  }

  /** The names of what an equation draws. */
  streamsOf({ name }: Population, equation: Equation): Streams {
    const key = `${name}.${equation.name}`
    const known = this.#drawing.get(key) ?? new Streams()
    this.#drawing.set(key, known)
    return known
  }

  #named(
    population: Population,
    name: string,
    make: () => ValueId | undefined,
  ): ValueId | undefined {
    const key = `${population.name}.${name}`
    if (this.#values.has(key)) return this.#values.get(key)
    if (this.#running.has(key)) return this.#circle(population, key)
    if (this.#running.size >= deepest) {
      const isThere = (each: string) => this.#values.has(each) || this.#running.has(each)
      const { circuit } = this.context.bound
      computeFirst(circuit, key, isThere, (node) => this.value(node.population, node.variable))
      if (this.#values.has(key)) return this.#values.get(key)
    }
    this.#running.add(key)
    const value = make()
    this.#running.delete(key)
    if (!this.#values.has(key)) this.#values.set(key, value)
    if (value !== undefined) this.publish(key, value)
    return value
  }

  /** What needs itself in a phase that reads the variables of its own; every other circle was found before. */
  #circle({ span }: Population, key: string): undefined {
    const { phase, diagnostics } = this.context
    if (!phase) throw new Error(`\`${key}\` needs itself, which is checked`)
    const running = [...this.#running]
    const cycle = [...running.slice(running.indexOf(key)), key].map((each) => `\`${each}\``)
    const hint = `\`${phase.name}.\` is this phase itself here: a parameter that it sets can decide that something else is read, as in \`if later then ${phase.name}.pre.e else 0\``
    return diagnostics.report(
      'phaseCycle',
      span,
      { phase: phase.name, cycle: cycle.join(' -> ') },
      { hint },
    )
  }

  /** Names a value, and makes it an output where variables are observed. */
  publish(key: string, value: ValueId): void {
    const name = `${this.context.phase?.prefix ?? ''}${key}`
    this.context.builder.name(value, name)
    if (this.#observed) this.context.builder.output(name, value)
  }

  /** What is made meanwhile comes from this place. */
  at<T>(span: Span, make: () => T): T {
    const { builder } = this.context
    const before = builder.origin
    builder.origin = originOf(this.context, span)
    const result = make()
    builder.origin = before
    return result
  }

  /** A detected signal is 1 or 0, and reads states advanced, but not yet changed. */
  #equation(
    population: Population,
    { equation, within }: CellVariable & { readonly kind: 'equation' },
  ): ValueId | undefined {
    const { builder } = this.context
    const dynamics = equation.detected ? this.dynamics(population) : undefined
    const read: ReadState | undefined = dynamics && ((name) => dynamics.advanced(name))
    return this.at(equation.span, () => {
      const before = this.context.bound.before(population.cell).of(equation)
      const reading = this.place(population, equation.scope, read, within, read && { before })
      const stream = this.streamsOf(population, equation).from(reading.stream)
      const place = { ...reading, stream }
      const average = averageIn(this.context.bound.references, place.environment, equation.value)
      if (average) return lowerAverage(this, population, equation, average)
      const value = lowerExpression(this.context, place, equation.value)
      if (!equation.detected || value === undefined) return value
      const isMet = asTruth(builder, value)
      const { clock } = this.context
      const pauses = clock && isRefractory(equation)
      const held = pauses ? isHeld(refractoryIn(this, clock), population, equation) : undefined
      const found = held === undefined ? isMet : builder.map('and', isMet, builder.map('not', held))
      return lowerSurrogate(this.context, { place, population, within, equation, found, held })
    })
  }
}
