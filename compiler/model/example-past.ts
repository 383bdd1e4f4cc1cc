/**
 * What a state that each example keeps for itself is made of, and what of that goes on from the presentation before,
 * which was of another example: a delay, `since`, `count` and `prev` of what is no state, states of terminals, refractory
 * times, states that are neither of each example nor set anew where a presentation begins. What no example has a part
 * in (an oscillator, noise) is the same for all of them, and left alone.
 */
import type { Assignment, Expression, Span } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { walk } from '../../grammar/walk.ts'
import type { Environment } from './bind/environment.ts'
import type { Bound } from './bind/index.ts'
import { partsOfModulator } from './bind/modulating.ts'
import type { CellVariable } from './bind/reference.ts'
import { temporal } from './builtins.ts'
import type { Connection, Model, Population } from './model.ts'
import { equationsOf, isRefractory } from './refractory.ts'
import { wholeOf } from './slices.ts'

type Names = Pick<Bound, 'environments' | 'references'>

/** A variable of a population. */
export interface Part {
  readonly population: Population
  readonly variable: CellVariable
}

/** Something of an earlier presentation. */
export interface Leftover {
  readonly kind: 'state' | 'call' | 'delay' | 'stp' | 'refractory'
  /** A state's name, a call as it is written, a connection, a detection. */
  readonly name: string
  readonly span: Span
  /** Of a delay. */
  readonly connection?: Connection
  /** What it is left of; nothing is left where no example has a part in these. */
  readonly of: readonly Part[]
}

interface Reads {
  readonly parts: readonly Part[]
  readonly left: readonly Leftover[]
  /** Whether data are presented here. */
  readonly presented?: boolean
}

/** Reads what the variables of a model are made of; each variable once. */
export class ExamplePast {
  readonly #model: Model
  readonly #bound: Names
  readonly #reads = new Map<string, Reads>()

  constructor(model: Model, bound: Names) {
    this.#model = model
    this.#bound = bound
  }

  /** What of earlier presentations a state of each example is made of, the nearest first. */
  of(state: Part): readonly Leftover[] {
    const reached = this.#reached([state])
    return reached
      .flatMap((part) => this.#readsOf(part).left)
      .filter(({ of }) => this.#reached(of).some((part) => this.#isOfExamples(part)))
  }

  #isOfExamples(part: Part): boolean {
    const { variable } = part
    if (variable.kind === 'state' && variable.state.member.perExample) return true
    return this.#readsOf(part).presented ?? false
  }

  /** All that some variables are made of, they themselves first, in the order of their distance. */
  #reached(from: readonly Part[]): readonly Part[] {
    const seen = new Map(from.map((part) => [nameOf(part), part]))
    for (const part of seen.values())
      for (const next of this.#readsOf(part).parts)
        if (!seen.has(nameOf(next))) seen.set(nameOf(next), next)
    return [...seen.values()]
  }

  #readsOf(part: Part): Reads {
    const name = nameOf(part)
    const known = this.#reads.get(name)
    if (known) return known
    const found = this.#read(part)
    this.#reads.set(name, found)
    return found
  }

