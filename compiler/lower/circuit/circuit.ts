/**
 * The circuit's variables as values, computed when first asked for: declarations have no order, what
 * depends on what decides. A variable that comes back to itself within one step is a cycle.
 */
import type { Expression, Span } from '../../../grammar/ast.ts'
import type { IrNode, Shape, ValueId } from '../../ir/ir.ts'
import type {
  Bias,
  CellInput,
  Compartment,
  Connection,
  Equation,
  Population,
  Scope,
} from '../../model/model.ts'
import { runTimeName } from '../../model/builtins.ts'
import { sizeMismatch } from '../../model/connections.ts'
import { convolve, spreadBias } from './convolution.ts'
import { examplesOf, originOf, type LowerContext } from '../context.ts'
import { Dynamics, type Change, type Place, type ReadState } from './dynamics.ts'
import { lowerExpression, type Environment } from './expressions.ts'
import { History, type Viewpoint } from './history.ts'
import { isCounted } from './counted.ts'
import { Memories, type Initial } from './memory.ts'
import { Terminals } from './terminals.ts'
import { masked, Weights, type ReadStorage } from './weights.ts'

/** Consecutive groups of presynaptic units, one for each branch: [start, size]. */
export function branchGroups(
  units: number,
  branches: number,
): readonly (readonly [number, number])[] {
  const count = Math.min(units, branches)
  const groups: (readonly [number, number])[] = []
  for (let k = 0, start = 0; k < count; k++) {
    const size = Math.floor(units / count) + (k < units % count ? 1 : 0)
    groups.push([start, size])
    start += size
  }
  return groups
}

export class CircuitLowering {
  readonly context: LowerContext
  readonly weights: Weights
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #running: string[] = []
  readonly #streams = new Map<string, number>()
  readonly #observed: boolean
  /** What is kept from step to step. */
  readonly memories: Memories
  readonly #history: History | undefined
  readonly #terminals: Terminals
  readonly #dynamics = new Map<string, Dynamics | undefined>()

  /** `observed`: every variable becomes an output of the graph. */
  constructor(context: LowerContext, read: ReadStorage, observed: boolean) {
    this.context = context
    this.weights = new Weights(context, read)
    this.#observed = observed
    const { clock } = context
    this.memories = new Memories(context.builder)
    this.#history = clock && new History(context, clock, this.memories)
    this.#terminals = new Terminals(this, this.#history)
  }

  /** Every variable, so that all can be observed and all mistakes are found. */
  lowerAll(): void {
    for (const population of this.context.model.populations) {
      const { cell } = population
      for (const { name, span, states, equations } of cell.compartments) {
        this.variable(population, name, span)
        for (const { member } of states) this.variable(population, member.name.name, member.span)
        for (const equation of equations) this.variable(population, equation.name, equation.span)
      }
      for (const { member } of cell.states) this.variable(population, member.name.name, member.span)
      for (const equation of cell.equations) this.variable(population, equation.name, equation.span)
    }
    this.memories.write()
  }

