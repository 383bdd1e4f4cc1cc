/**
 * State equations of one place: a cell's, or a synapse's short-term plasticity. In a step a state is
 * `before` (as it was kept), then `advanced` by the solver, then changed by one block after the other,
 * resets first and then reactions; what comes of it is `final`.
 *
 * The right side of a state equation reads the states of the place as they are before the step; a
 * block reads them as the blocks before it left them.
 */
import type { Assignment, Expression, Span } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Compartment, Equation, Scope, State } from '../../model/model.ts'
import type { Clock } from '../../model/clock.ts'
import { originOf, type LowerContext } from '../context.ts'
import type { Early } from './early.ts'
import { lowerExpression, type Reading } from './expressions.ts'
import type { Initial, Memories } from './memory.ts'
import { exponentialEuler, rungeKutta, type Noise, type Slope } from './solvers.ts'
import { Streams } from './streams.ts'

/** What a state stands for where an expression is read. */
export type ReadState = (name: string) => ValueId | undefined

/** States change where a trigger is not 0. */
export interface Change {
  /** A reset, which changes held states too. */
  readonly resets?: boolean
  /** Before the step, which changes held states too. */
  readonly anew?: boolean
  readonly trigger: (read: ReadState) => ValueId | undefined
  readonly assignments: readonly Assignment[]
  readonly scope: Scope
  /** Equations that it reads with the states as it reads these. */
  readonly before?: ReadonlySet<Equation>
}

/** What an expression of a block is lowered with, besides the states. */
export interface InBlock {
  readonly isAnew?: boolean
  readonly before?: ReadonlySet<Equation>
  /** Where one of these is lowered: those that were. */
  readonly early?: Early
}

/** What has states: the cells of a population, or the terminals of a connection. */
export interface Stateful {
  /** Storage names begin with it: `h[0]`. */
  readonly name: string
  readonly units: number
  readonly states: readonly { readonly state: State; readonly within?: Compartment }[]
  readonly changes: readonly Change[]
  /** What sets states anew, before the step, where a presentation begins. */
  readonly anew: readonly Change[]
  /** Where an expression of it is lowered. */
  readonly place: (
    scope: Scope,
    read: ReadState,
    within?: Compartment,
    inBlock?: InBlock,
  ) => Reading
  readonly initial: (expression: Expression, scope: Scope) => Initial
  /** Equations that a state equation reads with the states as it reads these. */
  readonly before?: (state: State) => ReadonlySet<Equation>
  /**
   * Whether a state stands still in this step: in its equation, and before its reactions, where what was
   * detected in this very step holds it too. Undefined for a state that nothing holds.
   */
  readonly held?: (
    state: string,
  ) => { readonly advancing: ValueId; readonly reacting: () => ValueId | undefined } | undefined
}

export class Dynamics {
  readonly #context: LowerContext
  readonly #clock: Clock
  readonly #memories: Memories
  readonly #owner: Stateful
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #running = new Set<string>()

  constructor(context: LowerContext, clock: Clock, memories: Memories, owner: Stateful) {
    this.#context = context
    this.#clock = clock
    this.#memories = memories
    this.#owner = owner
  }

  has(name: string): boolean {
    return this.#owner.states.some(({ state }) => state.member.name.name === name)
  }

  /** As it was after the step before, or as the beginning presentation sets it. */
  before(name: string): ValueId | undefined {
    return this.#setAnew(name, this.#owner.anew.length)
  }

