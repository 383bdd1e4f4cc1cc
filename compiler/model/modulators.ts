/**
 * Modulators: `modulator dopamine = reward.r - 0.5` declares a number of each example, made of what populations
 * have, which every rule and every cell of the circuit may read by its name. There is one of a name in a circuit.
 */
import type { ModulatorItem, PlasticityItem } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import type { Circuit, Expansion } from './families.ts'
import type { CellInstance, Instance, Model, Modulator } from './model.ts'

/** Makes a modulator that a circuit declares; reported inside of loops and motifs. */
export function declareModulator(circuit: Circuit, item: ModulatorItem, site: Expansion): void {
  const { name, value, span } = item
  const { scope, loop } = site
  if (loop || scope.prefix !== '') {
    circuit.context.report('modulatorPlace', span, { name: name.name })
    return
  }
  if (!circuit.claim(name, name.name, site)) return
  const modulator = { name: name.name, value, scope, span }
  scope.declare(name.name, { kind: 'modulator', modulator })
  circuit.modulators.push(modulator)
}

/** The modulators of a model that a rule reads, in the order of their declarations. */
export function modulatorsReadBy(
  { modulators }: Pick<Model, 'modulators'>,
  { item, scope }: Instance<PlasticityItem>,
): readonly Modulator[] {
  const names = new Set<string>()
  const own = new Set(item.members.flatMap((each) => ('name' in each ? [each.name.name] : [])))
  for (const member of item.members)
    walk(member, (node) => {
      if (node.kind === 'Name') names.add(node.name)
    })
  return modulators.filter(({ name }) => names.has(name) && !own.has(name) && !scope.knows(name))
}

/** The modulators of a model that a cell reads, in the order of their declarations. */
export function modulatorsHeardBy(
  { modulators }: Pick<Model, 'modulators'>,
  cell: CellInstance,
): readonly Modulator[] {
  if (modulators.length === 0) return []
  const names = new Set<string>()
  const own = new Set([cell, ...cell.compartments].flatMap((each) => namesOf(each)))
  const nodes = [
    ...[cell, ...cell.compartments].flatMap(({ states, equations }) => [
      ...states.map(({ member }) => member.derivative),
      ...equations.flatMap(({ value, resets }) => [value, ...resets]),
    ]),
    ...cell.reactions.map(({ member }) => member),
  ]
  for (const node of nodes)
    walk(node, (each) => {
      if (each.kind === 'Name') names.add(each.name)
    })
  return modulators.filter(
    ({ name }) => names.has(name) && !own.has(name) && !cell.scope.knows(name),
  )
}

const namesOf = ({
  states,
  equations,
}: Pick<CellInstance, 'states' | 'equations'>): readonly string[] => [
  ...states.map(({ member }) => member.name.name),
  ...equations.map(({ name }) => name),
]
