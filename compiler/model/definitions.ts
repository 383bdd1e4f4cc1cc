/**
 * Definitions and their parameters: what a name stands for, and the scope in which a definition's parameters
 * have values.
 */
import type {
  Argument,
  CellItem,
  PlasticityItem,
  RuleReference,
  Span,
  StpItem,
  SynapseItem,
} from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { bindArguments } from './arguments.ts'
import { eachIn, eachNames, handedOn, noteEach, reportEach } from './each-cell.ts'
import { evaluate, resolveName } from './evaluate.ts'
import type { Definition, Entry, Instance, Scope, Value } from './model.ts'
import { MutableScope } from './scope.ts'
import { describeEntry } from './values.ts'

type DefinitionKind = Definition['kind']

const kindNames: Readonly<Record<DefinitionKind, string>> = {
  cell: 'cell type',
  stp: 'type of short-term plasticity',
  synapse: 'synapse type',
  plasticity: 'plasticity rule',
  dataset: 'data set',
  motif: 'motif',
}

/** The definition of a kind that a name stands for; reports anything else. */
export function resolveDefinition<K extends DefinitionKind>(
  context: Context,
  scope: Scope,
  name: string,
  span: Span,
  kind: K,
): Extract<Definition, { kind: K }> | undefined {
  const entry = resolveName(context, scope, name, span, kindNames[kind])
  if (!entry) return undefined
  if (entry.kind === kind) return entry as Extract<Definition, { kind: K }>
  return context.report('wrongKind', span, {
    name,
    found: describeEntry(entry),
    expected: `a ${kindNames[kind]}`,
  })
}

/** A scope in which a definition's parameters have values. `pick` spreads lists over an array. */
export function bindScope(
  context: Context,
  owner: string,
  definition: Definition,
  parameters: CellItem['parameters'],
  args: readonly Argument[],
  site: Scope,
  span: Span,
  pick: (value: Value, span: Span) => Value | undefined = (value) => value,
): MutableScope {
  const scope = new MutableScope(definition.scope.file, definition.scope, site.prefix)
  const each = new Set<string>()
  const bound = bindArguments(
    context,
    owner,
    parameters,
    handedOn(args, site),
    span,
    (expression) => {
      const value = evaluate(context, site, expression)
      return value && pick(value, expression.span)
    },
    (expression, earlier) => {
      const own = eachIn(expression, each)
      if (own !== undefined) return reportEach(context, own, expression.span)
      return evaluate(
        context,
        withNames(definition.scope, earlier, (name) => earlier.get(name)),
        expression,
      )
    },
    (name, { value, span: at }) => {
      const handed = value.kind === 'Name' && eachNames(site).has(value.name)
      if (handed && value.name !== name) return void reportEach(context, value.name, at)
      each.add(name)
      noteEach(scope, name, at)
    },
  )
  for (const parameter of parameters) {
    const value = bound.get(parameter.name.name)
    // A parameter without a value was reported; it is known, so that nothing more is said of it.
    const { name } = parameter.name
    const at = eachNames(scope).get(name)
    if (value) scope.declare(name, value)
    else scope.declareLazily(name, () => at && reportEach(context, name, at))
  }
  return scope
}

/** `outer` with the names of `inner` before its own. */
function withNames(
  outer: Scope,
  inner: { readonly has: (name: string) => boolean; readonly keys: () => Iterable<string> },
  lookUp: (name: string) => Entry | undefined,
): Scope {
  return {
    file: outer.file,
    prefix: outer.prefix,
    lookUp: (name) => (inner.has(name) ? lookUp(name) : outer.lookUp(name)),
    settled: (name) => (inner.has(name) ? undefined : outer.settled(name)),
    knows: (name) => inner.has(name) || outer.knows(name),
    names: () => [...new Set([...inner.keys(), ...outer.names()])],
  }
}

interface Rules {
  readonly stp: StpItem
  readonly synapse: SynapseItem
  readonly plasticity: PlasticityItem
}

/** A rule, synapse type or type of short-term plasticity with its arguments bound. */
export function instantiate<K extends keyof Rules>(
  context: Context,
  site: Scope,
  reference: RuleReference,
  kind: K,
): Instance<Rules[K]> | undefined {
  const { name } = reference.name
  const definition: Definition | undefined = resolveDefinition(
    context,
    site,
    name,
    reference.name.span,
    kind,
  )
  if (!definition || !('parameters' in definition.item)) return undefined
  const scope = bindScope(
    context,
    `\`${name}\``,
    definition,
    definition.item.parameters,
    reference.args,
    site,
    reference.span,
  )
  return { item: definition.item as Rules[K], scope, span: reference.span }
}

/** A scope in which a definition's parameters have their defaults, or nothing but a name. */
export function outlineScope(
  context: Context,
  definition: { readonly scope: Scope },
  parameters: CellItem['parameters'],
): MutableScope {
  const scope = new MutableScope(definition.scope.file, definition.scope)
  const positions = new Map(parameters.map(({ name }, i) => [name.name, i]))
  for (const [i, { name, value }] of parameters.entries()) {
    // A default may read the parameters before it.
    const earlier = {
      has: (other: string) => (positions.get(other) ?? i) < i,
      keys: () => parameters.slice(0, i).map((each) => each.name.name),
    }
    const outer = withNames(definition.scope, earlier, (other) => scope.lookUp(other))
    scope.declareLazily(
      name.name,
      () => value && context.nested(name.span, () => evaluate(context, outer, value)),
    )
  }
  return scope
}
