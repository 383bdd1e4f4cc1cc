/**
 * Every place of a model where an equation, a reaction or a rule stands, with what names mean there.
 *
 * All elements of a family are visited, since each has references of its own; definitions of the main
 * file are visited once more by themselves, so that mistakes in unused ones are found too.
 */
import type {
  Assignment,
  BoundsProperty,
  CellMember,
  Expression,
  Item,
  PlasticityItem,
  RefractoryClause,
  SourceFile,
  StateMember,
} from '../../../grammar/ast.ts'
import { outlineCell } from '../cells.ts'
import { instantiate, outlineScope } from '../definitions.ts'
import type { Context } from '../context.ts'
import type {
  CellInstance,
  Compartment,
  Connection,
  Definition,
  FunctionValue,
  Instance,
  Model,
  Population,
} from '../model.ts'
import type { Environment, Environments } from './environment.ts'

/** A place where an expression stands, and what the expression is there. */
export type Place =
  | { readonly kind: 'value'; readonly expression: Expression; readonly environment: Environment }
  | { readonly kind: 'derivative'; readonly state: StateMember; readonly environment: Environment }
  | {
      readonly kind: 'assignment'
      readonly assignment: Assignment
      readonly environment: Environment
    }
  | { readonly kind: 'delay'; readonly expression: Expression; readonly environment: Environment }
  | {
      readonly kind: 'refractory'
      readonly clause: RefractoryClause
      readonly environment: Environment
    }

/** Places of a model's instances: of all, and of one for each kind of element that differs in numbers alone. */
export interface InstancePlaces {
  readonly all: readonly Place[]
  readonly distinct: readonly Place[]
}

/** Every place of the model's instances. */
export function instancePlaces(model: Model, environments: Environments): InstancePlaces {
  const all: Place[] = []
  const distinct: Place[] = []
  const seen = new Set<string>()
  const add = (key: string, places: readonly Place[]): void => {
    for (const each of places) all.push(each)
    if (seen.has(key)) return
    seen.add(key)
    for (const each of places) distinct.push(each)
  }
  for (const { family, cell } of model.populations) {
    add(`cell ${family}`, cellPlaces(environments, cell))
  }
  for (const { name, value, scope } of model.modulators)
    add(`modulator ${name}`, [valueAt(value, environments.modulator(scope))])
  for (const population of model.populations) {
    for (const { name, rule } of population.cell.biases) {
      if (!rule) continue
      const environment = environments.rule(rule, undefined, population)
      const places = memberPlaces(environments, rule.item.members, environment)
      add(`bias ${population.family}.${name}`, places)
    }
  }
  for (const connection of model.connections) {
    const { family = '', source, target, rule } = connection
    const ends = `${source.population.family} -> ${target.population.family}`
    // The branches of an `if` may give the elements of one family different rules.
    const learns = rule ? `${rule.item.span.file}:${rule.item.span.start}` : ''
    add(
      `${family}: ${ends}.${target.compartment} ${learns}`,
      connectionPlaces(environments, connection),
    )
  }
  return { all, distinct }
}

/** Where the gradient of a detection is said. */
function surrogatePlaces(
  environments: Environments,
  cell: CellInstance,
  { pullback, scope }: CellInstance['equations'][number],
  compartment?: Compartment,
): readonly Place[] {
  if (!pullback) return []
  const environment = environments.surrogate(cell, scope, pullback, compartment)
  return [...pullback.bindings.map(({ value }) => value), pullback.result].map((each) =>
    valueAt(each, environment),
  )
}

/** Places of a cell: equations, resets, state equations, reactions, defaults of inputs. */
function cellPlaces(environments: Environments, cell: CellInstance): readonly Place[] {
  const places: Place[] = []
  for (const equation of cell.equations) {
    const environment = environments.cell(cell, equation.scope)
    places.push(valueAt(equation.value, environment))
    places.push(...surrogatePlaces(environments, cell, equation))
    const { refractory: clause } = equation
    if (clause) places.push({ kind: 'refractory', clause, environment })
    places.push(...assignments(equation.resets, environment))
  }
  for (const { member, scope } of cell.states) {
    const environment = environments.cell(cell, scope)
    places.push(...statePlaces(member, environment, environments.initial(cell, scope)))
  }
  for (const compartment of cell.compartments) {
    for (const { member, scope } of compartment.states) {
      const environment = environments.cell(cell, scope, compartment)
      places.push(...statePlaces(member, environment, environments.initial(cell, scope)))
    }
    for (const equation of compartment.equations) {
      const { value, resets, scope } = equation
      const environment = environments.cell(cell, scope, compartment)
      places.push(valueAt(value, environment))
      places.push(...surrogatePlaces(environments, cell, equation, compartment))
      places.push(...assignments(resets, environment))
    }
  }
  for (const { value, scope } of cell.inputs) {
    if (value) places.push(valueAt(value, environments.cell(cell, scope)))
  }
  for (const { member, scope } of cell.reactions) {
    const environment = environments.cell(cell, scope)
    places.push(valueAt(member.trigger, environment))
    places.push(...assignments(member.assignments, environment))
  }
  return places
}

