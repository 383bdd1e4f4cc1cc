/**
 * What is computed from what within one step: variables of populations through equations, and
 * through connections without a delay. `prev(...)`, `since`, `count` and delays reach into earlier
 * steps, so that nothing passes them; what another phase computed is there already.
 *
 * A state variable is advanced once in a step, and equations read what became of it. Its own equation
 * reads the states of its cell as they were, and everything else as it is in this step. The condition
 * of a detected signal reads states advanced but not yet reset.
 */
import type { Assignment, Expression, Span } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { temporal } from '../model/builtins.ts'
import { Context } from '../model/context.ts'
import { evaluate } from '../model/evaluate.ts'
import type { CellInstance, Connection, Equation, Model, State } from '../model/model.ts'

/** Something that a variable is computed from. */
export interface Dependency {
  readonly on: string
  /** The connection that it passes, if any. */
  readonly through?: Span
}

/** A variable of a population, by the name that messages use: `h[0].e`. */
export interface Variable {
  readonly name: string
  readonly span: Span
  readonly dependencies: () => readonly Dependency[]
}

/** Every variable of the circuit that has a value within one step. */
export function circuitVariables(model: Model): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>()
  const arriving = connectionsByTarget(model)
  for (const population of model.populations) {
    const { cell } = population
    const aliases = aliasesOf(cell)
    const states = new Map(statesOf(cell).map((each) => [each.state.member.name.name, each]))
    const add = (name: string, span: Span, dependencies: Variable['dependencies']): void => {
      const full = `${population.name}.${name}`
      if (!variables.has(full)) variables.set(full, { name: full, span, dependencies })
    }
    const arrivals = (name: string): readonly Dependency[] =>
      arriving.get(`${population.name}.${name}`) ?? []
    const own = (names: Iterable<string>): readonly Dependency[] =>
      [...names].map((name) => ({ on: `${population.name}.${name}` }))
    /** What an expression in `compartment` reads; `state` says what a state stands for. */
    const read = (
      value: Expression,
      compartment: string | undefined,
      state: (name: string) => readonly Dependency[],
    ): readonly Dependency[] => {
      const { algebraic, read: readStates, arrives } = readIn(value, aliases, states)
      return [
        ...own(algebraic),
        ...readStates.flatMap(state),
        ...(arrives && compartment !== undefined ? arrivals(compartment) : []),
      ]
    }
    const none = (): readonly Dependency[] => []
    const advanced = (name: string): readonly Dependency[] => {
      const found = states.get(name)
      if (!found) return []
      const { factor, value } = found.state.member.derivative
      return [...(factor ? [factor] : []), value].flatMap((each) =>
        read(each, found.compartment, none),
      )
    }
    const equationOf = (equation: Equation, compartment?: string): readonly Dependency[] =>
      read(equation.value, compartment, equation.detected ? advanced : (name) => own([name]))
    for (const [name, { state }] of states) {
      add(name, state.member.span, () => [
        ...advanced(name),
        ...changesOf(cell, name).flatMap(({ signal, trigger, values }) => [
          ...own(signal === undefined ? [] : [signal]),
          ...[...trigger, ...values].flatMap((each) => read(each, undefined, none)),
        ]),
      ])
    }
    for (const { name, states: inner, equations, span } of cell.compartments) {
      // What arrives at a compartment with dynamics is read by its states, by the name `input`.
      add(name, span, () => (inner.length > 0 ? [] : arrivals(name)))
      for (const equation of equations) {
        add(equation.name, equation.span, () => equationOf(equation, name))
      }
    }
    for (const { name, span } of cell.inputs) add(name, span, () => arrivals(name))
    for (const equation of cell.equations) {
      add(equation.name, equation.span, () => equationOf(equation))
    }
  }
  return variables
}

