/**
 * What expressions read within the step, and what arrives at the compartments of a circuit through connections without
 * a delay.
 */
import type { Expression, Span } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { temporal } from '../builtins.ts'
import { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import { wholeOf } from '../slices.ts'
import { observed } from '../watch.ts'
import type { Connection, Model, Modulator } from '../model.ts'
import type { Environment } from './environment.ts'
import type { Bound } from './index.ts'
import type { CellVariable, References } from './reference.ts'

export type Names = Pick<Bound, 'environments' | 'references'>

/** Something that a variable is computed from. */
export interface Dependency {
  readonly on: string
  /** The connection that it passes, if any. */
  readonly through?: Span
}

/** Variables of cells that an expression reads within the step, and the compartment of `input`. */
export function readIn(
  { references }: Names,
  value: Expression,
  environment: Environment,
): {
  readonly cell: ReadonlySet<CellVariable>
  readonly arrives?: CellVariable
  readonly roles: ReadonlySet<string>
  readonly modulators: readonly Modulator[]
} {
  const modulators: Modulator[] = []
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
      if (reference.variable.kind === 'modulator') modulators.push(reference.variable.modulator)
    }
    return false
  })
  return { cell, roles, modulators, ...(arrives ? { arrives } : {}) }
}

function isAverage(references: References, environment: Environment, callee: Expression): boolean {
  if (!references.has(environment, callee)) return false
  const found = references.of(environment, callee)
  return found.kind === 'function' && found.fn.kind === 'builtin' && found.fn.name === 'running'
}

export function connectionsByTarget(
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

/** Whether what a connection delivers is of an earlier step; a delay below 0, an error itself, is to cause no other. */
function isDelayed({ delay, delays }: Connection): boolean {
  if (delays) return true
  if (!delay) return false
  const value = evaluate(new Context(), delay.scope, delay.value)
  return value?.kind !== 'number' || observed([value], () => value.value !== 0)
}
