/**
 * The circuit's variables as values, computed when first asked for: declarations have no order, what
 * depends on what decides. A variable that comes back to itself within one step is a cycle, which the
 * checks have found before.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import type { Late } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { CellVariable } from '../../model/bind/reference.ts'
import type { Bias, Compartment, Connection, Population, Scope } from '../../model/model.ts'
import { holdersOf, isRefractory } from '../../model/refractory.ts'
import { delayName } from '../../model/weights/targets.ts'
import { Arrivals } from './arrivals.ts'
import { averageIn, lowerAverage } from './averages.ts'
import type { Clock } from '../../model/clock.ts'
import { spreadBias } from './convolution.ts'
import { examplesOf, originOf, type LowerContext } from '../context.ts'
import { Dynamics, type Change, type ReadState, type Stateful } from './dynamics.ts'
import { changesOf } from './reactions.ts'
import { lowerExpression, type ComputedReference, type Reading } from './expressions.ts'
import { initialValue } from './initial-value.ts'
import { isCounted } from './counted.ts'
import { computeFirst, deepest } from './depth.ts'
import { History, type Viewpoint } from './history.ts'
import { Memories, type Initial } from './memory.ts'
import { isHeld, type RefractoryCircuit } from './refractory.ts'
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
    isAnew?: boolean,
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
      before: (name) => this.dynamics(population)?.[isAnew ? 'kept' : 'before'](name),
      initial: (expression) => this.initial(population, scope, expression),
      isCounted: (expression) => isCounted(references, environment, expression),
      scope,
    }
    return {
      environment,
      read: (reference, span) => this.#read(reference, span, population, read, within),
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
    const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
    const resets = equations
      .filter((each) => each.resets.length > 0)
      .map((equation): Change => ({
        trigger: () => this.variable(population, equation.name),
        assignments: equation.resets,
        scope: equation.scope,
        resets: true,
      }))
    const { anew, reactions } = changesOf(this.context, cell.reactions, (scope, read) =>
      this.place(population, scope, read),
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
      initial: (expression, scope) => this.initial(population, scope, expression),
      held: (state) => this.#held(population, clock, state),
    }
    const made = new Dynamics(this.context, clock, this.memories, holder)
    this.#dynamics.set(name, made)
    return made
  }

  /** Whether a state of a population's cells stands still. */
  #held(
    population: Population,
    clock: Clock,
    state: string,
  ): ReturnType<NonNullable<Stateful['held']>> {
    const { builder } = this.context
    const holders = holdersOf(population.cell, state)
    const held = holders.map((each) => isHeld(this.#refractory(clock), population, each))
    const either = (values: readonly ValueId[]): ValueId | undefined =>
      values.length === 0 ? undefined : values.reduce((a, b) => builder.map('or', a, b))
    const advancing = either(held)
    if (advancing === undefined) return undefined
    return {
      advancing,
      reacting: () => {
        const now = holders.map(({ name }) => this.variable(population, name))
        return now.includes(undefined) ? undefined : either([...held, ...(now as ValueId[])])
      },
    }
  }

  #refractory(clock: Clock): RefractoryCircuit {
    return {
      context: this.context,
      clock,
      memories: this.memories,
      detected: (population, name) => this.variable(population, name),
      atDetection: (population, scope, { refractory }) => {
        const read: ReadState = (name) => this.dynamics(population)?.advanced(name)
        const place = this.place(population, scope, read)
        const { time } = refractory
        return this.at(time.span, () => lowerExpression(this.context, place, time))
      },
    }
  }

  /** A value before the first step: of parameters, biases and draws. */
  initial(population: Population | undefined, scope: Scope, expression: Expression): Initial {
    const stream = this.streamOf(`init ${population?.name ?? ''}`)
    return initialValue(population, scope, expression, stream)
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
      const place = this.place(population, equation.scope, read, within)
      const average = averageIn(this.context.bound.references, place.environment, equation.value)
      if (average) return lowerAverage(this, population, equation, average)
      const value = lowerExpression(this.context, place, equation.value)
      if (!equation.detected || value === undefined) return value
      const isMet = asTruth(builder, value)
      const { clock } = this.context
      const pauses = clock && isRefractory(equation)
      const held = pauses ? isHeld(this.#refractory(clock), population, equation) : undefined
      const found = held === undefined ? isMet : builder.map('and', isMet, builder.map('not', held))
      return lowerSurrogate(this.context, { place, population, within, equation, found, held })
    })
  }
}
