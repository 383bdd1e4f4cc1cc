/**
 * Where a variable of a cell comes from: through the equations, states and reactions of its own cell, within
 * the step and from earlier ones, down to what arrives at the cell, its biases, and what it draws.
 */
import type { Assignment, Expression, PlasticityItem } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import { builtinsOf } from '../../model/bind/function-bodies.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { Bound } from '../../model/bind/index.ts'
import type { CellVariable, Reference } from '../../model/bind/reference.ts'
import { batchStatistics, draws, reductions } from '../../model/builtins.ts'
import type { Modulator, Population } from '../../model/model.ts'

type Names = Pick<Bound, 'environments' | 'references'>

/** Something that a variable comes from, and the names on the shortest way to it, the variable first. */
export interface Origin {
  readonly path: readonly string[]
  /** A compartment or an input, at which connections arrive, or a bias. */
  readonly variable: CellVariable
}

/** A statistic over all cells of the population, or over the examples of a batch, on the way to a variable. */
export interface Statistic extends Taken {
  readonly path: readonly string[]
}

/** Where a statistic is taken. */
export interface Taken {
  readonly name: string
  readonly node: Expression
  readonly over: 'cells' | 'examples'
}

/** The statistic that a function takes, among the functions of the language that it calls. */
function takenBy(names: readonly string[], node: Expression): readonly Taken[] {
  const ofCells = names.find((each) => reductions.has(each))
  const ofExamples = names.find((each) => batchStatistics.has(each))
  return [
    ...(ofCells === undefined ? [] : [{ name: ofCells, node, over: 'cells' as const }]),
    ...(ofExamples === undefined ? [] : [{ name: ofExamples, node, over: 'examples' as const }]),
  ]
}

/** A modulator on the way to a variable. */
export interface Told {
  readonly path: readonly string[]
  readonly modulator: Modulator
}

export interface Origins {
  readonly origins: readonly Origin[]
  readonly modulators: readonly Told[]
  readonly statistics: readonly Statistic[]
}

/** Looks through a cell, from a variable of it on. */
export function originsOf(
  bound: Names,
  { cell }: Pick<Population, 'cell'>,
  first: CellVariable,
): Origins {
  const origins: Origin[] = []
  const statistics: Statistic[] = []
  const modulators: Told[] = []
  const seen = new Set<CellVariable>([first])
  const pending: { variable: CellVariable; path: readonly string[] }[] = [
    { variable: first, path: [first.name] },
  ]
  for (let next = pending.shift(); next; next = pending.shift()) {
    const { variable, path } = next
    if (variable.kind === 'bias') origins.push({ variable, path })
    if (variable.kind === 'compartment' || variable.kind === 'input')
      origins.push({ variable, path })
    for (const { expression, environment } of expressionsOf(bound, cell, variable)) {
      const { variables, statistics: taken, found } = readBy(bound, expression, environment)
      for (const each of taken) statistics.push({ ...each, path })
      for (const { reference } of found)
        if (reference.kind === 'local' && reference.variable.kind === 'modulator')
          modulators.push({ path, modulator: reference.variable.modulator })
      for (const other of variables) {
        if (seen.has(other)) continue
        seen.add(other)
        pending.push({ variable: other, path: [...path, other.name] })
      }
    }
  }
  return { origins, modulators, statistics }
}

interface Standing {
  readonly expression: Expression
  readonly environment: Environment
}

/** What a variable is computed from, where it stands: equations, state equations, resets and reactions. */
function expressionsOf(
  { environments }: Names,
  cell: Population['cell'],
  variable: CellVariable,
): readonly Standing[] {
  switch (variable.kind) {
    case 'equation': {
      const { equation, within } = variable
      const environment = environments.cell(cell, equation.scope, within)
      const times = equation.refractory ? [equation.refractory.time] : []
      return [equation.value, ...times].map((expression) => ({ expression, environment }))
    }
    case 'state': {
      const { state, within, name } = variable
      const { factor, value } = state.member.derivative
      const own = environments.cell(cell, state.scope, within)
      const changes = (list: readonly Assignment[]): readonly Expression[] =>
        list.flatMap(({ target, value: to }) => (target.name === name ? [to] : []))
      const signals = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
      return [
        ...[...(factor ? [factor] : []), value].map((expression) => ({
          expression,
          environment: own,
        })),
        ...signals.flatMap(({ resets, value: when, scope }) => {
          const values = changes(resets)
          const environment = environments.cell(cell, scope)
          return values.length === 0
            ? []
            : [when, ...values].map((expression) => ({ expression, environment }))
        }),
        ...cell.reactions.flatMap(({ member, scope }) => {
          const values = changes(member.assignments)
          const environment = environments.cell(cell, scope)
          return values.length === 0
            ? []
            : [member.trigger, ...values].map((expression) => ({ expression, environment }))
        }),
      ]
    }
    case 'input': {
      const { value, scope } = variable.input
      return value ? [{ expression: value, environment: environments.cell(cell, scope) }] : []
    }
    case 'compartment':
    case 'bias':
      return []
  }
}

/** What an expression reads: references of names and members, and calls of statistics and draws. */
export function readBy(
  { references }: Names,
  expression: Expression,
  environment: Environment,
): {
  readonly variables: readonly CellVariable[]
  readonly found: readonly { readonly node: Expression; readonly reference: Reference }[]
  readonly statistics: readonly Taken[]
  readonly draws: readonly Expression[]
} {
  const variables: CellVariable[] = []
  const found: { node: Expression; reference: Reference }[] = []
  const statistics: Taken[] = []
  const drawn: Expression[] = []
  walk(expression, (node) => {
    if (node.kind === 'Call' && references.has(environment, node.callee)) {
      const reference = references.of(environment, node.callee)
      if (reference.kind !== 'function') return true
      const { fn } = reference
      const names = fn.kind === 'builtin' ? [fn.name] : [...builtinsOf(fn)]
      statistics.push(...takenBy(names, node))
      if (names.some((each) => draws.has(each))) drawn.push(node)
      return true
    }
    if ((node.kind !== 'Name' && node.kind !== 'Member') || !references.has(environment, node))
      return true
    const reference = references.of(environment, node)
    if (reference.kind === 'function') {
      // A function that is handed on by its name.
      if (reference.fn.kind === 'function')
        statistics.push(...takenBy([...builtinsOf(reference.fn)], node))
      return false
    }
    found.push({ node, reference })
    if (reference.kind === 'cell') variables.push(reference.variable)
    if (reference.kind === 'local' && reference.variable.kind === 'given' && reference.variable.of)
      variables.push(reference.variable.of)
    return false
  })
  return { variables, found, statistics, draws: drawn }
}

/** Whatever the members of a rule compute. */
export function expressionsIn({ members }: PlasticityItem): readonly Expression[] {
  return members.flatMap((member): readonly Expression[] => {
    switch (member.kind) {
      case 'Equation':
        return [member.value]
      case 'State': {
        const { factor, value } = member.derivative
        return [...(factor ? [factor] : []), value]
      }
      case 'Reaction':
        return [member.trigger, ...member.assignments.map(({ value }) => value)]
      case 'BoundsProperty':
        return []
    }
  })
}