/** Places of a connection: its terminals, its short-term plasticity, its rule, its delay. */
function connectionPlaces(environments: Environments, connection: Connection): readonly Place[] {
  const { transmit, stp, rule, delay } = connection
  const pre = connection.source.population
  const post = connection.target.population
  const places: Place[] = []
  if (transmit) places.push(valueAt(transmit.value, environments.transmit(transmit, pre)))
  if (stp) places.push(...stpPlaces(environments, stp, pre))
  if (rule) {
    const environment = environments.rule(rule, pre, post)
    places.push(...memberPlaces(environments, rule.item.members, environment))
  }
  if (delay) {
    const environment = environments.plain(delay.scope)
    places.push({ kind: 'delay', expression: delay.value, environment })
  }
  return places
}

function stpPlaces(
  environments: Environments,
  stp: NonNullable<Connection['stp']>,
  pre: Population | 'unknown',
): readonly Place[] {
  const environment = environments.stp(stp, pre)
  const places = [...memberPlaces(environments, stp.item.members, environment)]
  if (stp.item.amplitude) places.push(valueAt(stp.item.amplitude, environment))
  return places
}

/** Places of members of a rule, or of short-term plasticity, which stand in one environment. */
function memberPlaces(
  environments: Environments,
  members: readonly (CellMember | BoundsProperty)[],
  environment: Environment,
): readonly Place[] {
  return members.flatMap((member): readonly Place[] => {
    switch (member.kind) {
      case 'Equation':
        return [valueAt(member.value, environment), ...assignments(member.resets, environment)]
      case 'State':
        return statePlaces(member, environment, environments.initial(undefined, environment.scope))
      case 'Reaction':
        return [
          valueAt(member.trigger, environment),
          ...assignments(member.assignments, environment),
        ]
      default:
        return []
    }
  })
}

function statePlaces(
  state: StateMember,
  environment: Environment,
  initial: Environment,
): readonly Place[] {
  const begins = state.initial ? [valueAt(state.initial, initial)] : []
  return [...begins, { kind: 'derivative', state, environment }]
}

function assignments(list: readonly Assignment[], environment: Environment): readonly Place[] {
  return list.map((assignment) => ({ kind: 'assignment', assignment, environment }))
}

const valueAt = (expression: Expression, environment: Environment): Place => ({
  kind: 'value',
  expression,
  environment,
})

/** Places of a function: its bindings, its result, its pullback. */
export function functionPlaces(environments: Environments, fn: FunctionValue): readonly Place[] {
  const { parameters, bindings, result, pullback } = fn.definition
  const standards = parameters.flatMap(({ value }) => (value ? [{ value }] : []))
  const { body, pullback: inner } = environments.function(fn)
  const places = [...standards, ...bindings, { value: result }].map(({ value }) =>
    valueAt(value, body),
  )
  if (!pullback || !inner) return places
  const more = [...standards, ...bindings, ...pullback.bindings, { value: pullback.result }]
  return [...places, ...more.map(({ value }) => valueAt(value, inner))]
}

interface Outline {
  readonly context: Context
  readonly model: Model
  readonly environments: Environments
}

/** Places of the main file's definitions by themselves, with their parameters' defaults or names alone. */
export function outlinePlaces(outline: Outline, ast: SourceFile): readonly Place[] {
  return ast.items.flatMap((item) => placesOfItem(outline, item))
}

function placesOfItem({ context, model, environments }: Outline, item: Item): readonly Place[] {
  const definition = 'name' in item ? model.scope.lookUp(item.name.name) : undefined
  if (!definition || !('item' in definition || definition.kind === 'function')) return []
  // A name declared twice stands for its first declaration.
  if ('item' in definition && definition.item !== item) return []
  switch (definition.kind) {
    case 'cell': {
      const cell = outlineCell(context, definition)
      const biases = cell.biases.flatMap(({ rule }) =>
        rule
          ? memberPlaces(
              environments,
              rule.item.members,
              environments.rule(rule, undefined, 'unknown'),
            )
          : [],
      )
      return [...cellPlaces(environments, cell), ...biases]
    }
    case 'stp': {
      const scope = outlineScope(context, definition, definition.item.parameters)
      const stp = { item: definition.item, scope, span: definition.item.name.span }
      return stpPlaces(environments, stp, 'unknown')
    }
    case 'plasticity': {
      const scope = outlineScope(context, definition, definition.item.parameters)
      const rule: Instance<PlasticityItem> = { item: definition.item, scope, span: item.span }
      const environment = environments.rule(rule, 'unknown', 'unknown')
      return memberPlaces(environments, rule.item.members, environment)
    }
    case 'synapse':
      return synapsePlaces({ context, model, environments }, definition)
    case 'function':
      return functionPlaces(environments, definition)
    case 'dataset':
    case 'motif':
      return []
  }
}

function synapsePlaces(
  { context, environments }: Outline,
  definition: Extract<Definition, { kind: 'synapse' }>,
): readonly Place[] {
  const scope = outlineScope(context, definition, definition.item.parameters)
  return definition.item.members.flatMap((member): readonly Place[] => {
    switch (member.kind) {
      case 'TransmitProperty':
        return [valueAt(member.value, environments.transmit({ scope }, 'unknown'))]
      case 'DelayProperty':
        return [{ kind: 'delay', expression: member.value, environment: environments.plain(scope) }]
      case 'StpProperty':
        instantiate(context, scope, member.reference, 'stp')
        return []
      case 'LearnProperty':
        instantiate(context, scope, member.rule, 'plasticity')
        return []
      case 'SignProperty':
      case 'BoundsProperty':
      case 'FixedProperty':
        return []
    }
  })
}
