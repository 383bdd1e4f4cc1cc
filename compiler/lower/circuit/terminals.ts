/**
 * The terminals of a connection: what they release of the signal that comes along the axon, after
 * short-term plasticity and `transmit`, and when it arrives.
 */
import type { Expression, Span } from '../../../grammar/ast.ts'
import { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'
import { Context } from '../../model/context.ts'
import type { Connection, Population, Scope } from '../../model/model.ts'
import type { CircuitLowering } from './circuit.ts'
import { delaySteps } from './clock.ts'
import { examplesOf } from '../context.ts'
import { Dynamics, type Change, type ReadState } from './dynamics.ts'
import { lowerExpression, type Environment } from './expressions.ts'
import type { History } from './history.ts'
import { scalarValue } from '../scalars.ts'

export class Terminals {
  readonly #circuit: CircuitLowering
  readonly #history: History | undefined
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #dynamics = new Map<string, Dynamics | undefined>()

  constructor(circuit: CircuitLowering, history: History | undefined) {
    this.#circuit = circuit
    this.#history = history
  }

  /** What arrives at a connection's synapses: what its terminals released, as long ago as it takes. */
  sent(connection: Connection): ValueId | undefined {
    const { delay, source, name, stp, transmit } = connection
    const { clock, diagnostics } = this.#circuit.context
    if (!delay || !clock || !this.#history) return this.#released(connection)
    const steps = delaySteps(diagnostics, clock, delay.scope, delay.value)
    if (steps === undefined) return undefined
    if (steps === 0) return this.#released(connection)
    const { size } = source.population
    if (!this.#history.affords(delay.value.span, 'A delay', steps, size)) return undefined
    // A signal that is sent as it is can be kept once for all of its connections.
    const isPlain = !isDynamic(stp) && (!transmit || this.#isSentAsIs(connection))
    const { population, signal } = source
    const emitted = population.cell.equations.find((each) => each.role === signal)?.name ?? signal
    const what = isPlain ? `${population.name}.${emitted}` : `${name}.sent`
    return this.#history.ago(what, population.size, steps, () => this.#released(connection))
  }

  /** Whether a `transmit` leaves the signal as it is: noise of strength 0, say. */
  #isSentAsIs({ transmit, source: { population } }: Connection): boolean {
    if (!transmit) return true
    const builder = new GraphBuilder('as it is')
    const signal = builder.input('signal', [examplesOf(this.#circuit.context), population.size])
    const environment: Environment = {
      scope: transmit.scope,
      variable: (name) => (name === 'signal' ? signal : 'unknown'),
      member: (object) => (object.kind === 'Name' && object.name === 'pre' ? undefined : 'unknown'),
      drawShape: [],
      stream: () => '',
      names: () => [],
    }
    // What is wrong with it is said when it is lowered for good.
    const context = { ...this.#circuit.context, builder, diagnostics: new Context() }
    return lowerExpression(context, environment, transmit.value) === signal
  }

  /** What a connection's terminals release: the source's signal, or what becomes of it there. */
  #released(connection: Connection): ValueId | undefined {
    const { population, signal } = connection.source
    const source = this.#circuit.variable(population, signal, connection.span)
    if (source === 'unknown' || source === undefined) return undefined
    const { transmit, stp } = connection
    if (!transmit && !isDynamic(stp)) return source
    const key = `${connection.name}.sent`
    if (this.#values.has(key)) return this.#values.get(key)
    const passed = this.#passed(connection, source)
    const environment: Environment | undefined = transmit && {
      scope: transmit.scope,
      variable: (name) => (name === 'signal' ? passed : 'unknown'),
      member: (object, name, span) => this.#ofSource(population, object, name, span),
      drawShape: [examplesOf(this.#circuit.context), population.size],
      stream: this.#circuit.streamOf(connection.name),
      names: () => ['signal', ...transmit.scope.names()],
    }
    const value =
      transmit && environment && passed !== undefined
        ? this.#circuit.at(transmit.span, () =>
            lowerExpression(this.#circuit.context, environment, transmit.value),
          )
        : passed
    if (value !== undefined && value !== source) this.#circuit.publish(key, value)
    this.#values.set(key, value)
    return value
  }

  /** A signal as short-term plasticity passes it: times the amplitude, before it reacts. */
  #passed(connection: Connection, source: ValueId): ValueId | undefined {
    const { stp } = connection
    if (!stp || !isDynamic(stp)) return source
    const { amplitude } = stp.item
    const dynamics = this.#terminals(connection, source)
    if (!amplitude) return source
    const environment = this.#terminal(connection, source, stp.scope, (name) =>
      dynamics?.advanced(name),
    )
    const factor = this.#circuit.at(amplitude.span, () =>
      lowerExpression(this.#circuit.context, environment, amplitude),
    )
    return factor === undefined
      ? undefined
      : this.#circuit.context.builder.map('mul', source, factor)
  }

  /** The states of a connection's terminals: one of each for every presynaptic unit. */
  #terminals(connection: Connection, source: ValueId): Dynamics | undefined {
    const { stp, name } = connection
    const { clock } = this.#circuit.context
    if (!stp || !clock) return undefined
    const known = this.#dynamics.get(name)
    if (known) return known
    const { members } = stp.item
    const states = members.flatMap((member) =>
      member.kind === 'State' ? [{ state: { member, scope: stp.scope } }] : [],
    )
    const changes = members.flatMap((member): Change[] =>
      member.kind === 'Reaction'
        ? [
            {
              trigger: (read) =>
                lowerExpression(
                  this.#circuit.context,
                  this.#terminal(connection, source, stp.scope, read),
                  member.trigger,
                ),
              assignments: member.assignments,
              scope: stp.scope,
            },
          ]
        : [],
    )
    const made = new Dynamics(this.#circuit.context, clock, this.#circuit.memories, {
      name,
      units: connection.source.population.size,
      states,
      changes,
      environment: (scope, read) => this.#terminal(connection, source, scope, read),
      initial: (expression, scope) => this.#circuit.initial(undefined, scope, expression),
    })
    this.#dynamics.set(name, made)
    return made
  }

  /** What names mean in an `stp`: its states and equations, `signal`, and what its cell emits. */
  #terminal(connection: Connection, source: ValueId, scope: Scope, read: ReadState): Environment {
    const { population } = connection.source
    const members = connection.stp?.item.members ?? []
    const environment: Environment = {
      scope,
      variable: (name, span) => {
        if (name === 'signal') return source
        for (const member of members) {
          if (member.kind === 'State' && member.name.name === name) return read(name)
          if (member.kind === 'Equation' && member.name.name === name)
            return lowerExpression(this.#circuit.context, environment, member.value)
        }
        const isEmitted = population.cell.equations.some((each) => each.role === name)
        return isEmitted ? this.#circuit.variable(population, name, span) : 'unknown'
      },
      drawShape: [examplesOf(this.#circuit.context), population.size],
      stream: this.#circuit.streamOf(connection.name),
      names: () => ['signal', ...scope.names()],
    }
    return environment
  }

  /** `pre.name` in a `transmit`: a variable or a parameter of the cell whose axon it is. */
  #ofSource(
    population: Population,
    object: Expression,
    name: string,
    span: Span,
  ): ValueId | undefined | 'unknown' {
    const { phase } = this.#circuit.context
    const inPhase = object.kind === 'Member' && object.object.kind === 'Name' && phase
    const circuit = inPhase ? phase.circuit(object.object.name, span) : this.#circuit
    if (circuit === undefined || circuit === 'unknown') return circuit
    const side = inPhase ? object.member : object
    if (side.kind === 'Member' || !('name' in side) || side.name !== 'pre') return 'unknown'
    const value = circuit.variable(population, name, span)
    if (value !== 'unknown') return value
    const { builder, freedom } = circuit.context
    const entry = population.cell.scope.lookUp(name)
    return entry?.kind === 'number' || entry?.kind === 'boolean'
      ? scalarValue(builder, freedom, entry)
      : undefined
  }
}

const isDynamic = (stp: Connection['stp']): boolean =>
  stp !== undefined && (stp.item.members.length > 0 || stp.item.amplitude !== undefined)
