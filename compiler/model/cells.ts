/**
 * Cell types with their parameters bound: what `extends` inherits, what a population is made of.
 * A derived cell's member replaces the inherited one of the same name, in its place.
 */
import type {
  CellItem,
  CellMember,
  Identifier,
  RuleReference,
  SignalRole,
  Span,
} from '../../grammar/ast.ts'
import { walk, type AnyNode } from '../../grammar/walk.ts'
import { indexName } from './builtins.ts'
import type { Context } from './context.ts'
import { bindScope, instantiate, outlineScope, resolveDefinition } from './definitions.ts'
import { eachBiases, eachNames } from './each-cell.ts'
import { evaluateInteger } from './evaluate.ts'
import { inlined } from './inlined.ts'
import { cellNames, reportHiddenInherited, type CellNames } from './hidden-parameters.ts'
import type {
  Bias,
  CellInput,
  CellInstance,
  Compartment,
  Definition,
  Equation,
  Scope,
  State,
  Value,
} from './model.ts'
import type { MutableScope } from './scope.ts'

/** The most branches of a compartment. */
const mostBranches = 10_000

interface Parts {
  readonly compartments: Map<string, Compartment>
  readonly inputs: Map<string, CellInput>
  readonly biases: Map<string, Bias>
  readonly states: Map<string, State>
  readonly equations: Map<string, Equation>
  /** What the cells so far declare. */
  readonly names: CellNames
  readonly reactions: { member: Extract<CellMember, { kind: 'Reaction' }>; scope: Scope }[]
}

/** How many cell types may stand on one another. */
const inheritanceLimit = 64

/** The cell of one population. `storagePrefix` is the population's name. */
export function instantiateCell(
  context: Context,
  site: Scope,
  reference: RuleReference,
  population: string,
  pick: (value: Value, span: Span) => Value | undefined,
): CellInstance | undefined {
  const { name } = reference.name
  const definition = resolveDefinition(context, site, name, reference.name.span, 'cell')
  if (!definition) return undefined
  const scope = bindScope(
    context,
    `\`${name}\``,
    definition,
    definition.item.parameters,
    reference.args,
    site,
    reference.span,
    pick,
  )
  const cell = assemble(context, definition.item, scope, population, reference.span)
  const own = ownNames(cell)
  const { parameters } = definition.item
  const each = eachBiases(reference.args, parameters, site, population)
  // What the cell declares itself comes before its parameters.
  const biases = [...cell.biases, ...each.filter((bias) => !own.has(bias.name))]
  return { ...cell, biases, name }
}

/** What a cell that reads its `index` has besides: the number of each cell, which nothing changes. */
function numberOf(cell: CellInstance, population: string): readonly Bias[] {
  const { scope, span } = cell
  if (ownNames(cell).has(indexName) || scope.knows(indexName) || !readsIndex(cell)) return []
  const initial = { value: { kind: 'Name', name: indexName, span } as const, scope }
  const storage = `${population}.${indexName}`
  return [{ storage, name: indexName, initial, perChannel: false, span }]
}

/** Whether anything that a cell computes names its index. */
function readsIndex({ equations, states, reactions, inputs }: CellInstance): boolean {
  const nodes: readonly (AnyNode | undefined)[] = [
    ...equations.flatMap(({ value, pullback, refractory, resets }) => [
      value,
      pullback,
      refractory,
      ...resets,
    ]),
    ...[...states, ...reactions].map(({ member }) => member),
    ...inputs.map((each) => each.value),
  ]
  let found = false
  for (const node of nodes)
    if (node)
      walk(node, (each) => {
        found ||= each.kind === 'Name' && each.name === indexName
        return !found
      })
  return found
}

/** The names of what a cell declares. */
const ownNames = (cell: CellInstance): ReadonlySet<string> =>
  new Set([
    ...[...cell.equations, ...cell.compartments, ...cell.inputs, ...cell.biases].map(
      (each) => each.name,
    ),
    ...cell.states.map((each) => each.member.name.name),
  ])

/**
 * A cell type by itself, for checking one that no population is made of: its parameters have their
 * defaults, or are known by name alone.
 */
