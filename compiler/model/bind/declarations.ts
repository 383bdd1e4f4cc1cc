/**
 * Names that a definition declares although they mean something where it stands: a rule that had a
 * binding `w` would hide the weight that it is about, and a binding of a function its parameter.
 */
import type {
  CellMember,
  FunctionItem,
  Identifier,
  Item,
  SourceFile,
} from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import type { Model } from '../model.ts'
import type { synapseNames } from './environment.ts'

type Definition = Extract<
  Item,
  { readonly kind: 'Function' | 'Cell' | 'Stp' | 'Synapse' | 'Plasticity' }
>

const definitionKinds: ReadonlySet<Item['kind']> = new Set<Definition['kind']>([
  'Function',
  'Cell',
  'Stp',
  'Synapse',
  'Plasticity',
])
const isDefinition = (item: Item): item is Definition => definitionKinds.has(item.kind)

/** Checks the definitions of the main file, and those that the circuit is made of. */
export function checkDeclarations(
  context: Context,
  model: Model,
  ast: SourceFile,
  functions: Iterable<FunctionItem>,
): void {
  const definitions = new Set<Definition>(ast.items.filter(isDefinition))
  for (const fn of functions) definitions.add(fn)
  for (const { rule, stp, synapse } of model.connections)
    for (const instance of [rule, stp, synapse]) if (instance) definitions.add(instance.item)
  for (const { cell } of model.populations)
    for (const { rule } of cell.biases) if (rule) definitions.add(rule.item)
  for (const definition of definitions) checkDefinition(context, definition)
}

const inRules: ReadonlyMap<string, string> = new Map<
  (typeof synapseNames)[number] | 'pre' | 'post',
  string
>([
  ['w', 'the weight'],
  ['sent', 'what the terminal released'],
  ['sign', 'the sign of the synapse'],
  ['inputs', 'the number of presynaptic units'],
  ['branch_inputs', 'the number of presynaptic units of the branch'],
  ['batch_size', 'the number of examples of the batch'],
  ['pre', 'the presynaptic cell'],
  ['post', 'the postsynaptic cell'],
])
const inTerminals: ReadonlyMap<string, string> = new Map([
  ['signal', 'what comes along the axon'],
  ['pre', 'the presynaptic cell'],
])
const inCompartments: ReadonlyMap<string, string> = new Map([
  ['input', 'what arrives at the compartment'],
])

function checkDefinition(context: Context, definition: Definition): void {
  const parameters = definition.parameters.map(({ name }) => name)
  switch (definition.kind) {
    case 'Function': {
      const { bindings, pullback } = definition
      const gradient = pullback ? [pullback.gradient] : []
      const given = new Map(
        [...parameters, ...gradient].map(({ name }) => [name, 'what the function is called with']),
      )
      return reportGiven(
        context,
        given,
        [...bindings, ...(pullback?.bindings ?? [])].map(({ name }) => name),
      )
    }
    case 'Plasticity':
      return reportGiven(context, inRules, [...parameters, ...namesOf(definition.members)])
    case 'Stp':
      return reportGiven(context, inTerminals, [...parameters, ...namesOf(definition.members)])
    case 'Synapse':
      return reportGiven(context, inTerminals, parameters)
    case 'Cell':
      for (const member of definition.members)
        if (member.kind === 'Compartment')
          reportGiven(context, inCompartments, namesOf(member.members))
  }
}

const namesOf = (
  members: readonly (CellMember | { readonly kind: 'BoundsProperty' })[],
): readonly Identifier[] =>
  members.flatMap((each) => (each.kind === 'Equation' || each.kind === 'State' ? [each.name] : []))

function reportGiven(
  context: Context,
  given: ReadonlyMap<string, string>,
  names: readonly Identifier[],
): void {
  for (const { name, span } of names) {
    const what = given.get(name)
    if (what === undefined) continue
    const hint =
      given === inRules && name === 'w'
        ? 'a rule changes it by `dw = ...`, or at once in a reaction, as in `on post.spike { w = 0 }`'
        : 'choose another name'
    context.report('givenName', span, { name, what }, { hint })
  }
}
