/**
 * Whether anything in a circuit goes on in time: state variables, detected signals, reactions, delays,
 * dynamic synapses, or a look at earlier steps. A circuit without is computed anew for each example.
 */
import type { Expression } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { presentedName, runTimeName, temporal } from './builtins.ts'
import type { CellInstance, Connection, Experiment, Model, Scope } from './model.ts'

/** Ways to advance states by a step. */
export const solvers = ['euler', 'exponential_euler', 'rk4'] as const

/** Whether an experiment says `solver rk4`, which advances the states of a cell together. */
export const advancesTogether = (experiment: Experiment | undefined): boolean =>
  experiment?.statements.some(
    (each) =>
      each.kind === 'Value' &&
      each.name.name === 'solver' &&
      each.value.kind === 'Name' &&
      each.value.name === 'rk4',
  ) ?? false
export type Solver = (typeof solvers)[number]

/**
 * Whether an experiment is run by a clock: that of a circuit with a past, or one without data that says how long
 * a step is, as that of Poisson sources alone does.
 */
export function isRunByClock(model: Model, experiment: Experiment | undefined): boolean {
  if (hasPast(model)) return true
  if (!experiment || model.phases.length > 0) return false
  const { statements } = experiment
  return (
    statements.some((each) => each.kind === 'Value' && each.name.name === 'step') &&
    !statements.some(({ kind }) => kind === 'Data')
  )
}

/** What was found of models, which do not change. */
const known = new WeakMap<Model, boolean>()

/** Whether the circuit has a past, or tells the time. */
export function hasPast(model: Model): boolean {
  const found = known.get(model) ?? findPast(model)
  known.set(model, found)
  return found
}

function findPast({ populations, connections }: Model): boolean {
  return (
    populations.some(({ cell }) => hasPastCell(cell)) ||
    connections.some(
      ({ delay, delays, stp, rule, transmit }) =>
        delay !== undefined ||
        delays !== undefined ||
        (stp !== undefined &&
          (stp.item.members.length > 0 ||
            (stp.item.amplitude !== undefined &&
              looksAtTime(stp.item.amplitude, stp.scope, noNames)))) ||
        (transmit !== undefined && looksAtTime(transmit.value, transmit.scope, noNames)) ||
        hasPastRule(rule),
    )
  )
}

function hasPastRule(rule: Connection['rule']): boolean {
  const members = rule?.item.members ?? []
  return members.some(({ kind }) => kind === 'State' || kind === 'Reaction') || tellsTime(rule)
}

/** Whether an equation of a rule looks back, or reads the run's time. */
function tellsTime(rule: Connection['rule']): boolean {
  if (!rule) return false
  const { members } = rule.item
  const names = new Set(members.flatMap((each) => ('name' in each ? [each.name.name] : [])))
  return members.some(
    (member) => member.kind === 'Equation' && looksAtTime(member.value, rule.scope, names),
  )
}

function hasPastCell(cell: CellInstance): boolean {
  if (cell.states.length > 0 || cell.reactions.length > 0) return true
  if (cell.compartments.some(({ states }) => states.length > 0)) return true
  const equations = [...cell.equations, ...cell.compartments.flatMap((each) => each.equations)]
  const named = [...equations, ...cell.compartments, ...cell.inputs, ...cell.biases]
  const names = new Set(named.map((each) => each.name))
  return (
    cell.biases.some(({ rule }) => tellsTime(rule)) ||
    equations.some(({ detected, value, scope }) => detected || looksAtTime(value, scope, names))
  )
}

const noNames: ReadonlySet<string> = new Set()

/** How deep functions are followed. */
const callLimit = 8

/** Whether an expression looks back, or reads the run's time; `names` are those of its own place. */
function looksAtTime(
  value: Expression,
  scope: Scope,
  names: ReadonlySet<string>,
  depth = 0,
): boolean {
  let found = false
  walk(value, (node) => {
    if (node.kind === 'Name' && (node.name === runTimeName || node.name === presentedName))
      found ||= !names.has(node.name) && scope.lookUp(node.name) === undefined
    if (node.kind !== 'Call' || node.callee.kind !== 'Name') return
    const { name } = node.callee
    const entry = scope.lookUp(name)
    if (temporal.has(name)) found = true
    if (entry?.kind !== 'function' || depth >= callLimit) return
    const { parameters, bindings, result } = entry.definition
    const own = new Set([...parameters, ...bindings].map((each) => each.name.name))
    const standards = parameters.flatMap((each) => each.value ?? [])
    for (const inner of [...standards, ...bindings.map((each) => each.value), result])
      found ||= looksAtTime(inner, entry.scope, own, depth + 1)
  })
  return found
}