export function outlineCell(
  context: Context,
  definition: Extract<Definition, { kind: 'cell' }>,
): CellInstance {
  const { item } = definition
  const scope = outlineScope(context, definition, item.parameters)
  return assemble(context, item, scope, item.name.name, item.name.span)
}

function assemble(
  context: Context,
  item: CellItem,
  scope: MutableScope,
  population: string,
  span: Span,
): CellInstance {
  const parts: Parts = {
    compartments: new Map(),
    inputs: new Map(),
    biases: new Map(),
    states: new Map(),
    equations: new Map(),
    names: cellNames(),
    reactions: [],
  }
  collect(context, item, scope, population, parts, [])
  const cell: CellInstance = {
    name: item.name.name,
    scope,
    compartments: [...parts.compartments.values()],
    inputs: [...parts.inputs.values()],
    biases: [...parts.biases.values()],
    states: [...parts.states.values()],
    equations: [...parts.equations.values()],
    reactions: parts.reactions,
    span,
  }
  return { ...cell, biases: [...cell.biases, ...numberOf(cell, population)] }
}

function collect(
  context: Context,
  item: CellItem,
  scope: MutableScope,
  population: string,
  parts: Parts,
  below: readonly string[],
): void {
  if (item.base) {
    const { name, args, span } = item.base
    const chain = [...below, item.name.name]
    if (chain.length > inheritanceLimit && new Set(chain).size === chain.length) {
      context.reportOnce('tooDeep', span, { limit: inheritanceLimit })
    } else if (chain.includes(name.name)) {
      context.reportCircle([...chain.slice(chain.indexOf(name.name)), name.name], span)
    } else {
      const base = resolveDefinition(context, scope, name.name, name.span, 'cell')
      if (base) {
        const inner = bindScope(
          context,
          `\`${name.name}\``,
          base,
          base.item.parameters,
          args,
          scope,
          span,
        )
        collect(context, base.item, inner, population, parts, chain)
        // What the base cell's parameters are called is visible outside (`pre.p0`).
        for (const parameter of base.item.parameters) {
          if (eachNames(inner).has(parameter.name.name)) continue
          const value = inner.lookUp(parameter.name.name)
          if (value && !scope.has(parameter.name.name)) scope.declare(parameter.name.name, value)
        }
      }
    }
  }
  reportHiddenInherited(context, item, parts.names)
  const own: Own = { cell: item.name.name, names: new Map(), roles: new Map() }
  for (const member of item.members) addMember(context, member, scope, population, parts, own)
}

/** What one cell type declares itself. */
interface Own {
  readonly cell: string
  readonly names: Map<string, Span>
  readonly roles: Map<SignalRole, Identifier>
}

