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
import { holdersOf } from '../refractory.ts'
import type { CellInstance, Equation, Model, Population, Scope } from '../model.ts'
import { connectionsByTarget, readIn, type Dependency, type Names } from './arriving.ts'
import { noBefore, type Before, type EquationVariable } from './before.ts'
import type { Environment } from './environment.ts'
import { partsOfModulator } from './modulating.ts'
import type { CellVariable } from './reference.ts'

export type { Dependency, Names } from './arriving.ts'

/** What stands for a state where an expression is read. */
type OfState = (variable: CellVariable & { readonly kind: 'state' }) => readonly Dependency[]

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
  readonly #naming: boolean
  readonly #arrivals: (name: string) => readonly Dependency[]

  constructor(
    bound: Names,
    of: {
      readonly owner: string
      readonly cell: CellInstance
      readonly together: boolean
      readonly before: Before
      /** Whether states that are not yet changed go by names of their own. */
      readonly naming?: boolean
    },
    arrivals: (name: string) => readonly Dependency[],
  ) {
    this.#bound = bound
    this.#owner = of.owner
    this.#cell = of.cell
    this.#together = of.together
    this.#before = of.before
    this.#naming = of.naming ?? false
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

  /** A state advanced, but not yet changed: itself under a name of its own, or what it is made of. */
  #advanced(variable: CellVariable & { readonly kind: 'state' }): readonly Dependency[] {
    return this.#naming ? this.#own(advancedName(variable.name)) : this.advanced(variable)
  }

  /** What a state's advance by one step is made of. */
  advanced(variable: CellVariable & { readonly kind: 'state' }): readonly Dependency[] {
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
    const { cell, arrives, modulators } = readIn(this.#bound, value, environment)
    const told = modulators.flatMap((each) => partsOfModulator(this.#bound, each))
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
    return [
      ...[...cell].flatMap(of),
      ...(arrives ? this.#own(arrives.name) : []),
      ...told.map(({ population, variable }) => ({ on: `${population.name}.${variable.name}` })),
    ]
  }
}

/** The name of a state as it is advanced, but not yet changed; no name of a model. */
export const advancedName = (state: string): string => `${state}, advanced`

/**
 * What the variables of a cell are computed from within it, by their names, where everything is read as it is at
 * the end of the step: what arrives from others is left out. States that are not yet changed have names of their own.
 */
export function withinCell(
  bound: Names,
  cell: CellInstance,
  together: boolean,
): ReadonlyMap<string, readonly string[]> {
  const at = { owner: '', cell, together, before: noBefore, naming: true }
  const reader = new CellReader(bound, at, () => [])
  const variables = new Set(bound.environments.variables(cell).values())
  const own = (list: readonly Dependency[]): readonly string[] =>
    list.flatMap(({ on }) => (on.startsWith('.') ? [on.slice(1)] : []))
  return new Map(
    [...variables].flatMap((each) => [
      [each.name, own(reader.of(each))] as const,
      ...(each.kind === 'state'
        ? [[advancedName(each.name), own(reader.advanced(each))] as const]
        : []),
    ]),
  )
}

/** The equations of its cell that an expression reads in this step. */
export const equationsIn = (
  bound: Names,
  value: Expression,
  environment: Environment,
): readonly EquationVariable[] =>
  [...readIn(bound, value, environment).cell].filter((each) => each.kind === 'equation')