function connectionsByTarget(model: Model): ReadonlyMap<string, readonly Dependency[]> {
  const arriving = new Map<string, Dependency[]>()
  for (const connection of model.connections) {
    if (isDelayed(connection)) continue
    const { source, target, span } = connection
    const key = `${target.population.name}.${target.compartment}`
    const dependencies = [source.signal, ...readOfSource(connection)].map((name) => ({
      on: `${source.population.name}.${name}`,
      through: span,
    }))
    const found = arriving.get(key)
    if (found) found.push(...dependencies)
    else arriving.set(key, dependencies)
  }
  return arriving
}

/** Variables of the presynaptic cell that a `transmit` reads as `pre.name`. */
function readOfSource({ transmit }: Connection): readonly string[] {
  const names: string[] = []
  if (!transmit) return names
  walk(transmit.value, (node) => {
    if (node.kind !== 'Member') return true
    if (node.object.kind === 'Name' && node.object.name === 'pre') names.push(node.member.name)
    return false
  })
  return names
}

/** Whether what a connection delivers is of an earlier step. */
function isDelayed({ delay }: Connection): boolean {
  if (!delay) return false
  const value = evaluate(new Context(), delay.scope, delay.value)
  return value?.kind !== 'number' || value.value > 0
}

/** Equations by the names that equations read them by: their own, and their role. */
function aliasesOf(cell: CellInstance): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>()
  for (const { name, role } of cell.equations) {
    aliases.set(name, name)
    if (role && !aliases.has(role)) aliases.set(role, name)
  }
  for (const { equations } of cell.compartments)
    for (const { name } of equations) aliases.set(name, name)
  for (const { name } of cell.inputs) aliases.set(name, name)
  for (const { name } of cell.compartments) aliases.set(name, name)
  for (const { member } of cell.states) aliases.delete(member.name.name)
  return aliases
}

interface PlacedState {
  readonly state: State
  readonly compartment?: string
}

function statesOf(cell: CellInstance): readonly PlacedState[] {
  return [
    ...cell.states.map((state) => ({ state })),
    ...cell.compartments.flatMap(({ name, states }) =>
      states.map((state) => ({ state, compartment: name })),
    ),
  ]
}

/** Resets and reactions that change a state, and what decides and makes up the change. */
function changesOf(
  cell: CellInstance,
  state: string,
): readonly {
  readonly signal?: string
  readonly trigger: readonly Expression[]
  readonly values: readonly Expression[]
}[] {
  const valuesIn = (assignments: readonly Assignment[]): readonly Expression[] =>
    assignments.filter(({ target }) => target.name === state).map(({ value }) => value)
  const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
  return [
    ...equations.map(({ name, resets }) => ({
      signal: name,
      trigger: [],
      values: valuesIn(resets),
    })),
    ...cell.reactions.map(({ member }) => ({
      trigger: [member.trigger],
      values: valuesIn(member.assignments),
    })),
  ].filter(({ values }) => values.length > 0)
}

interface Reads {
  /** Equations and inputs, by their own names. */
  readonly algebraic: ReadonlySet<string>
  readonly read: readonly string[]
  /** Whether it reads what arrives at its compartment. */
  readonly arrives: boolean
}

function readIn(
  value: Expression,
  aliases: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, unknown>,
): Reads {
  const algebraic = new Set<string>()
  const read = new Set<string>()
  let arrives = false
  walk(value, (node, parent) => {
    if (node.kind === 'Call' && node.callee.kind === 'Name' && temporal.has(node.callee.name))
      return false
    if (node.kind === 'Member') {
      // `soma.v` reads a variable of this cell, `predict.p` another phase.
      const isOwn = node.object.kind === 'Name' && aliases.has(node.object.name)
      if (isOwn && states.has(node.member.name)) read.add(node.member.name)
      else if (isOwn && aliases.has(node.member.name)) algebraic.add(node.member.name)
      return false
    }
    if (node.kind !== 'Name' || (parent?.kind === 'Call' && parent.callee === node)) return true
    if (node.name === 'input') arrives = true
    const name = states.has(node.name) ? undefined : aliases.get(node.name)
    if (states.has(node.name)) read.add(node.name)
    if (name !== undefined) algebraic.add(name)
    return true
  })
  return { algebraic, read: [...read], arrives }
}
