/**
 * Every place of a model where an equation, a reaction or a rule stands, with what names mean there.
 *
 * Cells are visited once for each population family, rules once for each pair of families that
 * they stand between: elements of a family differ in numbers, not in names. Definitions of the main
 * file are visited once more by themselves, so that mistakes in unused ones are found too; what the
 * same mistake says twice is reported once.
 */
import type {
  BoundsProperty,
  CellMember,
  Item,
  PlasticityItem,
  SourceFile,
  SynapseItem,
} from '../../grammar/ast.ts'
import { instantiate, outlineCell, outlineScope } from '../model/cells.ts'
import type { Context } from '../model/context.ts'
import type {
  CellInstance,
  Connection,
  Definition,
  FunctionValue,
  Instance,
  Model,
  Population,
} from '../model/model.ts'
import { lookUpUnit } from '../model/units.ts'
import type { Environment, Environments, Place, Variable } from './environment.ts'

/** Every place of the model's instances and of the main file's own definitions. */
export function placesOf(
  context: Context,
  model: Model,
  environments: Environments,
  ast: SourceFile,
): readonly Place[] {
  const unknown = { context, model, environments }
  return [
    ...instancePlaces(model, environments),
    ...ast.items.flatMap((item) => outlinePlaces(unknown, item)),
  ]
}

/** Every place of the model's instances. */
export function instancePlaces(model: Model, environments: Environments): readonly Place[] {
  const places: Place[] = []
  const seen = new Set<string>()
  const once = (key: string, make: () => readonly Place[]): void => {
    if (seen.has(key)) return
    seen.add(key)
    places.push(...make())
  }
  for (const { family, cell } of model.populations) {
    once(`cell ${family}`, () => cellPlaces(environments, cell))
  }
  for (const population of model.populations) {
    for (const { name, rule, storage } of population.cell.biases) {
      if (!rule) continue
      once(`bias ${population.family}.${name}`, () =>
        memberPlaces(rule.item.members, environments.rule(rule, undefined, population, storage)),
      )
    }
  }
  for (const connection of model.connections) {
    const ends = `${connection.source.population.family} -> ${connection.target.population.family}`
    once(`${connection.family ?? ''}: ${ends}.${connection.target.compartment}`, () =>
      connectionPlaces(environments, connection),
    )
  }
  return places
}

/** Places of a cell: equations, resets, state equations, reactions, defaults of inputs. */
export function cellPlaces(environments: Environments, cell: CellInstance): readonly Place[] {
  const places: Place[] = []
  for (const equation of cell.equations) {
    const environment = environments.cell(cell, equation.scope)
    places.push({ kind: 'value', expression: equation.value, environment })
    places.push(...assignments(equation.resets, environment))
  }
  for (const { member, scope } of cell.states) {
    places.push(...memberPlaces([member], environments.cell(cell, scope)))
  }
  for (const compartment of cell.compartments) {
    for (const { member, scope } of compartment.states) {
      places.push(...memberPlaces([member], environments.cell(cell, scope, compartment)))
    }
    for (const { value, resets, scope } of compartment.equations) {
      const environment = environments.cell(cell, scope, compartment)
      places.push({ kind: 'value', expression: value, environment })
      places.push(...assignments(resets, environment))
    }
  }
  for (const { value, scope } of cell.inputs) {
    if (value) places.push(valueAt(value, environments.cell(cell, scope)))
  }
  for (const { member, scope } of cell.reactions) {
    places.push(...memberPlaces([member], environments.cell(cell, scope)))
  }
  return places
}

/** Places of a connection: its terminals, its short-term plasticity, its rule, its delay. */
function connectionPlaces(environments: Environments, connection: Connection): readonly Place[] {
  const { transmit, stp, rule, delay } = connection
  const pre = connection.source.population
  const post = connection.target.population
  const places: Place[] = []
  if (transmit) places.push(valueAt(transmit.value, environments.transmit(transmit.scope, pre)))
  if (stp) places.push(...stpPlaces(environments, connection, pre))
  if (rule) {
    const environment = environments.rule(rule, pre, post, connection.name)
    places.push(...memberPlaces(rule.item.members, environment))
  }
  if (delay) {
    const environment = environments.plain(delay.scope)
    places.push({ kind: 'delay', expression: delay.value, environment })
  }
  return places
}