  /** After the first `count` of what sets states anew; what is right of `=` reads what those before left. */
  #setAnew(name: string, count: number): ValueId | undefined {
    if (count === 0) return this.kept(name)
    const before: ReadState = (each) => this.#setAnew(each, count - 1)
    return this.#applied(`${name}, anew ${count}`, name, this.#owner.anew[count - 1], before)
  }

  /** As it was after the step before. */
  kept(name: string): ValueId | undefined {
    const { state } = this.#placed(name)
    const { initial } = state.member
    return this.#memories.keep(
      `${this.#owner.name}.${name}`,
      [this.#clock.examples, this.#owner.units],
      initial ? this.#owner.initial(initial, state.scope) : ({ builder }) => builder.constant(0),
      () => this.final(name),
      originOf(this.#context, state.member.span),
    )
  }

  /** Advanced by the solver, not yet changed. */
  advanced(name: string): ValueId | undefined {
    if (this.#clock.solver === 'rk4') return this.#rungeKutta().get(name)
    return this.#once(`${name}, advanced`, () => {
      const before = this.before(name)
      if (before === undefined) return undefined
      const { builder } = this.#context
      if (this.#clock.solver === 'exponential_euler') {
        const value = this.#exponential(name, before)
        return value && this.#unlessHeld(name, before, value)
      }
      const slope = this.#slope(name, (each) => this.before(each))
      if (!slope) return undefined
      const value = builder.map('add', before, builder.map('mul', slope.step, slope.value))
      return this.#unlessHeld(name, before, value)
    })
  }

  #unlessHeld(name: string, held: ValueId, otherwise: ValueId): ValueId {
    const found = this.#owner.held?.(name)
    return found ? this.#context.builder.map('select', found.advancing, held, otherwise) : otherwise
  }

  /** After all resets and reactions. */
  final(name: string): ValueId | undefined {
    return this.#changed(name, this.#owner.changes.length)
  }

  /** After the first `count` changes. */
  #changed(name: string, count: number): ValueId | undefined {
    if (count === 0) return this.advanced(name)
    const before: ReadState = (each) => this.#changed(each, count - 1)
    return this.#applied(`${name}, change ${count}`, name, this.#owner.changes[count - 1], before)
  }

  /** A state after a change, before which all states are what `read` says. */
  #applied(
    key: string,
    name: string,
    change: Change | undefined,
    read: ReadState,
  ): ValueId | undefined {
    const assignments = change?.assignments.filter(({ target }) => target.name === name) ?? []
    if (!change || assignments.length === 0) return read(name)
    return this.#once(key, () => {
      const trigger = change.trigger(read)
      let value = read(name)
      if (trigger === undefined || value === undefined) return undefined
      const { builder } = this.#context
      const { scope, anew, before } = change
      const inBlock: InBlock = { ...(anew && { isAnew: anew }), ...(before && { before }) }
      const place = this.#owner.place(scope, read, undefined, inBlock)
      for (const { operator, value: expression, span } of assignments) {
        const right = this.#at(span, () => lowerExpression(this.#context, place, expression))
        if (right === undefined || value === undefined) return undefined
        value = assigned(builder, operator, { trigger, value, right })
      }
      const held =
        change.resets === true || change.anew === true ? undefined : this.#owner.held?.(name)
      const kept = read(name)
      if (!held || kept === undefined) return value
      const isHeld = held.reacting()
      return isHeld && builder.map('select', isHeld, kept, value)
    })
  }

  // --- solvers -------------------------------------------------------------------------------------

  /** What stands for `dv/dt` where states are read by `read`: the right side, and step / factor. */
  #slope(
    name: string,
    read: ReadState,
    streams?: Streams,
    noise?: (place: Reading) => ValueId,
  ): Slope | undefined {
    const { state, within } = this.#placed(name)
    const { factor, value } = state.member.derivative
    const { builder } = this.#context
    const before = this.#owner.before?.(state)
    const own = this.#owner.place(state.scope, read, within, before && { before })
    const drawing = streams ? { ...own, stream: streams.from(own.stream) } : own
    const place = { ...drawing, noise: () => (noise ?? this.#noiseOfStep)(drawing) }
    return this.#at(state.member.span, () => {
      const right = lowerExpression(this.#context, place, value)
      const divisor = factor && lowerExpression(this.#context, place, factor)
      if (right === undefined || (factor && divisor === undefined)) return undefined
      const step = builder.constant(this.#clock.step)
      return {
        value: right,
        step: divisor === undefined ? step : builder.map('div', step, divisor),
      }
    })
  }

  /** Euler-Maruyama: what makes a step of h times the noise a normal number times the root of h. */
  readonly #noiseOfStep = (place: Reading): ValueId => {
    const { builder } = this.#context
    const normal = builder.random('normal', place.stream('normal'), place.drawShape)
    return builder.map('mul', normal, builder.constant(1 / Math.sqrt(this.#clock.step)))
  }

  #exponential(name: string, before: ValueId): ValueId | undefined {
    const { builder } = this.#context
    const point = builder.point(before)
    const shape = [this.#clock.examples, this.#owner.units]
    const noises: Noise[] = []
    const noise = (place: Reading): ValueId => {
      const at = builder.stop(builder.filled(0, shape))
      noises.push({ at, draw: this.#noiseOfStep(place) })
      return at
    }
    const read: ReadState = (each) => (each === name ? point : this.before(each))
    const slope = this.#slope(name, read, undefined, noise)
    return slope && exponentialEuler(builder, slope, { before, point, shape, noises })
  }

  /** Over all states of the place; draws and what arrives are held. */
  #rungeKutta(): ReadonlyMap<string, ValueId> {
    const known = this.#rk4
    if (known) return known
    this.#rk4 = new Map()
    const { builder } = this.#context
    const names = this.#owner.states.map(({ state }) => state.member.name.name)
    const streams = new Map(names.map((name) => [name, new Streams()]))
    const changes = (read: ReadState): ReadonlyMap<string, ValueId> | undefined => {
      const found = new Map<string, ValueId>()
      for (const name of names) {
        const own = streams.get(name)
        const slope = this.#slope(name, read, own)
        if (!slope) return undefined
        const moves = builder.map('mul', slope.step, slope.value)
        found.set(name, this.#unlessHeld(name, builder.constant(0), moves))
      }
      return found
    }
    const result = rungeKutta(builder, names, (name) => this.before(name), changes)
    this.#rk4 = result
    return result
  }

  #rk4: ReadonlyMap<string, ValueId> | undefined

  // --- what surrounds them -------------------------------------------------------------------------

  #placed(name: string): Stateful['states'][number] {
    const found = this.#owner.states.find(({ state }) => state.member.name.name === name)
    if (!found) throw new Error(`${this.#owner.name} has no state ${name}`)
    return found
  }

  /** What a state is made of may not lead back to it within the step. */
  #once(key: string, make: () => ValueId | undefined): ValueId | undefined {
    if (this.#values.has(key)) return this.#values.get(key)
    if (this.#running.has(key)) throw new Error(`\`${key}\` needs itself, which is checked`)
    this.#running.add(key)
    const value = make()
    this.#running.delete(key)
    this.#values.set(key, value)
    return value
  }

  #at<T>(span: Span, make: () => T): T {
    const { builder } = this.#context
    const before = builder.origin
    builder.origin = originOf(this.#context, span)
    const result = make()
    builder.origin = before
    return result
  }
}

/** A state after an assignment: changed where the trigger is not 0. */
export function assigned(
  builder: LowerContext['builder'],
  operator: Assignment['operator'],
  { trigger, value, right }: Readonly<Record<'trigger' | 'value' | 'right', ValueId>>,
): ValueId {
  const next =
    operator === '=' ? right : builder.map(operator === '+=' ? 'add' : 'sub', value, right)
  return builder.map('select', trigger, next, value)
}
