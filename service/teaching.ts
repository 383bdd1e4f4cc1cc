/**
 * Where what is taught goes: from the inputs that a loss reads, or, in a circuit that learns without a loss,
 * from what a protocol switches, through the equations of cells and along connections. A connection carries
 * the teaching signal if what it sends depends on it; that weights follow it as they learn counts for nothing.
 */
import type { Expression, ExperimentStatement, ProtocolPhase } from '../grammar/ast.ts'
import { walk, type AnyNode } from '../grammar/walk.ts'
import type {
  CellInstance,
  Connection,
  Experiment,
  Model,
  Population,
  ScalarSymbol,
  Scope,
} from '../compiler/model/model.ts'

/** Where teaching enters, and where it goes. */
export interface Teaching {
  /** Inputs that a loss reads, by population: `y` -> `target`. */
  readonly inputs: ReadonlyMap<string, readonly string[]>
  /** Parameters that a protocol sets and a cell reads, by population. */
  readonly switched: ReadonlyMap<string, readonly string[]>
  /** Names of connections that carry the teaching signal. */
  readonly carriers: ReadonlySet<string>
}

/** Follows the teaching signal through a model. */
export function teachingIn(model: Model): Teaching {
  const cells = new Map(model.populations.map((each) => [each.name, assignmentsIn(each.cell)]))
  const inputs = new Map(
    model.populations.flatMap(({ name, cell }) => {
      const read = taughtInputs(cell)
      return read.length > 0 ? [[name, read] as const] : []
    }),
  )
  const set = new Set(model.experiments.flatMap(parametersSetIn))
  const switched = new Map(
    model.populations.flatMap(({ name }) => {
      const read = parametersRead(cells.get(name) ?? [], set)
      return read.length > 0 ? [[name, read] as const] : []
    }),
  )
  const learns = model.connections.some(({ rule }) => rule)
  const reached = new Map<string, Set<string>>()
  for (const [name, names] of inputs) reached.set(name, new Set(names))
  if (inputs.size === 0 && learns) {
    for (const [name] of switched)
      reached.set(name, new Set(switchedIn(cells.get(name) ?? [], set)))
  }
  return { inputs, switched, carriers: spread(model, cells, reached) }
}

/** A variable of a cell, and an expression that it follows from, at once or in time. */
interface Follows {
  readonly name: string
  readonly from: readonly AnyNode[]
  readonly scope: Scope
}

function assignmentsIn(cell: CellInstance): readonly Follows[] {
  const { compartments, scope } = cell
  const equations = [...cell.equations, ...compartments.flatMap((each) => each.equations)]
  const states = [...cell.states, ...compartments.flatMap((each) => each.states)]
  return [
    ...equations
      .filter(({ role }) => role !== 'loss')
      .flatMap((each) => [
        { name: each.name, from: [each.value], scope: each.scope },
        ...each.resets.map(({ target, value }) => ({
          name: target.name,
          from: [each.value, value],
          scope: each.scope,
        })),
      ]),
    ...states.map(({ member, scope: own }) => ({
      name: member.name.name,
      from: [member.derivative as AnyNode],
      scope: own,
    })),
    // What stands in a compartment adds to what the compartment is.
    ...compartments.flatMap(({ name, states: inner }) =>
      inner.map(({ member }) => ({ name, from: [member.derivative as AnyNode], scope })),
    ),
    ...cell.reactions.flatMap(({ member, scope: own }) =>
      member.assignments.map(({ target, value }) => ({
        name: target.name,
        from: [member.trigger, value],
        scope: own,
      })),
    ),
  ]
}

/** Inputs of a cell that its losses name; or if they name none, those that what they name follows from. */
function taughtInputs({ equations, inputs }: CellInstance): readonly string[] {
  const read = new Set(
    equations.filter(({ role }) => role === 'loss').flatMap(({ value }) => namesIn(value)),
  )
  const among = () => inputs.map(({ name }) => name).filter((name) => read.has(name))
  const named = among()
  if (named.length > 0) return named
  for (const name of read) {
    const equation = equations.find((each) => each.name === name)
    for (const each of equation ? namesIn(equation.value) : []) read.add(each)
  }
  return among()
}