function stpPlaces(
  environments: Environments,
  connection: Pick<Connection, 'stp'>,
  pre: Population | 'unknown',
): readonly Place[] {
  const environment = environments.stp(connection, pre)
  const { stp } = connection
  if (!stp || !environment) return []
  const places = [...memberPlaces(stp.item.members, environment)]
  if (stp.item.amplitude) places.push(valueAt(stp.item.amplitude, environment))
  return places
}

/** Places of members that stand in one environment. */
function memberPlaces(
  members: readonly (CellMember | BoundsProperty)[],
  environment: Environment,
): readonly Place[] {
  return members.flatMap((member): readonly Place[] => {
    switch (member.kind) {
      case 'Equation':
        return [valueAt(member.value, environment), ...assignments(member.resets, environment)]
      case 'State': {
        const initial = member.initial ? [valueAt(member.initial, environment)] : []
        return [...initial, { kind: 'derivative', state: member, environment }]
      }
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

function assignments(
  list: Extract<CellMember, { kind: 'Reaction' }>['assignments'],
  environment: Environment,
): readonly Place[] {
  return list.map((assignment) => ({ kind: 'assignment', assignment, environment }))
}

const valueAt = (
  expression: Extract<Place, { kind: 'value' }>['expression'],
  environment: Environment,
): Place => ({
  kind: 'value',
  expression,
  environment,
})

/** Places of a function: its bindings, its result, its pullback. */
export function functionPlaces(environments: Environments, fn: FunctionValue): readonly Place[] {
  const { definition, scope } = fn
  const parameters = definition.parameters.map(({ name }): Variable => ({
    kind: 'given',
    name: name.name,
  }))
  const local = (bindings: typeof definition.bindings, more: readonly Variable[]): Environment => {
    const names: Variable[] = [...parameters, ...more]
    const variables = new Map(names.map((each) => [each.name, each]))
    const environment = { ...environments.plain(scope), variables }
    for (const { name, value, span } of bindings) {
      variables.set(name.name, { kind: 'binding', name: name.name, value, environment, span })
    }
    return environment
  }
  const body = local(definition.bindings, [])
  const places = definition.bindings.map((each) => valueAt(each.value, body))
  places.push(valueAt(definition.result, body))
  const { pullback } = definition
  if (!pullback) return places
  const gradient: Variable = { kind: 'given', name: pullback.gradient.name }
  const inner = local([...definition.bindings, ...pullback.bindings], [gradient])
  places.push(...pullback.bindings.map((each) => valueAt(each.value, inner)))
  places.push(valueAt(pullback.result, inner))
  return places
}

interface Site {
  readonly context: Context
  readonly model: Model
  readonly environments: Environments
}

/** Places of a definition by itself, with its parameters' defaults or names alone. */
function outlinePlaces({ context, model, environments }: Site, item: Item): readonly Place[] {
  const definition = 'name' in item && item.name ? model.scope.lookUp(item.name.name) : undefined
  if (!definition || !('item' in definition || definition.kind === 'function')) return []
  // A name declared twice stands for its first declaration.
  if ('item' in definition && definition.item !== item) return []
  switch (definition.kind) {
    case 'cell': {
      const cell = outlineCell(context, definition)
      const biases = cell.biases.flatMap(({ rule }) =>
        rule ? memberPlaces(rule.item.members, environments.rule(rule, undefined, 'unknown')) : [],
      )
      return [...cellPlaces(environments, cell), ...biases]
    }
    case 'stp': {
      const scope = outlineScope(context, definition, definition.item.parameters)
      const stp = { item: definition.item, scope, span: definition.item.name.span }
      return stpPlaces(environments, { stp }, 'unknown')
    }
    case 'plasticity': {
      const scope = outlineScope(context, definition, definition.item.parameters)
      const rule: Instance<PlasticityItem> = { item: definition.item, scope, span: item.span }
      return memberPlaces(rule.item.members, environments.rule(rule, 'unknown', 'unknown'))
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
  { context, environments }: Site,
  definition: Extract<Definition, { kind: 'synapse' }>,
): readonly Place[] {
  const scope = outlineScope(context, definition, definition.item.parameters)
  return definition.item.members.flatMap(
    (member: SynapseItem['members'][number]): readonly Place[] => {
      switch (member.kind) {
        case 'TransmitProperty':
          return [valueAt(member.value, environments.transmit(scope, 'unknown'))]
        case 'DelayProperty':
          return [
            { kind: 'delay', expression: member.value, environment: environments.plain(scope) },
          ]
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
    },
  )
}

/** Whether a name is a unit, where nothing else has that name. */
export const isUnitName = (name: string): boolean => lookUpUnit(name) !== undefined