function addMember(
  context: Context,
  member: CellMember,
  scope: MutableScope,
  population: string,
  parts: Parts,
  own: Own,
): void {
  /** Whether the name is free: what is declared first is what others mean. */
  const claim = (name: string, span: Span): boolean => {
    const before = own.names.get(name)
    if (before) {
      const hint =
        member.kind === 'Equation' && !member.role && parts.states.has(name)
          ? `what a spike or another event does to \`${name}\` stands in braces: \`{ ${name} = ... }\``
          : undefined
      context.report(
        'duplicateName',
        span,
        { name },
        { related: [{ span: before, message: 'It is declared here first.' }], hint },
      )
      return false
    }
    own.names.set(name, span)
    replaceInherited(parts, name, member.kind)
    return true
  }
  switch (member.kind) {
    case 'Compartment': {
      const branches = member.branches ? evaluateInteger(context, scope, member.branches) : 1
      if (branches !== undefined && (branches < 1 || branches > mostBranches)) {
        context.report('badValue', member.branches?.span ?? member.span, {
          what: 'The number of branches',
          expected: branches < 1 ? 'at least 1' : `at most ${mostBranches}`,
          found: branches,
        })
      }
      for (const name of member.names) {
        if (!claim(name.name, name.span)) continue
        const inner: Parts = {
          ...parts,
          states: new Map(),
          equations: new Map(),
          compartments: new Map(),
        }
        for (const each of member.members) {
          if (reportMisplaced(context, each, name.name)) continue
          if ('name' in each) replaceInherited(parts, each.name.name)
          addMember(context, each, scope, population, inner, own)
        }
        parts.compartments.set(name.name, {
          name: name.name,
          branches: Math.max(1, branches ?? 1),
          states: [...inner.states.values()],
          equations: [...inner.equations.values()],
          span: name.span,
        })
      }
      return
    }
    case 'Input':
      if (!claim(member.name.name, member.name.span)) return
      parts.inputs.set(member.name.name, {
        name: member.name.name,
        scalar: member.scalar,
        ...(member.value ? { value: member.value } : {}),
        scope,
        span: member.span,
      })
      return
    case 'Bias': {
      if (!claim(member.name.name, member.name.span)) return
      const rule = member.learn && instantiate(context, scope, member.learn, 'plasticity')
      parts.biases.set(member.name.name, {
        storage: `${population}.${member.name.name}`,
        name: member.name.name,
        ...(member.value ? { initial: inlined(scope, member.value) } : {}),
        ...(rule ? { rule } : {}),
        perChannel: member.perChannel,
        span: member.span,
      })
      return
    }
    case 'State':
      if (!claim(member.name.name, member.name.span)) return
      parts.states.set(member.name.name, { member, scope })
      return
    case 'Equation': {
      if (!claim(member.name.name, member.name.span)) return
      if (member.role && member.role !== 'signal') {
        claimRole(context, member.role, member.name, own)
        // One signal of each role: a new event replaces the inherited one, whatever its name.
        for (const [name, equation] of parts.equations) {
          if (equation.role === member.role && name !== member.name.name)
            parts.equations.delete(name)
        }
      }
      parts.equations.set(member.name.name, {
        name: member.name.name,
        ...(member.role ? { role: member.role } : {}),
        ...(member.local && { local: true }),
        value: member.value,
        detected: member.detected,
        ...(member.pullback ? { pullback: member.pullback } : {}),
        ...(member.refractory ? { refractory: member.refractory } : {}),
        resets: member.resets,
        scope,
        span: member.span,
        ...(member.doc === undefined ? {} : { doc: member.doc }),
      })
      return
    }
    case 'Reaction':
      parts.reactions.push({ member, scope })
      return
  }
}

/**
 * Takes the inherited member of this name away, whatever its kind, and wherever it stands: names of a cell are different, inside
 * of compartments too. An equation that comes in the place of one stays where that stood.
 */
function replaceInherited(parts: Parts, name: string, kind?: CellMember['kind']): void {
  for (const map of [parts.compartments, parts.inputs, parts.biases, parts.states]) map.delete(name)
  if (kind !== 'Equation') parts.equations.delete(name)
  for (const [key, compartment] of parts.compartments) {
    const states = compartment.states.filter(({ member }) => member.name.name !== name)
    const equations = compartment.equations.filter((each) => each.name !== name)
    const kept = states.length + equations.length
    if (kept < compartment.states.length + compartment.equations.length)
      parts.compartments.set(key, { ...compartment, states, equations })
  }
}

/** What stands in the cell itself, since nothing would reach it inside of a compartment. */
function reportMisplaced(context: Context, member: CellMember, outer: string): boolean {
  const report = (what: string, { name, span }: Identifier): void => {
    context.report(
      'misplacedMember',
      span,
      { outer, what: `${what} \`${name}\`` },
      { hint: `declare \`${name}\` in the cell, beside \`${outer}\`` },
    )
  }
  if (member.kind === 'Compartment')
    for (const name of member.names) report('the compartment', name)
  else if (member.kind === 'Equation' && member.role) report(`the ${member.role}`, member.name)
  else return false
  return true
}

/** `connect h.event` means the variable of that role, so a cell type declares one at most. */
function claimRole(context: Context, role: SignalRole, name: Identifier, own: Own): void {
  const before = own.roles.get(role)
  own.roles.set(role, name)
  // A name that is declared twice was reported as such.
  if (!before || before.name === name.name) return
  // The second takes its place, as it would that of a base: what asks for the first is no mistake of its own.
  context.lost.add(before.name)
  context.report(
    'repeatedRole',
    name.span,
    { cell: own.cell, role, first: before.name, second: name.name },
    {
      related: [{ span: before.span, message: `The first \`${role}\` is declared here.` }],
      hint:
        role === 'loss'
          ? 'write one `loss` that is the sum of both'
          : 'write `signal` for one of them, or nothing if it is not to be sent',
    },
  )
}