  #read(part: Part): Reads {
    const { population, variable } = part
    const { cell } = population
    const { environments } = this.#bound
    switch (variable.kind) {
      case 'bias':
        return { parts: [], left: [] }
      case 'compartment':
        return joined([
          ...this.#arriving(part),
          { parts: partsOf(population, variable.members.values()), left: [] },
        ])
      case 'input': {
        const { value, scope } = variable.input
        const arriving = this.#arriving(part)
        if (arriving.length > 0) return joined(arriving)
        if (!value) return { parts: [], left: [], presented: true }
        const read = this.#expression(population, value, environments.cell(cell, scope))
        return { ...read, presented: true }
      }
      case 'equation': {
        const { equation, within } = variable
        const environment = environments.cell(cell, equation.scope, within)
        const read = this.#expression(population, equation.value, environment)
        if (!isRefractory(equation)) return read
        const { span } = equation.refractory
        const left: Leftover = { kind: 'refractory', name: variable.name, span, of: [part] }
        return joined([read, { parts: [], left: [left] }])
      }
      case 'state':
        return this.#state(population, variable, part)
    }
  }

  #state(
    population: Population,
    variable: CellVariable & { readonly kind: 'state' },
    part: Part,
  ): Reads {
    const { cell } = population
    const { environments } = this.#bound
    const { state, within, name } = variable
    const { derivative, perExample } = state.member
    const environment = environments.cell(cell, state.scope, within)
    const reads = [...(derivative.factor ? [derivative.factor] : []), derivative.value].map(
      (each) => this.#expression(population, each, environment),
    )
    const own = (list: readonly Assignment[]): readonly Assignment[] =>
      list.filter(({ target }) => target.name === name)
    for (const equation of equationsOf(cell)) {
      const changed = own(equation.resets)
      if (changed.length === 0) continue
      const inside = environments.cell(cell, equation.scope)
      reads.push(...changed.map(({ value }) => this.#expression(population, value, inside)))
      const detected = environments.variables(cell).get(equation.name)
      if (detected) reads.push({ parts: [{ population, variable: detected }], left: [] })
    }
    let anew = perExample === true
    for (const { member, scope } of cell.reactions) {
      const changed = own(member.assignments)
      if (changed.length === 0) continue
      const inside = environments.cell(cell, scope)
      const said = changed.map(({ value }) => this.#expression(population, value, inside))
      reads.push(...said)
      if (this.#isPresented(member.trigger, inside))
        anew ||= changed.some(
          ({ operator }, i) =>
            operator === '=' && !said[i]!.parts.some((each) => nameOf(each) === nameOf(part)),
        )
      else reads.push(this.#expression(population, member.trigger, inside))
    }
    if (anew) return joined(reads)
    const { span } = state.member.name
    const left: Leftover = { kind: 'state', name, span, of: [part] }
    return joined([...reads, { parts: [], left: [left] }])
  }

  #isPresented(trigger: Expression, environment: Environment): boolean {
    const { references } = this.#bound
    return (
      references.has(environment, trigger) &&
      references.of(environment, trigger).kind === 'presented'
    )
  }

  /** What an expression in a cell, or in the terminals of one, is made of. */
  #expression(population: Population, value: Expression, environment: Environment): Reads {
    const { references, environments } = this.#bound
    const parts: Part[] = []
    const left: Leftover[] = []
    walk(value, (node) => {
      if (node.kind === 'Call' && node.callee.kind === 'Name' && temporal.has(node.callee.name)) {
        const [first] = node.args
        if (!first || this.#isPresented(first.value, environment)) return false
        const { name } = node.callee
        const of = this.#expression(population, first.value, environment)
        // A state in the step before is what the example left, or what it was set to.
        const kept = name === 'prev' && of.parts.every(({ variable }) => variable.kind === 'state')
        if (!kept)
          left.push({ kind: 'call', name: printExpression(node), span: node.span, of: of.parts })
        parts.push(...of.parts)
        left.push(...of.left)
        return false
      }
      if (node.kind !== 'Name' && node.kind !== 'Member') return true
      if (!references.has(environment, node)) return true
      const reference = references.of(environment, node)
      if (reference.kind === 'cell') parts.push({ population, variable: reference.variable })
      if (reference.kind === 'local') {
        const { variable } = reference
        if (variable.kind === 'given' && variable.of)
          parts.push({ population, variable: variable.of })
        if (variable.kind === 'modulator')
          parts.push(...partsOfModulator(this.#bound, variable.modulator))
        if (variable.kind === 'role') {
          const emitted = population.cell.equations.find(({ role }) => role === variable.name)
          const found = emitted && environments.variables(population.cell).get(emitted.name)
          if (found) parts.push({ population, variable: found })
        }
      }
      return false
    })
    return { parts, left }
  }

  #arriving({ population, variable }: Part): readonly Reads[] {
    return this.#model.connections
      .filter(
        ({ target }) =>
          wholeOf(target.population).name === population.name &&
          target.compartment === variable.name,
      )
      .map((each) => this.#connection(each))
  }

  #connection(connection: Connection): Reads {
    const { environments } = this.#bound
    const { source, transmit, stp, delay, delays, name } = connection
    const population = wholeOf(source.population)
    const signal = environments.variables(population.cell).get(source.signal)
    const sent: Reads = { parts: signal ? [{ population, variable: signal }] : [], left: [] }
    const reads = [sent]
    if (transmit)
      reads.push(
        this.#expression(
          population,
          transmit.value,
          environments.transmit(transmit, source.population),
        ),
      )
    if (stp) {
      const environment = environments.stp(stp, source.population)
      const { amplitude, members } = stp.item
      const values = [
        ...(amplitude ? [amplitude] : []),
        ...members.flatMap((each) => (each.kind === 'Equation' ? [each.value] : [])),
      ]
      reads.push(...values.map((each) => this.#expression(population, each, environment)))
      const state = members.find(({ kind }) => kind === 'State')
      const of = sent.parts
      if (state) reads.push({ parts: [], left: [{ kind: 'stp', name, span: stp.span, of }] })
    }
    const span = delays?.value.span ?? delay?.span
    const { parts, left } = joined(reads)
    if (!span) return { parts, left }
    return { parts, left: [{ kind: 'delay', name, span, connection, of: parts }, ...left] }
  }
}

const nameOf = ({ population, variable }: Part): string => {
  const within = 'within' in variable ? `${variable.within.name}.` : ''
  return `${population.name}.${within}${variable.name}`
}

const partsOf = (population: Population, variables: Iterable<CellVariable>): readonly Part[] =>
  [...variables].map((variable) => ({ population, variable }))

const joined = (reads: readonly Reads[]): Reads => ({
  parts: reads.flatMap(({ parts }) => parts),
  left: reads.flatMap(({ left }) => left),
})