/** Every name in a tree; of `post.e` and `h.e` the last part. */
function namesIn(node: AnyNode): readonly string[] {
  const names: string[] = []
  walk(node, (each) => {
    if (each.kind === 'Name') names.push(each.name)
    if (each.kind === 'Member') names.push(each.member.name)
  })
  return names
}

/** Parameters that the phases of an experiment's protocol set. */
function parametersSetIn({ statements }: Experiment): readonly string[] {
  return statements
    .flatMap((each: ExperimentStatement) => (each.kind === 'Protocol' ? each.phases : []))
    .flatMap(phasesOf)
    .flatMap(({ settings }) => settings)
    .flatMap((each) => (each.kind === 'ProtocolAction' ? [] : [each.name.name]))
}

type Part = Extract<ExperimentStatement, { kind: 'Protocol' }>['phases'][number]

const phasesOf = (part: Part): readonly ProtocolPhase[] =>
  part.kind === 'ProtocolRepeat' ? part.phases.flatMap(phasesOf) : [part]

function parametersRead(cell: readonly Follows[], set: ReadonlySet<string>): readonly string[] {
  const read = cell.flatMap(({ from, scope }) =>
    from.flatMap(namesIn).flatMap((name) => parametersOf(scope, name)),
  )
  return [...new Set(read)].filter((name) => set.has(name))
}

/** Variables that follow directly from a parameter that is set. */
function switchedIn(cell: readonly Follows[], set: ReadonlySet<string>): readonly string[] {
  return cell.filter((each) => parametersRead([each], set).length > 0).map(({ name }) => name)
}

/** Parameters of the model that a name of a cell stands for. */
function parametersOf(scope: Scope, name: string): readonly string[] {
  if (!scope.knows(name)) return []
  const value = scope.lookUp(name)
  if (value?.kind !== 'number' && value?.kind !== 'boolean') return []
  return value.symbol ? symbols(value.symbol) : []
}

function symbols(symbol: ScalarSymbol): readonly string[] {
  if (symbol.kind === 'param') return [symbol.name]
  return symbol.kind === 'apply' ? symbol.args.flatMap(symbols) : []
}

/** Lets what was reached reach more, until nothing is new; gives the connections that took part. */
function spread(
  model: Model,
  cells: ReadonlyMap<string, readonly Follows[]>,
  reached: Map<string, Set<string>>,
): ReadonlySet<string> {
  const carriers = new Set<string>()
  const pending = new Set(reached.keys())
  const leaving = grouped(model.connections)
  for (const name of pending) {
    pending.delete(name)
    const own = reached.get(name) ?? new Set()
    close(cells.get(name) ?? [], own)
    for (const connection of leaving.get(name) ?? []) {
      if (!own.has(connection.source.signal) && !sends(connection, own)) continue
      carriers.add(connection.name)
      const target = whole(connection.target.population)
      const there = reached.get(target) ?? new Set()
      reached.set(target, there)
      if (there.has(connection.target.compartment)) continue
      there.add(connection.target.compartment)
      pending.add(target)
    }
  }
  return carriers
}

/** The name of a population, or of the one that it is a part of. */
const whole = ({ name, slice }: Population): string => slice?.of.name ?? name

function grouped(connections: readonly Connection[]): ReadonlyMap<string, readonly Connection[]> {
  const groups = new Map<string, Connection[]>()
  for (const each of connections) {
    const name = whole(each.source.population)
    groups.set(name, [...(groups.get(name) ?? []), each])
  }
  return groups
}

/** Whether a synapse sends more of its cell than the signal, and that was reached. */
function sends({ transmit }: Connection, own: ReadonlySet<string>): boolean {
  return transmit !== undefined && membersOfPre(transmit.value).some((name) => own.has(name))
}

function membersOfPre(value: Expression): readonly string[] {
  const names: string[] = []
  walk(value, (each) => {
    if (each.kind !== 'Member' || each.object.kind !== 'Name') return
    if (each.object.name === 'pre') names.push(each.member.name)
  })
  return names
}

/** Adds the variables of a cell that follow from those that are there. */
function close(cell: readonly Follows[], own: Set<string>): void {
  for (let before = -1; before < own.size;) {
    before = own.size
    for (const { name, from } of cell) {
      if (!own.has(name) && from.some((node) => namesIn(node).some((each) => own.has(each))))
        own.add(name)
    }
  }
}
