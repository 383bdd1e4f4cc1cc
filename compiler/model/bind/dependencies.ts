/**
 * What is computed from what within one step: variables of populations through equations, and
 * through connections without a delay. `prev(...)`, `since`, `count` and delays reach into earlier
 * steps, so that nothing passes them; what another phase computed is there already.
 *
 * A state variable is advanced once in a step, and equations read what became of it. Its own equation
 * reads the states of its cell as they were, and everything else as it is in this step. The condition
 * of a detected signal, and what a reaction assigns, read states advanced but not yet changed, and so do the
 * equations that these would otherwise read in a circle (`before.ts`).
 */
import type { Assignment, Expression, Span } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { temporal } from '../builtins.ts'
import { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import { holdersOf } from '../refractory.ts'
import { wholeOf } from '../slices.ts'
import { observed } from '../watch.ts'
import type { CellInstance, Connection, Equation, Model, Population, Scope } from '../model.ts'
import { noBefore, type Before, type EquationVariable } from './before.ts'
import type { Environment } from './environment.ts'
import type { Bound } from './index.ts'
import type { CellVariable, References } from './reference.ts'

export type Names = Pick<Bound, 'environments' | 'references'>

/** What stands for a state where an expression is read. */
type OfState = (variable: CellVariable & { readonly kind: 'state' }) => readonly Dependency[]

/** Something that a variable is computed from. */
export interface Dependency {
  readonly on: string
  /** The connection that it passes, if any. */
  readonly through?: Span
}

/** A variable of a population, by the name that messages use: `h[0].e`. */
export interface CircuitNode {
  readonly population: Population
  readonly variable: CellVariable
  readonly name: string
  readonly span: Span
  readonly dependencies: () => readonly Dependency[]
}

/**
 * Every variable of the circuit that has a value within one step; `together`: the solver advances all states of
 * a cell at once, so that each is made of what any of them reads.
 */
export function circuitVariables(
  model: Model,
  bound: Names,
  together: boolean,
  before: (cell: CellInstance) => Before,
): ReadonlyMap<string, CircuitNode> {
  const variables = new Map<string, CircuitNode>()
  const arriving = connectionsByTarget(model, bound)
  for (const population of model.populations) {
    const { cell, name: owner } = population
    const arrivals = (name: string): readonly Dependency[] => arriving.get(`${owner}.${name}`) ?? []
    const at = { owner, cell, together, before: before(cell) }
    const reader = new CellReader(bound, at, arrivals)
    for (const variable of inOrder(bound.environments.variables(cell))) {
      const { name, span = cell.span } = variable
      // A bias is there before the step.
      if (variable.kind === 'bias') continue
      const full = `${owner}.${name}`
      variables.set(full, {
        population,
        variable,
        name: full,
        span,
        dependencies: () => reader.of(variable),
      })
    }
  }
  return variables
}

/** The variables of a cell, each once: states, what they stand in, inputs, equations. */
function inOrder(variables: ReadonlyMap<string, CellVariable>): readonly CellVariable[] {
  const all = [...new Set(variables.values())]
  const rank = (each: CellVariable): number =>
    each.kind === 'equation' && each.within ? 1 : ranks[each.kind]
  return all.toSorted((a, b) => rank(a) - rank(b))
}

const ranks = { state: 0, compartment: 1, input: 2, bias: 2, equation: 3 } as const

/** Reads what the variables of one population's cell are computed from. */
class CellReader {
  readonly #bound: Names
  readonly #owner: string
  readonly #cell: CellInstance
  readonly #together: boolean
  readonly #before: Before
  readonly #arrivals: (name: string) => readonly Dependency[]

  constructor(
    bound: Names,
    of: {
      readonly owner: string
      readonly cell: CellInstance
      readonly together: boolean
      readonly before: Before
    },
    arrivals: (name: string) => readonly Dependency[],
  ) {
    this.#bound = bound
    this.#owner = of.owner
    this.#cell = of.cell
    this.#together = of.together
    this.#before = of.before
    this.#arrivals = arrivals
  }

  of(variable: CellVariable): readonly Dependency[] {
    switch (variable.kind) {
      case 'equation': {
        const { equation, within } = variable
        const environment = this.#bound.environments.cell(this.#cell, equation.scope, within)
        const { pullback, scope } = equation
        const state: OfState = (each) =>
          equation.detected ? this.#advanced(each) : this.#own(each.name)
        const early = this.#before.of(equation)
        const read = this.#read(equation.value, environment, state, early)
        if (!pullback) return read
        const inside = this.#bound.environments.surrogate(this.#cell, scope, pullback, within)
        const said = [...pullback.bindings.map(({ value }) => value), pullback.result]
        return [...read, ...said.flatMap((each) => this.#read(each, inside, state, early))]
      }
      case 'state':
        return [...this.#advanced(variable), ...this.#changes(variable.name)]
      // What arrives at a compartment with dynamics is read by its states, by the name `input`.
      case 'compartment':
        return this.#arrivals(variable.name)
      case 'input': {
        const { value, scope } = variable.input
        const arriving = this.#arrivals(variable.name)
        if (arriving.length > 0 || !value) return arriving
        const environment = this.#bound.environments.cell(this.#cell, scope)
        return this.#read(value, environment, (state) => this.#own(state.name))
      }
      case 'bias':
        return []
    }
  }

  #own(name: string): readonly Dependency[] {
    return [{ on: `${this.#owner}.${name}` }]
  }

  /** What a state's advance by one step is made of. */
  #advanced(variable: CellVariable & { readonly kind: 'state' }): readonly Dependency[] {
    if (!this.#together) return this.#slope(variable)
    const all = this.#bound.environments.variables(this.#cell).values()
    // Its own first, so that a cycle that passes it alone is told as that.
    const states = new Set([variable, ...all])
    return [...states].flatMap((each) => (each.kind === 'state' ? this.#slope(each) : []))
  }

  /**
   * What the state equation reads; the states of the cell are those of the step before, or what the
   * beginning presentation sets them to.
   */
  #slope(variable: CellVariable & { readonly kind: 'state' }): readonly Dependency[] {
    const { state, within } = variable
    const environment = this.#bound.environments.cell(this.#cell, state.scope, within)
    const { factor, value } = state.member.derivative
    const kept: OfState = (other) => (other === variable ? [] : this.#setAnew(other))
    const early = this.#before.of(state)
    return [
      ...this.#setAnew(variable),
      ...[...(factor ? [factor] : []), value].flatMap((each) =>
        this.#read(each, environment, kept, early),
      ),
    ]
  }

  /** What a presentation sets a state to when it begins is made of. */
  #setAnew({ name }: CellVariable): readonly Dependency[] {
    return this.#cell.reactions.flatMap(({ member, scope }) => {
      const environment = this.#bound.environments.cell(this.#cell, scope)
      if (!this.#isPresented(member.trigger, environment)) return []
      return member.assignments
        .filter(({ target }) => target.name === name)
        .flatMap(({ value }) => this.#read(value, environment, () => [], this.#before.of(member)))
    })
  }

  #isPresented(trigger: Expression, environment: Environment): boolean {
    const { references } = this.#bound
    return (
      references.has(environment, trigger) &&
      references.of(environment, trigger).kind === 'presented'
    )
  }

  /** What decides, and makes up, the changes of a state by resets and reactions. */
  #changes(state: string): readonly Dependency[] {
    const { equations, compartments, reactions } = this.#cell
    const values = (assignments: readonly Assignment[]): readonly Expression[] =>
      assignments.filter(({ target }) => target.name === state).map(({ value }) => value)
    const read = (
      list: readonly Expression[],
      scope: Scope,
      early: ReadonlySet<Equation>,
    ): readonly Dependency[] => {
      const environment = this.#bound.environments.cell(this.#cell, scope)
      const advanced: OfState = (other) => this.#advanced(other)
      return list.flatMap((each) => this.#read(each, environment, advanced, early))
    }
    const signal = (equation: Equation): readonly Dependency[] => {
      const { name, resets, scope } = equation
      const own = values(resets)
      return own.length > 0
        ? [...this.#own(name), ...read(own, scope, this.#before.of(equation))]
        : []
    }
    return [
      ...[...equations, ...compartments.flatMap((each) => each.equations)].flatMap(signal),
      ...reactions.flatMap(({ member, scope }) => {
        const own = values(member.assignments)
        const environment = this.#bound.environments.cell(this.#cell, scope)
        if (own.length === 0 || this.#isPresented(member.trigger, environment)) return []
        // A held state is changed by nothing else in the step of the detection.
        const holders = holdersOf(this.#cell, state).flatMap(({ name }) => this.#own(name))
        return [...read([member.trigger, ...own], scope, this.#before.of(member)), ...holders]
      }),
    ]
  }

  /** `early`: equations that are read as they are before states are changed. */
  #read(
    value: Expression,
    environment: Environment,
    state: OfState,
    early?: ReadonlySet<Equation>,
    seen = new Set<Equation>(),
  ): readonly Dependency[] {
    const { cell, arrives } = readIn(this.#bound, value, environment)
    const of = (each: CellVariable): readonly Dependency[] => {
      if (each.kind === 'state') return state(each)
      if (each.kind === 'bias') return []
      if (each.kind !== 'equation' || !early?.has(each.equation)) return this.#own(each.name)
      const { equation, within } = each
      // What reads itself is a circle of its own.
      if (seen.has(equation)) return []
      seen.add(equation)
      const inside = this.#bound.environments.cell(this.#cell, equation.scope, within)
      return this.#read(equation.value, inside, state, this.#before.changing(), seen)
    }
    return [...[...cell].flatMap(of), ...(arrives ? this.#own(arrives.name) : [])]
  }
}

/**
 * What the variables of a cell are computed from within it, by their names, where everything is read as it is at
 * the end of the step: what arrives from others is left out.
 */
export function withinCell(
  bound: Names,
  cell: CellInstance,
  together: boolean,
): ReadonlyMap<string, readonly string[]> {
  const at = { owner: '', cell, together, before: noBefore }
  const reader = new CellReader(bound, at, () => [])
  const variables = new Set(bound.environments.variables(cell).values())
  return new Map(
    [...variables].map((each) => [each.name, reader.of(each).map(({ on }) => on.slice(1))]),
  )
}

/** The equations of its cell that an expression reads in this step. */
export const equationsIn = (
  bound: Names,
  value: Expression,
  environment: Environment,
): readonly EquationVariable[] =>
  [...readIn(bound, value, environment).cell].filter((each) => each.kind === 'equation')

/** Variables of cells that an expression reads within the step, and the compartment of `input`. */
function readIn(
  { references }: Names,
  value: Expression,
  environment: Environment,
): {
  readonly cell: ReadonlySet<CellVariable>
  readonly arrives?: CellVariable
  readonly roles: ReadonlySet<string>
} {
  const cell = new Set<CellVariable>()
  const roles = new Set<string>()
  let arrives: CellVariable | undefined
  walk(value, (node) => {
    if (node.kind === 'Call' && node.callee.kind === 'Name' && temporal.has(node.callee.name))
      return false
    // An average is read as it is before the step.
    if (node.kind === 'Call' && isAverage(references, environment, node.callee)) return false
    if (node.kind !== 'Name' && node.kind !== 'Member') return true
    if (!references.has(environment, node)) return true
    const reference = references.of(environment, node)
    if (reference.kind === 'cell' && reference.phase === undefined) cell.add(reference.variable)
    if (reference.kind === 'local') {
      if (reference.variable.kind === 'given') arrives ??= reference.variable.of
      if (reference.variable.kind === 'role') roles.add(reference.variable.name)
    }
    return false
  })
  return { cell, roles, ...(arrives ? { arrives } : {}) }
}

function isAverage(references: References, environment: Environment, callee: Expression): boolean {
  if (!references.has(environment, callee)) return false
  const found = references.of(environment, callee)
  return found.kind === 'function' && found.fn.kind === 'builtin' && found.fn.name === 'running'
}

function connectionsByTarget(
  model: Model,
  bound: Names,
): ReadonlyMap<string, readonly Dependency[]> {
  const arriving = new Map<string, Dependency[]>()
  for (const connection of model.connections) {
    if (isDelayed(connection)) continue
    const { source, target, span } = connection
    const key = `${wholeOf(target.population).name}.${target.compartment}`
    const sent = sendsSignal(connection, bound) ? [source.signal] : []
    const read = new Set([...sent, ...readOfSource(connection, bound)])
    const dependencies = [...read].map((name) => ({
      on: `${wholeOf(source.population).name}.${name}`,
      through: span,
    }))
    const found = arriving.get(key)
    if (found) found.push(...dependencies)
    else arriving.set(key, dependencies)
  }
  return arriving
}

/** Whether what a terminal sends is made of the signal: what it transmits in its place may not be. */
export function sendsSignal(
  { transmit, stp, source }: Connection,
  { environments, references }: Names,
): boolean {
  if (!transmit || stp) return true
  const environment = environments.transmit(transmit, source.population)
  let found = false
  walk(transmit.value, (node) => {
    if (node.kind !== 'Name' || !references.has(environment, node)) return !found
    const reference = references.of(environment, node)
    found ||= reference.kind === 'local' && reference.variable.kind === 'given'
    return false
  })
  return found
}

/** Variables of the presynaptic cell that the terminals read besides the signal. */
function readOfSource({ transmit, stp, source }: Connection, bound: Names): readonly string[] {
  const { population } = source
  const { equations } = population.cell
  const read = (value: Expression, environment: Environment): readonly string[] => {
    const { cell, roles } = readIn(bound, value, environment)
    const emitted = [...roles].flatMap(
      (role) => equations.find((each) => each.role === role)?.name ?? [],
    )
    return [...[...cell].flatMap(({ kind, name }) => (kind === 'bias' ? [] : name)), ...emitted]
  }
  const names: string[] = []
  if (transmit) {
    names.push(...read(transmit.value, bound.environments.transmit(transmit, population)))
  }
  if (stp) {
    const environment = bound.environments.stp(stp, population)
    const { amplitude, members } = stp.item
    if (amplitude) names.push(...read(amplitude, environment))
    for (const member of members) {
      if (member.kind === 'Equation') names.push(...read(member.value, environment))
      if (member.kind === 'State') names.push(...read(member.derivative.value, environment))
    }
  }
  return names
}

/** Whether what a connection delivers is of an earlier step. */
function isDelayed({ delay, delays }: Connection): boolean {
  if (delays) return true
  if (!delay) return false
  const value = evaluate(new Context(), delay.scope, delay.value)
  return value?.kind !== 'number' || observed([value], () => value.value > 0)
}