  /** A variable of a population by its name; 'unknown' if it has none. */
  variable(population: Population, name: string, span: Span): ValueId | undefined | 'unknown' {
    const { cell } = population
    const find = <T extends { readonly name: string }>(list: readonly T[]): T | undefined =>
      list.find((each) => each.name === name)
    const equation = find(cell.equations) ?? cell.equations.find((each) => each.role === name)
    if (equation)
      return this.#named(population, equation.name, span, () =>
        this.#equation(population, equation),
      )
    const state = statesOf(population).find((each) => each.state.member.name.name === name)
    if (state)
      return this.#named(population, name, span, () => this.dynamics(population)?.final(name))
    for (const { name: compartment, equations } of cell.compartments) {
      const inner = find(equations)
      if (!inner) continue
      return this.#named(population, name, span, () =>
        this.#equation(population, inner, compartment),
      )
    }
    const compartment = find(cell.compartments)
    if (compartment)
      return this.#named(population, name, span, () => this.#compartment(population, compartment))
    const input = find(cell.inputs)
    if (input) return this.#named(population, name, span, () => this.#input(population, input))
    const bias = find(cell.biases)
    if (bias) return this.#bias(population, bias)
    return 'unknown'
  }

  /** A bias as a number for each unit. */
  #bias(population: Population, bias: Bias): ValueId | undefined {
    const key = `${population.name}.${bias.name}`
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const value = this.weights.bias(population, bias)
    const spread = value && spreadBias(this.context.builder, population, bias, value)
    this.#values.set(key, spread)
    return spread
  }

  /** The value of a compartment on one dendritic branch. */
  branch(population: Population, compartment: Compartment, k: number): ValueId | undefined {
    if (compartment.branches === 1) {
      const value = this.variable(population, compartment.name, compartment.span)
      return value === 'unknown' ? undefined : value
    }
    const name = `${compartment.name}[${k}]`
    return this.#named(population, name, compartment.span, () =>
      this.#sum(
        this.#arriving(population, compartment).map((each) =>
          this.#contribution(each, compartment.branches, k),
        ),
      ),
    )
  }

  /** What arrives at a connection's synapses. */
  sent(connection: Connection): ValueId | undefined {
    return this.#terminals.sent(connection)
  }

  /** `read` says what states stand for, by default what becomes of them; `input` is the compartment's. */
  environment(
    population: Population,
    scope: Scope,
    read?: ReadState,
    compartment?: string,
  ): Environment {
    const { cell } = population
    const states = new Set(statesOf(population).map(({ state }) => state.member.name.name))
    const variable: Environment['variable'] = (name, span) => {
      if (name === 'input' && compartment !== undefined)
        return this.variable(population, compartment, span)
      if (read && states.has(name)) return read(name)
      return this.variable(population, name, span)
    }
    const view: Viewpoint = {
      name: population.name,
      units: population.size,
      variableOf: (expression) => variableOf(population, expression),
      atEnd: (expression) =>
        lowerExpression(
          this.context,
          this.environment(population, scope, undefined, compartment),
          expression,
        ),
      before: (name) => (states.has(name) ? this.dynamics(population)?.before(name) : undefined),
      initial: (expression) => this.initial(population, scope, expression),
      isCounted: (expression) => isCounted(cell, scope, expression),
      scope,
    }
    return {
      scope,
      variable,
      member: (object, name, span) =>
        object.kind === 'Name' && cell.compartments.some((each) => each.name === object.name)
          ? variable(name, span)
          : this.#inPhase(population, object, name, span),
      temporal: (call) => this.#history?.temporal(call, view),
      stepsSince: (of) => this.#history?.stepsSince(of, view),
      drawShape: [examplesOf(this.context), population.size],
      stream: this.streamOf(population.name),
      names: () => [
        ...cell.equations.map((each) => each.name),
        ...cell.compartments.map((each) => each.name),
        ...cell.inputs.map((each) => each.name),
        ...cell.biases.map((each) => each.name),
        ...states,
        ...scope.names(),
      ],
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
        trigger: () => {
          const value = this.variable(population, equation.name, equation.span)
          return value === 'unknown' ? undefined : value
        },
        assignments: equation.resets,
        scope: equation.scope,
      }))
    const reactions = cell.reactions.map(({ member, scope }): Change => ({
      trigger: (read) =>
        lowerExpression(this.context, this.environment(population, scope, read), member.trigger),
      assignments: member.assignments,
      scope,
    }))
    const place: Place = {
      name,
      units: size,
      states: statesOf(population),
      changes: [...resets, ...reactions],
      environment: (scope, read, compartment) =>
        this.environment(population, scope, read, compartment),
      initial: (expression, scope) => this.initial(population, scope, expression),
    }
    const made = new Dynamics(this.context, clock, this.memories, place)
    this.#dynamics.set(name, made)
    return made
  }

  /** A value before the first step: of parameters, biases and draws. */
  initial(population: Population | undefined, scope: Scope, expression: Expression): Initial {
    return (context, weights) => {
      const biases = population?.cell.biases ?? []
      const shape: Shape = [examplesOf(context), population?.size ?? 1]
      const stream = this.streamOf(`init ${population?.name ?? ''}`)
      return lowerExpression(
        context,
        {
          scope,
          variable: (name) => {
            const bias = biases.find((each) => each.name === name)
            // Before the first step no time has passed.
            if (!bias && name === runTimeName && !scope.lookUp(name))
              return context.builder.constant(0)
            if (!population || !bias) return 'unknown'
            const value = weights.bias(population, bias)
            return value && spreadBias(context.builder, population, bias, value)
          },
          drawShape: shape,
          stream,
          names: () => [...biases.map((each) => each.name), ...scope.names()],
        },
        expression,
      )
    }
  }

  /** `predict.p`: a variable of the cell as it was in a phase. */
  #inPhase(
    population: Population,
    object: Expression,
    name: string,
    span: Span,
  ): ValueId | undefined | 'unknown' {
    const { phase } = this.context
    if (object.kind !== 'Name' || !phase) return 'unknown'
    const circuit = phase.circuit(object.name, span)
    if (circuit === undefined || circuit === 'unknown') return circuit
    return circuit.variable(population, name, span)
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
    span: Span,
    make: () => ValueId | undefined,
  ): ValueId | undefined {
    const key = `${population.name}.${name}`
    if (this.#values.has(key)) return this.#values.get(key)
    if (this.#running.includes(key)) {
      const cycle = [...this.#running.slice(this.#running.indexOf(key)), key]
      this.context.diagnostics.report(
        'cycle',
        span,
        { cycle: cycle.map((each) => `\`${each}\``).join(' -> ') },
        {
          hint: 'a cycle must be cut by time: a state variable, or a connection with a delay',
        },
      )
      this.#values.set(key, undefined)
      return undefined
    }
    this.#running.push(key)
    const value = make()
    this.#running.pop()
    if (!this.#values.has(key)) this.#values.set(key, value)
    if (value !== undefined) this.publish(key, value)
    return value
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
  #equation(population: Population, equation: Equation, compartment?: string): ValueId | undefined {
    const { builder } = this.context
    const dynamics = this.dynamics(population)
    const read: ReadState | undefined =
      equation.detected && dynamics ? (name) => dynamics.advanced(name) : undefined
    return this.at(equation.span, () => {
      const environment = this.environment(population, equation.scope, read, compartment)
      const value = lowerExpression(this.context, environment, equation.value)
      if (!equation.detected || value === undefined || isTruth(builder.nodeOf(value))) return value
      return builder.map('ne', value, builder.constant(0))
    })
  }

  #arriving(population: Population, compartment: { readonly name: string }): readonly Connection[] {
    return this.context.index.arriving.get(`${population.name}.${compartment.name}`) ?? []
  }

  #compartment(population: Population, compartment: Compartment): ValueId | undefined {
    const arriving = this.#arriving(population, compartment)
    if (arriving.length === 0) return this.context.builder.constant(0)
    if (compartment.branches > 1) {
      const units = Math.min(...arriving.map((each) => each.source.population.size))
      const parts = branchGroups(units, compartment.branches).map((_, k) =>
        this.branch(population, compartment, k),
      )
      return this.#sum(parts)
    }
    // Single currents are no variables: the passes may merge them (a pathway tied to another).
    const parts = arriving.map((each) => this.at(each.span, () => this.#contribution(each, 1, 0)))
    return this.at(arriving[0]?.span ?? compartment.span, () => this.#sum(parts))
  }

  #sum(parts: readonly (ValueId | undefined)[]): ValueId | undefined {
    let total: ValueId | undefined
    for (const part of parts) {
      if (part === undefined) return undefined
      total = total === undefined ? part : this.context.builder.map('add', total, part)
    }
    return total
  }

  /** What one connection adds to its target, through the synapses of one branch. */
  #contribution(connection: Connection, branches: number, k: number): ValueId | undefined {
    const { builder } = this.context
    const sent = this.sent(connection)
    if (sent === undefined) return undefined
    if (connection.wire) return this.#wired(connection, sent)
    const weight = this.weights.connection(connection)
    if (weight === undefined) return undefined
    const units = connection.source.population.size
    const activity = builder.broadcast(sent, [examplesOf(this.context), units])
    let value: ValueId
    switch (connection.connectivity) {
      case 'one_to_one':
        value = builder.map('mul', activity, weight)
        break
      case 'all_to_all':
      case 'random':
      case 'mask': {
        const present = masked(builder, connection, weight)
        const [start, size] = branchGroups(units, branches)[k] ?? [0, units]
        value =
          branches === 1
            ? builder.matmul(activity, present, { transposeRight: true })
            : builder.matmul(
                builder.slice(activity, 1, start, size),
                builder.slice(present, 1, start, size),
                {
                  transposeRight: true,
                },
              )
        break
      }
      case 'conv':
      case 'conv_transpose': {
        const { convolution } = connection
        // What does not fit has no convolution; that was reported.
        if (!convolution) return undefined
        value = convolve(builder, convolution, activity, weight)
        break
      }
    }
    return connection.sign === 'inhibitory' ? builder.map('neg', value) : value
  }

  /** What a wire delivers: one number for all units, or unit to unit. */
  #wired(connection: Connection, sent: ValueId): ValueId | undefined {
    const { source, target, span } = connection
    const width = this.context.builder.shapeOf(sent)[1]
    const { size } = target.population
    const takesOne = target.population.cell.inputs.some(
      (each) => each.scalar && each.name === target.compartment,
    )
    // What is too much for an input of one number is said by the input.
    if (width === undefined || width === 1 || width === size || takesOne) return sent
    return sizeMismatch(this.context.diagnostics, span, source.population, target.population)
  }

  #input(population: Population, input: CellInput): ValueId | undefined {
    const { builder, diagnostics } = this.context
    const name = inputName(population, input)
    const arriving = this.#arriving(population, input)
    if (arriving.length > 0) {
      const value = this.#sum(arriving.map((each) => this.#contribution(each, 1, 0)))
      if (value !== undefined && input.scalar && (builder.shapeOf(value).at(-1) ?? 1) !== 1) {
        return diagnostics.report('scalarExpected', arriving[0]?.span ?? input.span, {
          name,
          source: arriving
            .map((each) => `${each.source.population.name}.${each.source.signal}`)
            .join(', '),
        })
      }
      return value
    }
    const { presented } = this.context
    if (presented?.has(name) ?? !input.value)
      return builder.input(name, [examplesOf(this.context), input.scalar ? 1 : population.size])
    if (!input.value) {
      return diagnostics.report(
        'notPresented',
        input.span,
        { input: name },
        { hint: `add \`present ${name} = ...\` to the experiment, or wire it` },
      )
    }
    const value = input.value
    return this.at(input.span, () =>
      lowerExpression(this.context, this.environment(population, input.scope), value),
    )
  }
}

