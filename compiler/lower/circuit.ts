/**
 * The circuit's variables as values, computed when first asked for: declarations have no order, what
 * depends on what decides. A variable that comes back to itself within one step is a cycle.
 */
import type { Expression, Span } from '../../grammar/ast.ts'
import type { ValueId } from '../ir/ir.ts'
import type { CellInput, Compartment, Connection, Equation, Population } from '../model/model.ts'
import { sizeMismatch } from '../model/connections.ts'
import { noLowering, originOf, type LowerContext } from './context.ts'
import { lowerExpression, type Environment } from './expressions.ts'
import { scalarValue } from './scalars.ts'
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

  /** `observed`: every variable becomes an output of the graph. */
  constructor(context: LowerContext, read: ReadStorage, observed: boolean) {
    this.context = context
    this.weights = new Weights(context, read)
    this.#observed = observed
  }

  /** Every variable, so that all can be observed and all mistakes are found. */
  lowerAll(): void {
    for (const population of this.context.model.populations) {
      for (const compartment of population.cell.compartments)
        this.variable(population, compartment.name, compartment.span)
      for (const equation of population.cell.equations)
        this.variable(population, equation.name, equation.span)
    }
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
    const compartment = find(cell.compartments)
    if (compartment)
      return this.#named(population, name, span, () => this.#compartment(population, compartment))
    const input = find(cell.inputs)
    if (input) return this.#named(population, name, span, () => this.#input(population, input))
    const bias = find(cell.biases)
    if (bias) return this.weights.bias(population, bias)
    const state = cell.states.find((each) => each.member.name.name === name)
    if (state) return noLowering(this.context, state.member.span, 'A state equation')
    return 'unknown'
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

  /** What a connection's terminals release: the source's signal, or what `transmit` makes of it. */
  sent(connection: Connection): ValueId | undefined {
    const { population, signal } = connection.source
    const source = this.variable(population, signal, connection.span)
    if (source === 'unknown' || source === undefined) return undefined
    const { transmit } = connection
    if (!transmit) return source
    const key = `${connection.name}.sent`
    if (this.#values.has(key)) return this.#values.get(key)
    const environment: Environment = {
      scope: transmit.scope,
      variable: (name) => (name === 'signal' ? source : 'unknown'),
      member: (object, name, span) => this.#ofSource(population, object, name, span),
      drawShape: ['batch', population.size],
      stream: this.#streamOf(connection.name),
      names: () => ['signal', ...transmit.scope.names()],
    }
    const value = this.#at(transmit.span, () =>
      lowerExpression(this.context, environment, transmit.value),
    )
    if (value !== undefined && value !== source) this.#publish(key, value)
    this.#values.set(key, value)
    return value
  }

  /** `pre.name` in a `transmit`: a variable or a parameter of the cell whose axon it is. */
  #ofSource(
    population: Population,
    object: Expression,
    name: string,
    span: Span,
  ): ValueId | undefined | 'unknown' {
    if (object.kind !== 'Name' || object.name !== 'pre') return 'unknown'
    const value = this.variable(population, name, span)
    if (value !== 'unknown') return value
    const { builder, freedom } = this.context
    const entry = population.cell.scope.lookUp(name)
    return entry?.kind === 'number' || entry?.kind === 'boolean'
      ? scalarValue(builder, freedom, entry)
      : undefined
  }

  environment(population: Population, scope: Environment['scope']): Environment {
    const { cell } = population
    return {
      scope,
      variable: (name, span) => this.variable(population, name, span),
      drawShape: ['batch', population.size],
      stream: this.#streamOf(population.name),
      names: () => [
        ...cell.equations.map((each) => each.name),
        ...cell.compartments.map((each) => each.name),
        ...cell.inputs.map((each) => each.name),
        ...cell.biases.map((each) => each.name),
        ...scope.names(),
      ],
    }
  }

  #streamOf(owner: string): (distribution: string) => string {
    return (distribution) => {
      const key = `${owner} ${distribution}`
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
    if (value !== undefined) this.#publish(key, value)
    return value
  }

  #publish(name: string, value: ValueId): void {
    this.context.builder.name(value, name)
    if (this.#observed) this.context.builder.output(name, value)
  }

  #at<T>(span: Span, make: () => T): T {
    const { builder } = this.context
    const before = builder.origin
    builder.origin = originOf(this.context, span)
    const result = make()
    builder.origin = before
    return result
  }

  #equation(population: Population, equation: Equation): ValueId | undefined {
    if (equation.detected)
      return noLowering(this.context, equation.span, 'A signal that is detected (`when`)')
    return this.#at(equation.span, () =>
      lowerExpression(this.context, this.environment(population, equation.scope), equation.value),
    )
  }

  #arriving(population: Population, compartment: { readonly name: string }): readonly Connection[] {
    return this.context.index.arriving.get(`${population.name}.${compartment.name}`) ?? []
  }

  #compartment(population: Population, compartment: Compartment): ValueId | undefined {
    const state = compartment.states[0]
    if (state) return noLowering(this.context, state.member.span, 'A state equation')
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
    const parts = arriving.map((each) => this.#at(each.span, () => this.#contribution(each, 1, 0)))
    return this.#at(arriving[0]?.span ?? compartment.span, () => this.#sum(parts))
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
    if (connection.delay) return noLowering(this.context, connection.delay.span, 'A delay')
    if (
      connection.stp &&
      (connection.stp.item.members.length > 0 || connection.stp.item.amplitude)
    ) {
      return noLowering(
        this.context,
        connection.stp.item.span,
        'Short-term plasticity with dynamics',
      )
    }
    const sent = this.sent(connection)
    if (sent === undefined) return undefined
    if (connection.wire) return this.#wired(connection, sent)
    const weight = this.weights.connection(connection)
    if (weight === undefined) return undefined
    const units = connection.source.population.size
    const activity = builder.broadcast(sent, ['batch', units])
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
      case 'conv_transpose':
        return noLowering(this.context, connection.span, 'A convolution')
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
      if (value !== undefined && input.scalar && builder.shapeOf(value).length > 0) {
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
      return builder.input(name, ['batch', input.scalar ? 1 : population.size])
    if (!input.value) {
      return diagnostics.report(
        'notPresented',
        input.span,
        { input: name },
        { hint: `add \`present ${name} = ...\` to the experiment, or wire it` },
      )
    }
    const value = input.value
    return this.#at(input.span, () =>
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
