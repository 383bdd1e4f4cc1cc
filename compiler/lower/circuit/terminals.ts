/**
 * The terminals of a connection: what they release of the signal that comes along the axon, after
 * short-term plasticity and `transmit`, and when it arrives.
 */
import { GraphBuilder } from '../../ir/builder.ts'
import type { Shape, ValueId } from '../../ir/ir.ts'
import { isTruth } from '../../ir/operands.ts'
import type { CallExpression } from '../../../grammar/ast.ts'
import { sendsSignal } from '../../model/bind/arriving.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { Connection, Scope } from '../../model/model.ts'
import type { CircuitLowering } from './circuit.ts'
import { delaySteps } from '../../model/clock.ts'
import { mostSteps } from './own-delays.ts'
import { examplesOf } from '../context.ts'
import { Dynamics, type ReadState } from './dynamics.ts'
import { changesOf } from './reactions.ts'
import { lowerExpression, type Reading } from './expressions.ts'
import type { History } from './history.ts'

/** What is looked back at, and where it stands. */
interface LookedAt {
  readonly environment: Environment
  readonly atEnd: () => ValueId | undefined
  /** Of the terminal's own states. */
  readonly dynamics?: () => Dynamics | undefined
}

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
    const { delay, source } = connection
    const { clock, diagnostics } = this.#circuit.context
    if (!delay || !clock || !this.#history) return this.#released(connection)
    const steps = delaySteps(diagnostics, clock, delay.scope, delay.value)
    if (steps === undefined) return undefined
    if (steps === 0) return this.#released(connection)
    const { size } = source.population
    if (!this.#history.affords(delay.value.span, 'A delay', steps, size)) return undefined
    return this.#history.ago(this.#nameOfSent(connection), size, steps, () =>
      this.#released(connection),
    )
  }

  /** What a connection whose synapses have delays of their own released, in a ring of so many steps. */
  late(connection: Connection): { readonly ring: ValueId; readonly rows: number } | undefined {
    const { delays, source } = connection
    const { clock } = this.#circuit.context
    const rows = clock && mostSteps(connection, clock)
    if (!delays || rows === undefined || !this.#history) return undefined
    const { size } = source.population
    if (!this.#history.affords(delays.value.span, 'The longest delay', rows, size)) return undefined
    const next = (): ValueId | undefined => this.#released(connection)
    return { ring: this.#history.ring(this.#nameOfSent(connection), size, rows, next), rows }
  }

  /** A signal that is sent as it is can be kept once for all of its connections. */
  #nameOfSent(connection: Connection): string {
    const { name, source, stp, transmit } = connection
    const isPlain = !isDynamic(stp) && (!transmit || this.#isSentAsIs(connection))
    const { population, signal } = source
    const emitted = population.cell.equations.find((each) => each.role === signal)?.name ?? signal
    return isPlain ? `${population.name}.${emitted}` : `${name}.sent`
  }

  /** Whether a `transmit` leaves the signal as it is: noise of strength 0, say. */
  #isSentAsIs({ transmit, source: { population } }: Connection): boolean {
    if (!transmit) return true
    const { context } = this.#circuit
    const builder = new GraphBuilder('as it is')
    const signal = builder.input('signal', [examplesOf(context), population.size])
    const place: Reading = {
      environment: context.bound.environments.transmit(transmit, population),
      read: (reference) => (reference.kind === 'local' ? signal : undefined),
      drawShape: [],
      stream: () => '',
    }
    return lowerExpression({ ...context, builder }, place, transmit.value) === signal
  }

  /** What a connection's terminals release: the source's signal, or what becomes of it there. */
  #released(connection: Connection): ValueId | undefined {
    const { population, signal } = connection.source
    const { transmit, stp } = connection
    // What nothing is made of may need what is made here.
    const sends = sendsSignal(connection, this.#circuit.context.bound)
    const source = sends ? this.#circuit.variable(population, signal) : undefined
    if (sends && source === undefined) return undefined
    if (!transmit && !isDynamic(stp)) return source
    const key = `${connection.name}.sent`
    if (this.#values.has(key)) return this.#values.get(key)
    const passed = source === undefined ? undefined : this.#passed(connection, source)
    const value =
      transmit && (passed !== undefined || !sends)
        ? this.#circuit.at(transmit.span, () => this.#transmitted(connection, transmit, passed))
        : passed
    if (value !== undefined && value !== source) this.#circuit.publish(key, value)
    this.#values.set(key, value)
    return value
  }

  #transmitted(
    connection: Connection,
    transmit: NonNullable<Connection['transmit']>,
    passed: ValueId | undefined,
  ): ValueId | undefined {
    const { context } = this.#circuit
    const {
      name,
      source: { population },
    } = connection
    const place: Reading = {
      environment: context.bound.environments.transmit(transmit, population),
      temporal: (call) =>
        this.#lookBack(call, connection, transmit.scope, {
          environment: place.environment,
          atEnd: () => lowerExpression(context, place, call.args[0]!.value),
        }),
      read: (reference, span) => {
        // `signal`, or what is read of the cell whose axon it is.
        if (reference.kind !== 'cell') return passed
        const { phase, variable } = reference
        const circuit = phase === undefined ? this.#circuit : context.phase?.circuit(phase, span)
        return circuit?.value(population, variable)
      },
      drawShape: this.#shape(connection),
      stream: this.#circuit.streamOf(name),
    }
    return lowerExpression(context, place, transmit.value)
  }

  /** A signal as short-term plasticity passes it: times the amplitude, before it reacts. */
  #passed(connection: Connection, source: ValueId): ValueId | undefined {
    const { stp } = connection
    if (!stp || !isDynamic(stp)) return source
    const { amplitude } = stp.item
    const dynamics = this.#terminals(connection, source)
    if (!amplitude) return source
    const place = this.#place(connection, stp, source, (name) => dynamics?.advanced(name))
    const factor = this.#circuit.at(amplitude.span, () =>
      lowerExpression(this.#circuit.context, place, amplitude),
    )
    if (factor === undefined) return undefined
    const { builder } = this.#circuit.context
    // What no spike is multiplied by need not be computed.
    return isTruth(builder.nodeOf(source))
      ? builder.map('select', source, factor, builder.constant(0))
      : builder.map('mul', source, factor)
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
    const reacting = members.flatMap((member) =>
      member.kind === 'Reaction' ? [{ member, scope: stp.scope }] : [],
    )
    const { anew, reactions } = changesOf(this.#circuit.context, reacting, (_, read) =>
      this.#place(connection, stp, source, read),
    )
    const made = new Dynamics(this.#circuit.context, clock, this.#circuit.memories, {
      name,
      units: connection.source.population.size,
      states,
      changes: reactions,
      anew,
      place: (_, read) => this.#place(connection, stp, source, read),
      initial: (expression, scope) =>
        this.#circuit.initial(undefined, scope, expression, this.#shape(connection)),
    })
    this.#dynamics.set(name, made)
    return made
  }

  /**
   * A look at earlier steps of a terminal; `atEnd` is what is looked at, as it is after the step. A state of the
   * terminal, or of its cell, is kept already, with what it begins with.
   */
  #lookBack(
    call: CallExpression,
    connection: Connection,
    scope: Scope,
    { environment, atEnd, dynamics }: LookedAt,
  ): ValueId | undefined {
    const { name, source } = connection
    const [of, first] = call.args
    const { references } = this.#circuit.context.bound
    const isPrev = call.callee.kind === 'Name' && call.callee.name === 'prev' && !first
    if (isPrev && of && references.has(environment, of.value)) {
      const found = references.of(environment, of.value)
      const isCell = found.kind === 'cell' && found.variable.kind === 'state'
      if (isCell && found.phase === undefined)
        return this.#circuit.dynamics(source.population)?.before(found.variable.name)
      if (found.kind === 'local' && found.variable.kind === 'trace')
        return dynamics?.()?.before(found.variable.name)
    }
    return this.#circuit.temporal(call, {
      name: `${name}.sent`,
      units: source.population.size,
      variableOf: () => undefined,
      before: () => undefined,
      atEnd,
      initial: (expression) =>
        this.#circuit.initial(undefined, scope, expression, this.#shape(connection)),
      isCounted: () => false,
      scope,
    })
  }

  /** What terminals have, [examples, terminals]. */
  #shape({ source }: Connection): Shape {
    return [examplesOf(this.#circuit.context), source.population.size]
  }

  /** Where an `stp` is lowered: its states and equations, `signal`, and what its cell emits. */
  #place(
    connection: Connection,
    stp: NonNullable<Connection['stp']>,
    source: ValueId,
    read: ReadState,
  ): Reading {
    const { context } = this.#circuit
    const { population } = connection.source
    const place: Reading = {
      environment: context.bound.environments.stp(stp, population),
      temporal: (call) =>
        this.#lookBack(call, connection, stp.scope, {
          environment: place.environment,
          atEnd: () => {
            const dynamics = this.#terminals(connection, source)
            const last = this.#place(connection, stp, source, (name) => dynamics?.final(name))
            return lowerExpression(context, last, call.args[0]!.value)
          },
          dynamics: () => this.#terminals(connection, source),
        }),
      read: (reference) => {
        if (reference.kind === 'cell') return this.#circuit.value(population, reference.variable)
        if (reference.kind !== 'local') return undefined
        const { variable } = reference
        switch (variable.kind) {
          case 'given':
            return source
          case 'trace':
            return read(variable.name)
          case 'binding':
            return variable.value && lowerExpression(context, place, variable.value)
          case 'role': {
            const emitted = population.cell.equations.find((each) => each.role === variable.name)
            return emitted && this.#circuit.variable(population, emitted.name)
          }
          case 'modulator':
          case 'parameter':
            return undefined
        }
      },
      drawShape: this.#shape(connection),
      stream: this.#circuit.streamOf(connection.name),
    }
    return place
  }
}

const isDynamic = (stp: Connection['stp']): boolean =>
  stp !== undefined && (stp.item.members.length > 0 || stp.item.amplitude !== undefined)