/** `x` for the input of a cell with one input and nothing else to present, else `y.target`. */
export function inputName(population: Population, input: { readonly name: string }): string {
  const { inputs, compartments } = population.cell
  return inputs.length === 1 && compartments.length === 0
    ? population.name
    : `${population.name}.${input.name}`
}

const truths: ReadonlySet<string> = new Set('eq ne lt le gt ge and or not'.split(' '))

/** Whether a value is 0 or 1 by the function that it is made by. */
const isTruth = (node: IrNode): boolean => node.op === 'map' && truths.has(node.fn)

/** The states of a population's cells, with the compartment that each stands in. */
function statesOf({ cell }: Population): Place['states'] {
  return [
    ...cell.states.map((state) => ({ state })),
    ...cell.compartments.flatMap(({ name, states }) =>
      states.map((state) => ({ state, compartment: name })),
    ),
  ]
}

/** The name of the variable that an expression is: `p`, or `soma.v`. */
function variableOf({ cell }: Population, expression: Expression): string | undefined {
  const name =
    expression.kind === 'Name'
      ? expression.name
      : expression.kind === 'Member' &&
          expression.object.kind === 'Name' &&
          cell.compartments.some(
            (each) => each.name === (expression.object as { name: string }).name,
          )
        ? expression.member.name
        : undefined
  if (name === undefined) return undefined
  const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
  const found =
    equations.find((each) => each.name === name) ?? equations.find((each) => each.role === name)
  if (found) return found.name
  const others = [
    ...statesOf({ cell } as Population).map(({ state }) => state.member.name.name),
    ...cell.inputs.map((each) => each.name),
    ...cell.compartments.map((each) => each.name),
  ]
  return others.includes(name) ? name : undefined
}
