/**
 * States and reactions of a plasticity rule. A trace lives where what it is made of lives: one for each
 * presynaptic unit, one for each postsynaptic one, or, where it is made of both, one for each synapse.
 *
 * In a step a trace is advanced by the experiment's solver, then changed by one reaction after the other. A
 * reaction reads traces as the reactions before it left them, and the weight as it was before the step;
 * what they ask of the weight is done in the same order: `w += 1` after `w = 5` adds, before it is lost.
 */
import type { Assignment, Expression, StateMember } from '../../../grammar/ast.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { noLowering, originOf } from '../context.ts'
import type { Clock } from '../../model/clock.ts'
import { assigned } from '../circuit/dynamics.ts'
import { exponentialEuler, rungeKutta, type Slope } from '../circuit/solvers.ts'
import { partShape, traceName, type Learner } from './learner.ts'
import { pairPart, pairShape, valueIn } from './pairwise.ts'
import { spread } from './synapse-terms.ts'
import { RuleLowering, type ReadTrace } from './rule-lowering.ts'
import { collapse, product, singlePart, type Part, type Term } from './terms.ts'

/** Terms as one value in the shape of the weight. */
export type Contract = (
  context: CircuitLowering['context'],
  learner: Learner,
  terms: readonly Term[],
) => ValueId

export class Traces {
  readonly #circuit: CircuitLowering
  readonly #learner: Learner
  readonly #contract: Contract
  readonly #values = new Map<string, readonly Term[] | undefined>()
  #parts: ReadonlyMap<string, Part | undefined> | undefined

  constructor(circuit: CircuitLowering, learner: Learner, contract: Contract) {
    this.#circuit = circuit
    this.#learner = learner
    this.#contract = contract
  }

  /** As it was after the step before, or as the beginning presentation sets it. */
  past(name: string): readonly Term[] | undefined {
    const part = this.#partOf(name)
    return part && [{ [part]: this.#before(name, part) }]
  }

  /** After all reactions. */
  final(name: string): readonly Term[] | undefined {
    return this.#changed(name, this.#reactions().length)
  }

  /**
   * What the reactions add to the weight in this step: one after the other, as to a state. What sets the
   * weight leaves nothing of what those before it asked for.
   */
  reactions(): readonly Term[] | undefined {
    const { builder } = this.#circuit.context
    let total: readonly Term[] = []
    for (const [count, { trigger, assignments }] of this.#reactions().entries()) {
      const rule = this.#rule((name) => this.#changed(name, count))
      for (const assignment of assignments.filter(({ target }) => target.name === 'w')) {
        const before = builder.origin
        builder.origin = originOf(this.#circuit.context, assignment.span)
        const change = this.#weightChange(rule, assignment)
        const when = rule.lower(trigger)
        builder.origin = before
        if (!change || !when) return undefined
        const kept = assignment.operator === '=' ? without(builder, when, total) : total
        total = [...kept, ...product(builder, when, change)]
      }
    }
    return total
  }

  #weightChange(
    rule: RuleLowering,
    { operator, value, target }: Assignment,
  ): readonly Term[] | undefined {
    const { builder } = this.#circuit.context
    const negative = (terms: readonly Term[] | undefined): readonly Term[] | undefined =>
      terms && product(builder, [{ scalar: builder.constant(-1) }], terms)
    const right = rule.lower(value)
    if (operator === '+=') return right
    if (operator === '-=') return negative(right)
    if (this.#learner.convolution || this.#learner.shared)
      return noLowering(this.#circuit.context, target.span, '`w = ...` of a weight that is shared')
    const weight = negative(rule.weight())
    return right && weight && [...right, ...weight]
  }

  #reactions() {
    return this.#learner.rule.item.members.filter((each) => each.kind === 'Reaction')
  }

  /** Reactions that set traces anew, before the step; what they do to the weight is done with all others. */
  #anew() {
    const rule = this.#rule(() => undefined)
    return this.#reactions().filter(({ trigger }) => rule.isPresented(trigger))
  }

  #rule(read: ReadTrace): RuleLowering {
    const past: ReadTrace = (name) => this.past(name)
    return new RuleLowering(this.#circuit, this.#learner, read, { past })
  }

  #member(name: string): StateMember {
    const found = this.#learner.rule.item.members.find(
      (each) => each.kind === 'State' && each.name.name === name,
    )
    if (found?.kind !== 'State') throw new Error(`${this.#learner.name} has no trace ${name}`)
    return found
  }

