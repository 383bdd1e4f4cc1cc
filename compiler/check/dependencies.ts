/**
 * What is computed from what within one step: variables of populations through equations, and
 * through connections without a delay. State variables, `prev(...)` and delays lie between steps, so
 * that nothing passes them; what another phase computed is there already.
 */
import type { Expression, Span } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { temporal } from '../model/builtins.ts'
import { Context } from '../model/context.ts'
import { evaluate } from '../model/evaluate.ts'
import type { CellInstance, Connection, Equation, Model, Population } from '../model/model.ts'

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
    const aliases = aliasesOf(population.cell)
    const add = (name: string, span: Span, dependencies: Variable['dependencies']): void => {
      const full = `${population.name}.${name}`
      if (!variables.has(full)) variables.set(full, { name: full, span, dependencies })
    }
    const arrivals = (name: string): readonly Dependency[] =>
      arriving.get(`${population.name}.${name}`) ?? []
    const read = (equation: Equation, input?: string): readonly Dependency[] =>
      readIn(population, aliases, equation.value, input)
    for (const { name, states, equations, span } of population.cell.compartments) {
      // What arrives at a compartment with dynamics moves its states, and is felt in the next step.
      add(name, span, () => (states.length > 0 ? [] : arrivals(name)))
      for (const equation of equations) {
        add(equation.name, equation.span, () => [
          ...read(equation, name),
          ...(mentions(equation.value, 'input') ? arrivals(name) : []),
        ])
      }
    }
    for (const { name, span } of population.cell.inputs) add(name, span, () => arrivals(name))
    for (const equation of population.cell.equations) {
      add(equation.name, equation.span, () => read(equation))
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
    const dependency = { on: `${source.population.name}.${source.signal}`, through: span }
    const found = arriving.get(key)
    if (found) found.push(dependency)
    else arriving.set(key, [dependency])
  }
  return arriving
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

function readIn(
  population: Population,
  aliases: ReadonlyMap<string, string>,
  value: Expression,
  compartment?: string,
): readonly Dependency[] {
  const found: Dependency[] = []
  const states = new Set(
    population.cell.compartments
      .find((each) => each.name === compartment)
      ?.states.map((each) => each.member.name.name),
  )
  walk(value, (node, parent) => {
    if (node.kind === 'Call' && node.callee.kind === 'Name' && temporal.has(node.callee.name))
      return false
    // `soma.v` reads a state, `predict.p` another phase.
    if (node.kind === 'Member') return false
    if (node.kind !== 'Name' || (parent?.kind === 'Call' && parent.callee === node)) return true
    const name = states.has(node.name) ? undefined : aliases.get(node.name)
    if (name !== undefined) found.push({ on: `${population.name}.${name}` })
    return true
  })
  return found
}

function mentions(value: Expression, name: string): boolean {
  let found = false
  walk(value, (node) => {
    if (node.kind === 'Name' && node.name === name) found = true
  })
  return found
}
