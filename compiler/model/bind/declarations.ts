/**
 * What definitions declare: no name twice, and none that already means something where it stands. A
 * rule that had a binding `w` would hide the weight that it is about.
 */
import type { FunctionItem, Identifier, Item, SourceFile, Span } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import type { Model } from '../model.ts'
import { reportRepeated } from '../repeated.ts'
import { synapseNames } from './environment.ts'

type Named = { readonly name: Identifier }
type Definition = Extract<
  Item,
  { readonly kind: 'Function' | 'Cell' | 'Stp' | 'Synapse' | 'Plasticity' | 'Motif' | 'Dataset' }
>

const definitionKinds: ReadonlySet<Item['kind']> = new Set<Definition['kind']>([
  'Function',
  'Cell',
  'Stp',
  'Synapse',
  'Plasticity',
  'Motif',
  'Dataset',
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

function checkDefinition(context: Context, definition: Definition): void {
  switch (definition.kind) {
    case 'Function': {
      const { parameters, bindings, pullback } = definition
      reportTwice(context, [...parameters, ...bindings])
      if (!pullback) return
      const own: readonly Named[] = [{ name: pullback.gradient }, ...pullback.bindings]
      reportTwice(context, [...parameters, ...bindings, ...own])
      return
    }
    case 'Plasticity': {
      const members = definition.members.flatMap((each) =>
        each.kind === 'Equation' || each.kind === 'State' ? [each] : [],
      )
      reportTwice(context, [...definition.parameters, ...members])
      const sensed = new Set<string>([...synapseNames, 'pre', 'post'])
      for (const { name } of [...definition.parameters, ...members])
        if (sensed.has(name.name)) reportSensed(context, name)
      return
    }
    case 'Stp': {
      const members = definition.members.flatMap((each) =>
        each.kind === 'Equation' || each.kind === 'State' ? [each] : [],
      )
      reportTwice(context, [...definition.parameters, ...members])
      for (const { name } of [...definition.parameters, ...members])
        if (name.name === 'signal' || name.name === 'pre') reportGiven(context, name, 'what comes along the axon')
      return
    }
    case 'Synapse':
      reportRepeated(context, `\`${definition.name.name}\``, definition.members)
      reportTwice(context, definition.parameters)
      for (const { name } of definition.parameters)
        if (name.name === 'signal' || name.name === 'pre') reportGiven(context, name, 'what comes along the axon')
      return
    case 'Cell':
      reportTwice(context, definition.parameters)
      for (const member of definition.members)
        if (member.kind === 'Compartment')
          for (const inner of member.members)
            if ('name' in inner && inner.name.name === 'input')
              reportGiven(context, inner.name, 'what arrives at the compartment')
      return
    case 'Motif':
      return reportTwice(context, definition.parameters)
    case 'Dataset':
      return reportTwice(context, definition.fields)
  }
}

/** A later declaration of a name would hide the first, or never be read. */
function reportTwice(context: Context, declarations: readonly Named[]): void {
  const places = new Map<string, Span>()
  for (const { name } of declarations) {
    const before = places.get(name.name)
    if (!before) {
      places.set(name.name, name.span)
      continue
    }
    const related = [{ span: before, message: 'It is declared here first.' }]
    context.report('duplicateName', name.span, { name: name.name }, { related })
  }
}

const senses: Readonly<Record<(typeof synapseNames)[number] | 'pre' | 'post', string>> = {
  w: 'the weight',
  sent: 'what the terminal released',
  sign: 'the sign of the synapse',
  inputs: 'the number of presynaptic units',
  branch_inputs: 'the number of presynaptic units of the branch',
  batch_size: 'the number of examples of the batch',
  pre: 'the presynaptic cell',
  post: 'the postsynaptic cell',
}

function reportSensed(context: Context, { name, span }: Identifier): void {
  const hint =
    name === 'w'
      ? 'a rule changes it by `dw = ...`, or at once in a reaction, as in `on post.spike { w = 0 }`'
      : 'choose another name'
  const what = senses[name as keyof typeof senses]
  context.report('givenName', span, { name, what }, { hint })
}

function reportGiven(context: Context, { name, span }: Identifier, what: string): void {
  const means = name === 'pre' ? 'the presynaptic cell' : what
  context.report('givenName', span, { name, what: means }, { hint: 'choose another name' })
}