  /** Where a trace lives: with all that it is made of and changed by. */
  #partOf(name: string): Part | undefined {
    this.#parts ??= this.#allParts()
    return this.#parts.get(name)
  }

  /**
   * Where each trace lives. Traces may be made of one another: at first each adds nothing, and then what was
   * found, until nothing more is. What is made of nothing is kept for each postsynaptic cell.
   */
  #allParts(): ReadonlyMap<string, Part | undefined> {
    const parts = new Map<string, Part | undefined>(
      this.#states().map((name) => [name, 'scalar' as const]),
    )
    const settle = (): void => {
      for (let moved = true; moved;) {
        moved = false
        for (const [name, before] of parts) {
          const found = before && this.#joined(name, before, parts)
          moved ||= found !== before
          parts.set(name, found)
        }
      }
    }
    settle()
    for (const [name, part] of parts) if (part === 'scalar') parts.set(name, 'post')
    settle()
    for (const [name, part] of parts) {
      if (part !== 'weight' || !this.#learner.convolution) continue
      const construct = 'A trace of each synapse, where synapses share a kernel,'
      noLowering(this.#circuit.context, this.#member(name).span, construct)
      parts.set(name, undefined)
    }
    return parts
  }

  /** Where a trace lives that lives there already, if others live where they do; undefined after a report. */
  #joined(
    name: string,
    already: Part,
    parts: ReadonlyMap<string, Part | undefined>,
  ): Part | undefined {
    const { context } = this.#circuit
    const one = context.builder.constant(1)
    const read: ReadTrace = (each) => {
      const part = parts.get(each)
      return part && [{ [part]: one }]
    }
    const rule = new RuleLowering(this.#circuit, this.#learner, read, { keeps: false })
    const { factor, value } = this.#member(name).derivative
    const made: Expression[] = [value, ...(factor ? [factor] : [])]
    for (const { trigger, assignments } of this.#reactions()) {
      const own = assignments.filter(({ target }) => target.name === name)
      if (own.length > 0) made.push(trigger, ...own.map((each) => each.value))
    }
    const terms = made.map((each) => rule.lower(each))
    const known = terms.filter((each) => each !== undefined)
    if (known.length < terms.length) return undefined
    const part = singlePart([...known, [{ [already]: one }]])
    if (this.#learner.convolution) return part ?? 'weight'
    const found = part ?? pairPart(context, this.#learner)
    const isOne = (context.clock?.examples ?? 1) === 1
    return found === 'weight' && this.#learner.synapses && !isOne ? 'synapse' : found
  }

  #states(): readonly string[] {
    return this.#learner.rule.item.members.flatMap((each) =>
      each.kind === 'State' ? [each.name.name] : [],
    )
  }

  /** Terms as one value where a trace lives. */
  #value(terms: readonly Term[] | undefined, part: Part): ValueId | undefined {
    if (!terms) return undefined
    const { context } = this.#circuit
    const { synapses } = this.#learner
    if (part === 'synapse' && synapses) return spread(context, synapses, terms)
    if (part === 'weight') return this.#contract(context, this.#learner, terms)
    const value = valueIn(context, this.#learner, terms, part)
    return part === 'synapse'
      ? context.builder.broadcast(value, pairShape(context, this.#learner))
      : value
  }

  /** As it was after the step before, or as the beginning presentation sets it. */
  #before(name: string, part: Part): ValueId {
    return this.#setAnew(name, part, this.#anew().length)
  }

  #setAnew(name: string, part: Part, count: number): ValueId {
    const { builder } = this.#circuit.context
    const reaction = this.#anew()[count - 1]
    if (!reaction) return this.#kept(name, part)
    const own = reaction.assignments.filter(({ target }) => target.name === name)
    if (own.length === 0) return this.#setAnew(name, part, count - 1)
    const terms = this.#once(`${name}, anew ${count}`, () => {
      const rule = this.#rule((each) => {
        const other = this.#partOf(each)
        return other && [{ [other]: this.#setAnew(each, other, count - 1) }]
      })
      const trigger = this.#value(rule.lower(reaction.trigger), 'scalar')
      let value = this.#setAnew(name, part, count - 1)
      for (const { operator, value: expression } of own) {
        const right = this.#value(rule.lower(expression), part)
        if (right === undefined || trigger === undefined) return undefined
        value = assigned(builder, operator, { trigger, value, right })
      }
      return [{ [part]: value }]
    })
    // What could not be lowered was reported.
    return (terms && this.#value(terms, part)) ?? this.#kept(name, part)
  }

  #kept(name: string, part: Part): ValueId {
    const { context, memories } = this.#circuit
    const { initial } = this.#member(name)
    const shape = partShape(this.#circuit, this.#learner, part)
    const { scope } = this.#learner.rule
    return memories.keep(
      traceName(this.#learner, name),
      shape,
      initial ? this.#circuit.initial(undefined, scope, initial, shape) : zero,
      () => {
        const terms = this.final(name)
        return terms && this.#value(terms, part)
      },
      originOf(context, this.#member(name).span),
    )
  }

  /** Advanced by the solver, not yet changed. */
  #advanced(name: string): readonly Term[] | undefined {
    return this.#once(`${name}, advanced`, () => {
      const part = this.#partOf(name)
      const { clock } = this.#circuit.context
      if (!part || !clock) return undefined
      const value =
        clock.solver === 'rk4' ? this.#rungeKutta().get(name) : this.#single(name, part, clock)
      return value === undefined ? undefined : [{ [part]: value }]
    })
  }

  /** By a solver that advances one trace by itself. */
  #single(name: string, part: Part, { solver }: Clock): ValueId | undefined {
    const { builder } = this.#circuit.context
    const before = this.#before(name, part)
    const isExponential = solver === 'exponential_euler'
    const point = isExponential ? builder.stop(before) : before
    const slope = this.#slope(name, part, (each, other) =>
      each === name ? point : this.#before(each, other),
    )
    if (!slope) return undefined
    if (!isExponential)
      return builder.map('add', before, builder.map('mul', slope.step, slope.value))
    const shape = partShape(this.#circuit, this.#learner, part)
    return exponentialEuler(builder, slope, { before, point, shape })
  }

  /** All traces of the rule together. */
  #rungeKutta(): ReadonlyMap<string, ValueId> {
    const known = this.#rk4
    if (known) return known
    const { builder } = this.#circuit.context
    const names = this.#states()
    const before = (name: string): ValueId | undefined => {
      const part = this.#partOf(name)
      return part && this.#before(name, part)
    }
    const result = rungeKutta(builder, names, before, (read) => {
      const found = new Map<string, ValueId>()
      for (const name of names) {
        const part = this.#partOf(name)
        const slope = part && this.#slope(name, part, read)
        if (!slope) return undefined
        found.set(name, builder.map('mul', slope.step, slope.value))
      }
      return found
    })
    this.#rk4 = result
    return result
  }

  #rk4: ReadonlyMap<string, ValueId> | undefined

  /** The right side of a trace's equation, and step / factor, where traces are read by `read`. */
  #slope(
    name: string,
    part: Part,
    read: (name: string, part: Part) => ValueId | undefined,
  ): Slope | undefined {
    const { builder, clock } = this.#circuit.context
    if (!clock) return undefined
    const rule = this.#rule((each) => {
      const other = this.#partOf(each)
      const value = other && read(each, other)
      return other && value !== undefined ? [{ [other]: value }] : undefined
    })
    const { factor, value } = this.#member(name).derivative
    const slope = this.#value(rule.lower(value), part)
    const divisor = factor && this.#factor(rule.lower(factor), part)
    if (slope === undefined || (factor && divisor === undefined)) return undefined
    const step = builder.constant(clock.step)
    return { value: slope, step: divisor === undefined ? step : builder.map('div', step, divisor) }
  }

  /** What stands before a derivative: one number, or one wherever the trace lives. */
  #factor(terms: readonly Term[] | undefined, part: Part): ValueId | undefined {
    if (!terms || singlePart([terms]) !== 'scalar') return this.#value(terms, part)
    return collapse(this.#circuit.context.builder, terms, 'scalar')
  }

  /** After the first `count` reactions. */
  #changed(name: string, count: number): readonly Term[] | undefined {
    if (count === 0) return this.#advanced(name)
    const reaction = this.#reactions()[count - 1]
    const assignments = reaction?.assignments.filter(({ target }) => target.name === name) ?? []
    if (!reaction || assignments.length === 0 || this.#anew().includes(reaction))
      return this.#changed(name, count - 1)
    return this.#once(`${name}, change ${count}`, () => {
      const part = this.#partOf(name)
      if (!part) return undefined
      const { builder } = this.#circuit.context
      const rule = this.#rule((each) => this.#changed(each, count - 1))
      const trigger = this.#value(rule.lower(reaction.trigger), part)
      let value = this.#value(this.#changed(name, count - 1), part)
      for (const { operator, value: expression } of assignments) {
        const right = this.#value(rule.lower(expression), part)
        if (right === undefined || value === undefined || trigger === undefined) return undefined
        value = assigned(builder, operator, { trigger, value, right })
      }
      return value === undefined ? undefined : [{ [part]: value }]
    })
  }

  #once(key: string, make: () => readonly Term[] | undefined): readonly Term[] | undefined {
    if (!this.#values.has(key)) this.#values.set(key, make())
    return this.#values.get(key)
  }
}

/** Terms where a trigger is 0. */
function without(
  builder: GraphBuilder,
  when: readonly Term[],
  terms: readonly Term[],
): readonly Term[] {
  const isAlways = when.every(
    ({ post, pre, weight, synapse, scalar }) =>
      post === undefined &&
      pre === undefined &&
      weight === undefined &&
      synapse === undefined &&
      (scalar === undefined || builder.nodeOf(scalar).op === 'const'),
  )
  if (isAlways) {
    const known = when.map(({ scalar }) => (scalar === undefined ? 1 : scalarOf(builder, scalar)))
    return known.every((each) => each === 0) ? terms : []
  }
  const negative = [{ scalar: builder.constant(-1) }]
  return [...terms, ...product(builder, product(builder, negative, when), terms)]
}

function scalarOf(builder: GraphBuilder, value: ValueId): number {
  const node = builder.nodeOf(value)
  return node.op === 'const' ? node.value : Number.NaN
}

const zero = ({ builder }: CircuitLowering['context']): ValueId => builder.constant(0)
